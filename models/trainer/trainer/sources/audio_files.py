"""Finds audio files in a folder, and reports those that gave no recording."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from trainer.sources.recording import Recording

# The suffixes of files that libsndfile reads.
READABLE = {".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".au", ".caf"}
# The suffixes of files that phones, browsers and call centres write, but libsndfile does not read.
UNREADABLE = {".m4a", ".mp4", ".aac", ".webm", ".weba", ".wma", ".amr", ".3gp", ".mka", ".ac3"}
NOT_NAMED = {
    "audiofolder": "not in the metadata",
    "manifest": "not in the manifest",
    "minds14": "in no folder such as en-US~PAY_BILL",
    "parquet": "beside the parquet files",
}


def audio_files(root: Path, pattern: str = "**/*") -> list[Path]:
    """The readable audio files under a folder, sorted; the case of their suffixes does not matter."""
    return sorted(file for file in root.glob(pattern) if file.suffix.lower() in READABLE)


def holds_audio(root: Path, pattern: str) -> bool:
    """Whether something under a folder looks like a recording, readable or not."""
    return any(_looks_like_audio(file) for file in root.glob(pattern))


def left_out(root: Path, layout: str, listed: Iterable[Recording]) -> str:
    """How many files under a folder look like audio but gave no recording, and why; "" if there are none."""
    found = {recording.file.resolve() for recording in listed if recording.file is not None}
    lost = sorted(file for file in root.rglob("*") if _looks_like_audio(file) and file.resolve() not in found)
    if not lost:
        return ""
    reasons = Counter(_reason(file, layout) for file in lost)
    told = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    return f"{len(lost)} files left out of {root}: {told}; the first: {lost[0].relative_to(root).as_posix()}"


def _looks_like_audio(file: Path) -> bool:
    return file.suffix.lower() in READABLE | UNREADABLE and file.is_file()


def _reason(file: Path, layout: str) -> str:
    suffix = file.suffix.lower()
    if suffix in READABLE:
        return NOT_NAMED.get(layout, "not read")
    return f"× {suffix} (convert them to wav or flac)"

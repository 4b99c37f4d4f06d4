"""What a source says of one recording, before any of it is read."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

# What people call the three splits.
SPLIT_NAMES = {
    "train": "train",
    "test": "test",
    **dict.fromkeys(("validation", "valid", "val", "dev"), "validation"),
}


@dataclass(frozen=True)
class Recording:
    """One recording: how to open it, its label, and what splits depend on.

    `group` names what no split may divide (a speaker, a call), empty where that is unknown; `split` is the source's own
    split, empty where it has none; `engine` is what spoke it, empty where a person did; `start_seconds` and `seconds`
    cut a piece out of a longer recording; `file` is where it lies, if it is a file of its own.
    """

    name: str
    label: str
    open: Callable[[], Path | BytesIO]
    group: str = ""
    language: str = ""
    split: str = ""
    transcription: str = ""
    engine: str = ""
    start_seconds: float = 0.0
    seconds: float | None = None
    file: Path | None = None

    @property
    def is_synthesised(self) -> bool:
        """Whether no person said it."""
        return bool(self.engine)

    @property
    def tells_group(self) -> bool:
        """Whether its group says more than which file it is."""
        return self.group not in ("", self.name, Path(self.name).name)


def recording_in(file: Path, label: str, **known: Any) -> Recording:
    """A recording that is a file of its own; `known` are further fields by name."""
    name = known.pop("name", file.name)
    return Recording(name, label, lambda: file, file=file, **known)


def without_lone_split(recordings: list[Recording]) -> list[Recording]:
    """The same recordings, without a split of their own where all of them are in one: that divides nothing."""
    if len({recording.split for recording in recordings}) != 1:
        return recordings
    return [replace(recording, split="") for recording in recordings]

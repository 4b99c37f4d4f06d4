"""What a source knows about one recording before its audio is read."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

# Common names of the three splits.
SPLIT_NAMES = {
    "train": "train",
    "test": "test",
    **dict.fromkeys(("validation", "valid", "val", "dev"), "validation"),
}


@dataclass(frozen=True)
class Recording:
    """One recording: how to open it, its label, and what the splits depend on.

    - `group`: the speaker or call, whose recordings all go into one split; empty if unknown.
    - `split`: the source's own split; empty if it has none.
    - `engine`: the speech engine that spoke it; empty for a person.
    - `start_seconds`, `seconds`: the piece to cut out of a longer recording.
    - `file`: its path, if it is a file of its own.
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
        """Whether a speech engine spoke it."""
        return bool(self.engine)

    @property
    def tells_group(self) -> bool:
        """Whether its group is known and is more than the name of its file."""
        return self.group not in ("", self.name, Path(self.name).name)


def recording_in(file: Path, label: str, **known: Any) -> Recording:
    """A recording that is a file of its own; `known` are further fields by name."""
    name = known.pop("name", file.name)
    return Recording(name, label, lambda: file, file=file, **known)


def without_lone_split(recordings: list[Recording]) -> list[Recording]:
    """The same recordings; if all are in one split, that split is removed, because it divides nothing."""
    if len({recording.split for recording in recordings}) != 1:
        return recordings
    return [replace(recording, split="") for recording in recordings]

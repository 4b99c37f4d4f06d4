"""Where the recordings of a recipe come from, and how they are divided into splits."""

import re
from dataclasses import dataclass
from pathlib import Path

from trainer.errors import TrainerError
from trainer.ranges import require_range

LAYOUTS = ("auto", "manifest", "minds14", "audiofolder", "folder", "parquet")
FOLD = re.compile(r"(\d+)/(\d+)")
LEAST_SECONDS = 0.1  # of audio that anything can be heard in


@dataclass(frozen=True)
class Splits:
    """How recordings that come without splits are divided.

    By group (speaker, call) where groups are known, else as the reference guide's `train_test_split`; `by` says which.
    `fold` "2/5" makes the second of five parts the test split; `test_languages` makes whole languages the test split.
    `test_engine` leaves of the test split what this speech engine spoke, and of the others what it did not; a source
    that no engine spoke stays whole.
    """

    test_size: float | None = None
    validation_size: float = 0.1
    by: str = "auto"
    fold: str = ""
    test_languages: tuple[str, ...] = ()
    test_engine: str = ""
    seed: int = 42

    def __post_init__(self) -> None:
        if self.by not in ("auto", "group", "clip"):
            raise TrainerError(f"splits.by {self.by!r} is none of auto, group, clip")
        is_divided = 0 <= self.test_share + self.validation_size < 1 and min(self.test_share, self.validation_size) >= 0
        if not is_divided and self.test_share != 1:
            raise TrainerError(
                f"test_size {self.test_share:g} and validation_size {self.validation_size:g} leave nothing to train "
                "on: both must be at least 0 and their sum less than 1, or test_size 1 to test on everything"
            )
        if self.fold and not self._is_fold():
            raise TrainerError(f"fold {self.fold!r} must be K/N with 1 ≤ K ≤ N, such as 2/5")

    @property
    def test_share(self) -> float:
        """The part of all recordings to test on, unless languages or a fold say which."""
        if self.test_size is not None:
            return self.test_size
        return 0.0 if self.test_languages or self.fold else 0.2

    def _is_fold(self) -> bool:
        match = FOLD.fullmatch(self.fold)
        return match is not None and 1 <= int(match[1]) <= int(match[2])


@dataclass(frozen=True)
class Source:
    """One place that recordings come from: a local `path`, or the id of a dataset on the `hub`.

    `configurations` picks languages or configurations; `label` gives all of it one label; `piece_seconds` cuts long
    recordings up; `is_noise` makes them noise for augmentation too.
    """

    path: Path | None = None
    hub: str | None = None
    layout: str = "auto"
    configurations: tuple[str, ...] = ()
    audio_column: str = "audio"
    label_column: str = ""
    group_column: str = ""
    label: str | None = None
    is_noise: bool = False
    piece_seconds: float | None = None
    splits: Splits = Splits()

    def __post_init__(self) -> None:
        if (self.path is None) == (self.hub is None):
            raise TrainerError("a source has either a path or a hub id: exactly one")
        if self.layout not in LAYOUTS:
            raise TrainerError(f"layout {self.layout!r} is none of {', '.join(LAYOUTS)}")
        if self.piece_seconds is not None:
            require_range("piece_seconds", self.piece_seconds, LEAST_SECONDS)
        if self.layout == "folder" and self.label is None:
            raise TrainerError(f"the source {self.where} has layout folder and needs a label for its recordings")

    @property
    def where(self) -> str:
        """The path or the hub id, for messages."""
        return self.hub or str(self.path)

"""Where the recordings of a recipe come from, and how they are divided into splits."""

import re
from dataclasses import dataclass
from pathlib import Path

from trainer.errors import TrainerError
from trainer.ranges import require_range

LAYOUTS = ("auto", "manifest", "minds14", "audiofolder", "folder", "parquet")
FOLD = re.compile(r"(\d+)/(\d+)")
GREATEST_SEED = 2**32 - 1  # NumPy accepts no larger one
LEAST_SECONDS = 0.1  # shorter audio is of no use


@dataclass(frozen=True)
class Splits:
    """How recordings without a split of their own are divided.

    - `by`: by group (speaker, call) or by clip, as the reference guide's `train_test_split` does; "auto" takes groups
      where they are known.
    - `fold`: "2/5" makes the second of five parts the test split.
    - `test_languages`: these languages make up the test split.
    - `test_engine`: keeps in the test split only what this speech engine spoke, and in the other splits only what it
      did not; a source without synthesised speech stays as it is.
    """

    test_size: float | None = None
    validation_size: float = 0.1
    by: str = "auto"
    fold: str = ""
    test_languages: tuple[str, ...] = ()
    test_engine: str = ""
    seed: int = 42

    def __post_init__(self) -> None:
        require_range("splits.seed", self.seed, 0, GREATEST_SEED)
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
        if self.fold and self.test_size is not None:
            raise TrainerError(f"fold {self.fold!r} says what is tested on: leave test_size {self.test_size:g} out")

    @property
    def test_share(self) -> float:
        """The share of all recordings to test on; 0 by default where languages or a fold define the test split."""
        if self.test_size is not None:
            return self.test_size
        return 0.0 if self.test_languages or self.fold else 0.2

    def _is_fold(self) -> bool:
        match = FOLD.fullmatch(self.fold)
        return match is not None and 1 <= int(match[1]) <= int(match[2])


@dataclass(frozen=True)
class Source:
    """One place that recordings come from: a local `path`, or the id of a dataset on the `hub`.

    - `configurations`: the languages or configurations to take (default: all).
    - `label`: one label for all its recordings.
    - `piece_seconds`: cuts long recordings into pieces of this length.
    - `is_noise`: its recordings also serve as noise for augmentation.
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

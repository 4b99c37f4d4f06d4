"""The interface of a speech engine: its voices, and how it speaks texts."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Protocol


class EngineFailure(Exception):
    """An engine that failed to speak; the message is the engine's own."""


@dataclass(frozen=True)
class Voice:
    """One voice of an engine; `speaker` identifies the person, who may have voices in several accents."""

    engine: str
    name: str
    speaker: str

    @property
    def full_name(self) -> str:
        """The name of the engine and of the voice."""
        return f"{self.engine}/{self.name}"


@dataclass(frozen=True)
class Delivery:
    """How an engine speaks: speed as a factor, pitch in semitones, and which of its `takes` (random variants)."""

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
    """A speech engine that is installed on this machine."""

    @property
    def name(self) -> str:
        """Its name in scripts and manifests."""

    @property
    def version(self) -> str:
        """A text that changes whenever the engine's speech may change."""

    @property
    def voices(self) -> tuple[Voice, ...]:
        """Its voices for the language."""

    @property
    def has_pitch(self) -> bool:
        """Whether the engine can change the pitch."""

    @property
    def takes(self) -> int:
        """How many variants it has of the same utterance."""

    @property
    def batch(self) -> int:
        """How many utterances of one voice and delivery it speaks in one call."""

    def speaks(self, text: str) -> bool:
        """Whether it can pronounce the whole text."""

    def speak(self, utterances: Sequence[Utterance], folder: Path) -> list[Path]:
        """Speaks utterances of one voice and delivery into WAVs in an empty folder; raises `EngineFailure`."""


def output_of(command: Sequence[str | Path], text: str = "", seconds: float = 60) -> str:
    """The output of a program that is given `text` as input.

    An `EngineFailure` if it fails or takes longer than `seconds`.
    """
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

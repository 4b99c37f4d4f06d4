"""Flite: small unit-selection and statistical voices (a BSD-like licence)."""

from collections.abc import Sequence
from pathlib import Path

from trainer.synthesis.engine import Utterance, Voice, fingerprint, output_of

NAME = "flite"
# Left out: `awb_time` can only say the time; `kal` is `kal16` at 8 kHz.
USABLE = ("kal16", "awb", "rms", "slt")


class Flite:
    """The installed Flite."""

    name = NAME
    has_pitch = False
    takes = 1
    batch = 1

    def __init__(self, program: Path, language: str) -> None:
        self.program = program
        self.version = fingerprint(program)
        installed = output_of([program, "-lv"]).split() if language == "en" else []
        self.voices = tuple(Voice(NAME, name, f"{NAME}/{name}") for name in USABLE if name in installed)

    def speaks(self, text: str) -> bool:
        """Only ASCII, because it silently skips other letters."""
        return text.isascii()

    def speak(self, utterances: Sequence[Utterance], folder: Path) -> list[Path]:
        """Sets speed by stretching durations."""
        files = []
        for index, utterance in enumerate(utterances):
            files.append(folder / f"{index}.wav")
            stretch = f"duration_stretch={1 / utterance.delivery.speed:.3f}"
            told: list[str | Path] = [
                "-voice",
                utterance.voice.name,
                "--setf",
                stretch,
                "-t",
                utterance.text,
                "-o",
                files[-1],
            ]
            output_of([self.program, *told])
        return files

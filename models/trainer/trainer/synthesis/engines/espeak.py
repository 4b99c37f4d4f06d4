"""eSpeak NG: many accents and variants by formant synthesis (GPL-3.0-or-later)."""

import re
from collections.abc import Sequence
from pathlib import Path

from trainer.synthesis.engine import Utterance, Voice, fingerprint, output_of

NAME = "espeak-ng"
WORDS_A_MINUTE = 165
# Variants left out: robots, whispers, effects, and those that are hard to understand.
LEFT_OUT = re.compile(r"(?i)robo|whisper|croak|demonic|storm|tweaky|anxious|klatt|fast|serious|nguyen|ricishay")


class Espeak:
    """The installed eSpeak NG, without MBROLA's voices."""

    name = NAME
    has_pitch = True
    takes = 1
    batch = 1

    def __init__(self, program: Path, language: str) -> None:
        self.program = program
        self.version = f"{output_of([program, '--version']).strip()} {fingerprint(program)}"
        accents = _listed(output_of([program, f"--voices={language}"]), "!v/", "mb/")
        variants = sorted(set(_files(output_of([program, "--voices=variant"]), "!v/")))
        self.voices = tuple(
            Voice(NAME, f"{accent}+{variant}", f"{NAME}/{variant}")
            for accent in accents
            for variant in variants
            if not LEFT_OUT.search(variant)
        )

    def speaks(self, text: str) -> bool:
        """Any text that is not empty."""
        return bool(text)

    def speak(self, utterances: Sequence[Utterance], folder: Path) -> list[Path]:
        """Sets speed in words per minute, and pitch on eSpeak's scale from 0 to 99, where 50 is the voice's own."""
        files = []
        for index, utterance in enumerate(utterances):
            files.append(folder / f"{index}.wav")
            speed = round(WORDS_A_MINUTE * utterance.delivery.speed)
            pitch = max(0, min(99, round(50 + 6 * utterance.delivery.pitch)))
            told: list[str | Path] = [
                "-v",
                utterance.voice.name,
                "-s",
                str(speed),
                "-p",
                str(pitch),
                "-w",
                files[-1],
                "--stdin",
            ]
            output_of([self.program, *told], utterance.text)
        return files


def _listed(table: str, *not_in: str) -> list[str]:
    """The languages in eSpeak's table of voices, without rows whose file is in one of the folders `not_in`."""
    rows = [line.split() for line in table.splitlines()[1:]]
    named = {row[1] for row in rows if len(row) > 4 and not any(f" {place}" in " ".join(row) for place in not_in)}
    return sorted(named)


def _files(table: str, folder: str) -> list[str]:
    return [match[1] for match in re.finditer(rf"{re.escape(folder)}(\S+)", table)]

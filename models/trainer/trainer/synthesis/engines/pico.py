"""SVOX Pico: small statistical voices (Apache-2.0; in Debian's non-free, because the voices come without sources)."""

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from trainer.synthesis.engine import Utterance, Voice, fingerprint, output_of

NAME = "pico"
VOICES = {"en": ("en-GB", "en-US"), "de": ("de-DE",), "es": ("es-ES",), "fr": ("fr-FR",), "it": ("it-IT",)}


class Pico:
    """The installed Pico, with one voice per country."""

    name = NAME
    has_pitch = True
    takes = 1
    batch = 1

    def __init__(self, program: Path, language: str) -> None:
        self.program = program
        self.version = fingerprint(program)
        self.voices = tuple(Voice(NAME, name, f"{NAME}/{name}") for name in VOICES.get(language, ()))

    def speaks(self, text: str) -> bool:
        """Any text that is not empty."""
        return bool(text)

    def speak(self, utterances: Sequence[Utterance], folder: Path) -> list[Path]:
        """Sets speed and pitch in per cent, by Pico's own markup."""
        files = []
        for index, utterance in enumerate(utterances):
            files.append(folder / f"{index}.wav")
            speed = round(100 * utterance.delivery.speed)
            pitch = max(50, min(200, round(100 * 2 ** (utterance.delivery.pitch / 12))))
            text = f'<speed level="{speed}"><pitch level="{pitch}">{escape(utterance.text)}</pitch></speed>'
            output_of([self.program, "-l", utterance.voice.name, "-w", files[-1], text])
        return files

"""Hibari: one small neural voice, distilled from Kokoro-82M (Apache-2.0), a dependency of the trainer."""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from unicodedata import name as name_of

from hibari import Hibari as Speaker
from hibari.voices import DEFAULT

from trainer.synthesis.engine import Utterance, Voice

NAME = "hibari"


class Hibari:
    """Hibari with the voice that its package brings; the others would have to be fetched from a hub."""

    name = NAME
    has_pitch = False
    # The noise in it is drawn anew for each.
    takes = 3
    batch = 16

    def __init__(self, language: str) -> None:
        self.version = version("hibari-tts")
        voice = Voice(NAME, DEFAULT, f"{NAME}/{DEFAULT}")
        self.voices: tuple[Voice, ...] = (voice,) if language == "en" else ()
        self.speaker = Speaker()
        self.one_at_a_time = Lock()

    def speaks(self, text: str) -> bool:
        """Latin letters: it leaves out every other without a word."""
        return is_latin(text)

    def speak(self, utterances: Sequence[Utterance], folder: Path) -> list[Path]:
        """Speed by the model's own durations."""
        files = []
        for index, utterance in enumerate(utterances):
            files.append(folder / f"{index}.wav")
            # Its reading of texts is not made for two threads.
            with self.one_at_a_time:
                self.speaker.save(
                    utterance.text, str(files[-1]), utterance.delivery.speed, seed=utterance.delivery.take
                )
        return files


def is_latin(text: str) -> bool:
    """Whether there is a text, and all of its letters are Latin."""
    return bool(text) and all("LATIN" in name_of(letter, "") for letter in text if letter.isalpha())

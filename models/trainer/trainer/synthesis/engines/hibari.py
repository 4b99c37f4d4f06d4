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
    """Hibari with the voice in its own package; its other voices would have to be downloaded from a hub."""

    name = NAME
    has_pitch = False
    # Each take has another seed for the model's noise.
    takes = 3
    batch = 16

    def __init__(self, language: str) -> None:
        self.version = version("hibari-tts")
        voice = Voice(NAME, DEFAULT, f"{NAME}/{DEFAULT}")
        self.voices: tuple[Voice, ...] = (voice,) if language == "en" else ()
        self.speaker = Speaker()
        self.one_at_a_time = Lock()

    def speaks(self, text: str) -> bool:
        """Texts in Latin letters only, because it silently skips other letters."""
        return is_latin(text)

    def speak(self, utterances: Sequence[Utterance], folder: Path) -> list[Path]:
        """Sets speed through the durations that the model predicts."""
        files = []
        for index, utterance in enumerate(utterances):
            files.append(folder / f"{index}.wav")
            # Its conversion of texts to phonemes is not thread-safe.
            with self.one_at_a_time:
                self.speaker.save(
                    utterance.text, str(files[-1]), utterance.delivery.speed, seed=utterance.delivery.take
                )
        return files


def is_latin(text: str) -> bool:
    """Whether the text is not empty and all its letters are Latin."""
    return bool(text) and all("LATIN" in name_of(letter, "") for letter in text if letter.isalpha())

"""RHVoice: statistical voices (LGPL-2.1-or-later; the voices named here are free for every use)."""

from collections.abc import Sequence
from pathlib import Path

from trainer.synthesis.engine import Utterance, Voice, fingerprint, output_of

NAME = "rhvoice"
# CMU's speakers and Alan. `lyubov` and `evgeniy-eng` have other licences.
USABLE = ("alan", "bdl", "clb", "slt")
VOICES = Path("/usr/share/RHVoice/voices")


class RHVoice:
    """The installed RHVoice."""

    name = NAME
    has_pitch = True
    takes = 1
    batch = 1

    def __init__(self, program: Path, language: str) -> None:
        self.program = program
        self.version = fingerprint(program)
        # Debian's folder. Elsewhere all four are assumed to be installed; a missing one counts as a failure when used.
        installed = {place.name for place in VOICES.iterdir()} if VOICES.is_dir() else set(USABLE)
        named = [name for name in USABLE if name in installed] if language == "en" else []
        self.voices = tuple(Voice(NAME, name, f"{NAME}/{name}") for name in named)

    def speaks(self, text: str) -> bool:
        """Any text that is not empty."""
        return bool(text)

    def speak(self, utterances: Sequence[Utterance], folder: Path) -> list[Path]:
        """Sets speed and pitch in per cent of the voice's own."""
        files = []
        for index, utterance in enumerate(utterances):
            files.append(folder / f"{index}.wav")
            rate = round(100 * utterance.delivery.speed)
            pitch = round(100 * 2 ** (utterance.delivery.pitch / 12))
            told: list[str | Path] = ["-p", utterance.voice.name, "-r", str(rate), "-t", str(pitch), "-o", files[-1]]
            output_of([self.program, *told], utterance.text)
        return files

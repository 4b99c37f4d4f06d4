"""Festival: diphone voices and CMU's statistical slt (a BSD-like licence)."""

from collections.abc import Sequence
from pathlib import Path

from trainer.synthesis.engine import Utterance, Voice, fingerprint, output_of

NAME = "festival"
# The names in manifests, and Festival's own names.
USABLE = {"kal": "kal_diphone", "ked": "ked_diphone", "slt": "cmu_us_slt_arctic_hts"}


class Festival:
    """The installed text2wave of Festival."""

    name = NAME
    has_pitch = False
    takes = 1
    batch = 1

    def __init__(self, program: Path, language: str) -> None:
        self.program = program
        self.version = fingerprint(program)
        installed = output_of([program.with_name("festival"), "--pipe"], "(print (voice.list))")
        named = [name for name, own in USABLE.items() if own in installed] if language == "en" else []
        self.voices = tuple(Voice(NAME, name, f"{NAME}/{name}") for name in named)

    def speaks(self, text: str) -> bool:
        """Only ASCII, because it reads every byte as a letter."""
        return text.isascii()

    def speak(self, utterances: Sequence[Utterance], folder: Path) -> list[Path]:
        """Sets speed by stretching durations, and for the HTS voice by a parameter of its engine."""
        files = []
        for index, utterance in enumerate(utterances):
            files.append(folder / f"{index}.wav")
            speed, voice = utterance.delivery.speed, USABLE[utterance.voice.name]
            stretch = f"(Parameter.set 'Duration_Stretch {1 / speed:.3f})"
            faster = f'(set! hts_engine_params (append hts_engine_params (list (list "-r" {speed:.3f}))))'
            asked = f"(begin (voice_{voice}) {faster if voice.endswith('_hts') else stretch})"
            output_of([self.program, "-o", files[-1], "-eval", asked], utterance.text)
        return files

"""Speech engines for tests: the real ones if they are installed, and one that speaks in tones."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from trainer.synthesis.engine import EngineFailure, Utterance, Voice
from trainer.synthesis.installed import Installed, find_engines
from trainer.synthesis.script import Script, load_script


def engines_or_skip(*names: str) -> Installed:
    """These engines as they are installed; the test is skipped when one is not."""
    found = find_engines("en", {**dict.fromkeys(names, 1.0), "espeak-ng": 1.0})
    if found.missing:
        pytest.skip(f"speech engines are not installed: {'; '.join(found.missing)}")
    return found


def needs(program: str) -> pytest.MarkDecorator:
    """Skips a test when a program is not installed."""
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def script_of(folder: Path, text: str) -> Script:
    """The script with this text."""
    file = folder / "script.toml"
    file.write_text(text, encoding="utf-8")
    return load_script(file)


class ToneEngine:
    """Speaks a second of a tone; is silent where the text holds `silent_at`, and fails where it holds `fails_at`."""

    version = "1"
    has_pitch = True
    takes = 1

    def __init__(self, name: str, voices: int = 1, batch: int = 1) -> None:
        self.name = name
        self.batch = batch
        self.voices = tuple(Voice(name, f"{index}", f"{name}/{index}") for index in range(voices))
        self.fails_at = ""
        self.silent_at = ""
        self.batches: list[int] = []

    def speaks(self, text: str) -> bool:
        return text.isascii()

    def speak(self, utterances: Sequence[Utterance], folder: Path) -> list[Path]:
        self.batches.append(len(utterances))
        files = []
        for index, utterance in enumerate(utterances):
            if self.fails_at and self.fails_at in utterance.text:
                raise EngineFailure("it broke")
            loud = 0.0 if self.silent_at and self.silent_at in utterance.text else 0.3
            files.append(folder / f"{index}.wav")
            soundfile.write(files[-1], loud * np.sin(np.arange(16000) * 0.2), 16000)
        return files


def installed(*engines: ToneEngine) -> Installed:
    """As if only these engines were installed, with equal weights."""
    return Installed({engine.name: engine for engine in engines}, {engine.name: 1.0 for engine in engines}, ())

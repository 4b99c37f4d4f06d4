"""Where `synthesize` reads and writes: a damaged cache and a wrong folder are told in a sentence."""

from pathlib import Path

import pytest
from speaking import ToneEngine, installed, script_of

from trainer.errors import TrainerError
from trainer.synthesis.synthesize import Order, synthesize

TEXT = '[intents.order]\nsentences = ["a pizza please"]\n'


def spoken(folder: Path, out: Path, cache: Path) -> None:
    synthesize(Order(script_of(folder, TEXT)), installed(ToneEngine("tone")), cache, out)


def test_a_damaged_file_of_the_cache_is_named(tmp_path: Path) -> None:
    spoken(tmp_path, tmp_path / "out", tmp_path / "cache")
    file = next((tmp_path / "cache").rglob("*.flac"))
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(TrainerError, match=rf"{file} is damaged \(.*\): delete it, and it is spoken again"):
        spoken(tmp_path, tmp_path / "anew", tmp_path / "cache")
    file.unlink()
    spoken(tmp_path, tmp_path / "anew", tmp_path / "cache")

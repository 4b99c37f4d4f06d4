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


def test_a_folder_of_other_things_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "calls" / "audio").mkdir(parents=True)
    (tmp_path / "calls" / "manifest.csv").write_text("path,label\naudio/1.wav,order\n")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "report.md").write_text("of prepare")
    with pytest.raises(TrainerError, match=r"manifest\.csv is not one of synthesize, and would be lost: choose"):
        spoken(tmp_path, tmp_path / "calls", tmp_path / "cache")
    with pytest.raises(TrainerError, match=r"data holds other things \(no folder audio\): choose another --out"):
        spoken(tmp_path, tmp_path / "data", tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_place_that_is_a_file_is_told_before_anything_is_spoken(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("mine")
    for places in ((file, tmp_path / "cache"), (tmp_path / "out", file)):
        with pytest.raises(TrainerError, match=rf"{file} is a file, no folder: choose another --(out|cache)"):
            spoken(tmp_path, *places)


def test_what_a_killed_run_left_is_gone_on_with(tmp_path: Path) -> None:
    (tmp_path / "out" / "audio").mkdir(parents=True)
    spoken(tmp_path, tmp_path / "out", tmp_path / "cache")
    spoken(tmp_path, tmp_path / "out", tmp_path / "cache")

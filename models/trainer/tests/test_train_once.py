"""`train --once`: the same command, given again, trains nothing twice, and nothing that is told otherwise."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import soundfile

from trainer import train
from trainer.main import main
from trainer.run_folder import STATE, begin_run
from trainer.weights import WEIGHTS

Fits = list[dict[str, Any] | None]


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch) -> Fits:
    """What run.json would tell of each training; None where one goes on. In place of learning, a run is begun."""
    fits: Fits = []

    def fit(recipe: Any, _: Any, request: Any, told: dict[str, Any] | None) -> None:
        fits.append(told)
        if told is not None:
            begin_run(request.out, recipe, told)

    monkeypatch.setattr(train, "fit", fit)
    return fits


@pytest.fixture
def begun(data: Path, tmp_path: Path, fits: Fits) -> list[str]:
    """A command that has begun a run, from weights of its own."""
    shutil.copytree(WEIGHTS / "bank-calls", tmp_path / "weights")
    command = ["train", str(data), "--checkpoint", str(tmp_path / "weights"), "--once", "--out", str(tmp_path / "run")]
    assert main(command) == 0
    assert len(fits) == 1
    return command


def test_a_training_that_was_cut_short_goes_on(begun: list[str], fits: Fits) -> None:
    assert main([*begun, "--set", 'package.licence="MIT"']) == 0
    assert fits[1:] == [None]


def test_a_training_that_has_ended_stays(
    begun: list[str], fits: Fits, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "run" / STATE).write_text("{}")
    assert main(begun) == 0
    assert f"{tmp_path / 'run'} was trained so before" in capsys.readouterr().out
    (tmp_path / "weights").rename(tmp_path / "moved")
    assert main([*begun, "--checkpoint", str(tmp_path / "moved")]) == 0
    assert len(fits) == 1


@pytest.mark.parametrize(
    ("change", "otherwise"),
    [
        ("--set training.batch=3 --set seed=7", "seed 17, training.batch 32"),
        ("--set streaming.teacher=moonshine-tiny", "streaming.teacher "),
        ("--precision bf16", "another --precision"),
        ("--threads 2", "other --threads"),
        ("recordings", "another dataset"),
        ("weights", "other weights to begin with"),
    ],
)
def test_a_training_that_was_begun_otherwise_is_told(
    begun: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], change: str, otherwise: str
) -> None:
    options = change.split() if change.startswith("--") else []
    if change == "recordings":
        recording = tmp_path / "recordings" / "0.wav"
        samples, rate = soundfile.read(recording)
        soundfile.write(recording, samples[::-1], rate)
        source = [str(recording.with_name("manifest.csv")), "--split-by", "clip", "--test-size", "0.17"]
        assert main(["prepare", *source, "--out", str(tmp_path / "data")]) == 0
    elif change == "weights":
        (tmp_path / "weights" / "model.safetensors").write_bytes(b"others")
    said = f"{tmp_path / 'run'} was begun with {otherwise}: delete it to train it anew, or choose another --out"
    assert main([*begun, *options]) == 1
    assert said in capsys.readouterr().err
    (tmp_path / "run" / STATE).write_text("{}")
    assert main([*begun, *options]) == 1
    assert said in capsys.readouterr().err

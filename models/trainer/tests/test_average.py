"""Runs of several seeds become one: its weights are their mean, and it is evaluated and exported like any run."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from trainer.main import main

TINY = ["--recipe", "earshot", "--set", "streaming.width=8", "--set", "streaming.members=1"]
QUICK = ["--set", "training.epochs=2", "--set", "augmentation.copies=1", "--set", "augmentation.silences=2"]
CHANGES = {
    "slower": ("recipe.toml", "learning_rate = .*", "learning_rate = 0.1"),
    "other": ("run.json", '"data": ".*"', '"data": "/elsewhere"'),
    "unfinished": ("recipe.toml", "^seed = .*", "seed = 99"),
    "anew": ("run.json", '"dataset": ".*"', '"dataset": "0123456789abcdef"'),
    "strange": ("run.json", '"fresh_classifier": false', '"fresh_classifier": true'),
}


def train(data: Path, run: Path, *options: str) -> Path:
    assert main(["train", str(data), *TINY, *QUICK, *options, "--out", str(run)]) == 0
    return run


def copy_with(run: Path, name: str, change: tuple[str, str, str]) -> Path:
    """A copy of a run beside it, with a line of one of its files changed."""
    copy = shutil.copytree(run, run.with_name(name))
    file, was, becomes = change
    text = (copy / file).read_text()
    changed = re.sub(was, becomes, text)
    assert changed != text
    (copy / file).write_text(changed)
    return copy


def test_the_average_of_two_seeds_is_a_run_of_its_own(data: Path, tmp_path: Path) -> None:
    start = str(train(data, tmp_path / "start"))
    runs = [train(data, tmp_path / name, "--checkpoint", start, "--set", f"seed={name}") for name in ("1", "2")]
    average, package = tmp_path / "average", tmp_path / "door"
    assert main(["average", *map(str, runs), "--out", str(average)]) == 0
    first, second = (load_file(run / "model.safetensors") for run in runs)
    mean = load_file(average / "model.safetensors")
    assert mean.keys() == first.keys()
    assert any(not np.array_equal(first[name], second[name]) for name in first)
    for name, tensor in mean.items():
        np.testing.assert_allclose(tensor, (first[name] + second[name]) / 2, rtol=1e-6, atol=1e-7, err_msg=name)
        if np.array_equal(first[name], second[name]):
            assert np.array_equal(tensor, first[name]), f"{name} was changed by no run"
    assert main(["evaluate", str(average)]) == 0
    assert main(["export", str(average), "--variants", "--out", str(package)]) == 0
    provenance = json.loads((package / "earshot.json").read_text())["provenance"]
    assert provenance["seed"] == [1, 2]
    assert "The weights are the mean of 2 runs, seeds [1, 2]." in provenance["notes"]


def test_runs_that_differ_in_more_than_their_seed_are_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh = train(data, tmp_path / "fresh")
    one = train(data, tmp_path / "one", "--checkpoint", str(fresh))
    slower, other, unfinished, anew, strange = (copy_with(one, name, said) for name, said in CHANGES.items())
    (unfinished / "model.safetensors").unlink()
    (tmp_path / "empty").mkdir()
    mistakes = [
        ([one], "a mean needs at least two runs, 1 was given"),
        ([fresh, fresh], "fresh began with fresh weights, other ones for each seed: their mean is no model"),
        ([one, slower], "had other recipes, see recipe.toml: only the seed may differ"),
        ([one, other], "/other was trained on /elsewhere, "),
        ([one, anew], "data was prepared anew between "),
        ([strange, one], "strange began with a fresh classifier, another one for each seed: their mean is no model"),
        ([one, one], "one have the same seed, 17: their mean says nothing new"),
        ([one, unfinished], "unfinished holds no weights, was its training ended?"),
        ([one, tmp_path / "empty"], "is no run of `trainer train`"),
    ]
    for runs, message in mistakes:
        capsys.readouterr()
        assert main(["average", *map(str, runs), "--out", str(tmp_path / "average")]) == 1
        assert message in capsys.readouterr().err
    assert main(["average", str(one), str(one), "--out", str(one)]) == 1
    assert "is not empty" in capsys.readouterr().err
    assert not (tmp_path / "average").exists()

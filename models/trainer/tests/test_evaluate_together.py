"""Several runs count together: the folds of a cross-validation, or seeds of one recipe, under one calibration."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from datasets import concatenate_datasets
from sklearn.metrics import accuracy_score
from tiny_packages import tiny_streaming

from trainer.calibration import Calibration, fit_calibration, strict_threshold
from trainer.checkpoint import open_checkpoint
from trainer.errors import TrainerError
from trainer.evaluation import Evaluation
from trainer.listening import with_silence
from trainer.main import main
from trainer.metrics import best_intent
from trainer.prepared import Prepared, load_prepared, pcm_of
from trainer.streaming_model import StreamingIntentConfig, StreamingIntentModel

NAMES = ["close", "open", "background"]
FOLDS = 3


def run_of(folder: Path, seed: int, data: Path, names: list[str] = NAMES) -> Path:
    """A run with random weights, of which only its dataset is known."""
    torch.manual_seed(40 + seed)
    labels = {"id2label": dict(enumerate(names)), "label2id": {name: index for index, name in enumerate(names)}}
    StreamingIntentModel(StreamingIntentConfig(width=8, members=1, **labels)).save_pretrained(folder)
    (folder / "run.json").write_text(json.dumps({"data": str(data), "command": "train"}), encoding="utf-8")
    return folder


@pytest.fixture
def recipe(recordings: Path, tmp_path: Path) -> Path:
    """Six recordings of unknown callers in folds, and the same six again to train on."""
    manifest, file = recordings / "manifest.csv", tmp_path / "recipe.toml"
    rows = manifest.read_text(encoding="utf-8").splitlines()
    manifest.write_text("\n".join(row.rpartition(",")[0] for row in rows) + "\n", encoding="utf-8")
    folds = f'splits = {{ fold = "1/{FOLDS}", validation_size = 0.25 }}'
    trained = "splits = { test_size = 0.0, validation_size = 0.0 }"
    sources = "".join(f'[[sources]]\npath = "{manifest}"\n{splits}\n' for splits in (folds, trained))
    file.write_text(f'extends = "earshot"\nbackground = ["background"]\n{sources}', encoding="utf-8")
    return file


@pytest.fixture
def folds(recipe: Path, tmp_path: Path) -> list[Path]:
    """A dataset a fold."""
    folders = [tmp_path / f"fold-{fold}" for fold in range(1, FOLDS + 1)]
    for fold, folder in enumerate(folders, 1):
        assert main(["prepare", str(recipe), "--fold", f"{fold}/{FOLDS}", "--out", str(folder)]) == 0
    return folders


@pytest.fixture
def runs(folds: list[Path], tmp_path: Path) -> list[Path]:
    """A run a fold, each with weights of its own."""
    return [run_of(tmp_path / f"run-{index}", index, data) for index, data in enumerate(folds, 1)]


def evaluate(runs: list[Path], *more: str | Path) -> int:
    return main(["evaluate", *map(str, runs), *map(str, more)])


def measured(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    return read


def answers(run: Path, prepared: Prepared, split: str, silence: float) -> tuple[list[int], Any]:
    listener, rows = open_checkpoint(run).listener, list(prepared.split(split))
    scores = [listener.hear(with_silence(pcm_of(row), silence))[-1] for row in rows]
    return [row["label"] for row in rows], np.stack(scores)


def test_a_fold_on_the_command_line_tests_every_recording_once_and_leaves_other_sources_alone(
    folds: list[Path],
) -> None:
    opened = [load_prepared(folder) for folder in folds]
    tested = concatenate_datasets([each.split("test") for each in opened])
    assert sorted(row["path"] for row in tested["audio"]) == [f"{index}.wav" for index in range(6)]
    for each in opened:
        trained = [row["path"] for row in each.split("train")["audio"]]
        assert {f"{index}.wav" for index in range(6)} <= set(trained), "the source without a fold is trained on"
        assert len(trained) + len(each.split("validation", "test")) == 12


def test_a_recipe_that_divides_nothing_has_no_folds(
    recordings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "recipe.toml"
    file.write_text(f'extends = "guide"\n[[sources]]\npath = "{recordings}"\n', encoding="utf-8")
    assert main(["prepare", str(file), "--fold", "2/5", "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert "--fold 2/5: " in said
    assert "recipe.toml divides no source into folds: give one splits = {" in said
    assert said.count("\n") == 1


def test_the_clips_of_all_runs_count_once_each(runs: list[Path], folds: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "together"
    assert evaluate(runs, "--out", out) == 0
    heard = [answers(run, load_prepared(data), "test", 0) for run, data in zip(runs, folds, strict=True)]
    by_hand = [accuracy_score(labels, scores.argmax(axis=1)) for labels, scores in heard]
    figures = measured(out)
    assert (figures["clips"], figures["at_the_end"]["accuracy"]) == (6, pytest.approx(np.mean(by_hand)))
    assert [(each["run"], each["dataset_name"], each["accuracy"]) for each in figures["runs"]] == [
        (f"run-{index}", f"fold-{index}", each) for index, each in enumerate(by_hand, 1)
    ]
    assert figures["groups"] == 6
    assert len((out / "answers.csv").read_text().splitlines()) == 7
    report = (out / "report.md").read_text(encoding="utf-8")
    assert f"| run-1 | fold-1 | 2 | {by_hand[0]:.3f} |" in report
    assert f"Their mean is {np.mean(by_hand):.3f}, their standard deviation {np.std(by_hand, ddof=1):.3f}." in report
    assert not any((run / "evaluation").exists() for run in runs)


def test_one_calibration_is_fitted_on_the_validation_splits_of_all(
    runs: list[Path], folds: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.calibration.FEWEST_CLIPS", 2)
    assert evaluate(runs, "--out", tmp_path / "together") == 0
    heard = [answers(run, load_prepared(data), "validation", 1) for run, data in zip(runs, folds, strict=True)]
    labels, scores = (np.concatenate(each) for each in zip(*heard, strict=True))
    fitted = fit_calibration(scores, labels, [2])
    assert Calibration.load(tmp_path / "together" / "calibration.json") == fitted.calibration
    assert measured(tmp_path / "together")["calibration"]["clips"] == len(labels)


def test_what_is_measured_together_is_exported_with_other_weights(runs: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "together"
    assert evaluate(runs, "--out", out) == 0
    shipped = run_of(tmp_path / "shipped", 9, tmp_path / "fold-1")
    said = ["--evaluation", str(out), "--out", str(tmp_path / "door"), "--set", "package.golden=['open it']"]
    assert main(["export", str(shipped), *said, "--variants"]) == 0
    contract = json.loads((tmp_path / "door" / "earshot.json").read_text())
    assert contract["metrics"]["clips"] == 6


def test_clips_of_seeds_on_one_dataset_stay_one_group(folds: list[Path], tmp_path: Path) -> None:
    seeds = [run_of(tmp_path / f"seed-{seed}", seed, folds[0]) for seed in (1, 2, 3)]
    assert evaluate(seeds, "--out", tmp_path / "seeds") == 0
    figures = measured(tmp_path / "seeds")
    assert (figures["clips"], figures["groups"]) == (6, 2), (
        "three hearings of a clip are no three clips to the interval"
    )


@pytest.mark.parametrize("limit", [0, 1, 3, 20])
def test_the_strict_threshold_is_the_lowest_that_lets_few_enough_pass(limit: int) -> None:
    posterior = np.random.default_rng(limit).dirichlet([0.5, 0.5, 0.5], 20)
    threshold = strict_threshold(posterior, [2], limit)
    surest = best_intent(posterior, [2])

    def announced(least: float) -> int:
        return int(((surest > 0) & (surest >= least)).sum())

    assert announced(threshold) <= limit
    assert threshold == 0 or announced(threshold - 1e-4) > limit or surest[surest > 0].size <= limit


def test_beyond_doubt_no_threshold_helps() -> None:
    with pytest.raises(TrainerError, match="of the 3 clips of background in the validation split, 2 are an intent bey"):
        strict_threshold(np.array([[1.0, 0, 0]] * 3), [2], 1)


def test_the_limit_is_of_an_hour_of_the_validation_background_and_told(
    runs: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int | None] = []

    def fit(scores: Any, labels: Any, background: list[int], most_false: int | None = None) -> Any:
        asked.append(most_false)
        return fit_calibration(scores, np.full(len(labels), 2), background, most_false)

    monkeypatch.setattr("trainer.calibration.FEWEST_CLIPS", 2)
    monkeypatch.setattr("trainer.evaluate.fit_calibration", fit)
    assert evaluate(runs, "--most-false-finals", "6", "--out", tmp_path / "together") == 0
    assert asked == [0], "no clip of validation is background: nothing may pass"
    assert measured(tmp_path / "together")["most_false_finals_per_hour"] == 6


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ((), "2 runs are evaluated together: name a folder for the result with --out"),
        (("--most-false-finals", "-1", "--out", "out"), "--most-false-finals -1"),
        (("--most-false-finals", "6", "--calibration", "c.json", "--out", "out"), "fits a threshold: a given one, or"),
    ],
)
def test_what_cannot_count_together_is_one_sentence(
    more: tuple[str, ...], message: str, runs: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(runs[:2], *more) == 1
    assert message in capsys.readouterr().err


def test_a_run_that_is_named_twice_does_not_count_twice() -> None:
    with pytest.raises(TrainerError, match="a run is named twice: what it answered would count twice"):
        Evaluation(Path("run"), (Path("other"), Path("other/../run")), out=Path("out"))


def test_packages_and_other_labels_do_not_count_together(
    runs: list[Path], folds: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package = tiny_streaming(tmp_path).package
    assert evaluate([runs[0], package], "--out", tmp_path / "out") == 1
    assert re.search(r"is a package, with a calibration of its own: evaluate it by itself", capsys.readouterr().err)
    other = run_of(tmp_path / "other", 4, folds[0], ["close", "shut", "background"])
    assert evaluate([runs[0], other], "--out", tmp_path / "out") == 1
    assert "other: label 1 of the checkpoint is 'shut', but of the dataset 'open'" in capsys.readouterr().err

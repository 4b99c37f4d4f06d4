"""The command turns a run folder and a dataset into figures."""

import json
import re
import shutil
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from evaluations import refuse
from safetensors.torch import load_file, save_file
from sklearn.metrics import accuracy_score

from trainer.calibration import Calibration, fit_calibration
from trainer.checkpoint import open_checkpoint
from trainer.commands.evaluate import configure, run
from trainer.errors import TrainerError
from trainer.evaluate import headline
from trainer.labels import require_same_labels
from trainer.line import over_eight_kilohertz
from trainer.listening import line_listener, with_silence
from trainer.main import main
from trainer.prepare import prepare
from trainer.prepared import load_prepared, pcm_of
from trainer.recipe_sources import Source, Splits
from trainer.streaming_model import StreamingIntentConfig, StreamingIntentModel

NAMES = ["close", "open", "background"]


def evaluate(*argv: str | Path) -> None:
    parser = ArgumentParser()
    configure(parser)
    run(parser.parse_args([str(argument) for argument in argv]))


def measured(folder: Path) -> dict[str, Any]:
    text = (folder / "metrics.json").read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text, parse_constant=refuse)
    return read


def checkpoint(folder: Path, names: list[str]) -> Path:
    torch.manual_seed(4)
    id2label = dict(enumerate(names))
    label2id = {name: index for index, name in id2label.items()}
    config = StreamingIntentConfig(width=8, members=1, id2label=id2label, label2id=label2id)
    StreamingIntentModel(config).save_pretrained(folder)
    return folder


def dataset(folder: Path, recordings: Path, splits: str) -> Path:
    """Six recordings, each in the split that its letter names, and one more of each label to train on."""
    lines = (recordings / "manifest.csv").read_text(encoding="utf-8").splitlines()
    names = {"t": "train", "v": "validation", "x": "test"}
    rows = [
        f"{line.rpartition(',')[0]},call-{index},{names[split]}"
        for index, (line, split) in enumerate(zip(lines[1:], splits, strict=True))
    ]
    more = [f"more-{index}.wav,{label},more-{index},train" for index, label in ((0, "close"), (1, "open"))]
    for index in range(2):
        shutil.copy(recordings / f"{index}.wav", recordings / f"more-{index}.wav")
    (recordings / "manifest.csv").write_text("\n".join([f"{lines[0]},split", *rows, *more]) + "\n", encoding="utf-8")
    source = Source(path=recordings / "manifest.csv", splits=Splits(test_size=0, validation_size=0))
    prepare((source,), ("background",), folder / "dataset")
    return folder / "dataset"


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    return checkpoint(tmp_path / "run", NAMES)


@pytest.fixture
def data(tmp_path: Path, recordings: Path) -> Path:
    return dataset(tmp_path, recordings, "tvvxxx")


def test_everything_is_written_and_names_no_path(run_folder: Path, data: Path, tmp_path: Path) -> None:
    (run_folder / "run.json").write_text(json.dumps({"data": str(data)}), encoding="utf-8")
    history = [{"epoch": 1.0, "loss": 1.0}, {"epoch": 1.0, "eval_loss": 1.0, "eval_accuracy": 0.5}]
    (run_folder / "trainer_state.json").write_text(json.dumps({"log_history": history}), encoding="utf-8")
    evaluate(run_folder)
    folder = run_folder / "evaluation"
    assert {file.name for file in folder.iterdir()} == {
        *("metrics.json", "calibration.json", "answers.csv", "report.md"),
        *("confusion.png", "earliness.png", "learning-curves.png", "reliability.png"),
    }
    assert (measured(folder)["split"], measured(folder)["clips"]) == ("test", 3)
    assert " hours, of the dataset `dataset`. " in (folder / "report.md").read_text()
    told = [(folder / name).read_text() for name in ("metrics.json", "answers.csv", "report.md")]
    assert str(tmp_path) not in "".join(told)
    assert told[1].count("\n") == 1 + measured(folder)["clips"]


def test_calibration_is_fitted_on_the_validation_split_after_silence(
    run_folder: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.calibration.FEWEST_CLIPS", 2)
    evaluate(run_folder, "--data", data)
    listener = open_checkpoint(run_folder).listener
    rows = list(load_prepared(data).split("validation"))
    scores = np.stack([listener.hear(with_silence(pcm_of(row), 1.0))[-1] for row in rows])
    fitted = fit_calibration(scores, np.array([row["label"] for row in rows]), [2])
    assert Calibration.load(run_folder / "evaluation" / "calibration.json") == fitted.calibration
    calibration = measured(run_folder / "evaluation")["calibration"]
    assert calibration == {
        "temperature": fitted.calibration.temperature,
        "threshold": fitted.calibration.threshold,
        "source": "fitted",
        "clips": 2,
        "background_clips": 0,
        "is_temperature_fitted": fitted.is_temperature_fitted,
    }


def test_what_too_few_clips_would_calibrate_stays_the_default_and_is_said_at_export(
    run_folder: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluate(run_folder, "--data", data)
    assert Calibration.load(run_folder / "evaluation" / "calibration.json") == Calibration()
    door = ["--evaluation", str(run_folder / "evaluation"), "--out", str(run_folder.with_name("door"))]
    assert main(["export", str(run_folder), *door, "--data", str(data), "--variants"]) == 0
    assert "**Not calibrated**: the 2 clips of the validation split are too few" in capsys.readouterr().out


def test_a_given_calibration_is_used_as_it_is(run_folder: Path, data: Path, tmp_path: Path) -> None:
    Calibration(2.5, 0.6).save(tmp_path / "given.json")
    evaluate(run_folder, "--data", data, "--calibration", tmp_path / "given.json", "--out", tmp_path / "out")
    calibration = measured(tmp_path / "out")["calibration"]
    assert [calibration[key] for key in ("temperature", "threshold", "source")] == [2.5, 0.6, "given"]
    assert not (run_folder / "evaluation").exists()


def test_a_line_is_told_and_every_clip_is_heard_over_it(run_folder: Path, data: Path) -> None:
    evaluate(run_folder, "--data", data, "--law", "mulaw")
    heard = run_folder / "evaluation-mulaw"
    assert measured(heard)["law"] == "mulaw"
    assert (heard / "report.md").read_text().startswith("# Evaluation on the split `test`, as mulaw")
    assert not (run_folder / "evaluation").exists(), "what is exported was heard as a server hears"
    package = run_folder.with_name("door")
    assert main(["export", str(run_folder), "--evaluation", str(heard), "--out", str(package)]) == 1
    listener, pcm = open_checkpoint(run_folder).listener, pcm_of(load_prepared(data).split("test")[0])
    over_line = listener.hear(over_eight_kilohertz(pcm, "mulaw"))
    np.testing.assert_array_equal(line_listener(listener, "mulaw").hear(pcm), over_line)


def test_without_a_validation_split_nothing_is_calibrated(run_folder: Path, tmp_path: Path, recordings: Path) -> None:
    evaluate(run_folder, "--data", dataset(tmp_path, recordings, "tttxxx"))
    calibration = measured(run_folder / "evaluation")["calibration"]
    assert [calibration[key] for key in ("temperature", "threshold", "source")] == [1.0, 0.4, "default"]


def test_pictures_of_an_older_evaluation_go_and_other_files_stay(run_folder: Path, data: Path) -> None:
    folder = run_folder / "evaluation"
    folder.mkdir()
    for name in ("learning-curves.png", "notes.txt"):
        (folder / name).write_text("old", encoding="utf-8")
    evaluate(run_folder, "--data", data)
    assert not (folder / "learning-curves.png").exists()
    assert (folder / "notes.txt").read_text(encoding="utf-8") == "old"


def test_an_evaluation_that_was_cut_short_is_none(
    run_folder: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluate(run_folder, "--data", data)
    monkeypatch.setattr("trainer.evaluate.report", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        evaluate(run_folder, "--data", data)
    assert not (run_folder / "evaluation" / "metrics.json").exists()


def test_the_headline_is_sklearns_accuracy_at_each_clips_end(run_folder: Path, data: Path) -> None:
    listener, prepared = open_checkpoint(run_folder).listener, load_prepared(data)
    rows = list(prepared.split("test"))
    answers = [listener.hear(pcm_of(row))[-1].argmax() for row in rows]
    found = headline(listener, prepared, "test", Calibration())
    assert found["accuracy"] == accuracy_score([row["label"] for row in rows], answers)
    evaluate(run_folder, "--data", data)
    assert (
        measured(run_folder / "evaluation")["at_the_end"].items()
        >= {key: found[key] for key in ("clips", "accuracy", "top3_accuracy", "macro_f1")}.items()
    )


def test_a_headline_needs_an_intent(run_folder: Path, data: Path) -> None:
    prepared = load_prepared(data)
    silent = prepared.rows.map(lambda row: {**row, "label": 2})
    with pytest.raises(TrainerError, match="the split test has no clip with an intent"):
        headline(open_checkpoint(run_folder).listener, replace(prepared, rows=silent), "test", Calibration())


def test_variants_have_no_accuracy_where_no_test_clip_has_an_intent(
    run_folder: Path, tmp_path: Path, recordings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = recordings / "manifest.csv"
    trained, tested = re.split("(?=3.wav)", file.read_text(encoding="utf-8"))
    file.write_text(trained + re.sub("open|close", "background", tested), encoding="utf-8")
    said = ["--data", str(dataset(tmp_path, recordings, "tttxxx")), "--set", "package.golden=['open it']"]
    assert main(["export", str(run_folder), *said, "--variants", "int8", "--out", str(tmp_path / "door")]) == 0
    assert "dataset has an intent: of variants no accuracy is measured" in capsys.readouterr().out
    contract = json.loads((tmp_path / "door" / "earshot.json").read_text())
    assert contract["metrics"]["variants"][0]["accuracy"] is None


def test_an_empty_split_is_named(run_folder: Path, tmp_path: Path, recordings: Path) -> None:
    data = dataset(tmp_path, recordings, "tttttt")
    with pytest.raises(TrainerError, match="the dataset has no clips in the split test"):
        evaluate(run_folder, "--data", data)


def test_a_run_that_names_no_dataset_wants_data(run_folder: Path) -> None:
    with pytest.raises(TrainerError, match=r"run\.json does not tell the dataset: name its folder with --data"):
        evaluate(run_folder)


def test_a_checkpoint_of_other_labels_is_refused(tmp_path: Path, data: Path) -> None:
    other = checkpoint(tmp_path / "other", ["close", "shut", "background"])
    with pytest.raises(TrainerError, match="other: label 1 of the checkpoint is 'shut', but of the dataset 'open'"):
        evaluate(other, "--data", data)


@pytest.mark.parametrize(
    ("trained", "prepared", "message"),
    [
        (["a", "b"], ["b", "a"], "label 0 of the checkpoint is 'a', but of the dataset 'b'"),
        (["a"], ["a", "b"], "label 1 of the checkpoint is missing, but of the dataset 'b'"),
        (["a", "b"], ["a"], "label 1 of the checkpoint is 'b', but of the dataset missing"),
    ],
)
def test_the_first_difference_of_labels_is_named(trained: list[str], prepared: list[str], message: str) -> None:
    with pytest.raises(TrainerError, match=message):
        require_same_labels(trained, prepared, Path("run"))
    require_same_labels(trained, trained, Path("run"))


def test_damaged_weights_are_one_sentence(run_folder: Path, data: Path) -> None:
    weights = run_folder / "model.safetensors"
    tensors = load_file(weights)
    save_file({name: tensor for name, tensor in tensors.items() if not name.startswith("wide.")}, weights)
    with pytest.raises(TrainerError, match=r"lack \d+ tensors, wide\..* first: is it whole\?"):
        evaluate(run_folder, "--data", data)
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(TrainerError, match=r"the weights in .* cannot be read"):
        evaluate(run_folder, "--data", data)

"""A package is evaluated as a server hears through it, on any dataset of its labels."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_packages import LABELS, TEMPERATURE, Tiny, tiny_streaming, tiny_wav2vec2

from trainer.checkpoint import open_checkpoint
from trainer.errors import TrainerError
from trainer.evaluate import evaluate
from trainer.evaluation import Evaluation
from trainer.main import main
from trainer.metrics import expected_calibration_error, posteriors
from trainer.prepared import load_prepared, pcm_of

DRINKS = Path(__file__).parents[2] / "barista-drinks"
GOLDEN = {"can-i-have-a-large": "cappuccino", "i-would-like-an": "iced coffee", "just-an": "espresso"}


@pytest.fixture
def held_out(recordings: Path, tmp_path: Path) -> Path:
    """Two of the seven labels that the packages know, nothing to train on."""
    return prepared(recordings, tmp_path / "held-out")


@pytest.fixture(scope="module")
def drinks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled drinks model's own golden recordings."""
    folder = tmp_path_factory.mktemp("drinks")
    spoken = [(file, label) for name, label in GOLDEN.items() for file in (DRINKS / "golden").glob(f"{name}*.wav")]
    lines = ["path,label", *(f"{file},{label}" for file, label in spoken)]
    (folder / "manifest.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return prepared(folder, folder / "data")


def prepared(folder: Path, out: Path) -> Path:
    assert main(["prepare", str(folder / "manifest.csv"), "--test-size", "1", "--out", str(out)]) == 0
    return out


def measured(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    return read


@pytest.mark.parametrize(("make", "title"), [(tiny_streaming, "gate 0.1.0"), (tiny_wav2vec2, "door 0.1.0")])
def test_a_package_says_what_its_checkpoint_says_with_its_own_calibration(
    make: Any, title: str, held_out: Path, tmp_path: Path
) -> None:
    tiny: Tiny = make(tmp_path)
    before = sorted(tiny.package.rglob("*"))
    assert main(["evaluate", str(tiny.package), "--data", str(held_out)]) == 0
    figures = measured(held_out / f"evaluation-{tiny.package.name}")
    rows = list(load_prepared(held_out).split("test"))
    names = ["close", "open"]
    labels = np.array([LABELS.label2id[names[row["label"]]] for row in rows])
    listener = open_checkpoint(tiny.checkpoint).listener
    belief = posteriors(np.stack([listener.hear(pcm_of(row))[-1] for row in rows]), TEMPERATURE)
    assert figures["at_the_end"]["accuracy"] == np.mean(belief.argmax(axis=1) == labels)
    assert figures["expected_calibration_error"] == pytest.approx(expected_calibration_error(belief, labels), abs=1e-3)
    assert (figures["package"], figures["clips"]) == (f"{title} in fp32", 6)
    calibration = figures["calibration"]
    assert (calibration["temperature"], calibration["source"]) == (TEMPERATURE, "package")
    assert sorted(tiny.package.rglob("*")) == before


def test_each_precision_is_heard_by_itself_and_told(drinks: Path) -> None:
    assert main(["evaluate", str(DRINKS), "--data", str(drinks)]) == 0
    assert main(["evaluate", str(DRINKS), "--data", str(drinks), "--precision", "int8"]) == 0
    fp32, int8 = (measured(drinks / f"evaluation-barista-drinks{more}") for more in ("", "-int8"))
    assert [each["at_the_end"]["accuracy"] for each in (fp32, int8)] == [1, 1]
    assert fp32["expected_calibration_error"] != int8["expected_calibration_error"]
    assert [each["package"].removeprefix("barista-drinks 0.2.0 in ") for each in (fp32, int8)] == ["fp32", "int8"]
    report = (drinks / "evaluation-barista-drinks-int8" / "report.md").read_text(encoding="utf-8")
    assert report.startswith("# Evaluation on the split `test`, by barista-drinks 0.2.0 in int8\n")
    assert "A package does not tell what it was trained on" in report
    assert "as the package is served with." in report


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"data": None}, "is a package: name a dataset to hear, written by prepare, with --data"),
        ({"precision": "int8"}, "--precision int8: gate 0.1.0 has fp32 only"),
    ],
)
def test_what_a_package_does_not_have_is_named(
    more: dict[str, Any], message: str, held_out: Path, tmp_path: Path
) -> None:
    with pytest.raises(TrainerError, match=message):
        evaluate(Evaluation(**{"run": tiny_streaming(tmp_path).package, "data": held_out, **more}))


def test_a_label_that_a_package_does_not_know_is_named(drinks: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match=r"has the label 'cappuccino', which gate 0\.1\.0 does not know: close, dim"):
        evaluate(Evaluation(tiny_streaming(tmp_path).package, data=drinks))


def test_only_a_package_has_a_precision(held_out: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match=r"--precision int8 is of a package that `export` wrote: .* is none"):
        evaluate(Evaluation(tiny_streaming(tmp_path).checkpoint, data=held_out, precision="int8"))


def test_a_dataset_to_test_on_alone_trains_nothing(held_out: Path, tmp_path: Path, capsys: Any) -> None:
    assert set(load_prepared(held_out).rows) == {"test"}
    assert main(["train", str(held_out), "--out", str(tmp_path / "run")]) == 1
    assert "held-out has no recording in the split train: it was prepared to test on" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()

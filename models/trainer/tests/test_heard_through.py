"""What `evaluate` hears, and through which noise: mistakes are refused before anything is heard, and notes reported."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from trainer.main import main
from trainer.prepared import load_prepared
from trainer.streaming_model import StreamingIntentConfig, StreamingIntentModel

MISTAKES = [
    (["--snr-db", "6"], "--snr-db 6 needs --noise FILE, a recording of the noise to hear"),
    (["--snr-db", "nan", "--noise", "hum.wav"], "--snr-db nan must be a finite number"),
    (["--noise", "none.wav"], "cannot read the noise none.wav"),
    (["--noise", "nothing.wav"], "the noise nothing.wav is digital silence: nothing would be heard through it"),
    (["--mislabelled", "none.csv"], "cannot read none.csv"),
    (["--mislabelled", "list.csv"], "list.csv lacks the column believed, why"),
    (["--threads", "0"], "--threads 0 must be at least 1"),
]


@pytest.fixture
def run(tmp_path: Path, data: Path) -> Path:
    """A run of the dataset, as far as evaluation looks at it."""
    torch.manual_seed(4)
    names = load_prepared(data).labels
    config = StreamingIntentConfig(width=8, members=1, id2label=names.id2label, label2id=names.label2id)
    StreamingIntentModel(config).save_pretrained(tmp_path / "run")
    told = {"data": str(data), "dataset": load_prepared(data).digest}
    (tmp_path / "run" / "run.json").write_text(json.dumps(told))
    return tmp_path / "run"


@pytest.mark.parametrize(("arguments", "message"), MISTAKES, ids=[" ".join(each) for each, _ in MISTAKES])
def test_a_mistake_is_told_before_anything_is_heard(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(run.parent)
    monkeypatch.setattr("trainer.evaluate.hear_split", lambda *_: pytest.fail("something was heard"))
    for name, loud in (("hum.wav", 0.1), ("nothing.wav", 0.0)):
        soundfile.write(name, loud * np.sin(np.arange(16000)), 16000)
    Path("list.csv").write_text("path\n0.wav\n")
    assert main(["evaluate", str(run), *arguments]) == 1
    assert f"trainer evaluate: {message}" in capsys.readouterr().err


def test_a_dataset_that_was_prepared_anew_is_told(
    run: Path, data: Path, recordings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(run)]) == 0
    assert "prepared anew" not in capsys.readouterr().out + (run / "evaluation" / "report.md").read_text()
    manifest = str(recordings / "manifest.csv")
    assert main(["prepare", manifest, "--split-by", "clip", "--test-size", "0.34", "--out", str(data)]) == 0
    assert main(["evaluate", str(run)]) == 0
    said = (
        "**The dataset was prepared anew since the run was trained: what is heard here it may have been trained on.**"
    )
    assert said in capsys.readouterr().out
    assert said in (run / "evaluation" / "report.md").read_text()

"""Recordings to a model package through the command line, for both kinds of model."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_wav2vec2 import save_tiny_wav2vec2
from transformers import AutoFeatureExtractor, AutoModelForAudioClassification

from trainer.main import COMMANDS, main
from trainer.onnx_graph import OnnxGraph

STREAMING = ["--recipe", "earshot", "--set", "streaming.width=8", "--set", "streaming.members=1"]
QUICK = ["--set", "training.epochs=1", "--set", "augmentation.copies=1", "--set", "augmentation.silences=2"]


def run_stages(recordings: Path, work: Path, model: list[str]) -> Path:
    """Runs the four stages and returns the package's folder."""
    data, run, package = (str(work / name) for name in ("data", "run", "door"))
    manifest = str(recordings / "manifest.csv")
    assert main(["prepare", manifest, "--split-by", "clip", "--test-size", "0.34", "--out", data]) == 0
    assert main(["train", data, *model, *QUICK, "--out", run]) == 0
    assert main(["evaluate", run]) == 0
    assert main(["export", run, "--out", package, "--set", "package.version=1.2.3"]) == 0
    return work / "door"


def test_a_stateless_package_equals_extractor_and_model(recordings: Path, tmp_path: Path) -> None:
    tiny = str(save_tiny_wav2vec2(tmp_path / "tiny"))
    package = run_stages(recordings, tmp_path, ["--recipe", "guide", "--checkpoint", tiny])
    pcm = np.random.default_rng(2).normal(0.05, 0.2, 16000).astype(np.float32)
    extractor = AutoFeatureExtractor.from_pretrained(tmp_path / "run")
    model = AutoModelForAudioClassification.from_pretrained(tmp_path / "run").eval()
    with torch.no_grad():
        expected = model(**extractor(pcm, sampling_rate=16000, return_tensors="pt")).logits.numpy()
    heard = OnnxGraph(package / "model.onnx").run([pcm[None]])[0]
    np.testing.assert_allclose(heard, expected, atol=1e-3)
    contract = json.loads((package / "earshot.json").read_text())
    assert (contract["state"], contract["smoothing"]) == (None, {"weight": 1.0, "decay": 1.0})
    assert (contract["name"], contract["version"]) == ("door", "1.2.3")


def test_a_streaming_package_carries_its_state(recordings: Path, tmp_path: Path) -> None:
    package = run_stages(recordings, tmp_path, STREAMING)
    contract = json.loads((package / "earshot.json").read_text())
    assert contract["state"]["shape"] == [6 * 288 + 2 * (96 + 8) + 2 * 8 + 2 * 8 + 3 * 8]
    assert contract["outputs"] == {"logits": "logits", "next_state": "next_state", "speech": "speech"}
    assert contract["metrics"]["at_the_end"]["clips"] == 3
    assert [row["precision"] for row in contract["metrics"]["variants"]] == ["fp32", "fp16", "int8"]
    fitted = json.loads((tmp_path / "run" / "evaluation" / "calibration.json").read_text())
    assert (contract["temperature"], contract["out_of_scope"]["threshold"]) == tuple(fitted.values())


def test_a_streaming_package_on_an_encoder_of_hugging_face_carries_the_waveform(
    recordings: Path, tmp_path: Path
) -> None:
    tiny = str(save_tiny_wav2vec2(tmp_path / "tiny"))
    encoder = ["--set", f"streaming.encoder={tiny}", "--set", "streaming.window_seconds=2"]
    package = run_stages(recordings, tmp_path, [*STREAMING, *encoder])
    contract = json.loads((package / "earshot.json").read_text())
    assert contract["state"]["shape"] == [16000 + 2 * 8 + 2 * 8 + 2 * 8 + 3 * 8]
    assert [row["precision"] for row in contract["metrics"]["variants"]] == ["fp32", "fp16", "int8"]
    assert json.loads((package / "preprocessor_config.json").read_text())["chunk_length"] == 2


def test_a_bare_checkpoint_exports_and_says_that_it_is_uncalibrated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint = str(save_tiny_wav2vec2(tmp_path / "tiny", ["close", "open"]))
    assert main(["export", checkpoint, "--out", str(tmp_path / "door"), "--variants", "--background", "open"]) == 0
    assert "no evaluation and no dataset: temperature 1" in capsys.readouterr().out
    contract = json.loads((tmp_path / "door" / "earshot.json").read_text())
    assert (contract["temperature"], contract["background"], len(contract["variants"])) == (1.0, ["open"], 1)


def mistakes(tmp_path: Path) -> list[tuple[list[str], str]]:
    """Command lines of export, and the error about each."""
    checkpoint = str(save_tiny_wav2vec2(tmp_path / "tiny", ["close", "open"]))
    (tmp_path / "empty").mkdir()
    door = str(tmp_path / "door")
    return [
        (["export", checkpoint, "--out", str(tmp_path / "My Door")], "'My Door': it must be 1–64 of a-z, 0-9 and -"),
        (["export", checkpoint, "--background", "hum", "--out", door], "'hum' is no label of the checkpoint"),
        (["export", "no/such-model", "--out", door], "no/such-model is no folder, and cannot be fetched from the hub"),
        (["export", str(tmp_path / "empty"), "--out", door], "holds no checkpoint: run `trainer train` first"),
        (["export", checkpoint, "--data", str(tmp_path / "empty"), "--out", door], "holds no prepared dataset"),
        (["export", checkpoint, "--evaluation", str(tmp_path), "--out", door], "is no calibration"),
        (["prepare", str(tmp_path / "none.toml"), "--out", door], "none.toml: No such file"),
    ]


def test_a_mistake_is_one_sentence_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, message in mistakes(tmp_path):
        capsys.readouterr()
        assert main(arguments) == 1, message
        said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("trainer ")]
        assert len(said) == 1
        assert message in said[0]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["empty", "tiny"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"usage: trainer {command}" in capsys.readouterr().out


def test_an_export_that_cannot_be_written_is_refused_before_the_run_is_evaluated(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = save_tiny_wav2vec2(tmp_path / "tiny", ["close", "open"])
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").touch()
    for name, version, said in (
        ("door", "v1", "package.version 'v1' must be a semantic version"),
        ("mine", "1.0.0", "mine holds other things (no earshot.json), which would be lost: choose another --out"),
    ):
        export = ["export", str(tiny), "--data", str(data), "--out", str(tmp_path / name)]
        assert main([*export, "--set", f"package.version={version}"]) == 1
        assert said in capsys.readouterr().err
        assert not (tmp_path / f"{name}-evaluation").exists()


def test_an_export_without_the_program_that_speaks_is_refused_before_the_run_is_evaluated(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = save_tiny_wav2vec2(tmp_path / "tiny", ["close", "open"])
    monkeypatch.setattr("trainer.golden.shutil.which", lambda _: None)
    assert main(["export", str(tiny), "--data", str(data), "--out", str(tmp_path / "door")]) == 1
    assert "golden vectors need the program espeak-ng: install it" in capsys.readouterr().err
    assert not (tmp_path / "door-evaluation").exists()


def test_what_libraries_note_for_themselves_is_not_printed() -> None:
    code = (
        "import logging; from trainer.main import main; main(['push', 'nowhere', 'me/door', '--dry-run']);"
        "import trainer.variants; [logging.getLogger('onnx_ir').log(level, 'noted at %d', level) for level in (20, 30)]"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[1:] == ["noted at 30"]

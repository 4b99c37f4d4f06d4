"""The same audio through transformers, onnxruntime and a real server."""

import json
import shutil
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import soundfile
from scipy.special import softmax
from served import ROOT, serve
from tiny_packages import LABELS, TEMPERATURE, Tiny, tiny_streaming, tiny_wav2vec2
from transformers import pipeline

from trainer.commands import predict
from trainer.errors import TrainerError

BALANCE = ROOT / "samples" / "balance-16k.wav"


@pytest.fixture(scope="module")
def stateless(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    return tiny_wav2vec2(tmp_path_factory.mktemp("stateless"))


@pytest.fixture(scope="module")
def streaming(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    return tiny_streaming(tmp_path_factory.mktemp("streaming"))


@pytest.fixture(scope="module")
def server(stateless: Tiny, streaming: Tiny, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with both tiny packages and the bundled one."""
    models = tmp_path_factory.mktemp("served")
    for package in (stateless.package, streaming.package, ROOT / "models" / "banking-intents"):
        shutil.copytree(package, models / package.name)
    with serve(models) as address:
        yield address


def run(*arguments: str | Path) -> None:
    parser = ArgumentParser()
    predict.configure(parser)
    predict.run(parser.parse_args([str(argument) for argument in arguments]))


def told(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> list[dict[str, Any]]:
    capsys.readouterr()
    run(*arguments, "--json")
    files: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["files"]
    return files


def scores(column: list[dict[str, Any]]) -> dict[str, float]:
    return {each["label"]: each["score"] for each in column}


def recording(file: Path, pcm: np.ndarray, rate: int = 16000) -> Path:
    soundfile.write(file, pcm, rate, subtype="FLOAT")
    return file


def test_three_columns_agree_on_the_loudest_second(
    stateless: Tiny, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    files = sorted((ROOT / "samples").glob("*.wav"))
    answers = told(capsys, stateless.package, *files, "--checkpoint", stateless.checkpoint, "--server", server)
    assert [answer["file"] for answer in answers] == [str(file) for file in files]
    for answer in answers:
        assert list(answer["columns"]) == ["pipeline", "graph", "server"]
        assert answer["largest_difference"] < 1e-5
        best = answer["columns"]["server"]
        assert len(best) == 6 and best[0]["score"] > best[-1]["score"] + 0.05


def test_the_columns_are_those_of_pipeline_and_onnxruntime_by_hand(
    stateless: Tiny, capsys: pytest.CaptureFixture[str]
) -> None:
    pcm, _ = soundfile.read(BALANCE, dtype="float32")
    powers = [np.square(pcm[second * 16000 :][:16000]).mean() for second in range(len(pcm) // 16000)]
    loudest = int(np.argmax(powers))
    heard = pcm[loudest * 16000 :][:16000]
    (answer,) = told(capsys, stateless.package, BALANCE, "--checkpoint", stateless.checkpoint)
    assert answer["start_seconds"] == loudest
    session = onnxruntime.InferenceSession(stateless.package / "model.onnx", providers=["CPUExecutionProvider"])
    (logits,) = session.run(None, {"pcm": heard[None]})
    by_hand = dict(zip(LABELS.names, softmax(logits[0] / TEMPERATURE), strict=True))
    assert scores(answer["columns"]["graph"]) == pytest.approx(by_hand, abs=1e-5)
    classify = pipeline("audio-classification", model=str(stateless.checkpoint), device="cpu")
    plain = {each["label"]: each["score"] for each in classify(heard, top_k=7)}
    powered = {label: score ** (1 / TEMPERATURE) for label, score in plain.items()}
    tempered = {label: score / sum(powered.values()) for label, score in powered.items()}
    assert scores(answer["columns"]["pipeline"]) == pytest.approx(tempered, abs=1e-5)


def test_a_whole_recording_is_played_to_a_stateful_model(
    streaming: Tiny, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    files = sorted((ROOT / "samples").glob("*.wav"))
    answers = told(capsys, streaming.package, *files, "--checkpoint", streaming.checkpoint, "--server", server)
    for answer in answers:
        assert list(answer["columns"]) == ["PyTorch", "graph", "server"]
        assert answer["largest_difference"] < 1e-4


def test_the_bundled_model_is_served_as_its_graph_says(server: str, capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted((ROOT / "samples").glob("*.wav"))
    for answer in told(capsys, ROOT / "models" / "banking-intents", *files, "--server", server):
        assert len(answer["columns"]["server"]) == 14
        assert answer["largest_difference"] < 1e-4


def test_what_the_server_skips_and_cuts_nobody_hears(
    streaming: Tiny, server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    speech, _ = soundfile.read(BALANCE, dtype="float32")
    pause = np.zeros(12 * 16000, dtype=np.float32)
    file = recording(tmp_path / "late.wav", np.concatenate([pause[: 3 * 16000], speech, pause, speech]))
    (answer,) = told(capsys, streaming.package, file, "--checkpoint", streaming.checkpoint, "--server", server)
    assert answer["largest_difference"] < 1e-4
    assert "the server's first utterance" in answer["remark"]


def test_loud_samples_are_clamped_for_all(
    stateless: Tiny, server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    speech, _ = soundfile.read(BALANCE, dtype="float32")
    file = recording(tmp_path / "loud.wav", speech * 20)
    (answer,) = told(capsys, stateless.package, file, "--checkpoint", stateless.checkpoint, "--server", server)
    assert answer["largest_difference"] < 1e-5


def test_a_short_file_is_filled_up_with_silence(
    stateless: Tiny, server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = recording(tmp_path / "short.wav", np.random.default_rng(1).normal(0, 0.1, 5000), rate=8000)
    (answer,) = told(capsys, stateless.package, file, "--checkpoint", stateless.checkpoint, "--server", server)
    assert answer["heard"] == "all of its 0.62 s, and silence to the full second"
    assert answer["largest_difference"] < 1e-5


def test_the_table_shows_the_five_best_of_each_and_the_difference(
    stateless: Tiny, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(stateless.package, BALANCE, "--checkpoint", stateless.checkpoint, "--server", server, "--start", "1.5")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"door 0.1.0: scores are softmax(logits / {TEMPERATURE}) in every column, as served"
    assert lines[2] == f"{BALANCE}: the second from 1.5 s on"
    assert lines[3].split() == ["pipeline", "graph", "server"]
    for line in lines[4:9]:
        labels = line.split()[0::2]
        assert labels == [labels[0]] * 3
    assert lines[9].startswith("  (background) 0.")
    assert lines[10].startswith("  largest difference ")


def test_columns_that_were_not_asked_for_are_said_to_be_absent(
    stateless: Tiny, capsys: pytest.CaptureFixture[str]
) -> None:
    run(stateless.package, BALANCE, "--top-k", "2")
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "without --checkpoint and --server there is no column for it"
    assert (lines[4].split(), len(lines)) == (["graph"], 8)


def test_the_weight_of_the_first_second_is_in_every_column(
    stateless: Tiny, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(stateless.package, tmp_path / "door")
    contract = json.loads((tmp_path / "door" / "earshot.json").read_text())
    smoothing = {"weight": 0.4, "decay": 0.9}
    (tmp_path / "door" / "earshot.json").write_text(json.dumps({**contract, "smoothing": smoothing}))
    with serve(tmp_path) as address:
        asked = ("--checkpoint", str(stateless.checkpoint), "--server", address)
        (answer,) = told(capsys, tmp_path / "door", BALANCE, *asked)
    assert answer["largest_difference"] < 1e-4


def test_scores_that_differ_end_in_an_error(
    stateless: Tiny, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "door"
    shutil.copytree(stateless.package, other)
    contract = json.loads((other / "earshot.json").read_text())
    (other / "earshot.json").write_text(json.dumps({**contract, "temperature": 0.8}))
    with serve(tmp_path) as address, pytest.raises(TrainerError, match=r"balance-16k\.wav differs by 0\.0.* \(allowed"):
        run(stateless.package, BALANCE, "--server", address)
    assert "largest difference" in capsys.readouterr().out


def test_a_second_too_quiet_for_the_server_is_told(
    stateless: Tiny, server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = recording(tmp_path / "quiet.wav", np.random.default_rng(1).normal(0, 1e-4, 20000))
    with pytest.raises(TrainerError, match=r"quiet\.wav: the server heard no speech"):
        run(stateless.package, file, "--server", server)
    assert "the server heard no speech: too quiet" in capsys.readouterr().out


def test_another_version_is_not_compared(stateless: Tiny, server: str, tmp_path: Path) -> None:
    newer = tmp_path / "door"
    shutil.copytree(stateless.package, newer)
    contract = json.loads((newer / "earshot.json").read_text())
    (newer / "earshot.json").write_text(json.dumps({**contract, "version": "0.2.0"}))
    with pytest.raises(TrainerError, match=r"serves door 0\.1\.0, this is door 0\.2\.0"):
        run(newer, BALANCE, "--server", server)


def test_a_model_that_is_not_served_is_named(stateless: Tiny, server: str, tmp_path: Path) -> None:
    shutil.copytree(stateless.package, tmp_path / "door")
    contract = json.loads((tmp_path / "door" / "earshot.json").read_text())
    (tmp_path / "door" / "earshot.json").write_text(json.dumps({**contract, "name": "window"}))
    with pytest.raises(TrainerError, match=r"refuses \(model_not_found\).*window"):
        run(tmp_path / "door", BALANCE, "--server", server)


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--start", "60"], "--start 60 is outside .*balance-16k.wav, which has 6.57 s"),
        (["--top-k", "0"], "--top-k 0 is outside 1–100"),
        (["--checkpoint", "/nowhere/run"], "--checkpoint /nowhere/run opens in no audio-classification pipeline"),
    ],
)
def test_a_mistake_is_one_sentence(stateless: Tiny, flags: list[str], sentence: str) -> None:
    with pytest.raises(TrainerError, match=sentence):
        run(stateless.package, BALANCE, *flags)


def test_a_checkpoint_of_other_labels_is_refused(stateless: Tiny) -> None:
    with pytest.raises(TrainerError, match=r"is not what banking-intents [0-9.]+ was exported from: its labels are"):
        run(ROOT / "models" / "banking-intents", BALANCE, "--checkpoint", stateless.checkpoint)

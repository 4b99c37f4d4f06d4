"""Each of the twelve trains, exports, is served, and gives the scores of transformers' own pipeline over the wire."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from scipy.special import softmax
from seconds import Row, hard_rows, spoken_second
from served import serve
from tiny_checkpoints import LABELS, tiny_model
from transformers import pipeline
from websockets.sync.client import connect

from trainer.architectures.families import FAMILIES
from trainer.main import main
from trainer.onnx_graph import OnnxGraph

ROWS = 33
EPOCHS = 6
QUICK = {
    "training.epochs": EPOCHS,
    "training.batch": 5,
    "training.gradient_accumulation": 1,
    "training.learning_rate": 1e-3,
    "training.warmup": 0.0,
    "package.golden": '["hello there"]',
}
SETTINGS = [word for key, value in QUICK.items() for word in ("--set", f"{key}={value}")]
KINDS = [family.model_type for family in FAMILIES]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a prepared dataset of tones, one pitch per label; `runs` and `models` are written beside it."""
    folder = tmp_path_factory.mktemp("twelve")
    for pitch, label in enumerate(LABELS, start=1):
        for take in range(4):
            split = "test" if take == 3 else "train"
            file = folder / "tones" / split / label / f"{take}.wav"
            file.parent.mkdir(parents=True, exist_ok=True)
            tone = 0.3 * np.sin(2 * np.pi * 200 * pitch * (1 + take / 100) * np.arange(16000) / 16000)
            soundfile.write(file, tone, 16000)
    arguments = ["--validation-size", "0", "--out", str(folder / "data")]
    assert main(["prepare", str(folder / "tones"), *arguments]) == 0
    return folder


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest, work: Path) -> str:
    """A family whose tiny checkpoint was trained to runs/KIND and exported to models/KIND, by the commands."""
    name: str = request.param
    model, extractor = tiny_model(name)
    model.save_pretrained(work / "tiny" / name)
    extractor.save_pretrained(work / "tiny" / name)
    run = str(work / "runs" / name)
    checkpoint = ["--recipe", "guide", "--checkpoint", str(work / "tiny" / name)]
    assert main(["train", str(work / "data"), *checkpoint, *SETTINGS, "--out", run]) == 0
    assert main(["export", run, "--variants", "--out", str(work / "models" / name)]) == 0
    return name


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    """Seconds on which two implementations easily differ, and one of speech."""
    return {**hard_rows(), "speech": spoken_second(tmp_path_factory.mktemp("speech"))}


def test_it_learns(kind: str, work: Path) -> None:
    history = json.loads((work / "runs" / kind / "trainer_state.json").read_text())["log_history"]
    losses = [entry["loss"] for entry in history if "loss" in entry]
    assert len(losses) == EPOCHS
    assert min(losses[1:]) < losses[0]


def test_the_graph_gives_the_scores_of_the_pipeline(kind: str, work: Path, rows: dict[str, Row]) -> None:
    graph = OnnxGraph(work / "models" / kind / "model.onnx")
    expected = scores_of_the_pipeline(work / "runs" / kind, list(rows.values()))
    batch = np.resize(np.stack(list(rows.values())), (ROWS, 16000))
    together = softmax(graph.run([batch])[0], axis=-1)
    alone = [softmax(graph.run([row[None]])[0][0]) for row in rows.values()]
    np.testing.assert_allclose(alone, expected, atol=1e-3, err_msg="alone")
    np.testing.assert_allclose(together[: len(rows)], expected, atol=1e-3, err_msg="in a batch")
    assert np.ptp(expected, axis=0).max() > 0.02, "the rows sound alike: no difference would show"


def test_the_card_says_what_was_cut(kind: str, work: Path) -> None:
    card = (work / "models" / kind / "README.md").read_text(encoding="utf-8")
    is_cut = kind in ("whisper", "audio-spectrogram-transformer")
    assert ("padding" in card and "was cut to the one second that a frame needs" in card) == is_cut


@pytest.fixture(scope="module")
def server(work: Path) -> Iterator[str]:
    """One server with every package of the twelve; tests request it only after the last of them was exported."""
    with serve(work / "models") as address:
        yield address


@pytest.mark.parametrize("name", KINDS)
def test_the_server_gives_the_scores_of_the_pipeline(
    name: str, work: Path, rows: dict[str, Row], request: pytest.FixtureRequest
) -> None:
    assert (work / "models" / name).is_dir(), "the tests above export it"
    address = request.getfixturevalue("server")
    expected = scores_of_the_pipeline(work / "runs" / name, [rows["speech"]])[0]
    heard = streamed(address, name, rows["speech"])
    calibration = json.loads((work / "models" / name / "earshot.json").read_text())["temperature"]
    assert calibration == 1.0
    np.testing.assert_allclose([heard[label] for label in LABELS], expected, atol=1e-3)


def streamed(address: str, model: str, row: Row) -> dict[str, float]:
    """The scores of the one final intent of a stream of this second, spoken with the wire protocol alone."""
    audio = {"encoding": "pcm_f32le", "sample_rate": 16000, "channels": 1}
    start = {"type": "start", "model": model, "top_k": len(LABELS), "audio": audio}
    messages: list[dict[str, Any]] = []
    with connect(f"{address}/v1/stream") as socket:
        socket.send(json.dumps(start))
        for at in range(0, len(row), 1600):
            socket.send(row[at : at + 1600].astype("<f4").tobytes())
        socket.send(json.dumps({"type": "close"}))
        messages.extend(json.loads(message) for message in socket)
    assert messages[-1]["type"] == "closed", messages[-1]
    (final,) = [message for message in messages if message.get("status") == "final"]
    return {score["label"]: score["score"] for score in final["scores"]}


def scores_of_the_pipeline(folder: Path, rows: list[Row]) -> NDArray[np.float64]:
    """Probabilities `[rows, labels]` in the order of the labels."""
    classify = pipeline("audio-classification", model=str(folder), device="cpu")
    answers = [{each["label"]: each["score"] for each in classify(row, top_k=len(LABELS))} for row in rows]
    return np.array([[answer[label] for label in LABELS] for answer in answers])

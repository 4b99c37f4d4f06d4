"""Each of the twelve trains, is cut to one second, exports, and says what transformers' own pipeline says."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from seconds import Row, hard_rows, spoken_second
from tiny_checkpoints import LABELS, tiny_model
from torch import nn
from transformers import pipeline

from trainer.architectures.families import FAMILIES
from trainer.architectures.one_second import fit_to_one_second
from trainer.architectures.open_classifier import Classifier, open_classifier
from trainer.onnx_graph import OnnxGraph, Signature, verify_rows, write_onnx

STEPS = 8
ROWS = 33


@dataclass(frozen=True)
class Trained:
    """A family's checkpoint on disk after a few steps, its losses, and what was exported from it."""

    folder: Path
    losses: list[float]
    classifier: Classifier
    onnx_graph: OnnxGraph


@pytest.fixture(scope="module", params=[family.model_type for family in FAMILIES])
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = tmp_path_factory.mktemp(request.param)
    model, extractor = tiny_model(request.param)
    fit_to_one_second(model, extractor)
    losses = train(model, extractor)
    model.save_pretrained(folder)
    extractor.save_pretrained(folder)
    classifier = open_classifier(folder)
    write_onnx(classifier.graph, Signature(state_floats=0), folder / "model.onnx")
    return Trained(folder, losses, classifier, OnnxGraph(folder / "model.onnx"))


def train(model: nn.Module, extractor: Any) -> list[float]:
    """A few steps on five tones, one a label; the losses."""
    tones = [np.sin(2 * np.pi * 200 * (1 + label) * np.arange(16000) / 16000) * 0.3 for label in range(len(LABELS))]
    features = extractor([tone.astype(np.float32) for tone in tones], sampling_rate=16000, return_tensors="pt")
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    losses = []
    model.train()
    for _ in range(STEPS):
        loss = model(**features, labels=torch.arange(len(LABELS))).loss
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss))
    return losses


def test_it_trains(trained: Trained) -> None:
    assert trained.losses[-1] < trained.losses[0]


def test_alone_and_in_a_batch_the_graph_says_what_the_module_says(trained: Trained) -> None:
    assert verify_rows(trained.classifier.graph, trained.onnx_graph, Signature(state_floats=0)) < 1e-4


def test_the_graph_gives_the_scores_of_the_pipeline(trained: Trained, tmp_path: Path) -> None:
    rows = {**hard_rows(), "speech": spoken_second(tmp_path)}
    expected = scores_of_the_pipeline(trained.folder, list(rows.values()))
    batch = np.resize(np.stack(list(rows.values())), (ROWS, 16000))
    together = softmax(trained.onnx_graph.run([batch])[0], axis=-1)
    alone = [softmax(trained.onnx_graph.run([row[None]])[0][0]) for row in rows.values()]
    np.testing.assert_allclose(alone, expected, atol=1e-3, err_msg="alone")
    np.testing.assert_allclose(together[: len(rows)], expected, atol=1e-3, err_msg="in a batch")
    assert np.ptp(expected, axis=0).max() > 0.02, "the rows sound alike: no difference would show"


def scores_of_the_pipeline(folder: Path, rows: list[Row]) -> NDArray[np.float64]:
    """Probabilities `[rows, labels]` in the order of the labels."""
    classify = pipeline("audio-classification", model=str(folder), device="cpu")
    answers = [{each["label"]: each["score"] for each in classify(row, top_k=len(LABELS))} for row in rows]
    return np.array([[answer[label] for label in LABELS] for answer in answers])

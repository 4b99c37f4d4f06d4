"""Metrics and calibration against values worked out by hand."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from trainer.calibration import fit_calibration
from trainer.framing import Framing
from trainer.listening import Smoothing, stateless_listener
from trainer.metrics import best_intent, expected_calibration_error, intent_figures


def test_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    posterior = np.array([[0.8, 0.2]] * 10)
    labels = np.array([0] * 6 + [1] * 4)
    assert expected_calibration_error(posterior, labels) == pytest.approx(0.2)


def test_the_best_intent_has_no_probability_where_background_leads() -> None:
    posterior = np.array([[0.5, 0.3, 0.2], [0.3, 0.1, 0.6]])
    np.testing.assert_array_equal(best_intent(posterior, background=[2]), [0.5, 0.0])


def test_a_background_answer_to_an_intent_is_wrong() -> None:
    posterior = np.array([[0.7, 0.2, 0.1], [0.2, 0.2, 0.6]])
    assert intent_figures(posterior, np.array([0, 1]))["accuracy"] == 0.5


def test_the_fitted_temperature_undoes_overconfidence() -> None:
    random = np.random.default_rng(5)
    logits = random.normal(0, 2, (4000, 4))
    odds = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = np.array([random.choice(4, p=row) for row in odds])
    fitted = fit_calibration((3 * logits).astype(np.float32), labels, background=[])
    assert fitted.temperature == pytest.approx(3, rel=0.1)


def test_the_threshold_lies_between_sure_and_unsure() -> None:
    scores = np.array([[4.0, 0, 0]] * 20 + [[0.4, 0, 0]] * 20, dtype=np.float32)
    labels = np.array([0] * 20 + [2] * 20)
    fitted = fit_calibration(scores, labels, background=[2])
    sure, unsure = (np.exp(s / fitted.temperature) / (np.exp(s / fitted.temperature) + 2) for s in (4.0, 0.4))
    assert unsure < fitted.threshold <= sure


class Level(nn.Module):
    """Answers the first and the last sample of the frame."""

    def forward(self, pcm: Tensor) -> Tensor:
        return pcm[:, [0, -1]]


def test_accumulated_scores_give_the_posterior_that_the_server_computes() -> None:
    pcm = np.random.default_rng(6).normal(0, 1, 30000).astype(np.float32)
    framing, smoothing, temperature = Framing(500), Smoothing(weight=0.7, decay=0.9), 1.7
    graph = Level()
    scores = stateless_listener(graph, framing, smoothing).hear(pcm)
    total = torch.zeros(2)
    for frame, seconds in zip(framing.frames(pcm), (1.0, 0.5, 0.375), strict=True):
        logits = graph(torch.from_numpy(frame[None]))[0] / temperature
        total = smoothing.decay * total + smoothing.weight * seconds * logits.log_softmax(-1)
    expected = total.softmax(-1).numpy()
    np.testing.assert_allclose(torch.from_numpy(scores[-1] / temperature).softmax(-1).numpy(), expected, atol=1e-5)

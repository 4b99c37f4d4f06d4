"""Metrics and calibration against values worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from evaluations import LABELS, figures_of, heard_of, sure_of
from numpy.typing import NDArray
from scipy.stats import mannwhitneyu
from sklearn.metrics import accuracy_score
from torch import Tensor, nn

from trainer.calibration import Calibrated, Calibration, fit_calibration
from trainer.errors import TrainerError
from trainer.figures import without
from trainer.framing import Framing
from trainer.listening import Smoothing, stateless_listener
from trainer.metrics import (
    best_intent,
    expected_calibration_error,
    intent_figures,
    macro_f1,
    per_class,
    posteriors,
    reliability,
    top3_accuracy,
)


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
    fitted = fit_calibration((3 * logits).astype(np.float32), labels, background=[]).calibration
    assert fitted.temperature == pytest.approx(3, rel=0.1)


def test_the_threshold_lies_between_sure_and_unsure() -> None:
    scores = np.array([[4.0, 0, 0]] * 20 + [[0.4, 0, 0]] * 20, dtype=np.float32)
    labels = np.array([0] * 20 + [2] * 20)
    fitted = fit_calibration(scores, labels, background=[2]).calibration
    sure, unsure = (np.exp(s / fitted.temperature) / (np.exp(s / fitted.temperature) + 2) for s in (4.0, 0.4))
    assert unsure < fitted.threshold <= sure


@pytest.mark.parametrize("passing", [36, 44])
def test_of_thresholds_that_the_clips_cannot_tell_apart_the_lowest_is_taken(passing: int) -> None:
    # 80 intents are surer than any background, 15 are not; J falls from 0.842 by 0.022 or 0.062 if those 15 pass,
    # too, and its standard error is 0.037.
    margins = [5.0] * 80 + [2.0] * 15 + [2.5] * passing + [-5.0] * (200 - passing)
    scores = np.array([[margin, 0, 0] for margin in margins], dtype=np.float32)
    fitted = fit_calibration(scores, np.array([0] * 95 + [2] * 200), background=[2]).calibration
    confidence = best_intent(posteriors(scores, fitted.temperature), [2])
    turned_away = int((confidence[:95] < fitted.threshold - 1e-4).sum())
    assert turned_away == (0 if passing == 36 else 15)


@pytest.mark.parametrize("label", [0, 2])
def test_the_threshold_is_the_default_where_clips_are_of_one_kind(label: int) -> None:
    scores = np.random.default_rng(9).normal(size=(30, 3)).astype(np.float32)
    fitted = fit_calibration(scores, np.full(30, label), background=[2])
    assert fitted.calibration.threshold == Calibration().threshold


def noisy_scores(clips: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Of three labels, one clip in four answered wrongly: a temperature is best."""
    labels = np.arange(clips) % 3
    answered = np.where(np.arange(clips) % 4 == 0, (labels + 1) % 3, labels)
    return 5 * np.eye(3, dtype=np.float32)[answered], labels


@pytest.mark.parametrize(("clips", "source"), [(19, "default"), (20, "fitted")])
def test_a_handful_of_clips_calibrates_nothing(clips: int, source: str) -> None:
    fitted = fit_calibration(*noisy_scores(clips), background=[2])
    assert (fitted.source, fitted.clips) == (source, clips)
    assert (fitted.calibration == Calibration()) == (source == "default")


@pytest.mark.parametrize("sureness", [0.5, 5.0, 30.0, -5.0])
def test_the_temperature_stays_where_none_is_best(sureness: float) -> None:
    labels = np.arange(40) % 3
    # If all answers are right, the surer the better; if all are wrong, the less sure the better.
    fitted = fit_calibration(sureness * np.eye(3, dtype=np.float32)[labels], labels, background=[2])
    assert (fitted.source, fitted.calibration.temperature, fitted.is_temperature_fitted) == ("fitted", 1.0, False)


def test_reliability_bins_hold_their_clips() -> None:
    posterior = np.array([[0.95, 0.05], [0.99, 0.01], [0.55, 0.45], [0.0, 1.0]])
    bins = reliability(posterior, np.array([0, 1, 0, 1]), bins=10)
    assert [(each["from"], each["to"], each["clips"]) for each in bins] == [(0.5, 0.6, 1), (0.9, 1.0, 3)]
    assert bins[1]["confidence"] == pytest.approx((0.95 + 0.99 + 1) / 3)
    assert bins[1]["accuracy"] == pytest.approx(2 / 3)


def test_top_3_is_by_rank_and_full_where_three_answers_hold_every_label() -> None:
    posterior = np.array([[0.4, 0.3, 0.2, 0.1], [0.1, 0.2, 0.3, 0.4]])
    assert top3_accuracy(posterior, np.array([3, 1])) == 0.5
    for labels in (1, 2, 3):
        assert top3_accuracy(np.eye(labels)[[0]], np.array([labels - 1])) == 1


def test_macro_f1_is_of_the_labels_that_occur() -> None:
    posterior = np.array([sure_of(0), sure_of(0), sure_of(1), sure_of(3)])
    # balance: 2 of 2 found, 1 wrong (precision 1, recall 2/3, F1 0.8); freeze: F1 1; nobody said loan.
    assert macro_f1(posterior, np.array([0, 0, 1, 0])) == pytest.approx((0.8 + 1) / 2)


def test_a_label_is_undefined_where_it_is_absent_or_never_answered() -> None:
    found = per_class(np.array([sure_of(0), sure_of(0)]), np.array([0, 1]), LABELS.names)
    assert found["balance"] == {"clips": 1, "precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3)}
    assert found["freeze"] == {"clips": 1, "precision": None, "recall": 0.0, "f1": 0.0}
    assert found["loan"] == {"clips": 0, "precision": None, "recall": None, "f1": None}


def test_the_figures_are_those_of_sklearn_and_scipy() -> None:
    random = np.random.default_rng(10)
    labels = random.integers(0, 4, 60)
    beliefs = random.dirichlet(np.ones(4), 60) + 0.4 * np.eye(4)[labels]
    beliefs /= beliefs.sum(axis=1, keepdims=True)
    found = figures_of(
        heard_of(*((int(label), [belief.tolist()]) for label, belief in zip(labels, beliefs, strict=True)))
    )
    intents = labels < 3
    expected = accuracy_score(labels[intents], beliefs[intents].argmax(axis=1))
    assert found["at_the_end"]["accuracy"] == pytest.approx(expected)
    assert found["after_seconds_heard"]["10"] == pytest.approx(expected)
    without_background = accuracy_score(labels[intents], beliefs[intents][:, :3].argmax(axis=1))
    assert found["after_seconds_heard_among_intents"]["10"] == pytest.approx(without_background)
    assert without_background > expected
    low, high = found["at_the_end"]["intervals"]["accuracy"]
    assert low < expected < high
    confidence = np.where(beliefs.argmax(axis=1) == 3, 0, beliefs[:, :3].max(axis=1)).round(6)
    area = mannwhitneyu(confidence[intents], confidence[~intents]).statistic / (intents.sum() * (~intents).sum())
    assert found["out_of_scope"]["auroc"] == pytest.approx(area)
    assert found["false_intents"]["finals"] == (confidence[~intents] >= 0.5).sum()
    assert np.sum(found["confusion"]["counts"]) == 60


def test_a_higher_temperature_changes_confidence_but_no_answer() -> None:
    heard = heard_of(*((index % 3, [sure_of(index % 3, 0.9)]) for index in range(6)), (0, [sure_of(1, 0.9)]))
    cold, warm = (figures_of(heard, Calibrated(Calibration(heat, 0.5), "given")) for heat in (1.0, 2.0))
    assert cold["at_the_end"] == warm["at_the_end"]
    assert cold["expected_calibration_error"] == pytest.approx(abs(6 / 7 - 0.9))
    assert warm["expected_calibration_error"] != cold["expected_calibration_error"]
    assert warm["expected_calibration_error_uncalibrated"] == cold["expected_calibration_error"]


def test_a_split_without_background_has_no_out_of_scope_figures() -> None:
    found = figures_of(heard_of((0, [sure_of(0)]), (1, [sure_of(1)])))
    assert not {"out_of_scope", "false_intents"} & found.keys()


def test_a_split_without_an_intent_has_false_intents_alone() -> None:
    found = figures_of(heard_of((3, [sure_of(3)]), (3, [sure_of(0)])))
    assert (found["at_the_end"], found["after_one_second_of_silence"], found["after_seconds_heard"]) == (None, None, {})
    assert found["false_intents"]["finals"] == 1
    assert "out_of_scope" not in found


def test_one_clip_has_figures_without_intervals() -> None:
    found = figures_of(heard_of((2, [sure_of(2)])))
    assert found["at_the_end"]["accuracy"] == 1
    assert found["at_the_end"]["intervals"] == {"accuracy": None, "top3_accuracy": None, "macro_f1": None}


def test_clips_of_one_call_are_one_group() -> None:
    clips = [(label, [sure_of(0)]) for label in (0, 1, 2, 0, 0, 1)]
    found = figures_of(heard_of(*clips, groups=["call-1"] * 3 + ["call-2"] * 3))
    assert found["groups"] == 2
    # One call has one balance in three, the other two in three: whichever calls are drawn, the accuracy lies between.
    assert found["at_the_end"]["intervals"]["accuracy"] == pytest.approx([1 / 3, 2 / 3])


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


def test_accuracy_is_told_by_language() -> None:
    heard = heard_of((0, [sure_of(0)]), (1, [sure_of(1)]), (1, [sure_of(1)]), (2, [sure_of(0)]), (3, [sure_of(3)]))
    told = figures_of(heard)["per_language"]
    assert {name: (of["clips"], of["accuracy"]) for name, of in told.items()} == {"en-AU": (2, 1.0), "en-GB": (2, 0.5)}


def test_clips_that_are_believed_mislabelled_are_left_out_by_name_and_told() -> None:
    heard = heard_of((0, [sure_of(0)]), (1, [sure_of(0)]), (2, [sure_of(2)]), (3, [sure_of(3)]))
    left = without(heard, {"clip-1.wav", "of-another-split.wav"}, LABELS, Calibration(1.0, 0.5))
    assert (left["left_out"], left["clips"], left["accuracy"], left["not_heard"]) == (["clip-1.wav"], 2, 1.0, 1)
    with pytest.raises(TrainerError, match="nothing is left to measure"):
        without(heard, {f"clip-{index}.wav" for index in range(4)}, LABELS, Calibration(1.0, 0.5))
    alike = replace(heard, names=("1.wav", "1.wav", "2.wav", "3.wav"))
    assert without(alike, {"2.wav"}, LABELS, Calibration(1.0, 0.5))["clips"] == 2
    with pytest.raises(TrainerError, match=r"2 clips are called 1\.wav, and which of them is believed mislabelled"):
        without(alike, {"1.wav"}, LABELS, Calibration(1.0, 0.5))

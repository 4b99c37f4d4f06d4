"""Intervals against closed forms of scipy and by repetition."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest, mannwhitneyu

from trainer.bootstrap import by_group, interval, share_interval
from trainer.metrics import auroc


def test_groups_are_the_indices_of_their_chosen_clips() -> None:
    found = by_group(["b", "a", "b", "c"], np.array([True, True, True, False]))
    assert [group.tolist() for group in found] == [[1], [0, 2]]


def test_of_single_clips_it_is_near_the_exact_interval_of_a_proportion() -> None:
    right = np.random.default_rng(1).random(800) < 0.7
    exact = binomtest(int(right.sum()), 800).proportion_ci(0.95, method="exact")
    found = interval(lambda clips: float(right[clips].mean()), by_group([str(index) for index in range(800)]))
    assert found == pytest.approx([exact.low, exact.high], abs=0.006)


def test_it_is_the_same_every_time() -> None:
    values = np.random.default_rng(2).normal(size=50)
    groups = by_group([str(index) for index in range(50)])
    once, again = (interval(lambda clips: float(values[clips].mean()), groups) for _ in range(2))
    assert once == again


@pytest.mark.parametrize("groups", [["one"], ["one", "one", "one"]])
def test_a_single_group_has_none(groups: list[str]) -> None:
    assert interval(lambda clips: float(len(clips)), by_group(groups)) is None


@pytest.mark.parametrize(("right", "ends"), [(0.0, [0, 0.6024]), (1.0, [0.3976, 1])])
def test_of_clips_that_are_all_right_or_all_wrong_it_is_the_exact_one_of_their_groups(
    right: float, ends: list[float]
) -> None:
    # The bound is where four calls in a row would have a probability of 0.025: 0.025 ** (1 / 4) = 0.3976.
    groups = by_group(["a", "a", "b", "c", "d", "d"])
    assert share_interval(lambda clips: right, groups) == pytest.approx(ends, abs=1e-4)
    assert interval(lambda clips: right, groups) is None, "no other figure has bounds there"


def test_of_groups_that_are_all_alike_there_is_none() -> None:
    right = np.array([True, True, False] * 3)
    groups = by_group(["a"] * 3 + ["b"] * 3 + ["c"] * 3)
    assert share_interval(lambda clips: float(right[clips].mean()), groups) is None


def test_of_a_share_between_it_is_the_bootstrap() -> None:
    right = np.random.default_rng(7).random(60) < 0.7
    groups = by_group([str(index // 2) for index in range(60)])

    def share(clips: NDArray[np.int64]) -> float:
        return float(right[clips].mean())

    assert share_interval(share, groups) == interval(share, groups)


def covers(values: NDArray[np.float64], groups: list[str], truth: float) -> bool:
    found = interval(lambda clips: float(values[clips].mean()), by_group(groups), resamples=200)
    assert found is not None
    return found[0] <= truth <= found[1]


def test_resampling_groups_covers_the_truth_where_resampling_clips_does_not() -> None:
    random = np.random.default_rng(3)
    calls, clips_of_a_call, truth, rounds = 40, 4, 0.7, 150
    group = [str(call) for call in range(calls) for _ in range(clips_of_a_call)]
    single = [str(clip) for clip in range(len(group))]
    # A caller is understood in all of the call or in none of it: all clips of a call are the evidence of one clip.
    draws = [np.repeat(random.random(calls) < truth, clips_of_a_call).astype(float) for _ in range(rounds)]
    by_calls = np.mean([covers(draw, group, truth) for draw in draws])
    by_clips = np.mean([covers(draw, single, truth) for draw in draws])
    assert 0.89 <= by_calls <= 0.99
    assert by_clips < 0.8


def test_two_samples_are_drawn_apart_and_the_statistic_is_mann_whitneys() -> None:
    random = np.random.default_rng(4)
    inside, outside = random.normal(1, 1, 60).round(1), random.normal(0, 1, 50).round(1)
    value = mannwhitneyu(inside, outside).statistic / (60 * 50)
    assert auroc(inside, outside) == pytest.approx(value)
    samples = (by_group([str(index) for index in range(size)]) for size in (60, 50))
    found = interval(lambda one, other: auroc(inside[one], outside[other]), *samples)
    assert found is not None
    # Hanley & McNeil 1982, formula 1.
    first, second = value / (2 - value), 2 * value**2 / (1 + value)
    variance = value * (1 - value) + 59 * (first - value**2) + 49 * (second - value**2)
    half = 1.96 * float(np.sqrt(variance / (60 * 50)))
    assert found == pytest.approx([value - half, value + half], abs=0.03)

"""How early an answer is right, worked out by hand."""

import numpy as np
import pytest
from evaluations import clip_of, sure_of

from trainer.earliness import scores_after, time_to_first_correct


@pytest.mark.parametrize(
    ("seconds", "leading"),
    [(0.5, 0), (1, 0), (1.49, 0), (1.5, 1), (1.9, 1), (2, 2), (10, 2)],
)
def test_after_so_many_seconds_counts_the_last_frame_that_has_ended(seconds: float, leading: int) -> None:
    clip = clip_of([sure_of(0), sure_of(1), sure_of(2)], [1000, 1500, 1800 + 200])
    assert scores_after([clip], seconds).argmax(axis=1).tolist() == [leading]


def test_first_and_stable_differ_where_the_answer_wavers() -> None:
    wavers = clip_of([sure_of(3), sure_of(1), sure_of(0), sure_of(1), sure_of(1)])
    found = time_to_first_correct([wavers], np.array([1]))
    assert found["first"] == {"median_ms": 2000, "p90_ms": 2000, "share_never": 0}
    assert found["stable"] == {"median_ms": 4000, "p90_ms": 4000, "share_never": 0}


def test_right_from_the_first_frame_is_its_end() -> None:
    found = time_to_first_correct([clip_of([sure_of(2), sure_of(2)], [1000, 1250])], np.array([2]))
    assert found["first"]["median_ms"] == found["stable"]["median_ms"] == 1000


def test_a_clip_that_is_lost_again_is_never_stable() -> None:
    lost, never = clip_of([sure_of(1), sure_of(0)]), clip_of([sure_of(0), sure_of(3)])
    found = time_to_first_correct([lost, never], np.array([1, 1]))
    assert found["first"] == {"median_ms": 1000, "p90_ms": 1000, "share_never": 0.5}
    assert found["stable"] == {"median_ms": None, "p90_ms": None, "share_never": 1}


def test_quantiles_are_of_the_clips_that_get_there() -> None:
    clips = [clip_of([sure_of(0)] * late + [sure_of(1)]) for late in range(11)]
    found = time_to_first_correct([*clips, clip_of([sure_of(0)])], np.array([1] * 12))
    assert found["stable"] == {"median_ms": 6000, "p90_ms": 10000, "share_never": pytest.approx(1 / 12)}

"""False announcements, counted by hand, and the rate's interval against a table."""

import numpy as np
import pytest
from evaluations import LABELS, heard_of, sure_of

from trainer.calibration import Calibration
from trainer.false_intents import announced, false_intents, rate_interval


def test_announced_is_an_intent_that_leads_and_reaches_the_threshold() -> None:
    posterior = np.array([sure_of(0, 0.5), sure_of(0, 0.49), sure_of(3, 0.9)])
    assert announced(posterior, [3], 0.5).tolist() == [True, False, False]


def test_a_leading_background_is_not_announced_at_any_threshold() -> None:
    assert announced(np.array([sure_of(3)]), [3], 0.0).tolist() == [False]


def test_finals_and_tentatives_are_counted_per_hour_of_background() -> None:
    heard = heard_of(
        (3, [sure_of(0, 0.6), sure_of(0, 0.6), sure_of(3)]),
        (3, [sure_of(3), sure_of(1, 0.8)]),
        (3, [sure_of(3)] * 4),
        (0, [sure_of(0, 0.9)] * 50),
    )
    found = false_intents(heard, LABELS.background_ids, Calibration(1.0, 0.55))
    assert found["clips"] == 3
    assert found["hours"] == pytest.approx(9 / 3600)
    assert (found["finals"], found["tentatives"], found["clips_with_a_tentative"]) == (1, 3, 2)
    assert found["finals_per_hour"] == pytest.approx(400)
    assert found["tentatives_per_hour"] == pytest.approx(1200)


def test_the_temperature_decides_with_the_threshold() -> None:
    heard = heard_of((3, [sure_of(0, 0.6)]))
    sharp, flat = (false_intents(heard, [3], Calibration(heat, 0.55))["finals"] for heat in (0.5, 3.0))
    assert (sharp, flat) == (1, 0)


@pytest.mark.parametrize(("count", "low", "high"), [(0, 0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.390)])
def test_the_interval_of_a_rate_is_the_published_one(count: int, low: float, high: float) -> None:
    assert rate_interval(count, hours=2.0) == pytest.approx([low / 2, high / 2], rel=2e-3)

"""Intents that a server would announce although nobody says one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from trainer.bootstrap import LEVEL, Interval
from trainer.calibration import Calibration
from trainer.heard import Heard
from trainer.metrics import Posteriors, best_intent, posteriors


def announced(posterior: Posteriors, background: list[int], threshold: float) -> NDArray[np.bool_]:
    """Which posteriors a server announces as an intent: an intent leads, with at least the threshold's probability."""
    confidence = best_intent(posterior, background)
    return (confidence > 0) & (confidence >= threshold)


def false_intents(heard: Heard, background: list[int], calibration: Calibration) -> dict[str, Any]:
    """False announcements per hour over the background clips, each played as one utterance and ended by silence.

    `finals` counts at most one per clip; `tentatives` counts one event per frame while a clip plays, as a server with
    `interim` sends them.
    """
    clips = np.flatnonzero(np.isin(heard.labels, background))
    finals = announced(
        posteriors(heard.after_silence[clips], calibration.temperature), background, calibration.threshold
    )
    tentatives = [
        announced(posteriors(heard.on_the_way[clip].scores, calibration.temperature), background, calibration.threshold)
        for clip in clips
    ]
    hours = float(heard.hours[clips].sum())
    sent = int(sum(each.sum() for each in tentatives))
    return {
        "clips": len(clips),
        "hours": hours,
        "finals": int(finals.sum()),
        "finals_per_hour": finals.sum() / hours,
        "finals_per_hour_interval": rate_interval(int(finals.sum()), hours),
        "tentatives": sent,
        "tentatives_per_hour": sent / hours,
        "clips_with_a_tentative": sum(bool(each.any()) for each in tentatives),
    }


def rate_interval(count: int, hours: float) -> Interval:
    """The exact 95 % interval of a rate per hour (Garwood 1936).

    With no events, a bootstrap would wrongly give an interval of zero width.
    """
    tail = (1 - LEVEL) / 2
    low = chi2.ppf(tail, 2 * count) / 2 if count else 0.0
    return [float(low / hours), float(chi2.ppf(1 - tail, 2 * count + 2) / 2 / hours)]

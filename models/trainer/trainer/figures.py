"""Computes every figure of metrics.json from the scores of a split."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.bootstrap import LEVEL, RESAMPLES, SEED, Interval, by_group, interval, share_interval
from trainer.calibration import Calibrated, Calibration
from trainer.earliness import scores_after, time_to_first_correct
from trainer.errors import TrainerError
from trainer.false_intents import false_intents
from trainer.heard import Heard
from trainer.labels import Labels
from trainer.metrics import (
    Ids,
    Posteriors,
    accuracy,
    among_intents,
    auroc,
    best_intent,
    confusions,
    expected_calibration_error,
    intent_figures,
    macro_f1,
    out_of_scope_figures,
    per_class,
    posteriors,
    reliability,
    top3_accuracy,
)

SECONDS_HEARD = (1, 2, 3, 4, 5, 6, 8, 10)
Figures = dict[str, Any]
OfClips = Callable[[Posteriors, Ids], float]


def figures(heard: Heard, labels: Labels, calibrated: Calibrated) -> Figures:
    """All figures, ready for JSON; those that these clips cannot give are None or left out, never NaN."""
    is_intent = ~np.isin(heard.labels, labels.background_ids)
    return {
        "clips": len(heard.labels),
        "groups": len(set(heard.groups)),
        "hours": float(heard.hours.sum()),
        "background": list(labels.background),
        "calibration": calibrated.as_figures(),
        "intervals": {"level": LEVEL, "resamples": RESAMPLES, "seed": SEED, "resampled": "groups"},
        **_intents(heard, labels, is_intent, calibrated.calibration),
        **_reliability(heard, calibrated.calibration),
        **_by_label(heard, labels, calibrated.calibration),
        **_by_language(heard, is_intent, calibrated.calibration),
        **_background(heard, labels, is_intent, calibrated.calibration),
    }


def _intents(heard: Heard, known: Labels, is_intent: NDArray[np.bool_], calibration: Calibration) -> Figures:
    if not is_intent.any():
        return {"at_the_end": None, "after_one_second_of_silence": None, "after_seconds_heard": {}}
    clips = [clip for clip, chosen in zip(heard.on_the_way, is_intent, strict=True) if chosen]
    labels, temperature = heard.labels[is_intent], calibration.temperature
    groups = by_group(np.array(heard.groups)[is_intent].tolist())
    end = posteriors(heard.final[is_intent], temperature)
    after = {str(seconds): posteriors(scores_after(clips, seconds), temperature) for seconds in SECONDS_HEARD}
    return {
        "at_the_end": {
            **intent_figures(end, labels),
            "intervals": {
                "accuracy": _of_share(accuracy, end, labels, groups),
                "top3_accuracy": _of_share(top3_accuracy, end, labels, groups),
                "macro_f1": interval(lambda clips: macro_f1(end[clips], labels[clips]), groups),
            },
        },
        "after_one_second_of_silence": intent_figures(posteriors(heard.after_silence[is_intent], temperature), labels),
        "after_seconds_heard": {seconds: accuracy(each, labels) for seconds, each in after.items()},
        "after_seconds_heard_intervals": {
            seconds: _of_share(accuracy, each, labels, groups) for seconds, each in after.items()
        },
        "after_seconds_heard_among_intents": {
            seconds: accuracy(among_intents(each, known.background_ids), labels) for seconds, each in after.items()
        },
        "time_to_first_correct": time_to_first_correct(clips, labels),
    }


def _of_share(share: OfClips, posterior: Posteriors, labels: Ids, groups: list[Ids]) -> Interval | None:
    return share_interval(lambda clips: share(posterior[clips], labels[clips]), groups)


def _reliability(heard: Heard, calibration: Calibration) -> Figures:
    calibrated, raw = (posteriors(heard.final, temperature) for temperature in (calibration.temperature, 1.0))
    return {
        "expected_calibration_error": expected_calibration_error(calibrated, heard.labels),
        "expected_calibration_error_uncalibrated": expected_calibration_error(raw, heard.labels),
        "reliability": {
            "calibrated": reliability(calibrated, heard.labels),
            "uncalibrated": reliability(raw, heard.labels),
        },
    }


def _by_label(heard: Heard, labels: Labels, calibration: Calibration) -> Figures:
    final = posteriors(heard.final, calibration.temperature)
    return {
        "confusion": {"labels": list(labels.names), "counts": confusions(final, heard.labels)},
        "per_class": per_class(final, heard.labels, labels.names),
    }


def _by_language(heard: Heard, is_intent: NDArray[np.bool_], calibration: Calibration) -> Figures:
    """The figures of each language, over the clips with an intent whose language is known."""
    final, languages = posteriors(heard.final, calibration.temperature), np.array(heard.languages)
    told = {name: is_intent & (languages == name) for name in sorted(set(languages[is_intent]) - {""})}
    return {"per_language": {name: intent_figures(final[of], heard.labels[of]) for name, of in told.items()}}


def without(heard: Heard, names: set[str], labels: Labels, calibration: Calibration) -> Figures:
    """The figures at the clips' ends, over the clips with an intent, without the clips called `names`.

    Also lists which of these clips the split has. A name that several clips share is a TrainerError.
    """
    for name, clips in Counter(heard.names).items():
        if clips > 1 and name in names:
            raise TrainerError(
                f"{clips} clips are called {name}, and which of them is believed mislabelled cannot be told: of a "
                "recording's path a dataset keeps the name alone; give the files names of their own"
            )
    left_out = np.isin(heard.names, sorted(names))
    kept = ~np.isin(heard.labels, labels.background_ids) & ~left_out
    if not kept.any():
        raise TrainerError("without the clips that are believed mislabelled nothing is left to measure")
    clips = np.array(heard.names)[left_out].tolist()
    final = posteriors(heard.final[kept], calibration.temperature)
    return {"left_out": clips, "not_heard": len(names - set(clips)), **intent_figures(final, heard.labels[kept])}


def _background(heard: Heard, labels: Labels, is_intent: NDArray[np.bool_], calibration: Calibration) -> Figures:
    """Out-of-scope detection and false intents, judged after one second of silence, as a server judges."""
    answer: Figures = {}
    confidence = best_intent(posteriors(heard.after_silence, calibration.temperature), labels.background_ids)
    if is_intent.any() and not is_intent.all():
        inside, outside = (by_group(heard.groups, chosen) for chosen in (is_intent, ~is_intent))
        answer["out_of_scope"] = {
            **out_of_scope_figures(confidence[is_intent], confidence[~is_intent], calibration.threshold),
            "intervals": {
                "auroc": interval(lambda one, other: auroc(confidence[one], confidence[other]), inside, outside)
            },
        }
    if heard.hours[~is_intent].sum() > 0:
        answer["false_intents"] = false_intents(heard, labels.background_ids, calibration)
    return answer

"""How soon a model is right while a clip is still playing; all times are stream time from the clip's start."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trainer.heard import OnTheWay
from trainer.listening import Scores
from trainer.metrics import Ids


def scores_after(clips: Sequence[OnTheWay], seconds: float) -> Scores:
    """The scores of the last frame that ends within so many seconds, `[clips, labels]`; else of the first frame."""
    chosen = []
    for clip in clips:
        index = int(np.searchsorted(clip.ends_ms, seconds * 1000, side="right")) - 1
        chosen.append(clip.scores[max(index, 0)])
    return np.stack(chosen)


def time_to_first_correct(clips: Sequence[OnTheWay], labels: Ids) -> dict[str, dict[str, float | None]]:
    """When the right label leads for the first time, and from when on it leads to the end (`stable`).

    The median and the ninetieth percentile are of the clips that get there; `share_never` is of all clips.
    """
    leads = [clip.scores.argmax(axis=1) == label for clip, label in zip(clips, labels, strict=True)]
    first = [clip.ends_ms[right.argmax()] for clip, right in zip(clips, leads, strict=True) if right.any()]
    stable = [clip.ends_ms[_lasts_from(right)] for clip, right in zip(clips, leads, strict=True) if right[-1]]
    return {"first": _quantiles(first, len(clips)), "stable": _quantiles(stable, len(clips))}


def _lasts_from(right: NDArray[np.bool_]) -> int:
    """The start of the unbroken run of true values at the end."""
    wrong = np.flatnonzero(~right)
    return int(wrong[-1]) + 1 if len(wrong) else 0


def _quantiles(times_ms: Sequence[np.int64], clips: int) -> dict[str, float | None]:
    return {
        "median_ms": float(np.median(times_ms)) if times_ms else None,
        "p90_ms": float(np.percentile(times_ms, 90)) if times_ms else None,
        "share_never": 1 - len(times_ms) / clips,
    }

"""How early a model is right while a clip plays; all times are stream time from the clip's start."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trainer.heard import OnTheWay
from trainer.listening import Scores
from trainer.metrics import Ids


def scores_after(clips: Sequence[OnTheWay], seconds: float) -> Scores:
    """The scores `[clips, labels]` of the last frame that ends within `seconds`, or of the first frame if none does."""
    chosen = []
    for clip in clips:
        index = int(np.searchsorted(clip.ends_ms, seconds * 1000, side="right")) - 1
        chosen.append(clip.scores[max(index, 0)])
    return np.stack(chosen)


def time_to_first_correct(clips: Sequence[OnTheWay], labels: Ids) -> dict[str, dict[str, float | None]]:
    """When the right label first has the highest score (`first`), and from when on it keeps it (`stable`).

    The median and the 90th percentile are over the clips that get there; `share_never` is a share of all clips.
    """
    leads = [clip.scores.argmax(axis=1) == label for clip, label in zip(clips, labels, strict=True)]
    first = [clip.ends_ms[right.argmax()] for clip, right in zip(clips, leads, strict=True) if right.any()]
    stable = [clip.ends_ms[_lasts_from(right)] for clip, right in zip(clips, leads, strict=True) if right[-1]]
    return {"first": _quantiles(first, len(clips)), "stable": _quantiles(stable, len(clips))}


def _lasts_from(right: NDArray[np.bool_]) -> int:
    """The index at which the last unbroken run of true values starts."""
    wrong = np.flatnonzero(~right)
    return int(wrong[-1]) + 1 if len(wrong) else 0


def _quantiles(times_ms: Sequence[np.int64], clips: int) -> dict[str, float | None]:
    return {
        "median_ms": float(np.median(times_ms)) if times_ms else None,
        "p90_ms": float(np.percentile(times_ms, 90)) if times_ms else None,
        "share_never": 1 - len(times_ms) / clips,
    }

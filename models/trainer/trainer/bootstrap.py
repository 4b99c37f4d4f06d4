"""Intervals over groups of clips: percentile bootstrap (Efron & Tibshirani 1993, chapter 13), exact at the bounds."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from trainer.metrics import Ids

LEVEL = 0.95
RESAMPLES = 1000
SEED = 17

Interval = list[float]  # its lower and its upper end


def by_group(groups: Sequence[str], clips: NDArray[np.bool_] | None = None) -> list[Ids]:
    """The indices of the clips, or of the chosen ones: one array for each group that has any."""
    chosen = np.arange(len(groups)) if clips is None else np.flatnonzero(clips)
    _, group_of = np.unique(np.array(groups)[chosen], return_inverse=True)
    return [chosen[group_of == group] for group in range(group_of.max(initial=-1) + 1)]


def interval(statistic: Callable[..., float], *samples: list[Ids], resamples: int = RESAMPLES) -> Interval | None:
    """The 95 % interval of a statistic of clips, given as the indices `by_group` of one or more samples.

    Whole groups are drawn with replacement, because clips of one call are alike: drawn one by one they would promise
    more certainty than there is. The same seed every time. None where a sample has fewer than two groups, or where
    every draw is the same (all clips right, or as many of each group): that promises a certainty which a few clips do
    not give.
    """
    if min(len(sample) for sample in samples) < 2:
        return None

    def of_groups(*drawn: NDArray[np.intp]) -> float:
        pairs = zip(samples, drawn, strict=True)
        return statistic(*(np.concatenate([sample[index] for index in indices]) for sample, indices in pairs))

    found = stats.bootstrap(
        [np.arange(len(sample)) for sample in samples],
        of_groups,
        n_resamples=resamples,
        vectorized=False,
        confidence_level=LEVEL,
        method="percentile",
        rng=SEED,
    ).confidence_interval
    return [float(found.low), float(found.high)] if found.low < found.high else None


def share_interval(share: Callable[..., float], groups: list[Ids]) -> Interval | None:
    """The 95 % interval of a share of clips, given as the indices `by_group`; None where there are fewer than two.

    Where all clips are right, or none, it is the exact interval of as many groups (Clopper & Pearson 1934, Biometrika
    26:404).
    """
    if len(groups) < 2:
        return None
    value = share(np.concatenate(groups))
    if value not in (0, 1):
        return interval(share, groups)
    exact = stats.binomtest(round(value * len(groups)), len(groups)).proportion_ci(LEVEL, method="exact")
    return [float(exact.low), float(exact.high)]

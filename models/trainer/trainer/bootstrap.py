"""Confidence intervals over groups of clips: percentile bootstrap (Efron & Tibshirani 1993, chapter 13).

For shares of 0 and 1 the interval is exact.
"""

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
    """The indices of all clips, or of the chosen ones, as one array for each group that has any."""
    chosen = np.arange(len(groups)) if clips is None else np.flatnonzero(clips)
    _, group_of = np.unique(np.array(groups)[chosen], return_inverse=True)
    return [chosen[group_of == group] for group in range(group_of.max(initial=-1) + 1)]


def interval(statistic: Callable[..., float], *samples: list[Ids], resamples: int = RESAMPLES) -> Interval | None:
    """The 95 % interval of a statistic of clips; each sample holds the indices of its clips, grouped by `by_group`.

    Whole groups are drawn with replacement, because the clips of one call are alike: drawing single clips would give
    too narrow an interval. The seed is always the same. None if a sample has fewer than two groups, or if all draws
    give the same value (all clips right, or equally many in each group), because a few clips do not give such
    certainty.
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
    """The 95 % interval of a share of clips, given as indices from `by_group`; None for fewer than two groups.

    If all clips are right, or none, it is the exact interval for as many groups (Clopper & Pearson 1934, Biometrika
    26:404).
    """
    if len(groups) < 2:
        return None
    value = share(np.concatenate(groups))
    if value not in (0, 1):
        return interval(share, groups)
    exact = stats.binomtest(round(value * len(groups)), len(groups)).proportion_ci(LEVEL, method="exact")
    return [float(exact.low), float(exact.high)]

"""A speech recogniser's encoder as a teacher: what it hears in a clean recording, the student says a little later.

Distillation of features after Romero et al., "FitNets" (2015).  Only training needs it: nothing of it is in a package.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from trainer.framing import SAMPLE_RATE, Samples

FEATURE_SECONDS = 0.024
TARGET_SIZE = 128
# How much later the student says it: the teacher hears the whole recording, also what comes next.
DELAY_SECONDS = 0.3
FEWEST_SAMPLES = SAMPLE_RATE // 10  # what is shorter gives no feature
SMOOTHED_OVER = (-1.2, 0.0, 1.2)  # features


class Teacher:
    """Says what a student should say at each step: the teacher's main components, evened out and of unit variance.

    `encoder` maps samples at 16 kHz to features, one every 24 ms; `examples` are the recordings that the components are
    found in.
    """

    def __init__(self, encoder: Callable[[Samples], Tensor], examples: list[Samples]) -> None:
        self.encoder = encoder
        features = torch.cat([encoder(pcm) for pcm in examples if len(pcm) >= FEWEST_SAMPLES]).double()
        self.mean = features.mean(dim=0)
        centred = features - self.mean
        variances, directions = torch.linalg.eigh(centred.T @ centred / len(centred))
        # Half-way to white: faint components tell words apart, too.
        components = directions[:, -TARGET_SIZE:] / variances[-TARGET_SIZE:].clamp_min(1e-6) ** 0.25
        self.components = components / (centred @ components).square().mean().sqrt()

    def __call__(self, clean: Samples, ends: Tensor) -> Tensor:
        """What to say at stream times `ends` `[steps]` in seconds: `[steps, 128]`, NaN where the teacher is silent."""
        targets = torch.full((len(ends), TARGET_SIZE), torch.nan, dtype=torch.float16)
        if len(clean) < FEWEST_SAMPLES:
            return targets
        features = self.encoder(clean).double()
        positions = (ends.double() - DELAY_SECONDS) / FEATURE_SECONDS - 1
        known = (positions > -1) & (positions < len(features) - 1)
        smoothed = torch.stack([_between(features, positions[known] + shift) for shift in SMOOTHED_OVER]).mean(dim=0)
        targets[known] = ((smoothed - self.mean) @ self.components).half()
        return targets


def _between(features: Tensor, positions: Tensor) -> Tensor:
    """Features at fractional positions, those beyond the ends at the ends."""
    positions = positions.clamp(0, len(features) - 1)
    before = positions.floor().long()
    after = (before + 1).clamp_max(len(features) - 1)
    share = (positions - before)[:, None]
    return features[before] * (1 - share) + features[after] * share


def distance(said: Tensor, targets: Tensor) -> Tensor:
    """The mean square of what the student misses, `[batch, steps, 128]` each, where the teacher says anything."""
    known = ~targets.isnan().any(dim=-1)
    if not known.any():
        return said.sum() * 0
    return (said[known] - targets[known].to(said.dtype)).square().mean()

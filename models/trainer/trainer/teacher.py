"""A speech recogniser's encoder as a teacher: the student predicts its features of the clean recording, with a delay.

Feature distillation after Romero et al., "FitNets" (2015). It is used in training only: nothing of it is in a package.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from trainer.framing import SAMPLE_RATE, Samples

FEATURE_SECONDS = 0.024
TARGET_SIZE = 128
# How much later the student predicts a feature: the teacher sees the whole recording, including what comes next.
DELAY_SECONDS = 0.3
FEWEST_SAMPLES = SAMPLE_RATE // 10  # shorter audio gives no feature
SMOOTHED_OVER = (-1.2, 0.0, 1.2)  # features


class Teacher:
    """Computes a student's targets: the principal components of the teacher's features, partly whitened and rescaled.

    The components are scaled so that their mean square is 1. `encoder` maps samples at 16 kHz to features, one every 24
    ms; `examples` are the recordings from which the components are computed.
    """

    def __init__(self, encoder: Callable[[Samples], Tensor], examples: list[Samples]) -> None:
        self.encoder = encoder
        features = torch.cat([encoder(pcm) for pcm in examples if len(pcm) >= FEWEST_SAMPLES]).double()
        self.mean = features.mean(dim=0)
        centred = features - self.mean
        variances, directions = torch.linalg.eigh(centred.T @ centred / len(centred))
        # Half-way to whitening, because components of low variance also distinguish words.
        components = directions[:, -TARGET_SIZE:] / variances[-TARGET_SIZE:].clamp_min(1e-6) ** 0.25
        self.components = components / (centred @ components).square().mean().sqrt()

    def __call__(self, clean: Samples, ends: Tensor) -> Tensor:
        """The targets `[steps, 128]` at the stream times `ends` `[steps]`, in seconds.

        NaN where the teacher has no feature for that time.
        """
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
    """Features at fractional positions, interpolated; positions beyond the ends give the first or the last feature."""
    positions = positions.clamp(0, len(features) - 1)
    before = positions.floor().long()
    after = (before + 1).clamp_max(len(features) - 1)
    share = (positions - before)[:, None]
    return features[before] * (1 - share) + features[after] * share


def distance(said: Tensor, targets: Tensor) -> Tensor:
    """The mean squared error of predictions `said` against `targets`, `[batch, steps, 128]` each.

    Steps without a target (NaN) are left out; 0 if no step has one.
    """
    known = ~targets.isnan().any(dim=-1)
    if not known.any():
        return said.sum() * 0
    return (said[known] - targets[known].to(said.dtype)).square().mean()

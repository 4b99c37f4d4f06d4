"""Masking of activations in training, so that the model does not rely on any single part of them."""

from dataclasses import dataclass

import torch
from torch import Tensor

from trainer.encoder import BANDS_LEFT

SPANS = 2
LONGEST_SPAN = 14  # activations, 0.6 s


@dataclass(frozen=True)
class Masks:
    """Replaces spans of time, and one band in four, by the mean activations, after SpecAugment (Park et al. 2019).

    - `means` `[numbers]`: the mean activations.
    - `spans`: the probability of each of two spans; `longest_span` is in activations.
    - `band`: the probability that a band is masked.
    """

    means: Tensor
    spans: float = 0.5
    band: float = 0.3
    longest_span: int = LONGEST_SPAN

    def __call__(self, activations: Tensor) -> Tensor:
        """A masked copy of the activations of one hearing, `[time, numbers]`."""
        activations = activations.clone()
        for _ in range(SPANS):
            if _happens(self.spans):
                size = _below(self.longest_span - 1) + 2
                start = _below(len(activations) - size)
                activations[start : start + size] = self.means
        if _happens(self.band):
            band = _below(BANDS_LEFT)
            activations[:, band::BANDS_LEFT] = self.means[band::BANDS_LEFT]
        return activations


def _happens(probability: float) -> bool:
    return bool(torch.rand(()) < probability)


def _below(limit: int) -> int:
    return int(torch.randint(max(1, limit), ()))

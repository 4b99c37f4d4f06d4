"""Hiding parts of what was heard, so that a model learns to do without any of them."""

from dataclasses import dataclass

import torch
from torch import Tensor

from trainer.encoder import BANDS_LEFT

SPANS = 2
LONGEST_SPAN = 14  # activations, 0.6 s


@dataclass(frozen=True)
class Masks:
    """Spans of time and one band in four are replaced by means, after SpecAugment (Park et al. 2019).

    `activations` `[288]` and `embeddings` `[96]` are the means; `spans`, `band` and `wide_only` probabilities: of each
    of two spans, of a band, and of hiding every embedding, so that the wide reading of the activations learns to
    suffice.
    """

    activations: Tensor
    embeddings: Tensor
    spans: float = 0.5
    band: float = 0.3
    wide_only: float = 0.2

    def __call__(self, activations: Tensor, embeddings: Tensor) -> tuple[Tensor, Tensor]:
        """Masked copies of one hearing, `[12 hops + 12, 288]` and `[6 hops, 96]`."""
        activations, embeddings = activations.clone(), embeddings.clone()
        for _ in range(SPANS):
            if _happens(self.spans):
                size = _below(LONGEST_SPAN - 1) + 2
                start = _below(len(activations) - size)
                activations[start : start + size] = self.activations
                # Those embeddings of whose window it is the newest part.
                first = max(0, start // 2 - 3)
                embeddings[first : first + size // 2 + 1] = self.embeddings
        if _happens(self.band):
            band = _below(BANDS_LEFT)
            activations[:, band::BANDS_LEFT] = self.activations[band::BANDS_LEFT]
        if _happens(self.wide_only):
            embeddings[:] = self.embeddings
        return activations, embeddings


def _happens(probability: float) -> bool:
    return bool(torch.rand(()) < probability)


def _below(limit: int) -> int:
    return int(torch.randint(max(1, limit), ()))

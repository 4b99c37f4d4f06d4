"""The causal head: what the utterance so far says, from embeddings as they arrive."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

GATE_PRIOR = 1.0


class Pools(NamedTuple):
    """Running summaries of one utterance, zeros at its start; each `[batch, channels]`."""

    peak: Tensor
    weighted: Tensor
    weight: Tensor


class CausalHead(nn.Module):
    """Convolutions over `context + 1` embeddings, then a running maximum and a running gated mean, then logits.

    Both pools forget nothing and order nothing: at the end of an utterance they equal the pools of a head that saw all
    of it at once, which is why hearing hop by hop costs no accuracy.
    """

    def __init__(self, sizes: tuple[int, int, int], kernels: tuple[int, ...], dropout: float) -> None:
        super().__init__()
        inputs, channels, labels = sizes
        widths = [inputs] + [channels] * len(kernels)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(widths[index], channels, kernel) for index, kernel in enumerate(kernels)
        )
        self.norms = nn.ModuleList(nn.LayerNorm(channels) for _ in kernels)
        self.gate = nn.Linear(channels, channels)
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(2 * channels, labels)

    def local(self, embeddings: Tensor) -> tuple[Tensor, Tensor]:
        """Maps `[batch, context + time, inputs]` to features ≥ 0 and gates in 0…1, each `[batch, time, channels]`."""
        x = embeddings
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            x = norm(convolution(self.dropout(x).transpose(1, 2)).transpose(1, 2)).relu()
        return x, self.gate(x).sigmoid()

    def classify(self, pools: Pools) -> Tensor:
        """Maps pools `[..., channels]` to logits `[..., labels]`."""
        mean = pools.weighted / (pools.weight + GATE_PRIOR)
        return torch.as_tensor(self.classifier(self.dropout(torch.cat([pools.peak, mean], dim=-1))))

    def step(self, embeddings: Tensor, pools: Pools) -> tuple[Tensor, Pools]:
        """One hop, `[batch, context + 6, inputs]`, and the pools before it to logits and the pools after."""
        x, gate = self.local(embeddings)
        after = Pools(
            peak=torch.maximum(pools.peak, x.amax(dim=1)),
            weighted=pools.weighted + (gate * x).sum(dim=1),
            weight=pools.weight + gate.sum(dim=1),
        )
        return self.classify(after), after

    def utterance(self, embeddings: Tensor, steps: int) -> Tensor:
        """A whole utterance, `[batch, context + hops × steps, inputs]`, to `[batch, hops, labels]`."""
        x, gate = (values.reshape(len(values), -1, steps, values.shape[-1]) for values in self.local(embeddings))
        pools = Pools(
            peak=x.amax(dim=2).cummax(dim=1).values,
            weighted=(gate * x).sum(dim=2).cumsum(dim=1),
            weight=gate.sum(dim=2).cumsum(dim=1),
        )
        return self.classify(pools)

"""The causal head: what the utterance so far says, from embeddings as they arrive."""

from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from trainer.recurrence import continued

GATE_PRIOR = 1.0
CONTEXT = 2  # how many steps before the newest ones a convolution over three steps reads


class Pools(NamedTuple):
    """Running summaries of one utterance, zeros at its start; each `[batch, width]`."""

    peak: Tensor
    weighted: Tensor
    weight: Tensor


def features_of(convolution: nn.Conv1d, norm: nn.LayerNorm, steps: Tensor) -> Tensor:
    """Maps `[batch, time, inputs]` to features ≥ 0 of each window of the convolution: `[batch, windows, width]`."""
    return torch.as_tensor(norm(convolution(steps.transpose(1, 2)).transpose(1, 2))).relu()


class Trunk(nn.Module):
    """What was heard until each step: a convolution over three steps, then recurrent layers, each added to its input.

    The recurrent layers are gated recurrent units (Cho et al. 2014).
    """

    def __init__(self, inputs: int, width: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(inputs, width, CONTEXT + 1)
        self.norm = nn.LayerNorm(width)
        self.layers = nn.ModuleList(nn.GRU(width, width, batch_first=True) for _ in range(layers))
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(layers))
        self.dropout = nn.Dropout(dropout)

    def utterance(self, steps: Tensor) -> Tensor:
        """Maps a whole utterance, `[batch, CONTEXT + time, inputs]`, to `[batch, time, width]`."""
        x = features_of(self.convolution, self.norm, self.dropout(steps))
        for layer, norm in zip(self.layers, self.norms, strict=True):
            x = norm(x + layer(self.dropout(x))[0])
        return x

    def step(self, steps: Tensor, memories: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """The same of one hop, and each layer's memory `[batch, width]` before it to that after it."""
        x = features_of(self.convolution, self.norm, self.dropout(steps))
        after = []
        for layer, norm, memory in zip(self.layers, self.norms, memories, strict=True):
            heard = continued(cast(nn.GRU, layer), x, memory)
            x = norm(x + heard)
            after.append(heard[:, -1])
        return x, after


class CausalHead(nn.Module):
    """A convolution over three steps, then a running maximum and a running gated mean, then logits.

    Both pools forget nothing and order nothing: at the end of an utterance they equal the pools of a head that saw all
    of it at once, which is why hearing hop by hop costs no accuracy.
    """

    def __init__(self, width: int, labels: int, dropout: float) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(width, width, CONTEXT + 1)
        self.norm = nn.LayerNorm(width)
        self.gate = nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(2 * width, labels)

    def local(self, steps: Tensor) -> tuple[Tensor, Tensor]:
        """Maps `[batch, CONTEXT + time, width]` to features ≥ 0 and gates in 0…1, each `[batch, time, width]`."""
        x = features_of(self.convolution, self.norm, self.dropout(steps))
        return x, self.gate(x).sigmoid()

    def summary(self, pools: Pools) -> Tensor:
        """Maps pools `[..., width]` to what the classifier reads: `[..., 2 width]`."""
        mean = pools.weighted / (pools.weight + GATE_PRIOR)
        return torch.as_tensor(self.dropout(torch.cat([pools.peak, mean], dim=-1)))

    def step(self, steps: Tensor, pools: Pools) -> tuple[Tensor, Pools]:
        """One hop, `[batch, CONTEXT + steps, width]`, and the pools before it to logits and the pools after."""
        x, gate = self.local(steps)
        after = Pools(
            peak=torch.maximum(pools.peak, x.amax(dim=1)),
            weighted=pools.weighted + (gate * x).sum(dim=1),
            weight=pools.weight + gate.sum(dim=1),
        )
        return torch.as_tensor(self.classifier(self.summary(after))), after

    def utterance(self, steps: Tensor, per_hop: int) -> Tensor:
        """A whole utterance, `[batch, CONTEXT + hops × per_hop, width]`, to summaries `[batch, hops, 2 width]`."""
        x, gate = (values.unflatten(1, (-1, per_hop)) for values in self.local(steps))
        pools = Pools(
            peak=x.amax(dim=2).cummax(dim=1).values,
            weighted=(gate * x).sum(dim=2).cumsum(dim=1),
            weight=gate.sum(dim=2).cumsum(dim=1),
        )
        return self.summary(pools)

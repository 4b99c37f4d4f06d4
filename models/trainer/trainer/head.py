"""The causal layers of the streaming model: trunk and classification head, updated hop by hop."""

from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from trainer.recurrence import continued

GATE_PRIOR = 1.0
CONTEXT = 2  # how many earlier steps a convolution over three steps needs


class Pools(NamedTuple):
    """Running pools over one utterance, zeros at its start; each `[batch, width]`."""

    peak: Tensor
    weighted: Tensor
    weight: Tensor


def features_of(convolution: nn.Conv1d, norm: nn.LayerNorm, steps: Tensor) -> Tensor:
    """Maps `[batch, time, inputs]` to features ≥ 0 of each window of the convolution: `[batch, windows, width]`."""
    return torch.as_tensor(norm(convolution(steps.transpose(1, 2)).transpose(1, 2))).relu()


class Trunk(nn.Module):
    """A causal convolution over three steps, then recurrent layers, each with a residual connection.

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
        """The same for one hop, `[batch, CONTEXT + steps, inputs]`, given each layer's hidden state `[batch, width]`.

        Returns the outputs of the hop, `[batch, steps, width]`, and each layer's hidden state after it.
        """
        x = features_of(self.convolution, self.norm, self.dropout(steps))
        after = []
        for layer, norm, memory in zip(self.layers, self.norms, memories, strict=True):
            heard = continued(cast(nn.GRU, layer), x, memory)
            x = norm(x + heard)
            after.append(heard[:, -1])
        return x, after


class CausalHead(nn.Module):
    """A convolution over three steps, then a running maximum and a running gated mean, then logits.

    Both pools only accumulate, and do not depend on the order of steps: at the end of an utterance they equal the pools
    of a head that gets the whole utterance at once. That is why streaming costs no accuracy.
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
        """Maps pools, `[..., width]` each, to the classifier's input `[..., 2 width]`."""
        mean = pools.weighted / (pools.weight + GATE_PRIOR)
        return torch.as_tensor(self.dropout(torch.cat([pools.peak, mean], dim=-1)))

    def step(self, steps: Tensor, pools: Pools) -> tuple[Tensor, Pools]:
        """Runs one hop, `[batch, CONTEXT + steps, width]`, given the pools before it; returns logits and new pools."""
        x, gate = self.local(steps)
        after = Pools(
            peak=torch.maximum(pools.peak, x.amax(dim=1)),
            weighted=pools.weighted + (gate * x).sum(dim=1),
            weight=pools.weight + gate.sum(dim=1),
        )
        return torch.as_tensor(self.classifier(self.summary(after))), after

    def utterance(self, steps: Tensor, per_hop: int) -> Tensor:
        """Maps a whole utterance, `[batch, CONTEXT + hops × per_hop, width]`, to `[batch, hops, 2 width]`.

        The output is the classifier's input at each hop.
        """
        x, gate = (values.unflatten(1, (-1, per_hop)) for values in self.local(steps))
        pools = Pools(
            peak=x.amax(dim=2).cummax(dim=1).values,
            weighted=(gate * x).sum(dim=2).cumsum(dim=1),
            weight=gate.sum(dim=2).cumsum(dim=1),
        )
        return self.summary(pools)

"""The base of both streaming models: a recurrent trunk over steps, and small causal classification heads."""

from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn
from transformers import PreTrainedConfig, PreTrainedModel
from transformers.utils.generic import ModelOutput

from trainer.head import CONTEXT, CausalHead, Pools, Trunk
from trainer.masks import Masks

HOP_MS = 500
STEPS_PER_HOP = 6


class RollingConfig(PreTrainedConfig):
    """The standard keys of Hugging Face's configuration, and the sizes of the trained layers."""

    # The settings that must be equal for a model to start from another run's weights.
    sizes: tuple[str, ...] = ("encoder", "width", "layers", "members")

    def __init__(
        self,
        width: int = 192,
        layers: int = 2,
        members: int = 2,
        dropout: float = 0.2,
        **standard: Any,
    ) -> None:
        self.width = width
        self.layers = layers
        self.members = members
        self.dropout = dropout
        # Sizes of outputs that only training has and no exported graph: a teacher's features, words of a vocabulary.
        self.taught: int = standard.pop("taught", 0)
        self.words: int = standard.pop("words", 0)
        super().__init__(**standard)

    @property
    def step_size(self) -> int:
        """How many numbers per step the trunk gets as input."""
        raise NotImplementedError

    @property
    def front_size(self) -> int:
        """How many numbers of the state belong to the front end, carried over from earlier frames."""
        raise NotImplementedError

    @property
    def state_parts(self) -> list[int]:
        """The lengths of the parts of the state vector, in order.

        - what the front end carries over
        - the last `CONTEXT` input steps of the trunk
        - the hidden state of each recurrent layer
        - the last `CONTEXT` outputs of the trunk
        - three pools for each member
        """
        memories = [self.width] * self.layers
        pools = [self.width] * (3 * self.members)
        return [self.front_size, CONTEXT * self.step_size, *memories, CONTEXT * self.width, *pools]


@dataclass
class RollingOutput(ModelOutput):
    """What the model outputs for whole utterances.

    - `logits` `[batch, hops, labels]`: the mean of `members` over the members of the ensemble.
    - `members` `[members, batch, hops, labels]`: the logits of each head.
    - `speech` `[batch, steps]`: log-odds that somebody speaks.
    - `taught` `[batch, steps, taught]`: the prediction of the teacher's features; None without a teacher.
    - `words` `[members, batch, hops, words]`: log-odds that each word of the vocabulary has been said; None without
      one.
    """

    logits: Tensor | None = None
    members: Tensor | None = None
    speech: Tensor | None = None
    taught: Tensor | None = None
    words: Tensor | None = None


class RollingModel(PreTrainedModel):
    """A front end, computed once per recording for training, under a trained recurrent trunk and causal heads."""

    config: RollingConfig

    def __init__(self, config: RollingConfig) -> None:
        super().__init__(config)
        self.make_front(config)
        self.trunk = Trunk(config.step_size, config.width, config.layers, config.dropout / 2)
        labels = len(config.id2label or {})
        self.heads = nn.ModuleList(CausalHead(config.width, labels, config.dropout) for _ in range(config.members))
        self.speech = nn.Linear(config.width, 1)
        self.taught = nn.Linear(config.width, config.taught) if config.taught else None
        spotters = config.members if config.words else 0
        self.words = nn.ModuleList(nn.Linear(2 * config.width, config.words) for _ in range(spotters))
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        """Keeps each module's own initialisation."""

    def make_front(self, config: Any) -> None:
        """Makes the modules of the front end; called before all other modules are made."""
        raise NotImplementedError

    def activate(self, pcm: Tensor) -> Tensor:
        """The front end's activations `[time, numbers]` of one whole padded utterance `[samples]`."""
        raise NotImplementedError

    def described(self, activations: Tensor) -> Tensor:
        """Maps whole utterances' activations, `[batch, time, numbers]`, to trunk input `[batch, steps, step_size]`."""
        raise NotImplementedError

    def front(self, pcm: Tensor, carried: Tensor) -> tuple[Tensor, Tensor]:
        """Runs the front end on one frame of each stream.

        Maps `pcm` `[batch, 16000]` and `carried` `[batch, front_size]`, kept from the frame before, to the trunk input
        of the newest hop, `[batch, 6, step_size]`, and the next `carried`.
        """
        raise NotImplementedError

    def set_scales(self, activations: list[Tensor]) -> None:
        """Sets the statistics that normalise the front end's outputs, from the activations of training hearings."""
        raise NotImplementedError

    def masks(self) -> Masks:
        """How activations are masked in training."""
        raise NotImplementedError

    @property
    def preprocessor(self) -> dict[str, Any]:
        """The description of the front end for preprocessor_config.json."""
        raise NotImplementedError

    def pretrained(self) -> list[nn.Parameter]:
        """The pretrained parameters of the front end that are fine-tuned, at a lower learning rate."""
        return []

    def front_settings(self) -> list[Any]:
        """Everything beside the recording that activations depend on; empty for the trainer's own front end."""
        return []

    def forward(self, activations: Tensor) -> RollingOutput:
        """Runs whole utterances, given their activations `[batch, time, numbers]`."""
        steps = nn.functional.pad(self.described(activations), (0, 0, CONTEXT, 0))
        trunk = self.trunk.utterance(steps)
        read = nn.functional.pad(trunk, (0, 0, CONTEXT, 0))
        pooled = [head.utterance(read, STEPS_PER_HOP) for head in self._members()]
        members = torch.stack([head.classifier(each) for head, each in zip(self._members(), pooled, strict=True)])
        words = [spot(each) for spot, each in zip(self.words, pooled, strict=False)]
        return RollingOutput(
            logits=members.mean(dim=0),
            members=members,
            speech=self.speech(trunk).squeeze(-1),
            taught=self.taught(trunk) if self.taught is not None else None,
            words=torch.stack(words) if words else None,
        )

    def step(self, pcm: Tensor, state: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Runs one frame of each stream: `pcm` `[batch, 16000]` and `state` `[batch, floats]`.

        Returns logits `[batch, labels]`, the next state `[batch, floats]`, and the probability of speech `[batch, 6]`
        for each step of the newest hop.
        """
        carried, earlier, *rest = torch.split(state, self.config.state_parts, dim=-1)
        layers = self.config.layers
        memories, before, pools = rest[:layers], rest[layers], rest[layers + 1 :]
        fresh, carried = self.front(pcm, carried)
        steps = torch.cat([earlier.unflatten(-1, (CONTEXT, -1)), fresh], dim=1)
        trunk, memories = self.trunk.step(steps, memories)
        read = torch.cat([before.unflatten(-1, (CONTEXT, -1)), trunk], dim=1)
        logits, pools = self._heads_step(read, pools)
        last = [steps[:, -CONTEXT:], *(memory[:, None] for memory in memories), read[:, -CONTEXT:]]
        next_state = torch.cat([carried, *(part.flatten(1) for part in last), *pools], dim=-1)
        return logits, next_state, self.speech(trunk).squeeze(-1).sigmoid()

    def _members(self) -> list[CausalHead]:
        return [cast(CausalHead, head) for head in self.heads]

    def _heads_step(self, read: Tensor, pools: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        logits: list[Tensor] = []
        after: list[Tensor] = []
        for index, head in enumerate(self._members()):
            member, next_pools = head.step(read, Pools(*pools[3 * index : 3 * index + 3]))
            logits.append(member)
            after.extend(next_pools)
        return torch.stack(logits).mean(dim=0), after

"""What every streaming model has: a recurrent trunk over steps, and small causal heads that say what they amount to."""

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
    """The standard keys and the sizes of what is trained."""

    # What two runs must have in common for one to go on with the other's weights.
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
        # What a model learns beside intents, and no graph says: a teacher's components, words of a vocabulary.
        self.taught: int = standard.pop("taught", 0)
        self.words: int = standard.pop("words", 0)
        super().__init__(**standard)

    @property
    def step_size(self) -> int:
        """How many numbers describe a step before the trunk."""
        raise NotImplementedError

    @property
    def front_size(self) -> int:
        """How many numbers of the state are what the front end needs of earlier frames."""
        raise NotImplementedError

    @property
    def state_parts(self) -> list[int]:
        """The lengths of the state's parts.

        What the front end needs, steps before, a memory for each layer, the trunk before, three pools for each member.
        """
        memories = [self.width] * self.layers
        pools = [self.width] * (3 * self.members)
        return [self.front_size, CONTEXT * self.step_size, *memories, CONTEXT * self.width, *pools]


@dataclass
class RollingOutput(ModelOutput):
    """`logits` `[batch, hops, labels]` are the mean of `members` `[members, batch, hops, labels]`.

    `speech` `[batch, steps]` are the log-odds that somebody speaks; `taught` `[batch, steps, taught]` is what a teacher
    would say, while there is one; `words` `[members, batch, hops, words]` are the log-odds that each word was said,
    where a vocabulary is learnt.
    """

    logits: Tensor | None = None
    members: Tensor | None = None
    speech: Tensor | None = None
    taught: Tensor | None = None
    words: Tensor | None = None


class RollingModel(PreTrainedModel):
    """A frozen front end that encodes recordings once, and what is trained: a recurrent trunk and causal heads."""

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
        """Makes the modules of the front end, before all others."""
        raise NotImplementedError

    def activate(self, pcm: Tensor) -> Tensor:
        """What the front end hears in one whole padded utterance `[samples]`: `[time, numbers]`."""
        raise NotImplementedError

    def described(self, activations: Tensor) -> Tensor:
        """What there is to know of each step of utterances: `[batch, time, numbers]` to `[batch, steps, size]`."""
        raise NotImplementedError

    def front(self, pcm: Tensor, carried: Tensor) -> tuple[Tensor, Tensor]:
        """A frame `[batch, 16000]` and what was carried to the steps `[batch, 6, step_size]` and what is carried on."""
        raise NotImplementedError

    def set_scales(self, activations: list[Tensor]) -> None:
        """Sets what the front end's numbers are normalised with, from some of what is trained on."""
        raise NotImplementedError

    def masks(self) -> Masks:
        """What is hidden of an utterance's activations while training."""
        raise NotImplementedError

    @property
    def preprocessor(self) -> dict[str, Any]:
        """What preprocessor_config.json tells people of the front end."""
        raise NotImplementedError

    def pretrained(self) -> list[nn.Parameter]:
        """What of the front end trains on, at a lower rate."""
        return []

    def front_settings(self) -> list[Any]:
        """What activations depend on, beside their recording, where the front end is not the trainer's own."""
        return []

    def forward(self, activations: Tensor) -> RollingOutput:
        """Whole utterances, as they were activated: `[batch, time, numbers]`."""
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
        """One frame of each stream: pcm `[batch, 16000]`, state `[batch, floats]` to logits, the next state, speech."""
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

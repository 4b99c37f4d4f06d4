"""The streaming model: one-second frames and a small state in, what the utterance so far says out."""

from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn
from transformers import PreTrainedConfig, PreTrainedModel
from transformers.utils.generic import ModelOutput

from trainer.checkpoint_folder import STREAMING
from trainer.encoder import ACTIVATION_SIZE, EARLY_BLOCKS, EMBEDDING_SIZE, SpeechEmbedding, load_speech_embedding
from trainer.head import CONTEXT, CausalHead, Pools, Trunk, features_of
from trainer.mel import MEL_BANDS, Grid, MelFrontEnd

HOP_MS = 500
# 48 mel frames a hop instead of 50: then the poolings of the encoder meet the hop, and what an earlier frame computed
# is what this frame would compute.
HOP_GRID = Grid(period=500, offsets=(0, 167, 333))
STEPS_PER_HOP = 6
ACTIVATIONS_PER_HOP = 2 * STEPS_PER_HOP
HISTORY = 6  # how many older ones the steps of the newest hop need
EARLY_WINDOW = 24  # mel frames
NEAR_WINDOW, WIDE_WINDOW = 3, 6  # activations


class StreamingIntentConfig(PreTrainedConfig):
    """The standard keys and the sizes of what is trained."""

    model_type = STREAMING

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
        return EMBEDDING_SIZE + self.width

    @property
    def state_parts(self) -> list[int]:
        """The lengths of the state's parts.

        Activations of the frame before, steps before, a memory for each layer, the trunk before, three pools for each
        member.
        """
        memories = [self.width] * self.layers
        pools = [self.width] * (3 * self.members)
        return [HISTORY * ACTIVATION_SIZE, CONTEXT * self.step_size, *memories, CONTEXT * self.width, *pools]


@dataclass
class StreamingIntentOutput(ModelOutput):
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


class StreamingIntentModel(PreTrainedModel):
    """A speech embedding and a wider reading of its early layers, a recurrent trunk, and small causal heads.

    The early layers are frozen, so that recordings are encoded once; all that follows is trained.
    """

    config_class = StreamingIntentConfig
    config: StreamingIntentConfig
    mel: MelFrontEnd
    encoder: SpeechEmbedding
    silence: Tensor
    activation_mean: Tensor
    activation_scale: Tensor
    embedding_mean: Tensor
    embedding_scale: Tensor

    def __init__(self, config: StreamingIntentConfig) -> None:
        super().__init__(config)
        self.mel = MelFrontEnd(HOP_GRID)
        self.encoder = SpeechEmbedding()
        self.encoder.blocks[:EARLY_BLOCKS].requires_grad_(False)
        self.register_buffer("silence", torch.zeros(ACTIVATION_SIZE))
        self.register_buffer("activation_mean", torch.zeros(ACTIVATION_SIZE))
        self.register_buffer("activation_scale", torch.ones(ACTIVATION_SIZE))
        self.register_buffer("embedding_mean", torch.zeros(EMBEDDING_SIZE))
        self.register_buffer("embedding_scale", torch.ones(EMBEDDING_SIZE))
        self.near = nn.Conv1d(ACTIVATION_SIZE, config.width, NEAR_WINDOW)
        self.near_norm = nn.LayerNorm(config.width)
        self.wide = nn.Conv1d(config.width, config.width, WIDE_WINDOW - NEAR_WINDOW + 1, stride=2)
        self.wide_norm = nn.LayerNorm(config.width)
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

    @torch.no_grad()
    def load_encoder(self, tensors: dict[str, Tensor]) -> None:
        """Takes the ported weights, and what digital silence activates."""
        load_speech_embedding(tensors, self.encoder, self.mel.mel_weight)
        nothing = torch.full((1, EARLY_WINDOW, MEL_BANDS), self.mel.floor)
        self.silence.copy_(self.encoder.early(nothing)[0, 0])

    def activate(self, pcm: Tensor) -> Tensor:
        """The early activations of one whole padded utterance `[samples]`, silence before it: `[12 hops + 12, 288]`."""
        heard = self.encoder.early(self.mel(pcm[None]))[0]
        return torch.cat([self.silence.expand(HISTORY, -1), heard])

    def forward(self, activations: Tensor, hidden: Tensor | None = None) -> StreamingIntentOutput:
        """Whole utterances: `[batch, 12 hops + 12, 288]`; of those that are `hidden` `[batch]` no embedding is read."""
        embeddings = self.encoder.late(activations)
        if hidden is not None:
            embeddings = torch.where(hidden[:, None, None], self.embedding_mean, embeddings)
        steps = nn.functional.pad(self._described(activations, embeddings), (0, 0, CONTEXT, 0))
        trunk = self.trunk.utterance(steps)
        read = nn.functional.pad(trunk, (0, 0, CONTEXT, 0))
        pooled = [head.utterance(read, STEPS_PER_HOP) for head in self._members()]
        members = torch.stack([head.classifier(each) for head, each in zip(self._members(), pooled, strict=True)])
        words = [spot(each) for spot, each in zip(self.words, pooled, strict=False)]
        return StreamingIntentOutput(
            logits=members.mean(dim=0),
            members=members,
            speech=self.speech(trunk).squeeze(-1),
            taught=self.taught(trunk) if self.taught is not None else None,
            words=torch.stack(words) if words else None,
        )

    def step(self, pcm: Tensor, state: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """One frame of each stream: pcm `[batch, 16000]`, state `[batch, floats]` to logits, the next state, speech."""
        history, earlier, *rest = torch.split(state, self.config.state_parts, dim=-1)
        layers = self.config.layers
        memories, before, pools = rest[:layers], rest[layers], rest[layers + 1 :]
        heard = self.encoder.early(self.mel(pcm))
        activations = torch.cat([history.unflatten(-1, (HISTORY, -1)) + self.silence, heard], dim=1)
        fresh = self._described(activations, self.encoder.late(activations))
        steps = torch.cat([earlier.unflatten(-1, (CONTEXT, -1)), fresh], dim=1)
        trunk, memories = self.trunk.step(steps, memories)
        read = torch.cat([before.unflatten(-1, (CONTEXT, -1)), trunk], dim=1)
        logits, pools = self._heads_step(read, pools)
        # What lies just before the next frame's own activations.
        older = heard[:, ACTIVATIONS_PER_HOP - HISTORY : ACTIVATIONS_PER_HOP] - self.silence
        carried = [older, steps[:, -CONTEXT:], *(memory[:, None] for memory in memories), read[:, -CONTEXT:]]
        next_state = torch.cat([*(part.flatten(1) for part in carried), *pools], dim=-1)
        return logits, next_state, self.speech(trunk).squeeze(-1).sigmoid()

    def _described(self, activations: Tensor, embeddings: Tensor) -> Tensor:
        """What there is to know of each step: `[batch, steps, step_size]`."""
        count = embeddings.shape[1]
        newest = activations[:, -(2 * (count - 1) + WIDE_WINDOW) :]
        newest = (newest - self.activation_mean) / self.activation_scale
        wide = features_of(self.wide, self.wide_norm, features_of(self.near, self.near_norm, newest))
        return torch.cat([(embeddings - self.embedding_mean) / self.embedding_scale, wide], dim=-1)

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

"""The streaming model: one-second frames and a small state in, what the utterance so far says out."""

from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn
from transformers import PreTrainedConfig, PreTrainedModel
from transformers.utils.generic import ModelOutput

from trainer.encoder import EMBEDDING_SIZE, STEP_FRAMES, WINDOW_FRAMES, SpeechEmbedding
from trainer.head import CausalHead, Pools
from trainer.mel import MEL_BANDS, POWER_FLOOR_DB, MelFrontEnd

HOP_MS = 500
HOP_MEL = 50
FRAME_MEL = 97
STEPS_PER_HOP = 6
HISTORY_MEL = WINDOW_FRAMES + (STEPS_PER_HOP - 1) * STEP_FRAMES - FRAME_MEL  # 19


class StreamingIntentConfig(PreTrainedConfig):
    """The standard keys and the head's sizes."""

    model_type = "earshot-streaming-intent"

    def __init__(
        self,
        channels: int = 64,
        kernels: tuple[int, ...] = (5, 3),
        members: int = 3,
        dropout: float = 0.3,
        floor_db: float = POWER_FLOOR_DB,
        **standard: Any,
    ) -> None:
        self.channels = channels
        self.kernels = tuple(kernels)
        self.members = members
        self.dropout = dropout
        self.floor_db = floor_db
        super().__init__(**standard)

    @property
    def context(self) -> int:
        """How many embeddings before the newest hop the head reads."""
        return sum(kernel - 1 for kernel in self.kernels)

    @property
    def state_parts(self) -> list[int]:
        """The lengths of the state's parts: mel history, embedding context, then three pools for each member."""
        pools = [self.channels] * (3 * self.members)
        return [HISTORY_MEL * MEL_BANDS, self.context * EMBEDDING_SIZE, *pools]


@dataclass
class StreamingIntentOutput(ModelOutput):
    """`logits` `[batch, hops, labels]` are the mean of `members` `[members, batch, hops, labels]`."""

    logits: Tensor | None = None
    members: Tensor | None = None


class StreamingIntentModel(PreTrainedModel):
    """A frozen speech embedding under a few small causal heads whose logits are averaged."""

    config_class = StreamingIntentConfig
    config: StreamingIntentConfig
    mel: MelFrontEnd
    encoder: SpeechEmbedding
    embedding_mean: Tensor
    embedding_scale: Tensor

    def __init__(self, config: StreamingIntentConfig) -> None:
        super().__init__(config)
        self.mel = MelFrontEnd(config.floor_db)
        self.encoder = SpeechEmbedding()
        self.register_buffer("embedding_mean", torch.zeros(EMBEDDING_SIZE))
        self.register_buffer("embedding_scale", torch.ones(EMBEDDING_SIZE))
        sizes = (EMBEDDING_SIZE, config.channels, len(config.id2label or {}))
        self.heads = nn.ModuleList(CausalHead(sizes, config.kernels, config.dropout) for _ in range(config.members))
        self.post_init()

    def _init_weights(self, module: nn.Module) -> None:
        """Keeps each module's own initialisation."""

    def embed(self, pcm: Tensor) -> Tensor:
        """The embeddings of one whole padded utterance `[samples]`, hop by hop: `[hops, 6, 96]`."""
        mel = self.mel(pcm[None])[0]
        history = mel.new_full((HISTORY_MEL, MEL_BANDS), self.mel.floor)
        return self.encoder.overlapping(torch.cat([history, mel]), size=HISTORY_MEL + FRAME_MEL, step=HOP_MEL)

    def forward(self, embeddings: Tensor) -> StreamingIntentOutput:
        """Whole utterances: embeddings `[batch, hops, 6, 96]` to logits `[batch, hops, labels]`, and each member's."""
        x = ((embeddings - self.embedding_mean) / self.embedding_scale).flatten(1, 2)
        x = nn.functional.pad(x, (0, 0, self.config.context, 0))
        members = torch.stack([head.utterance(x, STEPS_PER_HOP) for head in self._members()])
        return StreamingIntentOutput(logits=members.mean(dim=0), members=members)

    def step(self, pcm: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """One frame of each stream: pcm `[batch, 16000]`, state `[batch, floats]` to logits and the next state."""
        history, context, *pools = torch.split(state, self.config.state_parts, dim=-1)
        mel = self.mel(pcm)
        history = history.unflatten(-1, (HISTORY_MEL, MEL_BANDS)) + self.mel.floor
        fresh = self.encoder(torch.cat([history, mel], dim=1))
        fresh = (fresh - self.embedding_mean) / self.embedding_scale
        embeddings = torch.cat([context.unflatten(-1, (-1, EMBEDDING_SIZE)), fresh], dim=1)
        logits, after = self._heads_step(embeddings, pools)
        next_history = mel[:, HOP_MEL - HISTORY_MEL : HOP_MEL] - self.mel.floor
        parts = [next_history.flatten(1), embeddings[:, -self.config.context :].flatten(1), *after]
        return logits, torch.cat(parts, dim=-1)

    def _members(self) -> list[CausalHead]:
        return [cast(CausalHead, head) for head in self.heads]

    def _heads_step(self, embeddings: Tensor, pools: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        logits: list[Tensor] = []
        after: list[Tensor] = []
        for index, head in enumerate(self._members()):
            member, next_pools = head.step(embeddings, Pools(*pools[3 * index : 3 * index + 3]))
            logits.append(member)
            after.extend(next_pools)
        return torch.stack(logits).mean(dim=0), after

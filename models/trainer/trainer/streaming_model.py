"""The streaming model on Google's speech embedding: one-second frames and a small state in, logits out."""

from typing import Any

import torch
from torch import Tensor, nn

from trainer.checkpoint_folder import STREAMING
from trainer.encoder import ACTIVATION_SIZE, EARLY_BLOCKS, EMBEDDING_SIZE, SpeechEmbedding, load_speech_embedding
from trainer.head import features_of
from trainer.masks import Masks
from trainer.mel import MEL_BANDS, Grid, MelFrontEnd
from trainer.recipe import OWN_ENCODER
from trainer.rolling_model import STEPS_PER_HOP, RollingConfig, RollingModel

# 48 mel frames per hop instead of 50: the encoder's stride of 8 frames then divides a hop, so that activations computed
# in an earlier frame equal those that this frame would compute.
HOP_GRID = Grid(period=500, offsets=(0, 167, 333))
ACTIVATIONS_PER_HOP = 2 * STEPS_PER_HOP
HISTORY = 6  # how many activations before the frame the steps of its newest hop need
EARLY_WINDOW = 24  # mel frames
NEAR_WINDOW, WIDE_WINDOW = 3, 6  # activations
# The share of training utterances without embeddings, so that the wide features learn to suffice alone.
HIDDEN = 0.1

PREPROCESSOR = {
    "feature_extractor_type": "SpeechEmbeddingFeatureExtractor",
    "sampling_rate": 16000,
    "feature_size": 32,
    "hop_length": 500 / 3,
    "n_fft": 512,
    "win_length": 400,
    "chunk_length": 1,
    "do_normalize": False,
    "padding_side": "right",
    "padding_value": 0.0,
    "return_attention_mask": False,
}


class StreamingIntentConfig(RollingConfig):
    """The standard keys of Hugging Face's configuration, and the sizes of the trained layers."""

    model_type = STREAMING
    encoder = OWN_ENCODER

    # For type checkers: without an own __init__ they expect the fields of this class alone.
    def __init__(self, **sizes: Any) -> None:
        super().__init__(**sizes)

    @property
    def step_size(self) -> int:
        """The size of an embedding plus that of the wide features."""
        return EMBEDDING_SIZE + self.width

    @property
    def front_size(self) -> int:
        """The size of the activations kept from before the frame."""
        return HISTORY * ACTIVATION_SIZE


class StreamingIntentModel(RollingModel):
    """A speech embedding, and wide features of its early layers, under a recurrent trunk and small causal heads.

    The early layers are frozen, so that recordings are encoded only once; everything after them is trained.
    """

    config_class = StreamingIntentConfig
    mel: MelFrontEnd
    encoder: SpeechEmbedding
    silence: Tensor
    activation_mean: Tensor
    activation_scale: Tensor
    embedding_mean: Tensor
    embedding_scale: Tensor

    def make_front(self, config: StreamingIntentConfig) -> None:
        """Makes the encoder, and the convolutions that compute the wide features."""
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

    @torch.no_grad()
    def load_encoder(self, tensors: dict[str, Tensor]) -> None:
        """Loads the ported weights, and computes the activations of digital silence."""
        load_speech_embedding(tensors, self.encoder, self.mel.mel_weight)
        nothing = torch.full((1, EARLY_WINDOW, MEL_BANDS), self.mel.floor)
        self.silence.copy_(self.encoder.early(nothing)[0, 0])

    def activate(self, pcm: Tensor) -> Tensor:
        """The early activations of one whole padded utterance `[samples]`: `[12 hops + 12, 288]`.

        Activations of silence are put before it.
        """
        heard = self.encoder.early(self.mel(pcm[None]))[0]
        return torch.cat([self.silence.expand(HISTORY, -1), heard])

    def described(self, activations: Tensor) -> Tensor:
        """Maps activations `[batch, 12 hops + 12, 288]` of whole utterances to `[batch, 6 hops, step_size]`.

        In training, the embeddings of some utterances, chosen at random, are replaced by their mean.
        """
        embeddings = self.encoder.late(activations)
        if self.training:
            hidden = torch.rand(len(activations), device=activations.device) < HIDDEN
            embeddings = torch.where(hidden[:, None, None], self.embedding_mean, embeddings)
        return self._described(activations, embeddings)

    def front(self, pcm: Tensor, carried: Tensor) -> tuple[Tensor, Tensor]:
        """As in the base class; `carried` holds the activations just before the frame, minus those of silence."""
        heard = self.encoder.early(self.mel(pcm))
        activations = torch.cat([carried.unflatten(-1, (HISTORY, -1)) + self.silence, heard], dim=1)
        older = heard[:, ACTIVATIONS_PER_HOP - HISTORY : ACTIVATIONS_PER_HOP] - self.silence
        return self._described(activations, self.encoder.late(activations)), older.flatten(1)

    @torch.no_grad()
    def set_scales(self, activations: list[Tensor]) -> None:
        """Sets the means and standard deviations of early activations and of embeddings."""
        every = torch.cat(activations)
        embeddings = torch.cat([self.encoder.late(each[None])[0] for each in activations])
        self.activation_mean.copy_(every.mean(dim=0))
        self.activation_scale.copy_(every.std(dim=0).clamp_min(1e-3))
        self.embedding_mean.copy_(embeddings.mean(dim=0))
        self.embedding_scale.copy_(embeddings.std(dim=0).clamp_min(1e-3))

    def masks(self) -> Masks:
        """Masks spans of activations, and one band of their channels."""
        return Masks(self.activation_mean.clone())

    @property
    def preprocessor(self) -> dict[str, Any]:
        """Describes the mel front end."""
        return PREPROCESSOR

    def pretrained(self) -> list[nn.Parameter]:
        """The encoder's later layers."""
        return self.encoder.late_parameters()

    def _described(self, activations: Tensor, embeddings: Tensor) -> Tensor:
        count = embeddings.shape[1]
        newest = activations[:, -(2 * (count - 1) + WIDE_WINDOW) :]
        newest = (newest - self.activation_mean) / self.activation_scale
        wide = features_of(self.wide, self.wide_norm, features_of(self.near, self.near_norm, newest))
        return torch.cat([(embeddings - self.embedding_mean) / self.embedding_scale, wide], dim=-1)

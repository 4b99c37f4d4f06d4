"""A streaming model on any Hugging Face encoder, which processes the last seconds of the stream anew at every hop.

Such encoders are bidirectional and keep no state, so the state carries the waveform of the seconds before the frame.
"""

from hashlib import sha256
from typing import Any

import torch
from torch import Tensor, nn

from trainer.architectures.families import WAVEFORM
from trainer.checkpoint_folder import WINDOWED
from trainer.errors import TrainerError
from trainer.framing import FRAME_SAMPLES, SAMPLE_RATE
from trainer.head import features_of
from trainer.masks import Masks
from trainer.rolling_model import HOP_MS, STEPS_PER_HOP, RollingConfig, RollingModel
from trainer.window_encoder import OpenedEncoder, WindowEncoder, fresh_encoder

HOP_SAMPLES = HOP_MS * SAMPLE_RATE // 1000
PARTS = 3  # features per step, concatenated
LONGEST_SPAN = 7  # steps, 0.6 s
AT_ONCE = 16  # windows of an utterance that are encoded in one batch
MOST_APART = 0.01  # largest allowed mean squared error in bf16, as a share of the variance of the features


class WindowedIntentConfig(RollingConfig):
    """The sizes of the trained layers, and the encoder: its name, its Hugging Face configuration, and its window."""

    model_type = WINDOWED
    sizes = (*RollingConfig.sizes, "window_seconds")

    def __init__(
        self,
        encoder: str = "",
        encoder_config: dict[str, Any] | None = None,
        do_normalize: bool = False,
        window_seconds: int = 4,
        **standard: Any,
    ) -> None:
        self.encoder = encoder
        self.encoder_config = encoder_config
        self.do_normalize = do_normalize
        self.window_seconds = window_seconds
        super().__init__(**standard)

    @property
    def feature_size(self) -> int:
        """How many numbers the encoder gives per step, before they are projected."""
        assert self.encoder_config is not None
        return PARTS * int(self.encoder_config["hidden_size"])

    @property
    def step_size(self) -> int:
        """The size of the projected features."""
        return self.width

    @property
    def front_size(self) -> int:
        """The number of samples in the window before the frame."""
        return self.window_seconds * SAMPLE_RATE - FRAME_SAMPLES


class WindowedIntentModel(RollingModel):
    """A frozen encoder over a window that advances by one hop, under a recurrent trunk and small causal heads."""

    config_class = WindowedIntentConfig
    config: WindowedIntentConfig
    feature_mean: Tensor
    feature_scale: Tensor
    activates_in_bf16 = False

    def make_front(self, config: WindowedIntentConfig) -> None:
        """Makes the encoder, and the projection of its features."""
        assert config.encoder_config is not None
        self.window_encoder = WindowEncoder(fresh_encoder(config.encoder_config), config.do_normalize)
        self.window_encoder.requires_grad_(False)
        self.register_buffer("feature_mean", torch.zeros(config.feature_size))
        self.register_buffer("feature_scale", torch.ones(config.feature_size))
        self.read = nn.Conv1d(config.feature_size, config.width, 1)
        self.read_norm = nn.LayerNorm(config.width)

    def load_encoder(self, opened: OpenedEncoder) -> None:
        """Loads the encoder's weights."""
        self.window_encoder.encoder.load_state_dict(opened.encoder.state_dict())

    def train(self, mode: bool = True) -> "WindowedIntentModel":
        """Keeps the frozen encoder in evaluation mode, where it has no dropout and no masking."""
        super().train(mode)
        self.window_encoder.eval()
        return self

    def activate_in_bf16(self) -> None:
        """Switches encoding to bf16; a TrainerError if its features then differ, as with faulty kernels."""
        noise = 0.1 * torch.randn(self.config.window_seconds * SAMPLE_RATE, generator=torch.Generator().manual_seed(0))
        exact = self.activate(noise)
        self.activates_in_bf16 = True
        apart = float((self.activate(noise) - exact).square().mean() / exact.var())
        if not apart < MOST_APART:
            raise TrainerError(
                f"{self.config.encoder} says something else in bf16 on this machine: {apart:.1%} of its features' "
                "variance is apart; leave --precision bf16 out"
            )

    @torch.no_grad()
    def activate(self, pcm: Tensor) -> Tensor:
        """The features of each step of one whole padded utterance `[samples]`: `[6 hops, feature_size]`.

        Zeros are put before the utterance.
        """
        window = self.config.window_seconds * SAMPLE_RATE
        windows = nn.functional.pad(pcm, (self.config.front_size, 0)).unfold(0, window, HOP_SAMPLES)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.activates_in_bf16):
            return torch.cat([self._features(some) for some in windows.split(AT_ONCE)]).flatten(0, 1)

    def described(self, activations: Tensor) -> Tensor:
        """Maps features `[batch, 6 hops, feature_size]` of whole utterances to `[batch, 6 hops, step_size]`."""
        features = (activations - self.feature_mean) / self.feature_scale
        return features_of(self.read, self.read_norm, features)

    def front(self, pcm: Tensor, carried: Tensor) -> tuple[Tensor, Tensor]:
        """As in the base class; `carried` is the waveform before the frame."""
        window = torch.cat([carried, pcm], dim=-1)
        newest = window[:, HOP_SAMPLES : HOP_SAMPLES + self.config.front_size]
        return self.described(self._features(window)), newest

    @torch.no_grad()
    def set_scales(self, activations: list[Tensor]) -> None:
        """Sets the means and standard deviations of the features."""
        every = torch.cat(activations)
        self.feature_mean.copy_(every.mean(dim=0))
        self.feature_scale.copy_(every.std(dim=0).clamp_min(1e-3))

    def masks(self) -> Masks:
        """Masks spans of steps."""
        return Masks(self.feature_mean.clone(), band=0.0, longest_span=LONGEST_SPAN)

    @property
    def preprocessor(self) -> dict[str, Any]:
        """Describes the encoder's own feature extractor, over the window."""
        return {
            "feature_extractor_type": WAVEFORM[0],
            "sampling_rate": SAMPLE_RATE,
            "feature_size": 1,
            "chunk_length": self.config.window_seconds,
            "do_normalize": self.config.do_normalize,
            "padding_side": "right",
            "padding_value": 0.0,
            "return_attention_mask": False,
        }

    def front_settings(self) -> list[Any]:
        """The window, and a digest of the encoder's weights."""
        digest = sha256()
        for tensor in self.window_encoder.state_dict().values():
            digest.update(tensor.numpy().tobytes())
        mixed = ["bf16"] if self.activates_in_bf16 else []
        return [self.config.window_seconds, self.config.do_normalize, digest.hexdigest(), *mixed]

    def _features(self, windows: Tensor) -> Tensor:
        """The features of the newest hop of windows `[batch, samples]`: `[batch, 6, feature_size]`."""
        said = self.window_encoder(windows).float().transpose(1, 2)
        per_hop = STEPS_PER_HOP * PARTS
        hops = self.config.window_seconds * SAMPLE_RATE // HOP_SAMPLES
        every = nn.functional.interpolate(said, size=hops * per_hop, mode="linear")
        newest = every[:, :, -per_hop:].transpose(1, 2)
        return torch.as_tensor(newest.unflatten(1, (STEPS_PER_HOP, PARTS)).flatten(2))

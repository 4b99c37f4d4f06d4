"""A streaming model on any Hugging Face encoder: at every hop it hears the last seconds of the stream anew.

Such encoders look both ways and remember nothing, so the state carries the waveform of the seconds before the frame.
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
PARTS = 3  # features that are read of every step
LONGEST_SPAN = 7  # steps, 0.6 s
AT_ONCE = 16  # windows of an utterance
MOST_APART = 0.01  # of the variance of features, in bf16


class WindowedIntentConfig(RollingConfig):
    """The sizes of what is trained, and the encoder: its name, Hugging Face's configuration of it, and its window."""

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
        """How many numbers describe a step before they are read."""
        assert self.encoder_config is not None
        return PARTS * int(self.encoder_config["hidden_size"])

    @property
    def step_size(self) -> int:
        """What is read of the features."""
        return self.width

    @property
    def front_size(self) -> int:
        """The waveform before a frame."""
        return self.window_seconds * SAMPLE_RATE - FRAME_SAMPLES


class WindowedIntentModel(RollingModel):
    """A frozen encoder over a window that slides by a hop, under a recurrent trunk and small causal heads."""

    config_class = WindowedIntentConfig
    config: WindowedIntentConfig
    feature_mean: Tensor
    feature_scale: Tensor
    activates_in_bf16 = False

    def make_front(self, config: WindowedIntentConfig) -> None:
        """The encoder, and the reading of its features."""
        assert config.encoder_config is not None
        self.window_encoder = WindowEncoder(fresh_encoder(config.encoder_config), config.do_normalize)
        self.window_encoder.requires_grad_(False)
        self.register_buffer("feature_mean", torch.zeros(config.feature_size))
        self.register_buffer("feature_scale", torch.ones(config.feature_size))
        self.read = nn.Conv1d(config.feature_size, config.width, 1)
        self.read_norm = nn.LayerNorm(config.width)

    def load_encoder(self, opened: OpenedEncoder) -> None:
        """Takes the encoder's weights."""
        self.window_encoder.encoder.load_state_dict(opened.encoder.state_dict())

    def train(self, mode: bool = True) -> "WindowedIntentModel":
        """The encoder never trains: it would drop and hide some of what it hears."""
        super().train(mode)
        self.window_encoder.eval()
        return self

    def activate_in_bf16(self) -> None:
        """Encodes in bf16 from now on; where that says something else, as kernels with bugs do, is an error."""
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
        """The features of each step of one whole padded utterance `[samples]`, silence before it: `[6 hops, size]`."""
        window = self.config.window_seconds * SAMPLE_RATE
        windows = nn.functional.pad(pcm, (self.config.front_size, 0)).unfold(0, window, HOP_SAMPLES)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.activates_in_bf16):
            return torch.cat([self._features(some) for some in windows.split(AT_ONCE)]).flatten(0, 1)

    def described(self, activations: Tensor) -> Tensor:
        """Of whole utterances, `[batch, 6 hops, size]`."""
        features = (activations - self.feature_mean) / self.feature_scale
        return features_of(self.read, self.read_norm, features)

    def front(self, pcm: Tensor, carried: Tensor) -> tuple[Tensor, Tensor]:
        """What is carried is the waveform before the frame."""
        window = torch.cat([carried, pcm], dim=-1)
        newest = window[:, HOP_SAMPLES : HOP_SAMPLES + self.config.front_size]
        return self.described(self._features(window)), newest

    @torch.no_grad()
    def set_scales(self, activations: list[Tensor]) -> None:
        """The means and scales of the features."""
        every = torch.cat(activations)
        self.feature_mean.copy_(every.mean(dim=0))
        self.feature_scale.copy_(every.std(dim=0).clamp_min(1e-3))

    def masks(self) -> Masks:
        """Spans of steps."""
        return Masks(self.feature_mean.clone(), band=0.0, longest_span=LONGEST_SPAN)

    @property
    def preprocessor(self) -> dict[str, Any]:
        """The encoder's own feature extractor, over the window."""
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
        """Of the newest hop's steps: `[batch, 6, size]`."""
        said = self.window_encoder(windows).float().transpose(1, 2)
        per_hop = STEPS_PER_HOP * PARTS
        hops = self.config.window_seconds * SAMPLE_RATE // HOP_SAMPLES
        every = nn.functional.interpolate(said, size=hops * per_hop, mode="linear")
        newest = every[:, :, -per_hop:].transpose(1, 2)
        return torch.as_tensor(newest.unflatten(1, (STEPS_PER_HOP, PARTS)).flatten(2))

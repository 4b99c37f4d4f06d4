"""Whisper's log-mel spectrogram, as WhisperFeatureExtractor computes it."""

from typing import Any

import torch
from torch import Tensor, nn

from trainer.architectures.fourier import PowerSpectrum
from trainer.errors import TrainerError

# Constants in WhisperFeatureExtractor's `_torch_extract_fbank_features`, which cannot be configured.
POWER_FLOOR = 1e-10
RANGE_DECADES = 8.0


class LogMel(nn.Module):
    """`pcm [batch, 16000]` to `input_features [batch, feature_size, chunk_length × 16000 / hop_length]`.

    The audio is first padded or cut to `chunk_length` seconds. Values are clamped to 8 decades below the loudest value
    of their own row.
    """

    window: Tensor
    mel_filters: Tensor

    def __init__(self, extractor: Any) -> None:
        super().__init__()
        if extractor.dither:
            raise TrainerError(f"WhisperFeatureExtractor: dither is {extractor.dither}, random: a graph needs 0.0")
        if extractor.padding_side != "right":
            raise TrainerError(
                f"WhisperFeatureExtractor: padding_side is {extractor.padding_side!r}, it must be 'right'"
            )
        self.samples = int(extractor.n_samples)
        self.hop = int(extractor.hop_length)
        self.padding_value = float(extractor.padding_value)
        self.register_buffer("window", torch.hann_window(extractor.n_fft, dtype=torch.float64).float())
        self.register_buffer("mel_filters", torch.from_numpy(extractor.mel_filters).float())
        self.power = PowerSpectrum(extractor.n_fft, extractor.n_fft)

    def forward(self, pcm: Tensor) -> Tensor:
        """Frames are centred, with reflection at the edges; the last frame is dropped."""
        pcm = pcm[:, : self.samples]
        pcm = nn.functional.pad(pcm, (0, self.samples - pcm.shape[1]), value=self.padding_value)
        edge = len(self.window) // 2
        pcm = nn.functional.pad(pcm.unsqueeze(1), (edge, edge), mode="reflect").squeeze(1)
        frames = pcm.unfold(-1, len(self.window), self.hop)[:, :-1]
        bands = self.power(frames * self.window) @ self.mel_filters
        bands = bands.clamp_min(POWER_FLOOR).log10()
        floor = bands.amax(dim=(1, 2), keepdim=True) - RANGE_DECADES
        return (torch.maximum(bands, floor).transpose(1, 2) + 4) / 4

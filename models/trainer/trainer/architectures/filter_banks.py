"""Kaldi's log filter banks, as ASTFeatureExtractor and SeamlessM4TFeatureExtractor compute them with numpy."""

from typing import Any

import torch
from torch import Tensor, nn

from trainer.architectures.fourier import PowerSpectrum
from trainer.errors import TrainerError

# Constants of both extractors' `_extract_fbank_features`, which are not among their settings.
HOP_SAMPLES = 160
PREEMPHASIS = 0.97
MEL_FLOOR = 1.192092955078125e-07
INT16_SCALE = 32768.0
NORMALISATION_EPSILON = 1e-7
LANES = 8


def frame_count(samples: int, extractor: Any) -> int:
    """How many frames the extractor's window gives in so many samples, without padding."""
    return 1 + (samples - len(extractor.window)) // HOP_SAMPLES


class FilterBanks(nn.Module):
    """Waveforms `[batch, samples]` to log mel energies `[batch, frames, mels]`, one frame every 10 ms, no padding.

    In single precision, where transformers takes double: speech agrees within 1e-4. Only bands that hold nothing but
    the rounding of 16-bit samples beside a loud, perfectly pure tone differ by more (see the tests).
    """

    window: Tensor
    mel_filters: Tensor

    def __init__(self, extractor: Any) -> None:
        super().__init__()
        if not hasattr(extractor, "mel_filters"):
            raise TrainerError(
                f"{type(extractor).__name__} computes its features with torchaudio: uninstall torchaudio"
            )
        self.register_buffer("window", torch.from_numpy(extractor.window).float())
        self.register_buffer("mel_filters", torch.from_numpy(extractor.mel_filters).float())
        self.power = PowerSpectrum(len(extractor.window), 2 * (len(extractor.mel_filters) - 1))

    def forward(self, pcm: Tensor) -> Tensor:
        """Offset removed, pre-emphasised, tapered, transformed, summed into bands, floored, and its logarithm."""
        frames = pcm.unfold(-1, len(self.window), HOP_SAMPLES)
        frames = frames - frames.mean(dim=-1, keepdim=True)
        # Not folded into the Fourier kernel: there the loud low frequencies would drown the high ones in rounding.
        first = frames[..., :1] * (1 - PREEMPHASIS)
        frames = torch.cat([first, frames[..., 1:] - PREEMPHASIS * frames[..., :-1]], dim=-1)
        bands = self.power(frames * self.window) @ self.mel_filters
        return torch.as_tensor(bands.clamp_min(MEL_FLOOR).log())


class PaddedFilterBanks(nn.Module):
    """`pcm [batch, 16000]` to AST's `input_values [batch, max_length, num_mel_bins]`, padded or cut to `max_length`."""

    def __init__(self, extractor: Any) -> None:
        super().__init__()
        self.banks = FilterBanks(extractor)
        self.frames = int(extractor.max_length)
        self.mean, self.scale = (
            (float(extractor.mean), 2 * float(extractor.std)) if extractor.do_normalize else (0.0, 1.0)
        )

    def forward(self, pcm: Tensor) -> Tensor:
        """The padding is normalised with the rest, as the extractor does."""
        bands = self.banks(pcm)[:, : self.frames]
        bands = nn.functional.pad(bands, (0, 0, 0, self.frames - bands.shape[1]))
        return torch.as_tensor((bands - self.mean) / self.scale)


class StackedFilterBanks(nn.Module):
    """`pcm [batch, 16000]` to Wav2Vec2-BERT's `input_features [batch, frames // stride, mels × stride]`.

    Every band is normalised over the second; the attention mask of one second is all ones and is not fed.
    """

    def __init__(self, extractor: Any) -> None:
        super().__init__()
        self.banks = FilterBanks(extractor)
        self.stride = int(extractor.stride)

    def forward(self, pcm: Tensor) -> Tensor:
        """Frames that do not fill a stack are dropped."""
        bands = self.banks(pcm * INT16_SCALE)
        centred = bands - _sum_over_time(bands) / bands.shape[1]
        bands = centred / torch.sqrt(bands.var(dim=1, keepdim=True) + NORMALISATION_EPSILON)
        stacks = bands.shape[1] // self.stride
        bands = bands[:, : stacks * self.stride]
        return torch.as_tensor(bands.reshape(-1, stacks, self.stride * bands.shape[2]))


def _sum_over_time(bands: Tensor) -> Tensor:
    """Sums `[batch, frames, mels]` over frames in the order of numpy's pairwise summation of up to 128 numbers.

    In digital silence all frames are equal, and what the extractor returns is the rounding of their mean divided by
    the root of 1e-7: −0.003 instead of 0. Another order would round otherwise.
    """
    frames = bands.shape[1]
    steps = frames // LANES
    lanes = bands[:, : steps * LANES].unflatten(1, (steps, LANES))
    total: Tensor = lanes[:, 0]
    for step in range(1, steps):
        total = total + lanes[:, step]
    while total.shape[1] > 1:
        total = total[:, 0::2] + total[:, 1::2]
    for frame in range(steps * LANES, frames):
        total = total + bands[:, frame : frame + 1]
    return total

"""Kaldi's log mel filter banks, as ASTFeatureExtractor and SeamlessM4TFeatureExtractor compute them with numpy."""

from typing import Any

import torch
from torch import Tensor, nn

from trainer.architectures.fourier import PowerSpectrum
from trainer.errors import TrainerError

# Constants in both extractors' `_extract_fbank_features`, which cannot be configured.
HOP_SAMPLES = 160
PREEMPHASIS = 0.97
MEL_FLOOR = 1.192092955078125e-07
INT16_SCALE = 32768.0
NORMALISATION_EPSILON = 1e-7
LANES = 8


def frame_count(samples: int, extractor: Any) -> int:
    """How many whole windows of the extractor, one every 10 ms, fit into `samples` samples."""
    return 1 + (samples - len(extractor.window)) // HOP_SAMPLES


class FilterBanks(nn.Module):
    """Waveforms `[batch, samples]` to log mel energies `[batch, frames, mels]`, one frame every 10 ms, no padding.

    Computed in fp32, where transformers uses fp64; on speech they agree within 1e-4. They differ by more only in bands
    that hold nothing but the rounding of 16-bit samples, next to a loud, perfectly pure tone (see the tests).
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
        """Removes the mean of each frame, pre-emphasises and tapers it, and takes the logarithm of its mel energies."""
        frames = pcm.unfold(-1, len(self.window), HOP_SAMPLES)
        frames = frames - frames.mean(dim=-1, keepdim=True)
        # Not folded into the Fourier kernel: there, rounding errors of loud low frequencies would cover the high ones.
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
        """Pads before normalising, as the extractor does."""
        bands = self.banks(pcm)[:, : self.frames]
        bands = nn.functional.pad(bands, (0, 0, 0, self.frames - bands.shape[1]))
        return torch.as_tensor((bands - self.mean) / self.scale)


class StackedFilterBanks(nn.Module):
    """`pcm [batch, 16000]` to Wav2Vec2-BERT's `input_features [batch, frames // stride, mels × stride]`.

    Every band is normalised over the second. The attention mask of one second is all ones, so it is not passed on.
    """

    def __init__(self, extractor: Any) -> None:
        super().__init__()
        self.banks = FilterBanks(extractor)
        self.stride = int(extractor.stride)

    def forward(self, pcm: Tensor) -> Tensor:
        """Drops the last frames where they do not fill a stack."""
        bands = self.banks(pcm * INT16_SCALE)
        centred = bands - _sum_over_time(bands) / bands.shape[1]
        bands = centred / torch.sqrt(bands.var(dim=1, keepdim=True) + NORMALISATION_EPSILON)
        stacks = bands.shape[1] // self.stride
        bands = bands[:, : stacks * self.stride]
        return torch.as_tensor(bands.reshape(-1, stacks, self.stride * bands.shape[2]))


def _sum_over_time(bands: Tensor) -> Tensor:
    """Sums `[batch, frames, mels]` over frames, in the order of numpy's pairwise summation of up to 128 numbers.

    The order matters in digital silence: all frames are equal, and the extractor returns the rounding error of their
    mean divided by the root of 1e-7, which is −0.003 instead of 0. Another order would give another rounding error.
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

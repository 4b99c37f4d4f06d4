"""The mel front end of Google's speech embedding, as a PyTorch module."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

WINDOW_SAMPLES = 512
TAPER_SAMPLES = 400
MARGIN = (WINDOW_SAMPLES - TAPER_SAMPLES) // 2
SPECTRUM_BINS = 122
MEL_BANDS = 32
INT16_SCALE = 32768.0
POWER_FLOOR_DB = 20.0


@dataclass(frozen=True)
class Grid:
    """Where mel frames begin: at each of `offsets` samples after every multiple of `period` samples."""

    period: int
    offsets: tuple[int, ...] = (0,)

    def periods(self, samples: int) -> int:
        """How many periods have all of their frames inside `samples` samples."""
        return (samples - WINDOW_SAMPLES - self.offsets[-1]) // self.period + 1


ORIGINAL_GRID = Grid(period=160)


class MelFrontEnd(nn.Module):
    """Turns waveforms in −1…1 into scaled log-mel frames, one at every point of a grid.

    Equal to the `melspectrogram.onnx` that goes with the speech embedding, except for the floor. The original clamps to
    80 dB below the loudest value of the whole input, so a quiet frame would depend on its neighbours in the batch and
    on how the audio was cut. Here the floor is fixed at 20 dB, which is near what that clamp gives for loud speech.
    """

    mel_weight: Tensor
    kernel: Tensor

    def __init__(self, grid: Grid = ORIGINAL_GRID) -> None:
        super().__init__()
        self.grid = grid
        self.register_buffer("mel_weight", torch.zeros(SPECTRUM_BINS, MEL_BANDS))
        self.register_buffer("kernel", _fourier_kernel())

    @property
    def floor(self) -> float:
        """The output value for digital silence."""
        return POWER_FLOOR_DB / 10 + 2

    def forward(self, pcm: Tensor) -> Tensor:
        """Maps `[batch, samples]` to `[batch, periods × offsets, 32]`."""
        grid = self.grid
        length = (grid.periods(pcm.shape[-1]) - 1) * grid.period + TAPER_SAMPLES
        loud = pcm.unsqueeze(1) * INT16_SCALE
        phases = [
            nn.functional.conv1d(loud[..., start : start + length], self.kernel, stride=grid.period)
            for start in (MARGIN + offset for offset in grid.offsets)
        ]
        spectrum = torch.stack(phases, dim=-1).flatten(2)
        real, imaginary = spectrum.transpose(1, 2).chunk(2, dim=-1)  # each [batch, frames, 122]
        power = (real.square() + imaginary.square()) @ self.mel_weight
        decibels = 10 * torch.log10(power.clamp_min(10 ** (POWER_FLOOR_DB / 10)))
        return decibels / 10 + 2


def _fourier_kernel() -> Tensor:
    """The real and imaginary parts of a Fourier transform under a centred Hann taper: `[2 × 122, 1, 400]`.

    It has only the bins that a mel band reads (the highest band ends at 3.8 kHz), and only the samples inside the
    taper.
    """
    time = torch.arange(TAPER_SAMPLES, dtype=torch.float64)
    bins = torch.arange(SPECTRUM_BINS, dtype=torch.float64)
    angle = 2 * torch.pi * bins[:, None] * time / WINDOW_SAMPLES
    taper = torch.hann_window(TAPER_SAMPLES, dtype=torch.float64)
    return (torch.cat([torch.cos(angle), -torch.sin(angle)]) * taper).unsqueeze(1).float()

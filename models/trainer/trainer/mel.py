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

    def count(self, samples: int) -> int:
        """How many frames fit into `samples` samples, whole periods only."""
        return ((samples - WINDOW_SAMPLES - self.offsets[-1]) // self.period + 1) * len(self.offsets)


ORIGINAL_GRID = Grid(period=160)


class MelFrontEnd(nn.Module):
    """Turns waveforms in −1…1 into scaled log-mel frames, one at every point of a grid.

    Equal to the `melspectrogram.onnx` that goes with the speech embedding, but for its floor: the original clamps to
    80 dB below the loudest value of the whole input, so that a quiet frame would depend on its neighbours in the batch
    and on how the audio was cut; here the floor is fixed at `floor_db`, near what that clamp gives for loud speech.
    """

    mel_weight: Tensor
    kernel: Tensor

    def __init__(self, floor_db: float = POWER_FLOOR_DB, grid: Grid = ORIGINAL_GRID) -> None:
        super().__init__()
        self.floor_db = floor_db
        self.grid = grid
        self.register_buffer("mel_weight", torch.zeros(SPECTRUM_BINS, MEL_BANDS))
        self.register_buffer("kernel", _fourier_kernel())

    @property
    def floor(self) -> float:
        """The value of digital silence after scaling."""
        return self.floor_db / 10 + 2

    def forward(self, pcm: Tensor) -> Tensor:
        """Maps `[batch, samples]` to `[batch, grid.count(samples), 32]`."""
        grid = self.grid
        periods = grid.count(pcm.shape[-1]) // len(grid.offsets)
        length = (periods - 1) * grid.period + TAPER_SAMPLES
        loud = pcm.unsqueeze(1) * INT16_SCALE
        phases = [
            nn.functional.conv1d(loud[..., start : start + length], self.kernel, stride=grid.period)
            for start in (MARGIN + offset for offset in grid.offsets)
        ]
        spectrum = torch.stack(phases, dim=-1).flatten(2) if len(phases) > 1 else phases[0]
        real, imaginary = spectrum.transpose(1, 2).chunk(2, dim=-1)  # each [batch, frames, 122]
        power = (real.square() + imaginary.square()) @ self.mel_weight
        decibels = 10 * torch.log10(power.clamp_min(10 ** (self.floor_db / 10)))
        return decibels / 10 + 2


def _fourier_kernel() -> Tensor:
    """The real and imaginary parts of a Fourier transform under a centred Hann taper: `[2 × 122, 1, 400]`.

    Only the bins that a mel band reads: the highest band ends at 3.8 kHz; and only the samples that the taper lets in.
    """
    time = torch.arange(TAPER_SAMPLES, dtype=torch.float64)
    bins = torch.arange(SPECTRUM_BINS, dtype=torch.float64)
    angle = 2 * torch.pi * bins[:, None] * time / WINDOW_SAMPLES
    taper = torch.hann_window(TAPER_SAMPLES, dtype=torch.float64)
    return (torch.cat([torch.cos(angle), -torch.sin(angle)]) * taper).unsqueeze(1).float()

"""Power spectra of short frames as a matrix product, an operator that every ONNX runtime has."""

import torch
from torch import Tensor, nn


class PowerSpectrum(nn.Module):
    """Tapered frames `[batch, frames, taps]` to the power at `size // 2 + 1` frequencies, `[batch, frames, bins]`.

    The kernel is computed in fp64, because its rounding errors would be a lower limit for every quiet band.
    """

    kernel: Tensor

    def __init__(self, taps: int, size: int) -> None:
        super().__init__()
        time = torch.arange(taps, dtype=torch.float64)
        bins = torch.arange(size // 2 + 1, dtype=torch.float64)
        # Reduced to one turn before the cosine, because large angles lose digits.
        angle = 2 * torch.pi * ((time[:, None] * bins) % size) / size
        self.register_buffer("kernel", torch.cat([torch.cos(angle), torch.sin(angle)], dim=1).float())

    def forward(self, frames: Tensor) -> Tensor:
        """The squared magnitudes; frames shorter than `size` count as padded with zeros."""
        real, imaginary = (frames @ self.kernel).chunk(2, dim=-1)
        return torch.as_tensor(real.square() + imaginary.square())

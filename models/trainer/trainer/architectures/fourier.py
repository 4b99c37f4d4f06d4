"""Short-time power spectra as a matrix product, which every ONNX runtime has."""

import torch
from torch import Tensor, nn


class PowerSpectrum(nn.Module):
    """Tapered frames `[batch, frames, taps]` to the power of `size // 2 + 1` frequencies, `[batch, frames, bins]`.

    The kernel is computed in double precision: a rounding there would be a floor under every quiet band.
    """

    kernel: Tensor

    def __init__(self, taps: int, size: int) -> None:
        super().__init__()
        time = torch.arange(taps, dtype=torch.float64)
        bins = torch.arange(size // 2 + 1, dtype=torch.float64)
        # The product is reduced to one turn first: large angles lose digits.
        angle = 2 * torch.pi * ((time[:, None] * bins) % size) / size
        self.register_buffer("kernel", torch.cat([torch.cos(angle), torch.sin(angle)], dim=1).float())

    def forward(self, frames: Tensor) -> Tensor:
        """Squared magnitudes; a shorter frame is taken as padded with zeros to `size`."""
        real, imaginary = (frames @ self.kernel).chunk(2, dim=-1)
        return torch.as_tensor(real.square() + imaginary.square())

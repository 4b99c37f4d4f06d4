"""The mel front end of Google's speech embedding, as a PyTorch module."""

import torch
from torch import Tensor, nn

WINDOW_SAMPLES = 512
TAPER_SAMPLES = 400
STEP_SAMPLES = 160
SPECTRUM_BINS = 122
MEL_BANDS = 32
INT16_SCALE = 32768.0
POWER_FLOOR_DB = 20.0


class MelFrontEnd(nn.Module):
    """Turns waveforms in −1…1 into scaled log-mel frames, one every 10 ms.

    Equal to the `melspectrogram.onnx` that goes with the speech embedding, but for its floor: the original clamps to
    80 dB below the loudest value of the whole input, so that a quiet frame would depend on its neighbours in the batch
    and on how the audio was cut; here the floor is fixed at `floor_db`, near what that clamp gives for loud speech.
    """

    mel_weight: Tensor
    kernel: Tensor

    def __init__(self, floor_db: float = POWER_FLOOR_DB) -> None:
        super().__init__()
        self.floor_db = floor_db
        self.register_buffer("mel_weight", torch.zeros(SPECTRUM_BINS, MEL_BANDS))
        self.register_buffer("kernel", _fourier_kernel())

    @property
    def floor(self) -> float:
        """The value of digital silence after scaling."""
        return self.floor_db / 10 + 2

    def forward(self, pcm: Tensor) -> Tensor:
        """Maps `[batch, samples]` to `[batch, (samples − 512) // 160 + 1, 32]`."""
        spectrum = nn.functional.conv1d(pcm.unsqueeze(1) * INT16_SCALE, self.kernel, stride=STEP_SAMPLES)
        real, imaginary = spectrum.transpose(1, 2).chunk(2, dim=-1)  # each [batch, frames, 122]
        power = (real.square() + imaginary.square()) @ self.mel_weight
        decibels = 10 * torch.log10(power.clamp_min(10 ** (self.floor_db / 10)))
        return decibels / 10 + 2


def _fourier_kernel() -> Tensor:
    """The real and imaginary parts of a Fourier transform under a centred Hann taper: `[2 × 122, 1, 512]`.

    Only the bins that a mel band reads: the highest band ends at 3.8 kHz.
    """
    time = torch.arange(WINDOW_SAMPLES, dtype=torch.float64)
    bins = torch.arange(SPECTRUM_BINS, dtype=torch.float64)
    angle = 2 * torch.pi * bins[:, None] * time / WINDOW_SAMPLES
    margin = (WINDOW_SAMPLES - TAPER_SAMPLES) // 2
    taper = nn.functional.pad(torch.hann_window(TAPER_SAMPLES, dtype=torch.float64), (margin, margin))
    kernel = torch.cat([torch.cos(angle), -torch.sin(angle)]) * taper
    return kernel.unsqueeze(1).float()

"""Noise at a stated level."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.framing import Samples


def rms(pcm: NDArray[np.floating[Any]]) -> float:
    """The root of the mean square."""
    return float(np.sqrt(np.square(pcm).mean()))


def mix(pcm: Samples, noise: Samples, snr_db: float) -> Samples:
    """Adds unit-power noise at a signal-to-noise ratio measured over the loud half of the signal."""
    power = np.square(pcm)
    signal = float(power[power >= np.median(power)].mean())
    return np.asarray(pcm + noise * np.sqrt(signal / 10 ** (snr_db / 10)), dtype=np.float32)


def coloured_noise(length: int, slope: float, random: np.random.Generator) -> Samples:
    """Gaussian noise of unit power whose amplitude falls as frequency to the power of −`slope`."""
    spectrum = np.fft.rfft(random.standard_normal(length))
    shaped = np.fft.irfft(spectrum / np.arange(1, len(spectrum) + 1) ** slope, n=length)
    return np.asarray(shaped / max(rms(shaped), 1e-9), dtype=np.float32)

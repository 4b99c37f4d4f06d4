"""Noise and other voices at a given level."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

from trainer.framing import Samples


def rms(pcm: NDArray[np.floating[Any]]) -> float:
    """The root mean square."""
    return float(np.sqrt(np.square(pcm).mean()))


def mix(pcm: Samples, noise: Samples, snr_db: float) -> Samples:
    """Adds unit-power noise at a signal-to-noise ratio that is measured over the loud half of the signal's samples."""
    return np.asarray(pcm + noise * np.sqrt(loud_power(pcm) / 10 ** (snr_db / 10)), dtype=np.float32)


def loud_power(pcm: Samples) -> float:
    """The mean power of the loud half of the samples."""
    power = np.square(pcm)
    return float(power[power >= np.median(power)].mean())


def cross_talk(pcm: Samples, other: Samples, below_db: float, start: int) -> Samples:
    """The recording with another voice from the sample `start` on.

    The other voice is `below_db` dB quieter, measured over the loud halves of both.
    """
    heard = pcm.copy()
    said = other[: max(0, len(pcm) - start)]
    gain = np.sqrt(loud_power(pcm) / max(loud_power(other), 1e-12) / 10 ** (below_db / 10))
    heard[start : start + len(said)] += (said * gain).astype(np.float32)
    return heard


def coloured_noise(length: int, slope: float, random: np.random.Generator) -> Samples:
    """Gaussian noise of unit power whose amplitude is proportional to frequency to the power of −`slope`."""
    size = next_fast_len(length, real=True)
    spectrum = rfft(random.standard_normal(size))
    shaped = irfft(spectrum / np.arange(1, len(spectrum) + 1) ** slope, n=size)[:length]
    return np.asarray(shaped / max(rms(shaped), 1e-9), dtype=np.float32)

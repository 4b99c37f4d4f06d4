"""Reading recordings and bringing them to 16 kHz mono."""

from math import gcd
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import resample_poly

from trainer.framing import SAMPLE_RATE, Samples


class UnreadableAudio(Exception):
    """A file that holds no usable audio; the message names it and says why."""


def read_audio(file: Path) -> Samples:
    """Reads any file that libsndfile reads, averages its channels, resamples it to 16 kHz; amplitudes in −1…1."""
    try:
        samples, rate = soundfile.read(file, dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, OSError) as error:
        raise UnreadableAudio(f"{file}: {error}") from error
    if len(samples) == 0:
        raise UnreadableAudio(f"{file}: holds no samples")
    if not np.isfinite(samples).all():
        raise UnreadableAudio(f"{file}: holds samples that are not numbers")
    return resample(samples.mean(axis=1), rate, SAMPLE_RATE)


def resample(pcm: Samples, rate: int, target: int) -> Samples:
    """Resamples with a polyphase low-pass filter."""
    if rate == target:
        return pcm
    common = gcd(rate, target)
    return np.asarray(resample_poly(pcm, target // common, rate // common), dtype=np.float32)


def to_int16(pcm: Samples) -> NDArray[np.int16]:
    """Rounds −1…1 to 16-bit integers, clipping what does not fit."""
    return np.clip(np.round(pcm * 32768), -32768, 32767).astype("<i2")

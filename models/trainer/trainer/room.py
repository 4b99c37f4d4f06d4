"""Room reverberation."""

import numpy as np
from scipy.signal import fftconvolve

from trainer.framing import SAMPLE_RATE, Samples

DIRECT_SAMPLES = 40  # 2.5 ms without reflections


def impulse_response(
    reverberation_seconds: float, direct_to_reverberant_db: float, random: np.random.Generator
) -> Samples:
    """Polack's statistical room: a direct impulse, then noise that decays by 60 dB in the reverberation time.

    Source: J.-D. Polack, "La transmission de l'énergie sonore dans les salles" (1988).
    """
    length = round(reverberation_seconds * SAMPLE_RATE)
    decay = 10 ** (-3 * np.arange(length) / length)
    tail = random.standard_normal(length) * decay
    tail[:DIRECT_SAMPLES] = 0
    tail *= np.sqrt(10 ** (-direct_to_reverberant_db / 10) / np.square(tail).sum())
    tail[0] = 1
    return tail.astype(np.float32)


def reverberate(pcm: Samples, response: Samples) -> Samples:
    """The recording in a room with this impulse response, cut to its original length."""
    return np.asarray(fftconvolve(pcm, response)[: len(pcm)], dtype=np.float32)

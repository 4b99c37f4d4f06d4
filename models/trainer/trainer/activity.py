"""Energy-based speech activity of a recording: the training targets of the model's `speech` output."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_closing

from trainer.framing import Samples

ACTIVITY_SAMPLES = 320
BELOW_LOUD_DB = (30.0, 15.0)
ABOVE_FLOOR_DB = 10.0
# Silences up to this length are stop consonants and gaps between words, which are part of the speech.
GAP_PARTS = 5

Activity = NDArray[np.bool_]


def speech_activity(pcm: Samples) -> Activity:
    """Whether each 20 ms part is speech: 10 dB above the recording's floor, and within 30 dB of its loud parts.

    A part within 15 dB of the loud parts is always speech. Silences of up to 100 ms inside speech count as speech.
    """
    power = part_powers(pcm)
    if len(power) == 0 or not power.any():
        return np.zeros(len(power), dtype=bool)
    decibels = 10 * np.log10(np.maximum(power, 1e-12))
    # Percentiles are robust to a single click and to a gap in the line.
    floor, loud = np.percentile(decibels, (10, 95))
    lowest, highest = (loud - below for below in BELOW_LOUD_DB)
    active = decibels > np.clip(floor + ABOVE_FLOOR_DB, lowest, highest)
    return np.asarray(active | binary_closing(active, np.ones(GAP_PARTS + 1, dtype=bool)))


def part_powers(pcm: Samples) -> NDArray[np.float32]:
    """The mean power of each whole 20 ms part."""
    count = len(pcm) // ACTIVITY_SAMPLES
    return np.asarray(np.square(pcm[: count * ACTIVITY_SAMPLES].reshape(count, ACTIVITY_SAMPLES)).mean(axis=1))


def activity_of_parts(activity: Activity, parts: int, samples: float) -> NDArray[np.float32]:
    """1 where at least half of a part is speech, probed at four points, else 0: `[parts]`.

    The parts follow each other, `samples` samples each.
    """
    probes = ((np.arange(4 * parts) + 0.5) * samples / 4 / ACTIVITY_SAMPLES).astype(int)
    padded = np.append(activity, False)
    heard = padded[np.minimum(probes, len(activity))].reshape(parts, 4)
    return np.asarray(heard.mean(axis=1) >= 0.5, dtype=np.float32)

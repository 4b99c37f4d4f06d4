"""Where somebody speaks in a recording, by energy: what the model's own `speech` output is taught."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_closing

from trainer.framing import Samples

ACTIVITY_SAMPLES = 320
BELOW_LOUD_DB = (30.0, 15.0)
ABOVE_FLOOR_DB = 10.0
# Shorter silences are stops and pauses between words; the speech goes on.
GAP_PARTS = 5

Activity = NDArray[np.bool_]


def speech_activity(pcm: Samples) -> Activity:
    """Which 20 ms parts are speech: 10 dB above the recording's floor, and within 30 dB of its loud parts.

    Within 15 dB of the loud parts is speech in any case.  Silences up to 100 ms inside speech are part of it.
    """
    power = part_powers(pcm)
    if len(power) == 0 or not power.any():
        return np.zeros(len(power), dtype=bool)
    decibels = 10 * np.log10(np.maximum(power, 1e-12))
    # Percentiles, so that neither one click nor one gap in the line decides.
    floor, loud = np.percentile(decibels, (10, 95))
    lowest, highest = (loud - below for below in BELOW_LOUD_DB)
    active = decibels > np.clip(floor + ABOVE_FLOOR_DB, lowest, highest)
    return np.asarray(active | binary_closing(active, np.ones(GAP_PARTS + 1, dtype=bool)))


def part_powers(pcm: Samples) -> NDArray[np.float32]:
    """The mean power of each whole 20 ms part."""
    count = len(pcm) // ACTIVITY_SAMPLES
    return np.asarray(np.square(pcm[: count * ACTIVITY_SAMPLES].reshape(count, ACTIVITY_SAMPLES)).mean(axis=1))


def activity_of_parts(activity: Activity, parts: int, samples: float) -> NDArray[np.float32]:
    """1 for each of `parts` successive parts of `samples` samples at least half of which is speech, else 0."""
    probes = ((np.arange(4 * parts) + 0.5) * samples / 4 / ACTIVITY_SAMPLES).astype(int)
    padded = np.append(activity, False)
    heard = padded[np.minimum(probes, len(activity))].reshape(parts, 4)
    return np.asarray(heard.mean(axis=1) >= 0.5, dtype=np.float32)

"""Turns an engine's output into a clip: rate, silence at both ends, level, and effects of the line."""

from collections.abc import Sequence

import numpy as np

from trainer.audio import resample
from trainer.augment import Augmenter, speech_bounds
from trainer.framing import SAMPLE_RATE, Samples
from trainer.noise import rms
from trainer.recipe import Augmentation
from trainer.synthesis.script import Line

# Rates are multiples of it, because the resampling filter grows with the reduced fraction of the two rates.
RATE_STEP = 100
PEAK = 0.95
BEFORE_SECONDS, AFTER_SECONDS = (0.05, 0.3), (0.1, 0.5)


def finished(speech: tuple[Samples, int], rate_factor: float, level_db: float, random: np.random.Generator) -> Samples:
    """A clip at 16 kHz from samples and their rate, played `rate_factor` times as fast.

    The silence at both ends is replaced by one of random length, as callers have it. The speech gets the level
    `level_db`, in dBFS RMS, unless a peak would exceed 0.95.
    """
    pcm, rate = speech
    played = max(RATE_STEP, round(rate * rate_factor / RATE_STEP) * RATE_STEP)
    heard = resample(pcm, played, SAMPLE_RATE)
    start, end = speech_bounds(heard)
    before, after = (round(random.uniform(*seconds) * SAMPLE_RATE) for seconds in (BEFORE_SECONDS, AFTER_SECONDS))
    cut = heard[max(0, start - before) : end + after]
    placed = np.pad(cut, (max(0, before - start), max(0, end + after - len(heard))))
    wanted = 10 ** (level_db / 20) / max(rms(heard[start:end]), 1e-6)
    gain = min(wanted, PEAK / max(float(np.abs(placed).max()), 1e-6))
    return np.asarray(placed * gain, dtype=np.float32)


def down_the_line(pcm: Samples, line: Line, voices: Sequence[Samples], random: np.random.Generator) -> Samples:
    """The clip with the random effects of a line, as the script sets them; its length stays the same.

    `voices` are other voices at 16 kHz, for cross-talk.
    """
    settings = Augmentation(
        room=line.room,
        noise=line.noise,
        telephone=line.telephone,
        clipping=line.clipping,
        packet_loss=line.packet_loss,
        cross_talk=line.cross_talk,
        lowest_snr_db=line.lowest_snr_db,
        highest_snr_db=line.highest_snr_db,
    )
    return Augmenter(settings, [], random, voices).degraded(pcm)

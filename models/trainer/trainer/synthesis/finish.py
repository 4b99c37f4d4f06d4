"""From what an engine said to a clip: its rate, its ends, its level, and the line it came down."""

from collections.abc import Sequence

import numpy as np

from trainer.audio import resample, wav_bytes
from trainer.augment import Augmenter, speech_bounds
from trainer.framing import SAMPLE_RATE, Samples
from trainer.noise import rms
from trainer.recipe import Augmentation
from trainer.synthesis.script import Line, Speech

# Rates are rounded to it: the resampling filter grows with the numbers that two rates share no factor of.
RATE_STEP = 100
PEAK = 0.95
# An engine's silence is digital: what is far below the loudest speech, but audible, stays.
BEFORE_SECONDS, AFTER_SECONDS = (0.05, 0.3), (0.1, 0.5)


def finished(pcm: Samples, rate: int, rate_factor: float, speech: Speech, random: np.random.Generator) -> Samples:
    """The clip at 16 kHz: played `rate_factor` times as fast, with natural ends and a level from the script's range."""
    played = max(RATE_STEP, round(rate * rate_factor / RATE_STEP) * RATE_STEP)
    heard = resample(pcm, played, SAMPLE_RATE)
    start, end = speech_bounds(heard)
    before, after = (round(random.uniform(*seconds) * SAMPLE_RATE) for seconds in (BEFORE_SECONDS, AFTER_SECONDS))
    cut = heard[max(0, start - before) : end + after]
    placed = np.pad(cut, (max(0, before - start), max(0, end + after - len(heard))))
    wanted = 10 ** (random.uniform(*speech.level) / 20)
    spoken = rms(heard[start:end])
    gain = min(wanted / max(spoken, 1e-6), PEAK / max(float(np.abs(placed).max()), 1e-6))
    return np.asarray(placed * gain, dtype=np.float32)


def down_the_line(pcm: Samples, line: Line, voices: Sequence[Samples], random: np.random.Generator) -> Samples:
    """The clip as it comes out of a line that may do any of what the script says to it."""
    settings = Augmentation(
        speed=0,
        room=line.room,
        noise=line.noise,
        telephone=line.telephone,
        clipping=line.clipping,
        lowest_snr_db=line.lowest_snr_db,
        highest_snr_db=line.highest_snr_db,
    )
    return Augmenter(settings, [], random).altered(pcm).pcm


def as_wav(pcm: Samples) -> bytes:
    """A 16-bit WAV at 16 kHz."""
    return wav_bytes(pcm)

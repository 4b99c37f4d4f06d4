"""Augmentation of recordings: start and end, speed, room, level, noise, other voices, and the telephone line."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.signal import resample_poly

from trainer.activity import ACTIVITY_SAMPLES, part_powers
from trainer.framing import SAMPLE_RATE, Samples
from trainer.line import LAWS, PACKET_SAMPLES, lost_packets, packet_loss, telephone
from trainer.noise import coloured_noise, cross_talk, mix, rms
from trainer.recipe import Augmentation
from trainer.room import impulse_response, reverberate

SPEEDS = ((9, 10), (19, 20), (21, 20), (11, 10))
BOUNDS_BELOW_LOUD_DB = 30.0
OTHER_VOICES = 16


@dataclass(frozen=True)
class Hearing:
    """One copy of a recording, unchanged or augmented.

    - `pcm`: its samples.
    - `speech_start`, `speech_end`: the first sample of the speech, and the first one after it.
    - `clean`: the same audio before room, noise and line; empty where nobody speaks.
    """

    pcm: Samples
    speech_start: int
    speech_end: int
    clean: Samples

    @property
    def spoken(self) -> tuple[int, int]:
        """The first sample of the speech, and the first one after it."""
        return self.speech_start, self.speech_end


def speech_bounds(pcm: Samples) -> tuple[int, int]:
    """The first sample of the speech, and the first one after it.

    Speech is every 20 ms part within 30 dB of the 95th percentile of their power; if there is none, all of the
    recording.
    """
    power = part_powers(pcm)
    if len(power) == 0:
        return 0, len(pcm)
    # The 95th percentile, so that one click does not hide quiet speech.
    loud = np.flatnonzero(power > np.percentile(power, 95) * 10 ** (-BOUNDS_BELOW_LOUD_DB / 10))
    if len(loud) == 0:
        return 0, len(pcm)
    return int(loud[0]) * ACTIVITY_SAMPLES, int(loud[-1] + 1) * ACTIVITY_SAMPLES


def plain_hearing(pcm: Samples) -> Hearing:
    """The recording without augmentation."""
    return Hearing(pcm, *speech_bounds(pcm), clean=pcm)


class Augmenter:
    """Makes augmented hearings; every random choice comes from the given generator.

    For cross-talk it takes the given `voices`, and the recordings that it altered last.
    """

    def __init__(
        self,
        settings: Augmentation,
        noises: list[Samples],
        random: np.random.Generator,
        voices: Sequence[Samples] = (),
    ) -> None:
        self.settings = settings
        self.noises = noises
        self.random = random
        self.voices = deque(voices, maxlen=OTHER_VOICES)

    def altered(self, pcm: Samples) -> Hearing:
        """An augmented copy: random speed, start and end, then everything that `degraded` does."""
        settings = self.settings
        if self._happens(settings.speed):
            up, down = SPEEDS[self.random.integers(len(SPEEDS))]
            pcm = np.asarray(resample_poly(pcm, up, down), dtype=np.float32)
        hearing = self._placed(pcm)
        heard = self.degraded(hearing.pcm)
        if settings.cross_talk:
            self.voices.append(pcm)
        return replace(hearing, pcm=heard)

    def degraded(self, pcm: Samples) -> Samples:
        """A copy of the same length with a random room, level, other voice, clipping, noise, codec and packet loss."""
        settings, random = self.settings, self.random
        heard = pcm
        if self._happens(settings.room):
            heard = reverberate(heard, impulse_response(random.uniform(0.1, 0.6), random.uniform(-3, 12), random))
        heard = heard * self._level_change(heard)
        # Settings added later draw no random number at 0, so that older recipes still give the same augmentation.
        if settings.cross_talk and self._happens(settings.cross_talk) and self.voices:
            other = self.voices[random.integers(len(self.voices))]
            heard = cross_talk(heard, other, random.uniform(6, 24), int(random.integers(len(heard))))
        if self._happens(settings.clipping):
            heard = heard * 10 ** (random.uniform(6, 18) / 20) / max(float(np.abs(heard).max()), 1e-4)
        if self._happens(settings.noise):
            heard = mix(heard, self.noise(len(heard)), random.uniform(settings.lowest_snr_db, settings.highest_snr_db))
        heard = np.clip(heard, -1, 1).astype(np.float32)
        if self._happens(settings.telephone):
            heard = telephone(heard, str(random.choice(sorted(LAWS))))
        if settings.packet_loss and self._happens(settings.packet_loss):
            count = -(-len(heard) // PACKET_SAMPLES)
            heard = packet_loss(heard, lost_packets(count, random.uniform(0.01, 0.1), random.uniform(1, 4), random))
        return heard

    def silence(self, seconds: float) -> Hearing:
        """A hearing in which nobody speaks: digital silence, or noise at a random level."""
        length = round(seconds * SAMPLE_RATE)
        level = 0.0 if self._happens(0.15) else 10 ** (self.random.uniform(-80, -15) / 20)
        pcm = (self.noise(length) * level).astype(np.float32)
        return Hearing(np.clip(pcm, -1, 1), length, length, clean=np.zeros(0, dtype=np.float32))

    def noise(self, length: int) -> Samples:
        """Noise of unit power: from a recording, or synthetic, white or with less power at high frequencies."""
        if self.noises and self._happens(0.5):
            source = self.noises[self.random.integers(len(self.noises))]
            start = self.random.integers(len(source))
            noise = np.take(source, np.arange(start, start + length), mode="wrap")
        else:
            noise = coloured_noise(length, self.random.uniform(0, 1.2), self.random)
        return np.asarray(noise / max(rms(noise), 1e-6), dtype=np.float32)

    def _placed(self, pcm: Samples) -> Hearing:
        start, end = speech_bounds(pcm)
        if self._happens(0.7):
            # As in the server, where the first frame holds up to a second of audio from before the speech.
            before = int(self.random.integers(SAMPLE_RATE))
            cut = max(0, start - before)
        else:
            before, cut = start + int(self.random.integers(SAMPLE_RATE)), 0
        if self._happens(0.5):
            pcm = pcm[: min(len(pcm), end + SAMPLE_RATE // 10)]
        lead = max(0, before - (start - cut))
        trail = int(self.random.uniform(0, 2) * SAMPLE_RATE)
        placed = np.pad(pcm[cut:], (lead, trail))
        bounds = start - cut + lead, min(end, len(pcm)) - cut + lead
        return Hearing(placed + self._room(len(placed)), *bounds, clean=placed)

    def _room(self, length: int) -> Samples:
        if self._happens(0.3):
            return np.zeros(length, dtype=np.float32)
        level = 10 ** (self.random.uniform(-85, -50) / 20)
        return (coloured_noise(length, 1.0, self.random) * level).astype(np.float32)

    def _level_change(self, pcm: Samples) -> float:
        peak = float(np.abs(pcm).max(initial=1e-4))
        return float(10 ** (self.random.uniform(-24, 0) / 20) / peak)

    def _happens(self, probability: float) -> bool:
        return bool(self.random.random() < probability)

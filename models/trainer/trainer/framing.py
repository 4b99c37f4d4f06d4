"""Cutting audio into frames, exactly as the server does."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16000
FRAME_SAMPLES = 16000

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Framing:
    """One-second frames that start one hop apart; the last one is padded with zeros on the right."""

    hop_ms: int

    @property
    def hop_samples(self) -> int:
        """The distance between the starts of successive frames, in samples."""
        return self.hop_ms * SAMPLE_RATE // 1000

    def count(self, samples: int) -> int:
        """How many frames an utterance of `samples` > 0 samples has."""
        return 1 + max(0, -(-(samples - FRAME_SAMPLES) // self.hop_samples))

    def padded(self, pcm: Samples) -> Samples:
        """The samples with zeros appended, so that they exactly fill their last frame."""
        length = FRAME_SAMPLES + (self.count(len(pcm)) - 1) * self.hop_samples
        return np.pad(pcm, (0, length - len(pcm)))

    def frames(self, pcm: Samples) -> Samples:
        """The frames of an utterance: `[frames, 16000]`."""
        windows = np.lib.stride_tricks.sliding_window_view(self.padded(pcm), FRAME_SAMPLES)
        return np.ascontiguousarray(windows[:: self.hop_samples])

    def end_ms(self, samples: int) -> list[int]:
        """The stream time at the last real (unpadded) sample of each frame, in whole milliseconds."""
        ends = (FRAME_SAMPLES + index * self.hop_samples for index in range(self.count(samples)))
        return [round(min(end, samples) * 1000 / SAMPLE_RATE) for end in ends]

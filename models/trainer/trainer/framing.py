"""How audio becomes frames: the server's framing, in one place."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16000
FRAME_SAMPLES = 16000

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Framing:
    """One-second frames, one hop apart; the last hop is padded with zeros on the right."""

    hop_ms: int

    @property
    def hop_samples(self) -> int:
        """The distance between the starts of successive frames, in samples."""
        return self.hop_ms * SAMPLE_RATE // 1000

    def count(self, samples: int) -> int:
        """How many frames `samples` > 0 samples give."""
        return 1 + max(0, -(-(samples - FRAME_SAMPLES) // self.hop_samples))

    def padded(self, pcm: Samples) -> Samples:
        """The samples followed by zeros, so that they fill their last frame exactly."""
        length = FRAME_SAMPLES + (self.count(len(pcm)) - 1) * self.hop_samples
        return np.pad(pcm, (0, length - len(pcm)))

    def frames(self, pcm: Samples) -> Samples:
        """The frames of an utterance: `[frames, 16000]`."""
        windows = np.lib.stride_tricks.sliding_window_view(self.padded(pcm), FRAME_SAMPLES)
        return np.ascontiguousarray(windows[:: self.hop_samples])

    def end_ms(self, samples: int) -> list[int]:
        """The stream time of each frame's last real sample, in whole milliseconds."""
        ends = (FRAME_SAMPLES + index * self.hop_samples for index in range(self.count(samples)))
        return [round(min(end, samples) * 1000 / SAMPLE_RATE) for end in ends]

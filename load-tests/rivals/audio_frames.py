"""Audio of one connection to one-second frames at 16 kHz, every 500 ms."""

import numpy as np
import soxr

RATE = 16_000
FRAME = 16_000
HOP = 8_000


def _mulaw_table() -> np.ndarray:
    code = ~np.arange(256, dtype=np.uint8)
    magnitude = ((((code & 0x0F).astype(np.int32) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84
    return (np.where(code & 0x80, -magnitude, magnitude) / 32_768).astype(np.float32)


MULAW = _mulaw_table()


class AudioFrames:
    """Decodes, resamples and cuts. Takes whole samples only, and leaves out what fills no hop at the end."""

    def __init__(self, encoding: str, sample_rate: int) -> None:
        if encoding not in ("pcm_s16le", "mulaw"):
            raise ValueError(f"encoding is {encoding!r}: must be pcm_s16le or mulaw")
        self.is_mulaw = encoding == "mulaw"
        self.resampler = None if sample_rate == RATE else soxr.ResampleStream(sample_rate, RATE, 1, dtype="float32")
        self.frame = np.zeros(FRAME, np.float32)
        self.filled = 0

    def push(self, chunk: bytes) -> list[np.ndarray]:
        """float32[16000] each, the caller's to keep."""
        audio = self._decode(chunk)
        return self._cut(self.resampler.resample_chunk(audio) if self.resampler else audio)

    def end(self) -> list[np.ndarray]:
        """What the resampler still held."""
        return self._cut(self.resampler.resample_chunk(np.zeros(0, np.float32), last=True)) if self.resampler else []

    def _decode(self, chunk: bytes) -> np.ndarray:
        if self.is_mulaw:
            return MULAW[np.frombuffer(chunk, np.uint8)]
        return np.frombuffer(chunk, np.int16).astype(np.float32) / 32_768

    def _cut(self, audio: np.ndarray) -> list[np.ndarray]:
        frames = []
        while audio.size:
            piece = audio[: FRAME - self.filled]
            audio = audio[piece.size :]
            self.frame[self.filled : self.filled + piece.size] = piece
            self.filled += piece.size
            if self.filled == FRAME:
                frames.append(self.frame.copy())
                self.frame[:-HOP] = self.frame[HOP:]
                self.filled = FRAME - HOP
        return frames

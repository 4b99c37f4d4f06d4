"""The part of a recording that `predict` uses: one second for a stateless model, all of it for a stateful one."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trainer.audio import UnreadableAudio, read_audio
from trainer.errors import TrainerError
from trainer.framing import FRAME_SAMPLES, SAMPLE_RATE, Framing, Samples


@dataclass(frozen=True)
class Passage:
    """16 kHz samples of a file in −1…1, the second at which they start, and a description in words."""

    file: Path
    pcm: Samples
    start: float
    words: str


def one_second(file: Path, start: float | None) -> Passage:
    """The second from `start` on, or by default the loudest whole second; a shorter one is padded with zeros.

    A `start` outside the recording is a TrainerError, as is a file that cannot be read.
    """
    pcm = _read(file)
    if start is not None:
        rest = _from(pcm, start, file)[:FRAME_SAMPLES]
        return Passage(file, _filled(rest), start, f"the second from {start:g} s on")
    if len(pcm) < FRAME_SAMPLES:
        return Passage(file, _filled(pcm), 0, f"all of its {_seconds(pcm):.2f} s, and silence to the full second")
    seconds = Framing(1000).frames(pcm)[: len(pcm) // FRAME_SAMPLES]
    loudest = int(np.square(seconds).mean(axis=1).argmax())
    return Passage(file, seconds[loudest], loudest, f"the loudest whole second, {loudest}–{loudest + 1} s")


def everything(file: Path, start: float | None) -> Passage:
    """The recording from `start` on, by default all of it.

    A `start` outside the recording is a TrainerError, as is a file that cannot be read.
    """
    pcm = _read(file)
    begin = start or 0
    rest = _from(pcm, begin, file)
    return Passage(file, rest, begin, f"{begin:g}–{_seconds(pcm):.2f} s")


def _read(file: Path) -> Samples:
    try:
        # Resampling may overshoot, and a server clamps: this gives all of them the same samples.
        return read_audio(file).clip(-1, 1)
    except UnreadableAudio as error:
        raise TrainerError(f"this recording cannot be read: {file}: {error}") from error


def _from(pcm: Samples, start: float, file: Path) -> Samples:
    if not 0 <= start * SAMPLE_RATE < len(pcm) - 0.5:
        raise TrainerError(f"--start {start:g} is outside {file}, which has {_seconds(pcm):.2f} s")
    return pcm[round(start * SAMPLE_RATE) :]


def _filled(pcm: Samples) -> Samples:
    return np.pad(pcm, (0, FRAME_SAMPLES - len(pcm)))


def _seconds(pcm: Samples) -> float:
    return len(pcm) / SAMPLE_RATE

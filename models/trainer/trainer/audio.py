"""Reading recordings and bringing them to 16 kHz mono."""

import re
from dataclasses import dataclass
from io import BytesIO
from math import gcd
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import resample_poly

from trainer.framing import SAMPLE_RATE, Samples

# The same range that the server accepts.
LOWEST_RATE, HIGHEST_RATE = 8000, 192000
# Overshoot stays far below this; larger values are floats on another scale, such as that of 16-bit integers.
LOUDEST = 8.0
# libsndfile's code of an MP3 that its decoder cannot open; its words are that there is no such file.
NOT_OPENED = 7
# What libsndfile notes of a WAV whose data end before the size that its header tells; it then counts what is there.
CUT_OFF = re.compile(r"^data : (\d+) \(should be (\d+)\)$", re.MULTILINE)
# A program that writes a WAV into a pipe does not know its size, and tells one near the greatest possible.
UNKNOWN_SIZE = 0x7F000000


class UnreadableAudio(Exception):
    """A recording that holds no usable audio; the message says why."""


@dataclass(frozen=True)
class Piece:
    """Mono samples at 16 kHz in −1…1, and the sample rate of the file they come from.

    `missing_seconds` is by how much they are shorter than the file's header tells, as after a broken download.
    """

    pcm: Samples
    rate: int
    missing_seconds: float = 0.0


def read_audio(file: Path | BytesIO) -> Samples:
    """Reads any file that libsndfile reads (wav, flac, ogg, mp3, aiff): mono at 16 kHz, amplitudes in −1…1.

    Raises `UnreadableAudio`, as `read_piece` does.
    """
    return read_piece(file).pcm


def read_piece(file: Path | BytesIO, start_seconds: float = 0, seconds: float | None = None) -> Piece:
    """Reads a piece of a file (by default all of it), averages its channels, and resamples it to 16 kHz.

    Raises `UnreadableAudio` if the file cannot be read or holds no usable audio.
    """
    if isinstance(file, Path) and not file.exists():
        raise UnreadableAudio(f"there is no file {str(file)!r}")
    try:
        with soundfile.SoundFile(file) as sound:
            rate = sound.samplerate
            sound.seek(round(start_seconds * rate))
            told = sound.frames - sound.tell()
            count = told if seconds is None else min(told, round(seconds * rate))
            samples = sound.read(count, dtype="float32", always_2d=True)
            missing = count - len(samples) + (_frames_cut_off(sound) if count == told else 0)
    except (soundfile.SoundFileError, OSError, ValueError) as error:
        raise UnreadableAudio(_reason(error)) from error
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise UnreadableAudio(f"its rate of {rate} Hz is outside {LOWEST_RATE}–{HIGHEST_RATE} Hz")
    if len(samples) == 0:
        raise UnreadableAudio("it holds no samples")
    if not np.isfinite(samples).all():
        raise UnreadableAudio("it holds samples that are not numbers")
    if np.abs(samples).max() > LOUDEST:
        raise UnreadableAudio(f"it holds floats up to {np.abs(samples).max():.5g}: save it with amplitudes in −1…1")
    return Piece(resample(samples.mean(axis=1), rate, SAMPLE_RATE), rate, missing / rate)


def _frames_cut_off(sound: soundfile.SoundFile) -> float:
    """How many frames the header of a WAV tells beyond the end of its file; 0 for whole files and other formats."""
    noted = CUT_OFF.search(sound.extra_info)
    if noted is None:
        return 0
    told, there = map(int, noted.groups())
    return sound.frames * (told / there - 1) if there < told < UNKNOWN_SIZE and there else 0


def _reason(error: Exception) -> str:
    """What libsndfile says, without the place in memory of a recording that is no file of its own."""
    if not isinstance(error, soundfile.LibsndfileError):
        return str(error)
    return "it is damaged, or cut off at its beginning" if error.code == NOT_OPENED else str(error.error_string)


def resample(pcm: Samples, rate: int, target: int) -> Samples:
    """Resamples with a polyphase low-pass filter."""
    if rate == target:
        return pcm
    common = gcd(rate, target)
    return np.asarray(resample_poly(pcm, target // common, rate // common), dtype=np.float32)


def to_int16(pcm: Samples) -> NDArray[np.int16]:
    """Converts −1…1 to 16-bit integers, rounded and clipped."""
    return np.clip(np.round(pcm * 32768), -32768, 32767).astype("<i2")


def wav_bytes(pcm: Samples) -> bytes:
    """Encodes samples in −1…1 as a 16-bit WAV at 16 kHz."""
    buffer = BytesIO()
    soundfile.write(buffer, to_int16(pcm), SAMPLE_RATE, format="WAV", subtype="PCM_16")
    return buffer.getvalue()

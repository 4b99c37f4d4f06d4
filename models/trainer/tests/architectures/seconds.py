"""One-second rows on which two implementations easily differ: silent, quiet, loud, half empty, and speech."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from trainer.audio import read_audio

Row = NDArray[np.float32]


def hard_rows() -> dict[str, Row]:
    """Rows `[16000]` in −1…1, by name."""
    random = np.random.default_rng(5)
    noise = random.normal(0, 0.1, 16000)
    rows = {
        "digital silence": np.zeros(16000),
        "an offset": noise * 0.1 + 0.25,
        "noise at -20 dB": noise,
        "noise at -100 dB": noise * 1e-4,
        "the last bit": random.integers(-1, 2, 16000) / 32768,
        "clipped noise": np.clip(noise * 20, -1, 1),
        "half a second of silence": np.where(np.arange(16000) < 8000, 0, noise),
        "a click": (np.arange(16000) == 8000).astype(float),
    }
    return {name: row.astype(np.float32) for name, row in rows.items()}


def spoken_second(folder: Path) -> Row:
    """The middle second of a synthesised sentence."""
    program = shutil.which("espeak-ng")
    assert program is not None, "the tests need the program espeak-ng"
    file = folder / "spoken.wav"
    subprocess.run([program, "-w", str(file), "I would like to know the balance of my account"], check=True)
    assert soundfile.info(file).duration > 2
    return read_audio(file)[8000:24000]

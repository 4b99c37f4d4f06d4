"""The telephone line: its band, and its codec."""

from io import BytesIO

import numpy as np
import soundfile
from scipy.signal import butter, sosfilt

from trainer.audio import resample
from trainer.framing import SAMPLE_RATE, Samples

LINE_RATE = 8000
LAWS = {"mulaw": "ULAW", "alaw": "ALAW"}

_BAND = butter(4, (300, 3400), "bandpass", fs=LINE_RATE, output="sos")


def telephone(pcm: Samples, law: str) -> Samples:
    """16 kHz audio as it comes out of a telephone: 300–3400 Hz, 8 kHz, coded and decoded by G.711 µ-law or A-law.

    The codec is libsndfile's, after ITU-T G.711.
    """
    band = np.clip(sosfilt(_BAND, resample(pcm, SAMPLE_RATE, LINE_RATE)), -1, 1).astype(np.float32)
    return np.clip(resample(g711(band, law), LINE_RATE, SAMPLE_RATE)[: len(pcm)], -1, 1)


def g711(pcm: Samples, law: str) -> Samples:
    """Samples at 8 kHz after 8-bit coding and decoding; `law` is mulaw or alaw."""
    coded = BytesIO()
    soundfile.write(coded, pcm, LINE_RATE, format="WAV", subtype=LAWS[law])
    coded.seek(0)
    decoded, _ = soundfile.read(coded, dtype="float32")
    return np.asarray(decoded, dtype=np.float32)

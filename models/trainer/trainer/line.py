"""The telephone line: its bandwidth, its codec, and lost packets."""

from io import BytesIO

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from trainer.audio import resample
from trainer.framing import SAMPLE_RATE, Samples

LINE_RATE = 8000
PACKET_SAMPLES = 320  # 20 ms, RTP's usual packet (RFC 3551)
LAWS = {"mulaw": "ULAW", "alaw": "ALAW"}

_BAND = butter(4, (300, 3400), "bandpass", fs=LINE_RATE, output="sos")


def telephone(pcm: Samples, law: str) -> Samples:
    """16 kHz audio as it sounds after a telephone: 300–3400 Hz, 8 kHz, coded and decoded by G.711 µ-law or A-law.

    The codec is libsndfile's implementation of ITU-T G.711.
    """
    band = np.clip(sosfilt(_BAND, resample(pcm, SAMPLE_RATE, LINE_RATE)), -1, 1).astype(np.float32)
    return np.clip(resample(g711(band, law), LINE_RATE, SAMPLE_RATE)[: len(pcm)], -1, 1)


def over_eight_kilohertz(pcm: Samples, law: str) -> Samples:
    """16 kHz audio after transmission at 8 kHz in G.711, without the telephone's band limits: a digital line."""
    coded = g711(np.clip(resample(pcm, SAMPLE_RATE, LINE_RATE), -1, 1).astype(np.float32), law)
    return resample(coded, LINE_RATE, SAMPLE_RATE)[: len(pcm)]


def g711(pcm: Samples, law: str) -> Samples:
    """Samples at 8 kHz after coding to 8 bits and decoding; `law` is mulaw or alaw."""
    coded = BytesIO()
    soundfile.write(coded, pcm, LINE_RATE, format="WAV", subtype=LAWS[law])
    coded.seek(0)
    decoded, _ = soundfile.read(coded, dtype="float32")
    return np.asarray(decoded, dtype=np.float32)


def lost_packets(count: int, share: float, burst: float, random: np.random.Generator) -> NDArray[np.bool_]:
    """Which of `count` packets are lost: on average a `share` < 1 of all, in bursts of `burst` ≥ 1 packets.

    Source: E. N. Gilbert, "Capacity of a burst-noise channel" (1960), where every packet in the bad state is lost.
    """
    recovers = 1 / burst
    fails = min(1.0, share * recovers / (1 - share))
    lost = np.zeros(count, dtype=np.bool_)
    is_lost = bool(random.random() < share)
    for index, drawn in enumerate(random.random(count)):
        lost[index] = is_lost
        is_lost = drawn >= recovers if is_lost else drawn < fails
    return lost


def packet_loss(pcm: Samples, lost: NDArray[np.bool_]) -> Samples:
    """16 kHz audio with lost packets of 20 ms: each is replaced by the packet before it, at half the amplitude."""
    heard = np.pad(pcm, (0, len(lost) * PACKET_SAMPLES - len(pcm))).reshape(len(lost), PACKET_SAMPLES).copy()
    for index in np.flatnonzero(lost):
        heard[index] = heard[index - 1] / 2 if index else 0
    return np.asarray(heard.reshape(-1)[: len(pcm)], dtype=np.float32)

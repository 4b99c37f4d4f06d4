"""How a model hears whole utterances: a score for every label after every frame."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from trainer.framing import SAMPLE_RATE, Framing, Samples
from trainer.golden import graph_logits
from trainer.line import over_eight_kilohertz
from trainer.noise import mix, rms
from trainer.onnx_graph import OnnxGraph, Signature
from trainer.rolling_model import HOP_MS, RollingModel

Scores = NDArray[np.float32]  # [frames, labels]


@dataclass(frozen=True)
class Smoothing:
    """How a server accumulates what a stateless graph says; keys and meaning as in earshot.json."""

    weight: float = 1.0
    decay: float = 1.0


@dataclass(frozen=True)
class Listener:
    """Maps an utterance to scores such that softmax(scores / temperature) is the belief after each frame."""

    framing: Framing
    hear: Callable[[Samples], Scores]


def streaming_listener(model: RollingModel) -> Listener:
    """Hears through a streaming model, the whole utterance at once (equal to hop by hop)."""
    framing = Framing(HOP_MS)

    @torch.no_grad()
    def hear(pcm: Samples) -> Scores:
        activations = model.activate(torch.from_numpy(framing.padded(pcm)))[None]
        return np.asarray(model(activations).logits[0].numpy(), dtype=np.float32)

    return Listener(framing, hear)


def stateless_listener(graph: nn.Module, framing: Framing, smoothing: Smoothing) -> Listener:
    """Hears frame by frame through a stateless classifier and accumulates as the server does.

    The server adds log-softmax(logits / temperature); the normalisers and the temperature come out of the sum, so that
    adding plain logits and dividing at the end gives the same posterior.
    """

    @torch.no_grad()
    def hear(pcm: Samples) -> Scores:
        logits = graph(torch.from_numpy(framing.frames(pcm))).numpy()
        return _accumulated(logits, framing.end_ms(len(pcm)), smoothing)

    return Listener(framing, hear)


def noisy_listener(listener: Listener, noise: Samples, snr_db: float) -> Listener:
    """Hears through noise at a signal-to-noise ratio: of each utterance another passage of it, the same every time."""

    def hear(pcm: Samples) -> Scores:
        start = zlib.crc32(pcm.tobytes()) % len(noise)
        passage = np.take(noise, np.arange(start, start + len(pcm)), mode="wrap")
        return listener.hear(np.clip(mix(pcm, passage / max(rms(passage), 1e-6), snr_db), -1, 1))

    return Listener(listener.framing, hear)


def line_listener(listener: Listener, law: str) -> Listener:
    """Hears what 8 kHz in G.711 leaves of each utterance; `law` is mulaw or alaw."""

    def hear(pcm: Samples) -> Scores:
        return listener.hear(over_eight_kilohertz(pcm, law))

    return Listener(listener.framing, hear)


def graph_listener(onnx_graph: OnnxGraph, signature: Signature, framing: Framing, smoothing: Smoothing) -> Listener:
    """Hears through an exported graph of either kind as the server does; a stateful one is not smoothed."""

    def hear(pcm: Samples) -> Scores:
        logits = np.stack(graph_logits(framing.frames(pcm), onnx_graph, signature.state_floats))
        return logits if signature.state_floats else _accumulated(logits, framing.end_ms(len(pcm)), smoothing)

    return Listener(framing, hear)


def _accumulated(logits: Scores, end_ms: list[int], smoothing: Smoothing) -> Scores:
    total = np.zeros(logits.shape[1], dtype=np.float32)
    scores = []
    for frame, seconds in zip(logits, np.diff(end_ms, prepend=0) / 1000, strict=True):
        total = smoothing.decay * total + smoothing.weight * seconds * frame
        scores.append(total)
    return np.stack(scores).astype(np.float32)


def with_silence(pcm: Samples, seconds: float) -> Samples:
    """The utterance followed by digital silence: what has been heard when endpointing ends it."""
    return np.pad(pcm, (0, round(seconds * SAMPLE_RATE)))

"""Runs models over whole utterances: the scores of every label after every frame."""

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
    """How a server accumulates the outputs of a stateless graph; keys and meaning as in earshot.json."""

    weight: float = 1.0
    decay: float = 1.0


@dataclass(frozen=True)
class Listener:
    """Maps an utterance to scores `[frames, labels]`: softmax(scores / temperature) is the belief after each frame."""

    framing: Framing
    hear: Callable[[Samples], Scores]


def streaming_listener(model: RollingModel) -> Listener:
    """Runs a streaming model over the whole utterance at once, which equals running it hop by hop."""
    framing = Framing(HOP_MS)

    @torch.no_grad()
    def hear(pcm: Samples) -> Scores:
        activations = model.activate(torch.from_numpy(framing.padded(pcm)))[None]
        return np.asarray(model(activations).logits[0].numpy(), dtype=np.float32)

    return Listener(framing, hear)


def stateless_listener(graph: nn.Module, framing: Framing, smoothing: Smoothing) -> Listener:
    """Runs a stateless classifier frame by frame, and accumulates its logits as the server does.

    The server adds log-softmax(logits / temperature). The normalisers and the temperature can be taken out of the sum:
    adding plain logits, and dividing at the end, gives the same posterior.
    """

    @torch.no_grad()
    def hear(pcm: Samples) -> Scores:
        logits = graph(torch.from_numpy(framing.frames(pcm))).numpy()
        return _accumulated(logits, framing.end_ms(len(pcm)), smoothing)

    return Listener(framing, hear)


def noisy_listener(listener: Listener, noise: Samples, snr_db: float) -> Listener:
    """Adds noise at a signal-to-noise ratio to every utterance before `listener` gets it.

    The passage of the noise depends on the utterance's samples, so it is the same every time.
    """

    def hear(pcm: Samples) -> Scores:
        start = zlib.crc32(pcm.tobytes()) % len(noise)
        passage = np.take(noise, np.arange(start, start + len(pcm)), mode="wrap")
        return listener.hear(np.clip(mix(pcm, passage / max(rms(passage), 1e-6), snr_db), -1, 1))

    return Listener(listener.framing, hear)


def line_listener(listener: Listener, law: str) -> Listener:
    """Passes every utterance through G.711 at 8 kHz before `listener` gets it; `law` is mulaw or alaw."""

    def hear(pcm: Samples) -> Scores:
        return listener.hear(over_eight_kilohertz(pcm, law))

    return Listener(listener.framing, hear)


def graph_listener(onnx_graph: OnnxGraph, signature: Signature, framing: Framing, smoothing: Smoothing) -> Listener:
    """Runs an exported graph, stateful or stateless, as the server does; only a stateless one is smoothed."""

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
    """The utterance followed by digital silence, as the server has received it when endpointing ends it."""
    return np.pad(pcm, (0, round(seconds * SAMPLE_RATE)))

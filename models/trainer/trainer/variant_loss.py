"""How a variant of a graph compares with the fp32 graph it was made from: accuracy, speed, size."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from trainer.framing import Framing, Samples
from trainer.golden import graph_logits
from trainer.graph_file import graph_bytes
from trainer.metrics import posteriors
from trainer.onnx_graph import BATCH, Floats, OnnxGraph, Signature, UnfaithfulGraph

# Absolute, or relative to the largest output where that is above 1. It is not 0, because in low precision another order
# of summation can change how a sum is rounded. It ensures that the server's micro-batches do not change results.
COMPANY_TOLERANCE = 1e-3
MOST_BELIEF_MOVED = 0.05
MOST_ACCURACY_LOST = 0.02
# GPUs may compute even fp32 in TF32, which rounds to 10 bits: smaller differences say nothing about a variant.
LEAST_TOLERANCE = 0.02
TIMED_SECONDS = 0.5


@dataclass(frozen=True)
class Bench:
    """What variants are measured on: whole utterances, and a function for a graph's accuracy, if there is a dataset."""

    signature: Signature
    framing: Framing
    temperature: float
    utterances: Sequence[Samples]
    accuracy: Callable[[OnnxGraph], float] | None = None


@dataclass(frozen=True)
class Loss:
    """The measured figures of a variant; outputs are compared with fp32 after every frame of every utterance."""

    megabytes: float
    ms_alone: float  # per frame, one thread
    ms_in_eight: float  # per frame in a batch of 8, one thread
    furthest_logit: float  # the largest difference of any logit
    same_leader: float  # share of frames with the same leading label
    belief_moved: float  # mean total variation between the two posteriors
    accuracy: float | None

    @property
    def tolerance(self) -> float:
        """By how much golden logits may differ when served: twice the measured difference.

        Other hardware rounds differently.
        """
        return math.ceil(max(LEAST_TOLERANCE, 2 * self.furthest_logit) * 100) / 100


def measured(fp32: OnnxGraph, variant: OnnxGraph, bench: Bench) -> Loss:
    """The figures of a variant; for the figures of fp32 itself, pass the same graph twice."""
    floats = bench.signature.state_floats
    frames = [bench.framing.frames(pcm) for pcm in bench.utterances]
    truth = np.concatenate([graph_logits(each, fp32, floats) for each in frames])
    heard = np.concatenate([graph_logits(each, variant, floats) for each in frames])
    moved = np.abs(posteriors(truth, bench.temperature) - posteriors(heard, bench.temperature))
    return Loss(
        megabytes=graph_bytes(variant.file) / 2**20,
        ms_alone=_ms_a_frame(variant, bench.signature, 1),
        ms_in_eight=_ms_a_frame(variant, bench.signature, 8),
        furthest_logit=float(np.abs(truth - heard).max()),
        same_leader=float((truth.argmax(axis=-1) == heard.argmax(axis=-1)).mean()),
        belief_moved=float(moved.sum(axis=-1).mean() / 2),
        accuracy=bench.accuracy(variant) if bench.accuracy else None,
    )


def problem_of(loss: Loss, fp32: Loss) -> str | None:
    """Why a variant is not worth shipping, in a few words, or None if it is."""
    if not loss.belief_moved <= MOST_BELIEF_MOVED:
        return f"it moves {loss.belief_moved:.1%} of the belief, more than {MOST_BELIEF_MOVED:.0%}"
    if loss.accuracy is not None and fp32.accuracy is not None and fp32.accuracy - loss.accuracy > MOST_ACCURACY_LOST:
        return f"its accuracy is {loss.accuracy:.3f}, of fp32 {fp32.accuracy:.3f}"
    if loss.megabytes >= fp32.megabytes:
        return f"it has {loss.megabytes:.1f} MiB, no less than fp32"
    return None


def verify_company(onnx_graph: OnnxGraph, signature: Signature) -> float:
    """Runs noise from digital silence to full scale, alone and in a batch of 33; returns the largest difference.

    An output that is not finite, or a row whose result depends on its neighbours in the batch, is an UnfaithfulGraph.
    """
    together = onnx_graph.run(_from_silence_to_full_scale(signature))
    worst = 0.0
    for row in range(BATCH):
        alone = onnx_graph.run([values[row : row + 1] for values in _from_silence_to_full_scale(signature)])
        for name, single, batched in zip(signature.outputs, alone, together, strict=True):
            if not (np.isfinite(single).all() and np.isfinite(batched).all()):
                raise UnfaithfulGraph(f"{name} of row {row} is not finite")
            scale = max(1.0, float(np.abs(single).max()))
            worst = max(worst, float(np.abs(single - batched[row : row + 1]).max()) / scale)
            if worst > COMPANY_TOLERANCE:
                raise UnfaithfulGraph(f"{name} of row {row} differs by {worst:.2g} between alone and in a batch")
    return worst


def _from_silence_to_full_scale(signature: Signature) -> list[Floats]:
    pcm, *state = (tensor.numpy() for tensor in signature.example(BATCH, seed=1))
    pcm[0] = 0
    pcm[1] = np.sign(pcm[1])
    pcm[2] = np.sign(pcm[2]) / 2**15
    return [pcm, *state]


def _ms_a_frame(onnx_graph: OnnxGraph, signature: Signature, batch: int) -> float:
    """Milliseconds per frame: the median over half a second of runs, at least three, after one warm-up run."""
    example = [tensor.numpy() for tensor in signature.example(batch, seed=0)]
    onnx_graph.run(example)
    seconds: list[float] = []
    while len(seconds) < 3 or sum(seconds) < TIMED_SECONDS:
        began = time.perf_counter()
        onnx_graph.run(example)
        seconds.append(time.perf_counter() - began)
    return float(np.median(seconds)) * 1000 / batch

"""The columns that `predict` compares: transformers' pipeline, the PyTorch model, the exported graph."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from transformers import pipeline

from trainer.checkpoint import open_checkpoint
from trainer.comparison import Column, column_of
from trainer.errors import TrainerError, first_line
from trainer.framing import Framing, Samples
from trainer.golden import graph_logits
from trainer.model_package import ModelPackage
from trainer.onnx_graph import OnnxGraph

# (samples of an utterance, number of frames to use) → the scores after the last of these frames.
Listen = Callable[[Samples, int], Column]


def graph_column(package: ModelPackage) -> Listen:
    """The fp32 graph, run by onnxruntime frame by frame, with its state carried."""
    graph = OnnxGraph(package.folder / package.graph)
    framing = Framing(package.hop_ms)

    def listen(pcm: Samples, frames: int) -> Column:
        logits = graph_logits(framing.frames(pcm)[:frames], graph, package.state_floats)[-1]
        return column_of(logits, package.temperature, package.labels)

    return listen


def pipeline_column(checkpoint: str, package: ModelPackage) -> Listen:
    """Transformers' own pipeline for a folder or hub id; the package's temperature is applied to its scores.

    It ignores the number of frames and uses the whole passage.
    """
    try:
        classify = pipeline("audio-classification", model=checkpoint, device="cpu", dtype="float32")
    except (OSError, ValueError, KeyError) as error:
        reason = first_line(error)
        raise TrainerError(f"--checkpoint {checkpoint} opens in no audio-classification pipeline: {reason}") from error
    _require_labels(checkpoint, set((classify.model.config.id2label or {}).values()), package)

    def listen(pcm: Samples, _: int) -> Column:
        scores = {each["label"]: each["score"] for each in classify(pcm, top_k=None)}
        probabilities = np.array([scores[name] for name in package.labels.names])
        # Probabilities that are 0 in fp32 are replaced by about its smallest number, so that their logarithm is finite.
        return column_of(np.log(np.maximum(probabilities, 1e-45)), package.temperature, package.labels)

    return listen


def torch_column(checkpoint: str, package: ModelPackage) -> Listen:
    """The PyTorch model that a stateful package was exported from, run on the whole utterance at once."""
    opened = open_checkpoint(Path(checkpoint))
    _require_labels(checkpoint, set(opened.exported.config["id2label"].values()), package)

    def listen(pcm: Samples, frames: int) -> Column:
        return column_of(opened.listener.hear(pcm)[frames - 1], package.temperature, package.labels)

    return listen


def _require_labels(checkpoint: str, found: set[str], package: ModelPackage) -> None:
    expected = set(package.labels.names)
    if found != expected:
        raise TrainerError(
            f"--checkpoint {checkpoint} is not what {package.title} was exported from: its labels are "
            f"{', '.join(sorted(found))}, not {', '.join(sorted(expected))}"
        )

"""Writes a module as an ONNX graph, runs it, and checks that its outputs equal the module's."""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as failures
from torch import nn

from trainer.errors import TrainerError
from trainer.export_failure import not_exportable
from trainer.framing import FRAME_SAMPLES

BATCH = 33
TOLERANCE = 1e-4
EMBEDDED_BYTES = 1_900_000_000
REGISTRATION = "torch.onnx._internal.exporter._registration"

Floats = NDArray[np.float32]


class UnfaithfulGraph(TrainerError):
    """An exported graph whose outputs differ too much from those they are compared with."""


@dataclass(frozen=True)
class Signature:
    """The inputs and outputs of a graph; `state_floats` is the length of its state, 0 if it is stateless."""

    state_floats: int
    tells_speech: bool = False

    @property
    def inputs(self) -> list[str]:
        """The names of the inputs, in order."""
        return ["pcm", "state"] if self.state_floats else ["pcm"]

    @property
    def outputs(self) -> list[str]:
        """The names of the outputs, in order."""
        stateful = ["next_state"] if self.state_floats else []
        return ["logits", *stateful, *(["speech"] if self.tells_speech else [])]

    def example(self, batch: int, seed: int) -> list[torch.Tensor]:
        """Inputs for tests: noise at levels from quiet to loud; the state is zero in every second row."""
        random = torch.Generator().manual_seed(seed)
        level = torch.logspace(-4, -0.5, batch)[:, None]
        pcm = torch.randn(batch, FRAME_SAMPLES, generator=random) * level
        if not self.state_floats:
            return [pcm]
        fresh = torch.arange(batch)[:, None] % 2
        return [pcm, torch.rand(batch, self.state_floats, generator=random) * fresh]


def write_onnx(graph: nn.Module, signature: Signature, file: Path) -> None:
    """Exports a module with a dynamic batch axis; a module that torch cannot export is a NotExportable.

    Weights go inside the file, or into `FILE.data` beside it where protobuf's limit of 2 GB would be exceeded.
    """
    batch = torch.export.Dim("batch", min=1, max=1024)
    shapes = tuple({0: batch} for _ in signature.inputs)
    # Two rows, because torch.export would take a batch size of one for a constant.
    example = tuple(signature.example(2, seed=0))
    try:
        with _without_asides():
            torch.onnx.export(
                graph.eval(),
                example,
                str(file),
                input_names=signature.inputs,
                output_names=signature.outputs,
                dynamic_shapes=shapes,
                dynamo=True,
                external_data=_bytes(graph) > EMBEDDED_BYTES,
                verbose=False,
            )
    except torch.onnx.OnnxExporterError as error:
        raise not_exportable(graph, example, shapes, error) from error


@contextmanager
def _without_asides() -> Iterator[None]:
    """Keeps back what torch warns of at every export, and nobody need act on.

    That torchvision is missing, whose operators no graph here has; and that all inputs have one batch axis.
    """

    def is_worth_telling(record: logging.LogRecord) -> bool:
        return "torchvision is not installed" not in record.getMessage()

    registration = logging.getLogger(REGISTRATION)
    registration.addFilter(is_worth_telling)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "# The axis name: batch will not be used", UserWarning)
            yield
    finally:
        registration.removeFilter(is_worth_telling)


def _bytes(graph: nn.Module) -> int:
    tensors = [*graph.parameters(), *graph.buffers()]
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


class OnnxGraph:
    """An ONNX graph on one CPU thread; a graph that onnxruntime cannot run is a TrainerError with its message."""

    def __init__(self, file: Path) -> None:
        self.file = file
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        try:
            self.session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        except failures.NoSuchFile as error:
            raise TrainerError(f"there is no graph {file}") from error
        except (failures.Fail, failures.InvalidGraph, failures.InvalidProtobuf, failures.NotImplemented) as error:
            raise TrainerError(f"onnxruntime cannot run {file.name}: {error}") from error

    def run(self, inputs: Sequence[NDArray[Any]]) -> list[Floats]:
        """The outputs for inputs in graph order, in graph order."""
        names = [each.name for each in self.session.get_inputs()]
        return [np.asarray(output) for output in self.session.run(None, dict(zip(names, inputs, strict=True)))]


@torch.no_grad()
def verify_rows(graph: nn.Module, onnx_graph: OnnxGraph, signature: Signature) -> float:
    """Compares the graph with the module row by row, in a batch of 33 and alone.

    Returns the largest difference, relative to the largest output where that is above 1; a larger difference than
    `TOLERANCE` is an UnfaithfulGraph.
    """
    example = signature.example(BATCH, seed=1)
    together = onnx_graph.run([tensor.numpy() for tensor in example])
    worst = 0.0
    for row in range(BATCH):
        alone = [tensor[row : row + 1] for tensor in example]
        expected = graph(*alone)
        expected = expected if isinstance(expected, tuple) else (expected,)
        by_itself = onnx_graph.run([tensor.numpy() for tensor in alone])
        for name, truth, single, batched in zip(signature.outputs, expected, by_itself, together, strict=True):
            worst = max(worst, _difference(truth.numpy(), single, f"{name} of row {row} alone"))
            worst = max(worst, _difference(truth.numpy(), batched[row : row + 1], f"{name} of row {row} in a batch"))
    return worst


def _difference(expected: Floats, actual: Floats, what: str) -> float:
    if expected.shape != actual.shape:
        raise UnfaithfulGraph(f"{what} has shape {actual.shape}, the model's has {expected.shape}: nothing written")
    scale = max(1.0, float(np.abs(expected).max()))
    gap = float(np.abs(expected - actual).max()) / scale
    if not gap <= TOLERANCE:
        raise UnfaithfulGraph(f"{what} differs from the model by {gap:.2g} (allowed {TOLERANCE:g}): nothing written")
    return gap

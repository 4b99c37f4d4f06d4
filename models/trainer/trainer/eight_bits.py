"""The int8 variant of a graph: 8-bit weights, and activation scales that never depend on other rows of a batch.

ONNX Runtime has no integer GRU: its weights are stored in fp16, and widened once when the graph is opened.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
from onnx import GraphProto, ModelProto, TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

from trainer.graph_file import is_too_large, save_graph
from trainer.graph_parts import weighing_nodes
from trainer.onnx_graph import Floats

BLOCK = 64
# The accuracy level at which MatMulNBits uses integer arithmetic, with activation scales per block of a row.
INTEGER_ARITHMETIC = 4


class Scheme(Enum):
    """How the scales that turn activations into integers are chosen.

    - `FIXED`: one scale per tensor, fitted on the calibration rows.
    - `ROWWISE`: fixed scales for convolutions; for other layers a scale for every 64 numbers of a row, because in
      transformers a few large activations make one scale for all too coarse.

    Dynamic scales for a whole tensor are not used: the result for a row would depend on its neighbours in the batch.
    """

    FIXED = "fixed scales"
    ROWWISE = "fixed scales in convolutions, scales by row elsewhere"


def write_int8(fp32_file: Path, int8_file: Path, calibration_rows: Iterable[list[Floats]], scheme: Scheme) -> None:
    """Writes the int8 variant of a graph; a calibration row holds the graph's inputs in order, batch 1.

    The first layer stays in fp32, because its input (features or a waveform) has the widest range. On the bundled model
    this halves the loss and costs no time.
    """
    graph = onnx.load(fp32_file, load_external_data=False).graph
    layers = weighing_nodes(graph)[1:]
    fixed = [node.name for node in layers if scheme is Scheme.FIXED or node.op_type == "Conv"]
    by_row = [node.name for node in layers if node.name not in fixed]
    with TemporaryDirectory(dir=int8_file.parent, prefix=".int8-") as folder, _quiet():
        between = Path(folder) / int8_file.name
        _fix_scales(fp32_file, between, _Rows([value.name for value in graph.input], calibration_rows), fixed)
        model = _scaled_by_row(onnx.load(between), by_row)
        _halve_recurrent_weights(model.graph)
        save_graph(model, int8_file)


class _Rows(CalibrationDataReader):  # type: ignore[misc]
    """Feeds calibration rows to ONNX Runtime."""

    def __init__(self, names: list[str], rows: Iterable[list[Floats]]) -> None:
        self.rows: Iterator[dict[str, Floats]] = (dict(zip(names, row, strict=True)) for row in rows)

    def get_next(self) -> dict[str, Floats] | None:
        """The next row as inputs by name; None after the last."""
        return next(self.rows, None)


def _fix_scales(source: Path, target: Path, rows: _Rows, layers: list[str]) -> None:
    if not layers:
        save_graph(onnx.load(source), target)
        return
    quantize_static(
        source,
        target,
        rows,
        quant_format=QuantFormat.QDQ,
        nodes_to_quantize=layers,
        per_channel=True,
        # CPUs without VNNI add two 8-bit products in 16 bits, which would overflow: weights get 7 bits.
        reduce_range=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        use_external_data_format=is_too_large(source),
    )


def _scaled_by_row(model: ModelProto, layers: list[str]) -> ModelProto:
    if not layers:
        return model
    quantizer = MatMulNBitsQuantizer(
        model,
        bits=8,
        block_size=BLOCK,
        is_symmetric=True,
        accuracy_level=INTEGER_ARITHMETIC,
        nodes_to_exclude=[node.name for node in model.graph.node if node.name not in layers],
    )
    quantizer.process()
    quantized: ModelProto = quantizer.model.model
    return quantized


def _halve_recurrent_weights(graph: GraphProto) -> None:
    """Stores the input and recurrent weights of GRUs in fp16, but not their biases, which are few."""
    names = {name for node in graph.node if node.op_type == "GRU" for name in node.input[1:3]}
    for weights in [each for each in graph.initializer if each.name in names]:
        half = f"{weights.name}_half"
        halved = numpy_helper.from_array(numpy_helper.to_array(weights).astype(np.float16), half)
        graph.initializer.remove(weights)
        graph.initializer.append(halved)
        graph.node.insert(0, helper.make_node("Cast", [half], [weights.name], to=TensorProto.FLOAT))


@contextmanager
def _quiet() -> Iterator[None]:
    """Suppresses the quantisers' log messages about every node."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)

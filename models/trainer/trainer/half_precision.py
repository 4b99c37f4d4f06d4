"""The fp16 variant of a graph: weights and computation in fp16; inputs, outputs and features in fp32."""

from pathlib import Path

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper

from trainer.errors import TrainerError
from trainer.graph_file import save_graph
from trainer.graph_parts import coarse_nodes, key

# Their outputs have a fixed type, or ONNX Runtime's GPU providers have them in fp32 only.
SINGLE_ONLY = ("Cast", "CastLike", "CumSum", "QuantizeLinear", "DequantizeLinear", "Resize")
LARGEST_HALF = float(np.finfo(np.float16).max)


def write_fp16(fp32_file: Path, fp16_file: Path) -> None:
    """Writes the fp16 variant of a graph whose types are inferred; control flow in it is a TrainerError.

    ONNX Runtime's own converter also casts values between two nodes that it was told to leave in fp32, so power spectra
    still overflow. Here a value is cast to fp16 only where a node in fp16 reads it.
    """
    model = onnx.load(fp32_file)
    _Halving(model).run()
    # The inferred types are no longer valid.
    model.graph.ClearField("value_info")
    save_graph(model, fp16_file)
    onnx.checker.check_model(fp16_file, full_check=True)


class _Halving:
    """Rewrites a graph's nodes in order; the fp16 copy of a value `x` is called `x_half`."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.graph = model.graph
        self.floats = _float_values(self.graph)
        self.weights = {weights.name: weights for weights in self.graph.initializer}
        self.halves: set[str] = set()
        self.nodes: list[NodeProto] = []

    def run(self) -> None:
        """Replaces the nodes and weights of the graph."""
        coarse = {key(node) for node in coarse_nodes(self.graph) if node.op_type not in SINGLE_ONLY}
        for node in self.graph.node:
            if any(attribute.HasField("g") for attribute in node.attribute):
                raise TrainerError(f"control flow ({node.op_type} {node.name}) cannot be written in half precision")
        full = {name for node in self.graph.node if key(node) not in coarse for name in node.input}
        full.update(output.name for output in self.graph.output)
        for node in self.graph.node:
            if key(node) in coarse:
                self._halve(node, full)
            else:
                self.nodes.append(node)
        kept = {name for node in self.nodes for name in node.input}
        weights = [each for each in self.graph.initializer if each.name in kept]
        self.graph.ClearField("node")
        self.graph.node.extend(self.nodes)
        self.graph.ClearField("initializer")
        self.graph.initializer.extend(weights)

    def _halve(self, node: NodeProto, full: set[str]) -> None:
        """Appends the node with fp16 inputs and outputs, and casts to fp32 for the outputs that are read in fp32.

        `full` names the values that are read in fp32.
        """
        halved = NodeProto()
        halved.CopyFrom(node)
        for index, name in enumerate(node.input):
            if name in self.floats:
                halved.input[index] = self._half_of(name)
        self.nodes.append(halved)
        for index, name in enumerate(node.output):
            if name in self.floats:
                halved.output[index] = f"{name}_half"
                self.halves.add(name)
                if name in full:
                    self.nodes.append(_cast(f"{name}_half", name, TensorProto.FLOAT))

    def _half_of(self, name: str) -> str:
        half = f"{name}_half"
        if name in self.halves:
            return half
        self.halves.add(name)
        if name in self.weights:
            values = np.clip(numpy_helper.to_array(self.weights[name]), -LARGEST_HALF, LARGEST_HALF)
            self.graph.initializer.append(numpy_helper.from_array(values.astype(np.float16), half))
        else:
            self.nodes.append(_cast(name, half, TensorProto.FLOAT16))
        return half


def _float_values(graph: onnx.GraphProto) -> set[str]:
    """The names of all fp32 values."""
    values = [*graph.input, *graph.output, *graph.value_info]
    names = {value.name for value in values if value.type.tensor_type.elem_type == TensorProto.FLOAT}
    return names | {weights.name for weights in graph.initializer if weights.data_type == TensorProto.FLOAT}


def _cast(name: str, output: str, kind: int) -> NodeProto:
    return helper.make_node("Cast", [name], [output], name=f"{output}_cast", to=kind)

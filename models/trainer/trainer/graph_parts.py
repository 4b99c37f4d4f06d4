"""Which nodes of a graph may run in lower precision, and which must stay in fp32."""

from collections.abc import Callable, Iterable

from onnx import GraphProto, NodeProto

# Operators that multiply activations by weights.
WEIGHING = ("Conv", "ConvTranspose", "Gemm", "MatMul")
# Their outputs depend on shapes alone, so no audio passes through them.
SHAPES = ("Shape", "Size")


def coarse_nodes(graph: GraphProto) -> list[NodeProto]:
    """The nodes, in order, whose precision may be lowered: the trained network without its features and its memory.

    Features are everything that leads to a logarithm (power spectra overflow half precision, and a logarithm enlarges
    small errors of quiet sounds), and everything before the first weights (normalisation of the waveform). Memory is
    what is added to the state without passing a multiplication by weights: running sums of a long utterance outgrow
    half precision.
    """
    heard = _downstream(graph, ["pcm"])
    logarithms = [node for node in graph.node if node.op_type == "Log" and key(node) in heard]
    features = _upstream(graph, _outputs(logarithms))
    gates = [node for node in graph.node if _weighs(node) and key(node) in heard - features]
    network = {key(gate) for gate in gates} | _downstream(graph, _outputs(gates))
    memory = _downstream(graph, ["state"], _weighs) & _upstream(graph, ["next_state"], _weighs)
    return [node for node in graph.node if key(node) in network - memory]


def weighing_nodes(graph: GraphProto) -> list[NodeProto]:
    """The nodes of `coarse_nodes` that multiply by constant weights."""
    constants = {initializer.name for initializer in graph.initializer}
    return [node for node in coarse_nodes(graph) if _weighs(node) and node.input[1] in constants]


def key(node: NodeProto) -> str:
    """A unique name of a node: the name of its first output."""
    return str(node.output[0])


Barrier = Callable[[NodeProto], bool]


def _is_shape(node: NodeProto) -> bool:
    return node.op_type in SHAPES


def _weighs(node: NodeProto) -> bool:
    return node.op_type in WEIGHING


def _outputs(nodes: Iterable[NodeProto]) -> list[str]:
    return [name for node in nodes for name in node.output]


def _downstream(graph: GraphProto, names: Iterable[str], is_barrier: Barrier = _is_shape) -> set[str]:
    """The keys of the nodes that depend on any of these values, not counting paths through a barrier node.

    The graph's nodes must be in topological order.
    """
    reached: set[str] = set()
    known = set(names)
    for node in graph.node:
        if known.intersection(node.input) and not is_barrier(node):
            reached.add(key(node))
            known.update(node.output)
    return reached


def _upstream(graph: GraphProto, names: Iterable[str], is_barrier: Barrier = _is_shape) -> set[str]:
    """The keys of the nodes that any of these values depends on, not counting paths through a barrier node.

    The graph's nodes must be in topological order.
    """
    reached: set[str] = set()
    known = set(names)
    for node in reversed(graph.node):
        if known.intersection(node.output) and not is_barrier(node):
            reached.add(key(node))
            known.update(node.input)
    return reached

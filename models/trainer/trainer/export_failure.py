"""Explains why a module cannot be exported, naming the operator or the layer."""

import re
from typing import Any

import torch
from torch import Tensor, nn

from trainer.errors import TrainerError, first_line

OPERATOR = re.compile(r"OpOverload\(op='([^']+)'")
SOURCE_LINE = re.compile(r'File "([^"]+)", line (\d+), in (\w+)')


class NotExportable(TrainerError):
    """A module that torch.onnx cannot turn into a graph; nothing was written."""


def not_exportable(graph: nn.Module, example: tuple[Tensor, ...], shapes: Any, error: Exception) -> NotExportable:
    """The error to raise after torch.onnx failed: it names the operator that ONNX lacks, or the failing layer."""
    operator = OPERATOR.search(_chain(error))
    if operator:
        name = operator.group(1)
        layer = _layer_of_operator(graph, example, shapes, name)
        return NotExportable(f"the operator {name}{_in(layer)} has no ONNX form: nothing written")
    layer, reason = _failing_layer(graph, example, shapes)
    return NotExportable(f"torch.export cannot follow the model{_in(layer)}: {reason or first_line(error)}")


def _layer_of_operator(graph: nn.Module, example: tuple[Tensor, ...], shapes: Any, name: str) -> str:
    program = torch.export.export(graph, example, dynamic_shapes=shapes, strict=False)
    for each in (program, program.run_decompositions()):
        for node in each.graph.nodes:
            if str(node.target).startswith(name):
                stack = node.meta.get("nn_module_stack") or {"": ("", None)}
                return str(list(stack.values())[-1][0])
    return ""


def _failing_layer(graph: nn.Module, example: tuple[Tensor, ...], shapes: Any) -> tuple[str, str]:
    """Traces again to find the innermost layer in which tracing fails, and the reason."""
    entered: list[str] = []
    hooks = [hook for name, layer in graph.named_modules() for hook in _watch(name, layer, entered)]
    try:
        torch.export.export(graph, example, dynamic_shapes=shapes, strict=False)
    except Exception as error:  # torch.export raises whatever the traced code raises
        return (entered[-1] if entered else ""), first_line(error) + _source_line(error)
    finally:
        for hook in hooks:
            hook.remove()
    return "", ""


def _watch(name: str, layer: nn.Module, entered: list[str]) -> tuple[Any, Any]:
    def enter(*_: Any) -> None:
        entered.append(name)

    def leave(*_: Any) -> None:
        entered.pop()

    return layer.register_forward_pre_hook(enter), layer.register_forward_hook(leave)


def _source_line(error: Exception) -> str:
    places = SOURCE_LINE.findall(str(error))
    return f" (line {places[-1][1]} of {places[-1][0].rpartition('/')[2]}, in {places[-1][2]})" if places else ""


def _in(layer: str) -> str:
    return f" in the layer {layer}" if layer else ""


def _chain(error: BaseException | None) -> str:
    messages = []
    while error is not None:
        messages.append(str(error))
        error = error.__cause__
    return "\n".join(messages)

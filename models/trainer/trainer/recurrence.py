"""GRU layers that continue from a given hidden state: in PyTorch, and exported as one ONNX operator."""

import torch
from torch import Tensor, nn


def continued(layer: nn.GRU, x: Tensor, memory: Tensor) -> Tensor:
    """The outputs `[batch, time, width]` of a batch-first GRU layer over `x`, from the hidden state `memory`.

    `x` is `[batch, time, width]`, `memory` `[batch, width]`. In an export, ONNX's own GRU operator is used: PyTorch's
    export of a GRU is a loop that onnxruntime cannot load.
    """
    if torch.onnx.is_in_onnx_export():
        return _exported(layer, x, memory)
    return torch.as_tensor(layer(x, memory[None])[0])


def _exported(layer: nn.GRU, x: Tensor, memory: Tensor) -> Tensor:
    batch, time, width = x.shape[0], x.shape[1], layer.hidden_size
    given, kept, given_bias, kept_bias = layer.parameters()
    inputs = [
        x.transpose(0, 1),
        _gates(given)[None],
        _gates(kept)[None],
        torch.cat([_gates(given_bias), _gates(kept_bias)])[None],
        None,
        memory[None],
    ]
    said, _ = torch.onnx.ops.symbolic_multi_out(
        "GRU",
        inputs,
        {"hidden_size": width, "linear_before_reset": 1},
        dtypes=(x.dtype, x.dtype),
        shapes=((time, 1, batch, width), (1, batch, width)),
    )
    return said.squeeze(1).transpose(0, 1)


def _gates(stacked: Tensor) -> Tensor:
    """Reorders the gates: PyTorch stacks reset, update, new; ONNX stacks update, reset, new."""
    width = len(stacked) // 3
    return torch.cat([stacked[width : 2 * width], stacked[:width], stacked[2 * width :]])

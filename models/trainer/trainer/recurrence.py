"""Gated recurrent units that go on from a memory, in PyTorch and as one ONNX operator."""

import torch
from torch import Tensor, nn


def continued(layer: nn.GRU, x: Tensor, memory: Tensor) -> Tensor:
    """What a batch-first layer says at each step of `[batch, time, width]` after a memory `[batch, width]`.

    Exported it is ONNX's own operator: what torch exports by itself is a loop that onnxruntime cannot load.
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
    """Torch stacks reset, update, new; ONNX update, reset, new."""
    width = len(stacked) // 3
    return torch.cat([stacked[width : 2 * width], stacked[:width], stacked[2 * width :]])

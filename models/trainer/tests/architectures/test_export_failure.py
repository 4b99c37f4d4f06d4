"""A module that cannot be exported is refused with the operator or the layer named."""

from pathlib import Path

import onnx
import pytest
import torch
from tiny_checkpoints import tiny_model
from torch import Tensor, nn

from trainer.architectures.classifier_graph import classifier_graph
from trainer.errors import TrainerError
from trainer.export_failure import NotExportable
from trainer.onnx_graph import OnnxGraph, Signature, write_onnx


class Branching(nn.Module):
    """Takes one of two branches depending on the audio, which no graph can."""

    def forward(self, hidden: Tensor) -> Tensor:
        return hidden * 2 if hidden.sum() > 0 else hidden


class Eigenvalues(nn.Module):
    """Uses an operator that ONNX lacks."""

    def forward(self, hidden: Tensor) -> Tensor:
        square = hidden[..., :8, :8]
        return torch.as_tensor(hidden + torch.linalg.eigvals(square).real.sum(dim=-1)[..., None, None])


def write_with(layer: nn.Module, file: Path) -> None:
    """Exports a tiny Wav2Vec2 whose second encoder layer ends in `layer`."""
    model, extractor = tiny_model("wav2vec2")
    feed_forward = model.wav2vec2.encoder.layers[1].feed_forward
    feed_forward.output_dropout = layer
    write_onnx(classifier_graph(model, extractor), Signature(state_floats=0), file)


def test_a_layer_that_branches_on_what_it_hears_is_named(tmp_path: Path) -> None:
    says = r"in the layer model\.wav2vec2\.encoder\.layers\.1\.feed_forward\.output_dropout: .*data-dependent"
    with pytest.raises(NotExportable, match=says) as caught:
        write_with(Branching(), tmp_path / "model.onnx")
    assert "\n" not in str(caught.value)
    assert "test_export_failure.py, in forward" in str(caught.value)


def test_an_operator_without_an_onnx_form_is_named_with_its_layer(tmp_path: Path) -> None:
    says = (
        r"the operator aten\.linalg_eig in the layer "
        r"model\.wav2vec2\.encoder\.layers\.1\.feed_forward\.output_dropout has no ONNX form"
    )
    with pytest.raises(NotExportable, match=says):
        write_with(Eigenvalues(), tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


def test_an_operator_that_onnxruntime_lacks_is_named(tmp_path: Path) -> None:
    pcm, logits = (
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["batch", 16000]) for name in ("pcm", "logits")
    )
    node = onnx.helper.make_node("Hearken", ["pcm"], ["logits"])
    onnx.save(onnx.helper.make_model(onnx.helper.make_graph([node], "one", [pcm], [logits])), tmp_path / "model.onnx")
    with pytest.raises(TrainerError, match=r"onnxruntime cannot run model\.onnx: .*Hearken"):
        OnnxGraph(tmp_path / "model.onnx")

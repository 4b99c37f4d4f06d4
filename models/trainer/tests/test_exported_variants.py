"""A package lists the variants that were asked for, with their figures."""

import json
from pathlib import Path

import onnx
import pytest
from test_export import CARD as DOOR
from tiny_wav2vec2 import save_tiny_wav2vec2

from trainer.architectures.classifier_graph import ClassifierGraph
from trainer.architectures.open_classifier import open_classifier
from trainer.errors import TrainerError
from trainer.export import Exported, Lossy, export_package
from trainer.half_precision import write_fp16
from trainer.onnx_graph import Signature
from trainer.variants import variant_lines

STATELESS = Signature(0)


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> ClassifierGraph:
    """A tiny Wav2Vec2 of transformers."""
    return open_classifier(save_tiny_wav2vec2(tmp_path_factory.mktemp("wav2vec2"))).graph


def test_an_exported_package_lists_its_variants_and_their_figures(
    graph: ClassifierGraph, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exported = Exported(graph, STATELESS, config={}, preprocessor={})
    export_package(exported, DOOR, ("open the door please",), tmp_path / "door", Lossy(("int8",)))
    contract = json.loads((tmp_path / "door" / "earshot.json").read_text(encoding="utf-8"))
    assert [variant["precision"] for variant in contract["variants"]] == ["fp32", "int8"]
    assert [row["precision"] for row in contract["metrics"]["variants"]] == ["fp32", "int8"]
    table = "\n".join(variant_lines(contract["metrics"]["variants"]))
    assert table in capsys.readouterr().out
    assert table in (tmp_path / "door" / "README.md").read_text(encoding="utf-8")


def test_a_variant_without_a_golden_sentence_is_a_mistake(graph: ClassifierGraph, tmp_path: Path) -> None:
    exported = Exported(graph, STATELESS, config={}, preprocessor={})
    with pytest.raises(TrainerError, match="at least one golden sentence"):
        export_package(exported, DOOR, (), tmp_path / "door", Lossy(("int8",)))
    assert list(tmp_path.iterdir()) == []


def test_control_flow_is_refused_in_half_precision(tmp_path: Path) -> None:
    model = onnx.parser.parse_model(
        """<ir_version: 10, opset_import: ["" : 20]> g (float[b, 16000] pcm, bool c) => (float[b, 16000] logits)
        { logits = If (c) <then_branch = t () => (float y) { y = Identity(pcm) },
                           else_branch = e () => (float z) { z = Neg(pcm) }> }"""
    )
    onnx.save(model, tmp_path / "if.onnx")
    with pytest.raises(Exception, match="control flow"):
        write_fp16(tmp_path / "if.onnx", tmp_path / "half.onnx")

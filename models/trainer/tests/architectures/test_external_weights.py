"""Weights that are too large for protobuf are in a file beside the graph."""

from pathlib import Path

import pytest
import torch
from tiny_checkpoints import tiny_model

from trainer import onnx_graph
from trainer.architectures.classifier_graph import classifier_graph
from trainer.onnx_graph import OnnxGraph, Signature, verify_rows, write_onnx


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(onnx_graph, "EMBEDDED_BYTES", 1000)
    return tmp_path


def test_the_graph_finds_them_there(folder: Path) -> None:
    graph = classifier_graph(*tiny_model("wav2vec2"))
    write_onnx(graph, Signature(state_floats=0), folder / "model.onnx")
    assert sorted(file.name for file in folder.iterdir()) == ["model.onnx", "model.onnx.data"]
    weights = sum(each.numel() for each in graph.parameters())
    assert (folder / "model.onnx.data").stat().st_size > 0.9 * 4 * weights
    assert verify_rows(graph, OnnxGraph(folder / "model.onnx"), Signature(state_floats=0)) < 1e-4


def test_a_small_graph_needs_no_second_file(tmp_path: Path) -> None:
    graph = torch.nn.Sequential(torch.nn.Linear(16000, 3))
    write_onnx(graph, Signature(state_floats=0), tmp_path / "model.onnx")
    assert [file.name for file in tmp_path.iterdir()] == ["model.onnx"]

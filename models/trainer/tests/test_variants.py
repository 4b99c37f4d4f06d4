"""Variants answer nearly as fp32 at every loudness, whatever is beside them in a batch; others are left out."""

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import ModelProto, TensorProto
from onnxruntime.quantization import quantize_dynamic
from tiny_wav2vec2 import save_tiny_wav2vec2
from torch import Tensor, nn

from trainer import graph_file
from trainer.architectures.classifier_graph import ClassifierGraph
from trainer.architectures.open_classifier import open_classifier
from trainer.audio import read_audio
from trainer.eight_bits import Scheme, write_int8
from trainer.encoder import ACTIVATION_SIZE
from trainer.framing import Framing
from trainer.graph_file import data_file, save_graph
from trainer.graph_parts import coarse_nodes, key
from trainer.listening import Smoothing, graph_listener, stateless_listener
from trainer.onnx_graph import OnnxGraph, Signature, UnfaithfulGraph, write_onnx
from trainer.streaming_model import HISTORY, HOP_GRID
from trainer.variant_loss import Bench, verify_company
from trainer.variants import Variant, Written, variant_lines, write_variants

BANKING = Path(__file__).parents[2] / "banking-intents"
SPOKEN = [read_audio(file) for file in sorted((BANKING / "golden").glob("*.wav"))]
CARD = json.loads((BANKING / "earshot.json").read_text(encoding="utf-8"))
STREAMING = Signature(CARD["state"]["shape"][0], tells_speech=CARD["outputs"]["speech"] is not None)
STATELESS = Signature(0)


@pytest.fixture(scope="module")
def banking(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Variants of the bundled streaming model."""
    file = tmp_path_factory.mktemp("banking") / "model.onnx"
    file.write_bytes((BANKING / "model.onnx").read_bytes())
    return write_variants(file, ("fp16", "int8"), SPOKEN, Bench(STREAMING, Framing(500), CARD["temperature"], SPOKEN))


@pytest.fixture(scope="module")
def wav2vec2(tmp_path_factory: pytest.TempPathFactory) -> tuple[ClassifierGraph, Path]:
    """A tiny Wav2Vec2 of transformers and its fp32 graph."""
    folder = tmp_path_factory.mktemp("wav2vec2")
    graph = open_classifier(save_tiny_wav2vec2(folder / "tiny")).graph
    write_onnx(graph, STATELESS, folder / "model.onnx")
    return graph, folder / "model.onnx"


def raw_session(file: Path) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])


def types_of(model: ModelProto) -> dict[str, int]:
    return {value.name: value.type.tensor_type.elem_type for value in [*model.graph.input, *model.graph.output]}


def test_both_variants_of_the_bundled_model_pass_and_fp32_stays_first(banking: Written) -> None:
    entries = [variant.entry() for variant in banking.variants]
    assert [(entry["file"], entry["precision"], entry["providers"]) for entry in entries] == [
        ("model.onnx", "fp32", ["cpu", "webgpu", "cuda"]),
        ("model.fp16.onnx", "fp16", ["cuda", "webgpu"]),
        ("model.int8.onnx", "int8", ["cpu"]),
    ]
    for variant, entry in zip(banking.variants, entries, strict=True):
        assert entry["sha256"] == sha256(variant.file.read_bytes()).hexdigest()


def test_variants_are_smaller_and_their_tolerance_covers_what_was_measured(banking: Written) -> None:
    fp32, fp16, int8 = banking.rows
    assert int8["megabytes"] < fp16["megabytes"] < 0.7 * fp32["megabytes"]
    for variant, row in zip(banking.variants[1:], (fp16, int8), strict=True):
        assert variant.tolerance is not None
        assert 0 < 2 * row["furthest_logit"] <= variant.tolerance


def test_eight_bits_keep_the_weights_of_a_memory_in_half_precision(banking: Written) -> None:
    graph = onnx.load(banking.variants[2].file).graph
    types = {weights.name: weights.data_type for weights in graph.initializer}
    widened = {node.output[0]: types[node.input[0]] for node in graph.node if node.op_type == "Cast"}
    memories = [node for node in graph.node if node.op_type == "GRU"]
    kept = [widened[name] for node in memories for name in node.input[1:3]]
    assert kept == [TensorProto.FLOAT16] * 2 * len(memories) != []
    assert banking.rows[2]["megabytes"] < 0.4 * banking.rows[0]["megabytes"]


def test_variants_keep_the_inputs_and_outputs_of_fp32(banking: Written) -> None:
    floats = {"pcm": TensorProto.FLOAT, "state": TensorProto.FLOAT} | {
        "logits": TensorProto.FLOAT,
        "next_state": TensorProto.FLOAT,
        "speech": TensorProto.FLOAT,
    }
    assert [types_of(onnx.load(variant.file)) for variant in banking.variants] == [floats] * 3


def test_a_variant_gives_each_row_in_a_batch_what_it_gives_it_alone(banking: Written) -> None:
    random = np.random.default_rng(4)
    pcm = (random.normal(0, 1, (33, 16000)) * np.logspace(-5, 0, 33)[:, None]).astype(np.float32)
    state = random.uniform(0, 1, (33, STREAMING.state_floats)).astype(np.float32)
    for variant in banking.variants[1:]:
        session = raw_session(variant.file)
        together = session.run(None, {"pcm": pcm, "state": state})
        for row in (0, 16, 32):
            alone = session.run(None, {"pcm": pcm[row : row + 1], "state": state[row : row + 1]})
            np.testing.assert_allclose(alone[0], together[0][row : row + 1], atol=1e-3)


@pytest.mark.parametrize("level", [0, 1 / 32768, 1e-3, 0.1, 1])
def test_the_activations_that_a_variant_carries_are_near_those_of_fp32(banking: Written, level: float) -> None:
    square = (level * np.sign(np.sin(np.arange(16000) / 5))).astype(np.float32)[None]
    inputs = {"pcm": square, "state": np.zeros((1, STREAMING.state_floats), dtype=np.float32)}
    history = slice(0, HISTORY * ACTIVATION_SIZE)
    states = (raw_session(variant.file).run(["next_state"], inputs)[0] for variant in banking.variants)
    fp32, fp16, int8 = (state[0, history] for state in states)
    # Activations of speech reach ten.
    assert np.abs(fp16 - fp32).max() < 0.1
    assert np.sqrt(np.square(int8 - fp32).mean()) < 0.3


def test_half_precision_is_close_at_every_loudness(banking: Written) -> None:
    pcm = np.sin(np.arange(16000) / 7).astype(np.float32) * np.array(
        [[0], [2e-5], [1e-3], [0.1], [1]], dtype=np.float32
    )
    inputs = {"pcm": pcm, "state": np.zeros((5, STREAMING.state_floats), dtype=np.float32)}
    fp32, fp16 = (raw_session(variant.file).run(["logits"], inputs)[0] for variant in banking.variants[:2])
    np.testing.assert_allclose(fp16, fp32, atol=0.05)


def test_features_and_running_sums_of_the_streaming_model_stay_exact() -> None:
    graph = onnx.load(BANKING / "model.onnx").graph
    coarse = {key(node) for node in coarse_nodes(graph)}
    exact = {node.op_type for node in graph.node if key(node) not in coarse}
    assert {"Log", "Pow", "Max"} <= exact
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    mel = len(HOP_GRID.offsets)
    assert [key(node) in coarse for node in convolutions] == [False] * mel + [True] * (len(convolutions) - mel)
    assert {node.op_type for node in graph.node if node.op_type == "GRU"} <= exact


def test_a_stateless_graph_has_both_variants_and_a_normalised_waveform_in_full(
    wav2vec2: tuple[ClassifierGraph, Path],
) -> None:
    _, file = wav2vec2
    written = write_variants(file, ("fp16", "int8"), SPOKEN, Bench(STATELESS, Framing(500), 1.0, SPOKEN))
    assert [variant.precision for variant in written.variants] == ["fp32", "fp16", "int8"]
    half = onnx.load(written.variants[1].file).graph
    first = next(node for node in half.node if node.op_type == "Conv")
    assert first.input[0].endswith("_half")
    assert {node.op_type for node in half.node[: list(half.node).index(first)]} >= {"ReduceMean", "Sqrt", "Div", "Cast"}


def test_scales_by_row_are_close_and_leave_neighbours_alone(
    wav2vec2: tuple[ClassifierGraph, Path], tmp_path: Path
) -> None:
    graph, file = wav2vec2
    rows = [[frame[None]] for frame in Framing(500).frames(SPOKEN[0])]
    write_int8(file, tmp_path / "model.int8.onnx", rows, Scheme.ROWWISE)
    assert "MatMulNBits" in {node.op_type for node in onnx.load(tmp_path / "model.int8.onnx").graph.node}
    heard = OnnxGraph(tmp_path / "model.int8.onnx")
    verify_company(heard, STATELESS)
    with torch.no_grad():
        truth = graph(torch.from_numpy(rows[1][0])).numpy()
    np.testing.assert_allclose(heard.run(rows[1])[0], truth, atol=0.05)


def test_scales_of_a_whole_batch_are_found_out(tmp_path: Path) -> None:
    quantize_dynamic(BANKING / "model.onnx", tmp_path / "dynamic.onnx", op_types_to_quantize=["MatMul"])
    with pytest.raises(UnfaithfulGraph, match="between alone and in a batch"):
        verify_company(OnnxGraph(tmp_path / "dynamic.onnx"), STREAMING)


class Steep(nn.Module):
    """Logits that no rounded weights can give: large numbers that nearly cancel."""

    def __init__(self) -> None:
        super().__init__()
        random = torch.Generator().manual_seed(2)
        self.first = nn.Linear(16000, 64)
        self.second = nn.Linear(64, 64)
        self.third = nn.Linear(64, 3)
        with torch.no_grad():
            self.second.weight.copy_(torch.randn(64, 64, generator=random) * 3000)

    def forward(self, pcm: Tensor) -> Tensor:
        return torch.as_tensor(self.third(torch.sin(self.second(torch.tanh(self.first(pcm))))))


def test_a_variant_that_loses_too_much_is_not_written_and_its_row_says_why(tmp_path: Path) -> None:
    torch.manual_seed(1)
    write_onnx(Steep(), STATELESS, tmp_path / "model.onnx")
    bench = Bench(STATELESS, Framing(500), 0.01, SPOKEN)
    written = write_variants(tmp_path / "model.onnx", ("fp16", "int8"), SPOKEN, bench)
    assert [variant.precision for variant in written.variants] == ["fp32"]
    assert [file.name for file in tmp_path.iterdir()] == ["model.onnx"]
    assert "No fp16 variant: it moves" in "\n".join(variant_lines(written.rows))


def test_a_variant_that_loses_accuracy_is_not_written(wav2vec2: tuple[ClassifierGraph, Path], tmp_path: Path) -> None:
    file = tmp_path / "model.onnx"
    file.write_bytes(wav2vec2[1].read_bytes())

    def share_of_full_precision(graph: OnnxGraph) -> float:
        return 1.0 if graph.file == file else 0.9

    bench = Bench(STATELESS, Framing(500), 1.0, SPOKEN, share_of_full_precision)
    written = write_variants(file, ("fp16",), SPOKEN, bench)
    assert written.rows[1] == {"precision": "fp16", "left_out": "its accuracy is 0.900, of fp32 1.000"}


def test_a_graph_is_heard_as_its_module_is(wav2vec2: tuple[ClassifierGraph, Path]) -> None:
    graph, file = wav2vec2
    smoothing = Smoothing(weight=2, decay=0.9)
    module = stateless_listener(graph, Framing(500), smoothing).hear(SPOKEN[0])
    listener = graph_listener(OnnxGraph(file), STATELESS, Framing(500), smoothing)
    np.testing.assert_allclose(listener.hear(SPOKEN[0]), module, atol=1e-4)


def test_weights_beside_a_large_graph_are_in_its_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_file, "LARGEST_FILE", 100_000)
    file = tmp_path / "model.onnx"
    save_graph(onnx.load(BANKING / "model.onnx"), file)
    entry = Variant(file, "fp32").entry()
    data = tmp_path / "model.onnx.data"
    assert data.stat().st_mode == file.stat().st_mode
    assert entry["data"] == {"file": data.name, "sha256": sha256(data.read_bytes()).hexdigest()}
    written = write_variants(file, ("fp16", "int8"), SPOKEN, Bench(STREAMING, Framing(500), 1.0, SPOKEN))
    assert [data_file(variant.file).exists() for variant in written.variants] == [True, True, True]

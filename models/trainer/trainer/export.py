"""Stage 4: checkpoint in, verified model package out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn
from tqdm import tqdm

from trainer.framing import Framing, Samples
from trainer.golden import module_logits, verify_golden, write_golden
from trainer.model_card import model_card
from trainer.onnx_graph import Floats, OnnxGraph, Signature, verify_rows, write_onnx
from trainer.package import Card, write_json, written_whole


@dataclass(frozen=True)
class Exported:
    """What goes into a package: the graph as a module, its signature, and the two Hugging Face files."""

    graph: nn.Module
    signature: Signature
    config: dict[str, Any]
    preprocessor: dict[str, Any]


def export_package(exported: Exported, card: Card, sentences: tuple[str, ...], folder: Path) -> None:
    """Writes the package to `folder` only if its graph says what the model says: alone, in a batch, over utterances."""
    framing = Framing(card.hop_ms)
    floats = exported.signature.state_floats

    def expected(pcm: Samples) -> list[Floats]:
        return module_logits(exported.graph, framing.frames(pcm), floats)

    with written_whole(folder) as draft:
        write_onnx(exported.graph, exported.signature, draft / "model.onnx")
        onnx_graph = OnnxGraph(draft / "model.onnx")
        worst = verify_rows(exported.graph, onnx_graph, exported.signature)
        golden = []
        for sentence in tqdm(sentences, desc="golden", unit="utterance"):
            golden.append(write_golden(draft / "golden", sentence, expected, framing))
            verify_golden(draft / "golden", golden[-1], onnx_graph, floats)
        contract = card.contract(exported.signature, draft, golden)
        write_json(draft / "earshot.json", contract)
        write_json(draft / "config.json", exported.config)
        write_json(draft / "preprocessor_config.json", exported.preprocessor)
        (draft / "README.md").write_text(model_card(contract, list(card.labels.names)), encoding="utf-8")
    print(f"wrote {folder}: the graph equals the model within {worst:.1g}, {len(golden)} golden vectors")

"""Writes a model package from an opened checkpoint, and verifies its graphs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from torch import nn
from tqdm import tqdm

from trainer.audio import read_audio
from trainer.errors import TrainerError
from trainer.files import write_json, written_whole
from trainer.framing import Framing, Samples
from trainer.golden import module_logits, verify_golden, write_golden
from trainer.model_card import model_card
from trainer.model_package import CONTRACT
from trainer.onnx_graph import Floats, OnnxGraph, Signature, verify_rows, write_onnx
from trainer.package import Card
from trainer.variant_loss import Bench
from trainer.variants import Precision, Variant, Written, variant_lines, write_variants


@dataclass(frozen=True)
class Exported:
    """What goes into a package: the graph as a module, its signature, and the contents of two Hugging Face files."""

    graph: nn.Module
    signature: Signature
    config: dict[str, Any]
    preprocessor: dict[str, Any]


@dataclass(frozen=True)
class Lossy:
    """Which variants to add to the fp32 graph.

    `calibration` are the utterances to fit int8 on (by default the golden ones); `accuracy` measures a graph's
    accuracy, if there is a dataset.
    """

    precisions: tuple[Precision, ...] = ()
    calibration: Sequence[Samples] = ()
    accuracy: Callable[[OnnxGraph], float] | None = None


def export_package(
    exported: Exported, card: Card, sentences: tuple[str, ...], folder: Path, lossy: Lossy | None = None
) -> None:
    """Writes the package to `folder`, if the graph's outputs equal the module's: alone, in a batch, over utterances.

    Otherwise it raises an UnfaithfulGraph and leaves `folder` as it was.
    """
    framing = Framing(card.hop_ms)
    floats = exported.signature.state_floats

    def expected(pcm: Samples) -> list[Floats]:
        return module_logits(exported.graph, framing.frames(pcm), floats)

    with written_whole(folder, CONTRACT) as draft:
        write_onnx(exported.graph, exported.signature, draft / "model.onnx")
        onnx_graph = OnnxGraph(draft / "model.onnx")
        worst = verify_rows(exported.graph, onnx_graph, exported.signature)
        golden = []
        for sentence in tqdm(sentences, desc="golden", unit="utterance"):
            golden.append(write_golden(draft / "golden", sentence, expected, framing))
            verify_golden(draft / "golden", golden[-1], onnx_graph, floats)
        written = _variants(draft, golden, exported.signature, card, lossy or Lossy())
        card = replace(card, metrics={**card.metrics, **({"variants": written.rows} if written.rows else {})})
        contract = card.contract(exported.signature, written.variants, golden)
        write_json(draft / "config.json", exported.config)
        write_json(draft / "preprocessor_config.json", exported.preprocessor)
        (draft / "README.md").write_text(model_card(contract, list(card.labels.names)), encoding="utf-8")
        # Last: a folder without it is no package to a server.
        write_json(draft / CONTRACT, contract)
    print(f"wrote {folder}: the graph equals the model within {worst:.1g}, {len(golden)} golden vectors")


def _variants(draft: Path, golden: list[str], signature: Signature, card: Card, lossy: Lossy) -> Written:
    """The fp32 graph and the variants asked for, measured on the golden utterances; prints the figures."""
    fp32_file = draft / "model.onnx"
    if not lossy.precisions:
        return Written([Variant(fp32_file, "fp32")], rows=[])
    if not golden:
        raise TrainerError("the loss of a variant is measured on golden utterances: give at least one golden sentence")
    utterances = [read_audio(draft / "golden" / f"{name}.wav") for name in golden]
    bench = Bench(signature, Framing(card.hop_ms), card.calibration.temperature, utterances, lossy.accuracy)
    written = write_variants(fp32_file, lossy.precisions, lossy.calibration or utterances, bench)
    print("\n".join(variant_lines(written.rows)))
    return written

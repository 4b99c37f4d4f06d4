"""The committed package is the one its card describes."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from trainer.golden import verify_golden
from trainer.onnx_graph import OnnxGraph

PACKAGE = Path(__file__).parents[2] / "banking-intents"
CONTRACT = json.loads((PACKAGE / "earshot.json").read_text(encoding="utf-8"))
GOLDEN = [Path(each["expected"]).stem for each in CONTRACT["golden"]]


@pytest.mark.parametrize("variant", CONTRACT["variants"], ids=lambda variant: str(variant["precision"]))
def test_each_graph_has_the_checksum_on_the_card(variant: dict[str, str]) -> None:
    assert sha256((PACKAGE / variant["file"]).read_bytes()).hexdigest() == variant["sha256"]


@pytest.mark.parametrize("name", GOLDEN)
def test_the_graph_says_what_the_golden_vector_expects(name: str) -> None:
    verify_golden(PACKAGE / "golden", name, OnnxGraph(PACKAGE / "model.onnx"), CONTRACT["state"]["shape"][0])


def test_the_whole_package_stays_below_10_megabytes() -> None:
    assert sum(file.stat().st_size for file in PACKAGE.rglob("*")) < 10_000_000

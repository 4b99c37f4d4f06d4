"""The committed packages of calls to a bank are those that their cards describe."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from trainer.golden import verify_golden
from trainer.onnx_graph import OnnxGraph

MODELS = Path(__file__).parents[2]
SMALL, LARGE = MODELS / "banking-intents", MODELS / "large" / "banking-intents-large"
BOTH = pytest.mark.parametrize("package", [SMALL, LARGE], ids=lambda package: str(package.name))


def contract(package: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((package / "earshot.json").read_text(encoding="utf-8"))
    return read


@BOTH
def test_each_graph_has_the_checksum_on_the_card(package: Path) -> None:
    for variant in contract(package)["variants"]:
        assert sha256((package / variant["file"]).read_bytes()).hexdigest() == variant["sha256"]


@BOTH
def test_the_graph_says_what_the_golden_vectors_expect(package: Path) -> None:
    told = contract(package)
    for each in told["golden"]:
        name = Path(each["expected"]).stem
        verify_golden(package / "golden", name, OnnxGraph(package / "model.onnx"), told["state"]["shape"][0])


def test_the_small_package_stays_below_10_megabytes() -> None:
    assert sum(file.stat().st_size for file in SMALL.rglob("*")) < 10_000_000

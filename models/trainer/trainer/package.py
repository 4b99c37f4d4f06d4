"""earshot.json, the file that tells a server how to run a model package."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from trainer.calibration import Calibration
from trainer.framing import FRAME_SAMPLES, SAMPLE_RATE
from trainer.labels import Labels
from trainer.listening import Smoothing
from trainer.onnx_graph import Signature
from trainer.variants import Variant

STATELESS_HOPS_MS = {"default": 500, "min": 100, "max": 1000}


@dataclass(frozen=True)
class Card:
    """What earshot.json says about a model, apart from its files."""

    name: str
    version: str
    description: str
    labels: Labels
    calibration: Calibration
    smoothing: Smoothing | None
    hop_ms: int
    metrics: dict[str, Any] = field(default_factory=dict)
    provenance: dict[str, Any] = field(default_factory=dict)

    def contract(self, signature: Signature, variants: Sequence[Variant], golden: list[str]) -> dict[str, Any]:
        """The contents of earshot.json, schema version 1."""
        is_stateful = signature.state_floats > 0
        fixed = {"default": self.hop_ms, "min": self.hop_ms, "max": self.hop_ms}
        smoothing = self.smoothing
        return {
            "schema_version": 1,
            "name": self.name,
            "version": self.version,
            "description": self.description,
            "frame": {"sample_rate": SAMPLE_RATE, "samples": FRAME_SAMPLES},
            "hop_ms": fixed if is_stateful else STATELESS_HOPS_MS,
            "inputs": {"pcm": "pcm", "state": "state" if is_stateful else None},
            "outputs": {
                "logits": "logits",
                "next_state": "next_state" if is_stateful else None,
                "speech": "speech" if signature.tells_speech else None,
            },
            "state": {"shape": [signature.state_floats]} if is_stateful else None,
            "background": list(self.labels.background),
            "out_of_scope": {"rule": "max_probability", "threshold": self.calibration.threshold},
            "temperature": self.calibration.temperature,
            "smoothing": {"weight": smoothing.weight, "decay": smoothing.decay} if smoothing else None,
            "variants": [variant.entry() for variant in variants],
            "golden": [{"audio": f"golden/{name}.wav", "expected": f"golden/{name}.json"} for name in golden],
            "metrics": self.metrics,
            "provenance": self.provenance,
        }

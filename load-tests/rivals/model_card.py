"""What a model package says of its graph, and the running belief that its logits make."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

TOP = 5


@dataclass(frozen=True)
class ModelCard:
    """earshot.json and the labels of config.json."""

    graph: str
    labels: list[str]
    background: list[str]
    temperature: float
    inputs: dict[str, str | None]
    outputs: dict[str, str | None]
    state_shape: list[int] | None
    smoothing: dict[str, float]


def read_card(folder: Path) -> ModelCard:
    """Of the variant that the CPU serves."""
    card = json.loads((folder / "earshot.json").read_text())
    id2label = json.loads((folder / "config.json").read_text())["id2label"]
    variant = next(variant for variant in card["variants"] if "cpu" in variant["providers"])
    return ModelCard(
        graph=str(folder / variant["file"]),
        labels=[id2label[str(index)] for index in range(len(id2label))],
        background=card["background"],
        temperature=card["temperature"],
        inputs=card["inputs"],
        outputs=card["outputs"],
        state_shape=card["state"]["shape"] if card["state"] else None,
        smoothing=card["smoothing"] or {"weight": 1.0, "decay": 1.0},
    )


class Belief:
    """The posterior of the stream so far: a stateful graph's own word, or a stateless one's log-posteriors added up."""

    def __init__(self, card: ModelCard) -> None:
        self.card = card
        self.frames = 0
        self.sum = np.zeros(len(card.labels))

    def hear(self, log_posterior: np.ndarray) -> dict:
        """float[labels] of the next frame to the event about it."""
        if self.card.state_shape is None:
            fresh = 1.0 if self.frames == 0 else 0.5
            self.sum = self.card.smoothing["decay"] * self.sum + self.card.smoothing["weight"] * fresh * log_posterior
            log_posterior = log_softmax(self.sum)
        self.frames += 1
        posterior = np.exp(log_posterior)
        ranked = [(self.card.labels[index], float(posterior[index])) for index in np.argsort(-posterior)]
        intents = [(label, score) for label, score in ranked if label not in self.card.background]
        scores = [{"label": label, "score": round(score, 6)} for label, score in intents[:TOP]]
        return {
            "type": "intent",
            "status": "tentative",
            "end_ms": 500 + 500 * self.frames,
            "intent": scores[0]["label"],
            "score": scores[0]["score"],
            "scores": scores,
        }


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """log(softmax) of one row, in double precision."""
    shifted = logits.astype(np.float64) - logits.max()
    return shifted - np.log(np.exp(shifted).sum())

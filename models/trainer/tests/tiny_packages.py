"""Packages of tiny, randomly initialised models, exported as the trainer exports, with the checkpoint beside them."""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from tiny_wav2vec2 import save_tiny_wav2vec2
from transformers import Wav2Vec2ForSequenceClassification

from trainer.calibration import Calibration
from trainer.checkpoint import open_checkpoint
from trainer.export import export_package
from trainer.labels import Labels
from trainer.package import Card
from trainer.streaming_model import StreamingIntentConfig, StreamingIntentModel
from trainer.weights import SPEECH_EMBEDDING

LABELS = Labels(("close", "dim", "heat", "light", "lock", "open", "background"), ("background",))
TEMPERATURE = 0.7


@dataclass(frozen=True)
class Tiny:
    """A package and the checkpoint that it was exported from."""

    package: Path
    checkpoint: Path


def tiny_wav2vec2(folder: Path) -> Tiny:
    """A stateless package `door` in `folder/models`."""
    save_tiny_wav2vec2(folder / "checkpoint", list(LABELS.names))
    model = Wav2Vec2ForSequenceClassification.from_pretrained(folder / "checkpoint")
    with torch.no_grad():
        # So that the scores differ clearly.
        model.classifier.weight.mul_(200)
    model.save_pretrained(folder / "checkpoint")
    return _exported(folder, "door")


def tiny_streaming(folder: Path) -> Tiny:
    """A stateful package `gate` in `folder/models`."""
    torch.manual_seed(5)
    config = StreamingIntentConfig(width=16, members=1, id2label=LABELS.id2label, label2id=LABELS.label2id)
    model = StreamingIntentModel(config)
    model.load_encoder(load_file(SPEECH_EMBEDDING))
    model.save_pretrained(folder / "checkpoint")
    return _exported(folder, "gate")


def _exported(folder: Path, name: str) -> Tiny:
    checkpoint = open_checkpoint(folder / "checkpoint")
    card = Card(name, "0.1.0", "Tiny.", LABELS, Calibration(TEMPERATURE), checkpoint.smoothing, hop_ms=500)
    export_package(checkpoint.exported, card, ("open the door please",), folder / "models" / name)
    return Tiny(folder / "models" / name, folder / "checkpoint")

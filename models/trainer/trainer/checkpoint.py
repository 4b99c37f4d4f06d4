"""Opens a trained checkpoint, streaming or stateless, for evaluation and export."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from trainer.architectures.families import MODEL_TYPES
from trainer.architectures.open_classifier import open_classifier
from trainer.checkpoint_folder import STREAMING, WINDOWED
from trainer.errors import TrainerError, first_line
from trainer.export import Exported
from trainer.framing import Framing
from trainer.graphs import StreamingGraph
from trainer.listening import Listener, Smoothing, stateless_listener, streaming_listener
from trainer.onnx_graph import Signature
from trainer.rolling_model import HOP_MS, STEPS_PER_HOP, RollingModel
from trainer.streaming_model import StreamingIntentModel
from trainer.windowed_model import WindowedIntentModel

STREAMING_MODELS: dict[str, type[RollingModel]] = {STREAMING: StreamingIntentModel, WINDOWED: WindowedIntentModel}


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint as a listener for evaluation, and as what `export` puts into a package."""

    listener: Listener
    exported: Exported
    smoothing: Smoothing | None
    notes: tuple[str, ...] = ()  # for the model card


def open_checkpoint(folder: Path, cut_padding: bool = False) -> Checkpoint:
    """Opens what `train` saved; `cut_padding` cuts a padded input to one second.

    A TrainerError if it cannot be opened or exported.
    """
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TrainerError(f"{folder} holds no checkpoint: run `trainer train` first ({error})") from error
    kind = config.get("model_type")
    if kind in STREAMING_MODELS:
        return _streaming(folder, config)
    if kind in MODEL_TYPES:
        return _stateless(folder, cut_padding)
    known = (*STREAMING_MODELS, *MODEL_TYPES)
    raise TrainerError(f"{folder}: model_type {kind!r} is none of {', '.join(known)}")


def _streaming(folder: Path, config: dict[str, Any]) -> Checkpoint:
    try:
        kind = STREAMING_MODELS[config["model_type"]]
        opened: Any = kind.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    except (OSError, RuntimeError, SafetensorError, ValueError) as error:
        raise TrainerError(f"the weights in {folder} cannot be read: {first_line(error)}") from error
    model, told = opened
    missing = sorted(told["missing_keys"])
    if missing:
        raise TrainerError(f"the weights in {folder} lack {len(missing)} tensors, {missing[0]} first: is it whole?")
    model.eval()
    signature = Signature(state_floats=sum(model.config.state_parts), tells_speech=True)
    preprocessor = {**model.preprocessor, "steps_per_hop": STEPS_PER_HOP}
    exported = Exported(StreamingGraph(model), signature, config, preprocessor)
    return Checkpoint(streaming_listener(model), exported, smoothing=None)


def _stateless(folder: Path, cut_padding: bool) -> Checkpoint:
    classifier = open_classifier(folder, cut_padding)
    smoothing = Smoothing()
    exported = Exported(classifier.graph, Signature(state_floats=0), classifier.config, classifier.preprocessor)
    return Checkpoint(
        stateless_listener(classifier.graph, Framing(HOP_MS), smoothing), exported, smoothing, classifier.notes
    )

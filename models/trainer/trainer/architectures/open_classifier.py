"""A Hugging Face audio classifier, opened for export."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import AutoConfig, AutoFeatureExtractor, AutoModelForAudioClassification

from trainer.architectures.classifier_graph import ClassifierGraph, classifier_graph
from trainer.architectures.families import MODEL_TYPES
from trainer.architectures.one_second import fit_to_one_second, padding_notes
from trainer.errors import TrainerError, first_line


@dataclass(frozen=True)
class Classifier:
    """The graph as a module, the contents of its two Hugging Face files, and sentences for the model card."""

    graph: ClassifierGraph
    config: dict[str, Any]
    preprocessor: dict[str, Any]
    notes: tuple[str, ...]


def open_classifier(checkpoint: str | Path, cut_padding: bool = False) -> Classifier:
    """Opens a folder or hub id with its own extractor; `cut_padding` cuts its input to one second.

    A TrainerError if it cannot be opened, is none of the twelve architectures, or has an untrained layer.
    """
    model, extractor = _load(str(checkpoint))
    notes = fit_to_one_second(model, extractor) if cut_padding else padding_notes(model, extractor)
    graph = classifier_graph(model, extractor)
    config = json.loads(model.config.to_json_string())
    # Some checkpoints have only one of the two label maps, or none; a package has both.
    config["id2label"] = {str(index): name for index, name in model.config.id2label.items()}
    config["label2id"] = {name: index for index, name in model.config.id2label.items()}
    return Classifier(graph, config, json.loads(extractor.to_json_string()), notes)


def _load(checkpoint: str) -> tuple[Any, Any]:
    try:
        kind = AutoConfig.from_pretrained(checkpoint).model_type
        if kind not in MODEL_TYPES:
            raise TrainerError(f"{checkpoint}: model_type {kind!r} is none of {', '.join(MODEL_TYPES)}")
        extractor = AutoFeatureExtractor.from_pretrained(checkpoint)
        model, loading = AutoModelForAudioClassification.from_pretrained(checkpoint, output_loading_info=True)
    except (OSError, ValueError) as error:
        reason = first_line(error)
        raise TrainerError(f"{checkpoint} cannot be opened as an audio classifier: {reason}") from error
    missing = sorted(loading["missing_keys"])
    if missing:
        raise TrainerError(
            f"{checkpoint} holds no weights for {', '.join(missing[:3])}: train it with `trainer train` first"
        )
    return model, extractor

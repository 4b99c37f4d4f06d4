"""Opens a Hugging Face audio classifier to train it on a set of labels."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoFeatureExtractor, AutoModelForAudioClassification, PreTrainedModel

from trainer.architectures.one_second import fit_to_one_second
from trainer.checkpoint_folder import checkpoint_folder
from trainer.errors import TrainerError, first_line
from trainer.labels import Labels, label_names
from trainer.weights import STARTING_POINTS

UNNAMED = re.compile(r"LABEL_\d+")


@dataclass(frozen=True)
class TrainableClassifier:
    """A model and its feature extractor, cut to one second; `notes` say for the model card what was cut.

    `is_fresh`: the classifier's weights are not the checkpoint's, but random, and depend on the seed.
    """

    model: PreTrainedModel
    extractor: Any
    notes: tuple[str, ...]
    is_fresh: bool


def classifier_to_train(checkpoint: str, labels: Labels) -> TrainableClassifier:
    """Opens a checkpoint folder or hub id; its classifier is kept if it has the same labels, else a fresh one is made.

    A TrainerError if it cannot be opened, or as in `require_compatible`.
    """
    folder = _folder(checkpoint)
    try:
        config = AutoConfig.from_pretrained(folder)
        extractor = AutoFeatureExtractor.from_pretrained(folder)
        require_compatible(config, labels, checkpoint)
        model, told = AutoModelForAudioClassification.from_pretrained(
            folder,
            num_labels=len(labels.names),
            id2label=labels.id2label,
            label2id=labels.label2id,
            ignore_mismatched_sizes=True,
            # Even if it was stored in half precision, in which small steps would be lost.
            dtype=torch.float32,
            output_loading_info=True,
        )
    except (OSError, ValueError, ImportError) as error:
        raise TrainerError(
            f"the checkpoint {checkpoint!r} cannot be opened as an audio classifier: {first_line(error)}"
        ) from error
    is_fresh = any("classifier" in str(each) for each in (*told["missing_keys"], *told["mismatched_keys"]))
    return TrainableClassifier(model, extractor, fit_to_one_second(model, extractor), is_fresh)


def _folder(checkpoint: str) -> Path:
    try:
        return checkpoint_folder(checkpoint)
    except TrainerError as error:
        raise TrainerError(f"{error}; weights that come with the trainer: {', '.join(STARTING_POINTS)}") from error


def require_compatible(config: Any, labels: Labels, checkpoint: str) -> None:
    """A TrainerError if the checkpoint has as many labels as the dataset, but other ones or in another order.

    Its classifier would otherwise be loaded under the wrong names. With another number of labels, a fresh classifier is
    made.
    """
    known = label_names(config.id2label or {})
    if len(known) != len(labels.names) or all(UNNAMED.fullmatch(name) for name in known):
        return
    for index, (theirs, ours) in enumerate(zip(known, labels.names, strict=True)):
        if theirs != ours:
            raise TrainerError(
                f"the label map of {checkpoint} contradicts the dataset's: label {index} is {theirs!r} there and "
                f"{ours!r} here; fine-tune the checkpoint that it came from, or give both the same labels"
            )

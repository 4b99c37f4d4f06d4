"""Opening a Hugging Face audio classifier to train it for a set of labels."""

import re
from dataclasses import dataclass
from typing import Any

import torch
from transformers import AutoConfig, AutoFeatureExtractor, AutoModelForAudioClassification, PreTrainedModel

from trainer.architectures.one_second import fit_to_one_second
from trainer.errors import TrainerError, first_line
from trainer.labels import Labels, label_names

UNNAMED = re.compile(r"LABEL_\d+")


@dataclass(frozen=True)
class TrainableClassifier:
    """A model and its feature extractor, fit to one second; `notes` say for the model card what was cut for that.

    It is fresh where its classifier is none of the checkpoint's, and begins with what the seed has drawn.
    """

    model: PreTrainedModel
    extractor: Any
    notes: tuple[str, ...]
    is_fresh: bool


def classifier_to_train(checkpoint: str, labels: Labels) -> TrainableClassifier:
    """Opens a checkpoint folder or hub id with a classifier for these labels, a fresh one unless it has just these."""
    try:
        config = AutoConfig.from_pretrained(checkpoint)
        extractor = AutoFeatureExtractor.from_pretrained(checkpoint)
        require_compatible(config, labels, checkpoint)
        model, told = AutoModelForAudioClassification.from_pretrained(
            checkpoint,
            num_labels=len(labels.names),
            id2label=labels.id2label,
            label2id=labels.label2id,
            ignore_mismatched_sizes=True,
            # Whatever it was stored in: small steps are lost in half precision.
            dtype=torch.float32,
            output_loading_info=True,
        )
    except (OSError, ValueError, ImportError) as error:
        reason = first_line(error)
        raise TrainerError(
            f"the checkpoint {checkpoint!r} cannot be opened as an audio classifier: {reason}"
        ) from error
    is_fresh = any("classifier" in str(each) for each in (*told["missing_keys"], *told["mismatched_keys"]))
    return TrainableClassifier(model, extractor, fit_to_one_second(model, extractor), is_fresh)


def require_compatible(config: Any, labels: Labels, checkpoint: str) -> None:
    """An error where the checkpoint's classifier has as many labels as the dataset, but others, or in another order.

    Its weights would be taken over under the wrong names.  A different number of labels gets a fresh classifier.
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

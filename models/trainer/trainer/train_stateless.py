"""Stage 2b: fine-tunes a Hugging Face audio classifier on one-second crops, as the reference guide does."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import (
    AutoFeatureExtractor,
    AutoModelForAudioClassification,
    PreTrainedModel,
    Trainer,
    TrainingArguments,
    set_seed,
)

from trainer.errors import TrainerError
from trainer.framing import FRAME_SAMPLES, Samples
from trainer.labels import Labels
from trainer.prepare import Prepared, pcm_of
from trainer.recipe import Recipe


def train_stateless(recipe: Recipe, prepared: Prepared, folder: Path) -> PreTrainedModel:
    """Trains on random one-second crops of the recipe's splits; saves model and feature extractor to `folder`."""
    assert recipe.stateless is not None
    set_seed(recipe.seed)
    model, extractor = load_classifier(recipe.stateless.checkpoint, prepared.labels)
    rows = prepared.split(*recipe.training.train_on)
    clips = [{"pcm": pcm_of(row), "label": int(row["label"])} for row in rows]
    training = recipe.training
    arguments = TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=training.epochs,
        per_device_train_batch_size=training.batch,
        learning_rate=training.learning_rate,
        weight_decay=training.weight_decay,
        warmup_steps=0.1,
        label_smoothing_factor=training.label_smoothing,
        save_strategy="no",
        report_to="none",
        seed=recipe.seed,
        remove_unused_columns=False,
        dataloader_pin_memory=torch.cuda.is_available(),
        use_cpu=not torch.cuda.is_available(),
    )
    collate = CropCollate(extractor, np.random.default_rng(recipe.seed))
    Trainer(model=model, args=arguments, train_dataset=clips, data_collator=collate).train()
    model.eval()
    model.save_pretrained(folder)
    extractor.save_pretrained(folder)
    return model


def load_classifier(checkpoint: str, labels: Labels) -> tuple[PreTrainedModel, Any]:
    """Opens a checkpoint folder or hub id with a fresh classifier for these labels."""
    try:
        extractor = AutoFeatureExtractor.from_pretrained(checkpoint)
        model = AutoModelForAudioClassification.from_pretrained(
            checkpoint,
            num_labels=len(labels.names),
            id2label=labels.id2label,
            label2id=labels.label2id,
            ignore_mismatched_sizes=True,
        )
    except (OSError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise TrainerError(
            f"stateless.checkpoint {checkpoint!r} cannot be opened as an audio classifier: {reason}"
        ) from error
    return model, extractor


class CropCollate:
    """Cuts a random second out of each clip and extracts its features."""

    def __init__(self, extractor: Any, random: np.random.Generator) -> None:
        self.extractor = extractor
        self.random = random

    def __call__(self, clips: list[dict[str, Any]]) -> dict[str, Any]:
        """The arguments of the model's `forward`."""
        crops = [self._crop(clip["pcm"]) for clip in clips]
        features = self.extractor(crops, sampling_rate=16000, return_tensors="pt")
        return {**features, "labels": torch.tensor([clip["label"] for clip in clips])}

    def _crop(self, pcm: Samples) -> Samples:
        if len(pcm) <= FRAME_SAMPLES:
            return np.pad(pcm, (0, FRAME_SAMPLES - len(pcm)))
        start = int(self.random.integers(len(pcm) - FRAME_SAMPLES + 1))
        return pcm[start : start + FRAME_SAMPLES]

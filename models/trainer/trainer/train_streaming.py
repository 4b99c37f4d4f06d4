"""Stage 2a: trains the streaming model's heads on embedded hearings."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn.functional import one_hot
from torch.nn.utils.rnn import pad_sequence
from transformers import Trainer, TrainingArguments, set_seed
from transformers.trainer_pt_utils import LengthGroupedSampler

from trainer.encoder import load_speech_embedding
from trainer.hearings import EmbeddedHearing, embed_hearings
from trainer.labels import Labels
from trainer.prepare import Prepared
from trainer.recipe import Recipe
from trainer.streaming_model import StreamingIntentConfig, StreamingIntentModel
from trainer.weights import SPEECH_EMBEDDING


def train_streaming(recipe: Recipe, prepared: Prepared, folder: Path) -> StreamingIntentModel:
    """Trains on the recipe's splits and saves the model to `folder`."""
    set_seed(recipe.seed)
    model = new_model(recipe, prepared.labels)
    hearings = embed_hearings(prepared, recipe, model)
    set_embedding_scale(model, hearings)
    fit_heads(model, hearings, recipe, folder)
    model.save_pretrained(folder)
    return model


def new_model(recipe: Recipe, labels: Labels) -> StreamingIntentModel:
    """A model with the ported encoder, frozen, and fresh heads."""
    assert recipe.streaming is not None
    config = StreamingIntentConfig(**asdict(recipe.streaming), id2label=labels.id2label, label2id=labels.label2id)
    model = StreamingIntentModel(config)
    load_speech_embedding(load_file(SPEECH_EMBEDDING), model.encoder, model.mel.mel_weight)
    model.encoder.requires_grad_(False)
    return model


def set_embedding_scale(model: StreamingIntentModel, hearings: list[EmbeddedHearing]) -> None:
    """Sets the mean and scale that embeddings are normalised with, from what is trained on."""
    everything = torch.cat([hearing.embeddings.flatten(0, 1) for hearing in hearings]).float()
    model.embedding_mean.copy_(everything.mean(dim=0))
    model.embedding_scale.copy_(everything.std(dim=0))


def fit_heads(model: StreamingIntentModel, hearings: list[EmbeddedHearing], recipe: Recipe, folder: Path) -> None:
    """The training loop: Hugging Face's."""
    training = recipe.training
    arguments = TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=training.epochs,
        per_device_train_batch_size=training.batch,
        learning_rate=training.learning_rate,
        weight_decay=training.weight_decay,
        lr_scheduler_type="cosine",
        warmup_steps=100,
        logging_steps=100,
        save_strategy="no",
        report_to="none",
        seed=recipe.seed,
        remove_unused_columns=False,
        use_cpu=not torch.cuda.is_available(),
        dataloader_pin_memory=torch.cuda.is_available(),
    )
    collate = Collate(len(model.config.id2label or {}), training.label_smoothing, training.time_mask)
    LengthGroupedTrainer(model=model, args=arguments, train_dataset=hearings, data_collator=collate).train()
    model.eval()


class LengthGroupedTrainer(Trainer):
    """Batches hearings of similar length, so that little of a batch is padding."""

    def _get_train_sampler(self, train_dataset: Any = None) -> LengthGroupedSampler:
        hearings: Any = train_dataset or self.train_dataset
        lengths = [len(hearing.labels) for hearing in hearings]
        generator = torch.Generator().manual_seed(self.args.seed)
        return LengthGroupedSampler(self.args.train_batch_size, lengths=lengths, generator=generator)


class Collate:
    """Pads hearings to one length, smooths their targets and mutes random stretches of embeddings."""

    def __init__(self, labels: int, smoothing: float, time_mask: float) -> None:
        self.labels = labels
        self.smoothing = smoothing
        self.time_mask = time_mask

    def __call__(self, hearings: list[EmbeddedHearing]) -> dict[str, Any]:
        """The arguments of the model's `forward`."""
        targets = [one_hot(each.labels, self.labels).float() for each in hearings]
        smooth = pad_sequence(targets, batch_first=True) * (1 - self.smoothing) + self.smoothing / self.labels
        return {
            "embeddings": pad_sequence([self._masked(each.embeddings.float()) for each in hearings], batch_first=True),
            "targets": smooth,
            "weights": pad_sequence([each.weights for each in hearings], batch_first=True),
        }

    def _masked(self, embeddings: Tensor) -> Tensor:
        flat = embeddings.flatten(0, 1).clone()
        if torch.rand(()) < self.time_mask:
            size = int(torch.randint(1, 8, ()))
            start = int(torch.randint(max(1, len(flat) - size), ()))
            flat[start : start + size] = flat.mean(dim=0)
        return flat.reshape(embeddings.shape)

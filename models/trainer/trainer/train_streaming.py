"""Stage 2a: the streaming model, whose heads learn from embedded hearings."""

from dataclasses import asdict
from typing import Any

import torch
from safetensors.torch import load_file
from torch.nn.utils.rnn import pad_sequence

from trainer.encoder import load_speech_embedding
from trainer.hearings import EmbeddedHearing, EmbeddedHearings, embed_for_training, embed_plainly
from trainer.labels import Labels
from trainer.prepared import Prepared
from trainer.recipe import Recipe
from trainer.rolling_loss import NO_HOP
from trainer.rolling_trainer import Lesson
from trainer.streaming_model import StreamingIntentConfig, StreamingIntentModel
from trainer.weights import SPEECH_EMBEDDING


def streaming_lesson(recipe: Recipe, prepared: Prepared, validation: str) -> Lesson:
    """A fresh streaming model, and the hearings that it learns from and is judged by."""
    model = new_model(recipe, prepared.labels)
    train = embed_for_training(prepared, recipe, model)
    set_embedding_scale(model, train)
    return Lesson(
        model=model,
        train=train,
        validation=embed_plainly(prepared.split(validation), prepared.labels, model),
        collate=collate,
        scores=lambda network, inputs: network(inputs["embeddings"]).members,
    )


def new_model(recipe: Recipe, labels: Labels) -> StreamingIntentModel:
    """A model with the ported encoder, frozen, and fresh heads."""
    assert recipe.streaming is not None
    config = StreamingIntentConfig(**asdict(recipe.streaming), id2label=labels.id2label, label2id=labels.label2id)
    model = StreamingIntentModel(config)
    load_speech_embedding(load_file(SPEECH_EMBEDDING), model.encoder, model.mel.mel_weight)
    model.encoder.requires_grad_(False)
    return model


def set_embedding_scale(model: StreamingIntentModel, hearings: EmbeddedHearings) -> None:
    """Sets the mean and scale that embeddings are normalised with, from what is trained on."""
    everything = torch.cat([hearing.embeddings.flatten(0, 1) for hearing in hearings.hearings]).float()
    model.embedding_mean.copy_(everything.mean(dim=0))
    model.embedding_scale.copy_(everything.std(dim=0))


def collate(hearings: list[EmbeddedHearing]) -> dict[str, Any]:
    """Hearings padded to one length: the model's `embeddings`, and `labels` and `weights`."""
    return {
        "embeddings": pad_sequence([each.embeddings.float() for each in hearings], batch_first=True),
        "labels": pad_sequence([each.labels for each in hearings], batch_first=True, padding_value=NO_HOP),
        "weights": pad_sequence([each.weights for each in hearings], batch_first=True),
    }

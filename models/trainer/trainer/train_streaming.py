"""Stage 2a: the streaming model, whose trunk and heads learn from encoded hearings."""

from dataclasses import asdict
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.nn.utils.rnn import pad_sequence

from trainer.framing import SAMPLE_RATE
from trainer.hearings import (
    LONGEST_SECONDS,
    EncodedHearing,
    EncodedHearings,
    Encoder,
    encode_for_training,
    encode_plainly,
)
from trainer.labels import Labels
from trainer.masks import Masks
from trainer.prepared import Prepared, pcm_of
from trainer.recipe import Recipe
from trainer.rolling_loss import NO_HOP
from trainer.rolling_trainer import Lesson
from trainer.streaming_model import StreamingIntentConfig, StreamingIntentModel
from trainer.teacher import TARGET_SIZE, Teacher, distance, open_moonshine
from trainer.weights import SPEECH_EMBEDDING

SPEECH_WEIGHT = 0.3
TEACHER_EXAMPLES = 400
NO_SPEECH = -1.0  # the padding behind a shorter utterance: neither speech nor silence


def streaming_lesson(recipe: Recipe, prepared: Prepared, validation: str) -> Lesson:
    """A fresh streaming model, and the hearings that it learns from and is judged by."""
    teacher = _teacher(recipe, prepared)
    model = new_model(recipe, prepared.labels)
    hearings = encode_for_training(prepared, recipe, Encoder(model, prepared.labels, teacher))
    set_scales(model, hearings)
    return Lesson(
        model=model,
        train=EncodedHearings(hearings, Masks(model.activation_mean.clone(), model.embedding_mean.clone())),
        validation=EncodedHearings(encode_plainly(prepared.split(validation), Encoder(model, prepared.labels))),
        collate=collate,
        hear=hear_utterances,
    )


def new_model(recipe: Recipe, labels: Labels) -> StreamingIntentModel:
    """A model with the ported encoder, frozen, and everything else fresh."""
    assert recipe.streaming is not None
    sizes = asdict(recipe.streaming)
    taught = TARGET_SIZE if sizes.pop("teacher") else 0
    config = StreamingIntentConfig(**sizes, taught=taught, id2label=labels.id2label, label2id=labels.label2id)
    model = StreamingIntentModel(config)
    model.load_encoder(load_file(SPEECH_EMBEDDING))
    return model


def _teacher(recipe: Recipe, prepared: Prepared) -> Teacher | None:
    """The recipe's teacher, its components found in some of the recordings."""
    assert recipe.streaming is not None
    if not recipe.streaming.teacher:
        return None
    encoder = open_moonshine()
    rows = prepared.split(*recipe.training.train_on)
    some = range(0, len(rows), max(1, len(rows) // TEACHER_EXAMPLES))
    return Teacher(encoder, [pcm_of(rows[index])[: LONGEST_SECONDS * SAMPLE_RATE] for index in some])


@torch.no_grad()
def set_scales(model: StreamingIntentModel, hearings: list[EncodedHearing]) -> None:
    """Sets the means and scales that the encoder's outputs are normalised with, from what is trained on."""
    some = hearings[:: max(1, len(hearings) // 1000)]
    activations = torch.cat([hearing.activations for hearing in some]).float()
    embeddings = torch.cat([hearing.embeddings for hearing in some]).float()
    model.activation_mean.copy_(activations.mean(dim=0))
    model.activation_scale.copy_(activations.std(dim=0).clamp_min(1e-3))
    model.embedding_mean.copy_(embeddings.mean(dim=0))
    model.embedding_scale.copy_(embeddings.std(dim=0).clamp_min(1e-3))


def collate(hearings: list[EncodedHearing]) -> dict[str, Any]:
    """Hearings padded to one length, in single precision."""
    return {
        "activations": pad_sequence([each.activations.float() for each in hearings], batch_first=True),
        "embeddings": pad_sequence([each.embeddings.float() for each in hearings], batch_first=True),
        "labels": pad_sequence([each.labels for each in hearings], batch_first=True, padding_value=NO_HOP),
        "weights": pad_sequence([each.weights for each in hearings], batch_first=True),
        "taught": pad_sequence([each.taught for each in hearings], batch_first=True, padding_value=torch.nan),
        "speech": pad_sequence([each.speech.float() for each in hearings], batch_first=True, padding_value=NO_SPEECH),
    }


def hear_utterances(model: StreamingIntentModel, inputs: dict[str, Any]) -> tuple[Tensor, Tensor]:
    """Each member's scores, `[members, batch, hops, labels]`, and what else costs.

    That is mistaking speech for silence, and missing what the teacher says.
    """
    said = model(inputs["activations"], inputs["embeddings"])
    speech = inputs["speech"]
    surprise = binary_cross_entropy_with_logits(said.speech, speech.clamp_min(0), weight=(speech >= 0).float())
    taught = inputs["taught"]
    missed = distance(said.taught, taught) if taught.shape[-1] else 0
    return said.members, SPEECH_WEIGHT * surprise + missed

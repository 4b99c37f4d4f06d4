"""Stage 2a: the streaming model, whose trunk and heads learn from encoded hearings."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.nn.utils.rnn import pad_sequence

from trainer.encoding import encode_for_training, examples, recording_encoder, spread
from trainer.framing import SAMPLE_RATE
from trainer.hearings import LONGEST_SECONDS, EncodedHearing, EncodedHearings, Encoder, encode_plainly
from trainer.labels import Labels
from trainer.masks import Masks
from trainer.moonshine import open_moonshine
from trainer.prepared import Prepared
from trainer.recipe import Recipe
from trainer.rolling_loss import NO_HOP, at_the_end
from trainer.rolling_trainer import Lesson
from trainer.starting_point import begin_with
from trainer.streaming_model import StreamingIntentConfig, StreamingIntentModel
from trainer.teacher import TARGET_SIZE, Teacher, distance
from trainer.weights import SPEECH_EMBEDDING
from trainer.words import Vocabulary, surprise_at_words

SPEECH_WEIGHT = 0.3
WORDS_WEIGHT = 0.03
TEACHER_EXAMPLES = 400
NO_SPEECH = -1.0  # the padding behind a shorter utterance: neither speech nor silence
# How often no embedding is read, so that the wide reading of the activations learns to suffice.
HIDDEN = 0.1


def streaming_lesson(recipe: Recipe, prepared: Prepared, validation: str, jobs: int) -> Lesson:
    """A streaming model to train, and the hearings that it learns from and is judged by."""
    assert recipe.streaming is not None
    rows = prepared.split(*recipe.training.train_on)
    vocabulary = Vocabulary(rows["transcription"])
    model = new_model(recipe, prepared.labels, len(vocabulary))
    encode = recording_encoder(prepared, recipe, Encoder(model, _teacher(recipe, prepared)))
    hearings = list(encode_for_training(prepared, recipe, encode, jobs))
    if not recipe.streaming.checkpoint:
        set_scales(model, hearings)
    return Lesson(
        model=model,
        train=EncodedHearings(hearings, Masks(model.activation_mean.clone())),
        validation=EncodedHearings(encode_plainly(prepared.split(validation), Encoder(model), prepared.labels)),
        collate=collator(vocabulary),
        hear=hear_utterances,
        pretrained=tuple(model.encoder.late_parameters()),
    )


def new_model(recipe: Recipe, labels: Labels, words: int) -> StreamingIntentModel:
    """A model with the ported encoder and everything else fresh, or begun with an earlier run's weights."""
    assert recipe.streaming is not None
    sizes: dict[str, Any] = asdict(recipe.streaming)
    checkpoint = sizes.pop("checkpoint")
    sizes |= {"taught": TARGET_SIZE if sizes.pop("teacher") else 0, "words": words}
    model = StreamingIntentModel(StreamingIntentConfig(**sizes, id2label=labels.id2label, label2id=labels.label2id))
    model.load_encoder(load_file(SPEECH_EMBEDDING))
    if checkpoint:
        begin_with(model, checkpoint)
    return model


def _teacher(recipe: Recipe, prepared: Prepared) -> Teacher | None:
    """The recipe's teacher, its components found in some recordings of the training split."""
    assert recipe.streaming is not None
    if not recipe.streaming.teacher:
        return None
    some = examples(prepared, TEACHER_EXAMPLES)
    return Teacher(open_moonshine(), [each[: LONGEST_SECONDS * SAMPLE_RATE] for each in some])


@torch.no_grad()
def set_scales(model: StreamingIntentModel, hearings: list[EncodedHearing]) -> None:
    """Sets the means and scales that the encoder's outputs are normalised with, from what is trained on."""
    some = [hearings[index].activations.float() for index in spread(len(hearings), 1000)]
    activations = torch.cat(some)
    embeddings = torch.cat([model.encoder.late(each[None])[0] for each in some])
    model.activation_mean.copy_(activations.mean(dim=0))
    model.activation_scale.copy_(activations.std(dim=0).clamp_min(1e-3))
    model.embedding_mean.copy_(embeddings.mean(dim=0))
    model.embedding_scale.copy_(embeddings.std(dim=0).clamp_min(1e-3))


def collator(vocabulary: Vocabulary) -> Callable[[list[EncodedHearing]], dict[str, Any]]:
    """Pads hearings to one length, in single precision."""

    def collate(hearings: list[EncodedHearing]) -> dict[str, Any]:
        speech = [each.speech.float() for each in hearings]
        return {
            "activations": pad_sequence([each.activations.float() for each in hearings], batch_first=True),
            "labels": pad_sequence([each.labels for each in hearings], batch_first=True, padding_value=NO_HOP),
            "weights": pad_sequence([each.weights for each in hearings], batch_first=True),
            "taught": pad_sequence([each.taught for each in hearings], batch_first=True, padding_value=torch.nan),
            "speech": pad_sequence(speech, batch_first=True, padding_value=NO_SPEECH),
            "words": torch.stack([vocabulary.said(each.text) for each in hearings]),
        }

    return collate


def hear_utterances(model: StreamingIntentModel, inputs: dict[str, Any]) -> tuple[Tensor, Tensor]:
    """Each member's scores, `[members, batch, hops, labels]`, and what else costs.

    That is mistaking speech for silence, missing what the teacher says, and missing which words were said.
    """
    activations, speech, taught = inputs["activations"], inputs["speech"], inputs["taught"]
    hidden = torch.rand(len(activations), device=activations.device) < HIDDEN if model.training else None
    said = model(activations, hidden)
    spoken = binary_cross_entropy_with_logits(said.speech, speech.clamp_min(0), weight=(speech >= 0).float())
    missed = distance(said.taught, taught) if taught.shape[-1] else 0
    words = (
        surprise_at_words(said.words[:, *at_the_end(inputs["labels"])], inputs["words"])
        if said.words is not None
        else 0
    )
    return said.members, SPEECH_WEIGHT * spoken + missed + WORDS_WEIGHT * words

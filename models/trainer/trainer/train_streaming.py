"""Trains the streaming model on hearings that were encoded once."""

from collections.abc import Callable
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
from trainer.moonshine import open_moonshine
from trainer.prepared import Prepared
from trainer.recipe import OWN_ENCODER, Recipe, StreamingModel
from trainer.rolling_loss import NO_HOP, at_the_end
from trainer.rolling_model import RollingModel
from trainer.rolling_trainer import Lesson
from trainer.starting_point import begin_with
from trainer.streaming_model import StreamingIntentConfig, StreamingIntentModel
from trainer.teacher import TARGET_SIZE, Teacher, distance
from trainer.weights import SPEECH_EMBEDDING
from trainer.window_encoder import open_encoder
from trainer.windowed_model import WindowedIntentConfig, WindowedIntentModel
from trainer.words import Vocabulary, surprise_at_words

SPEECH_WEIGHT = 0.3
WORDS_WEIGHT = 0.03
TEACHER_EXAMPLES = 400
SCALE_EXAMPLES = 1000
NO_SPEECH = -1.0  # the target of the padding after a shorter utterance: neither speech nor silence


def streaming_lesson(
    recipe: Recipe, prepared: Prepared, validation: str, jobs: int, precision: str | None = None
) -> Lesson:
    """A streaming model to train, and the hearings to train and validate on.

    With `precision` bf16 a windowed encoder, which takes most of the time, also encodes in bf16.
    """
    assert recipe.streaming is not None
    rows = prepared.split(*recipe.training.train_on)
    vocabulary = Vocabulary(rows["transcription"])
    model, begun = new_model(recipe, prepared.labels, len(vocabulary)), recipe.streaming.checkpoint
    has_known_classifier = begun is not None and begin_with(model, begun)
    if precision == "bf16" and isinstance(model, WindowedIntentModel):
        model.activate_in_bf16()
    encode = recording_encoder(prepared, recipe, Encoder(model, _teacher(recipe, prepared)))
    hearings = list(encode_for_training(prepared, recipe, encode, jobs))
    if begun is None:
        model.set_scales([hearings[index].activations.float() for index in spread(len(hearings), SCALE_EXAMPLES)])
    return Lesson(
        model=model,
        train=EncodedHearings(hearings, model.masks()),
        validation=EncodedHearings(encode_plainly(prepared.split(validation), Encoder(model), prepared.labels)),
        collate=collator(vocabulary),
        hear=hear_utterances,
        pretrained=tuple(model.pretrained()),
        has_fresh_classifier=not has_known_classifier,
    )


def new_model(recipe: Recipe, labels: Labels, words: int) -> RollingModel:
    """A model with a pretrained encoder; everything else is initialised at random."""
    told = recipe.streaming
    assert told is not None
    sizes: dict[str, Any] = {name: getattr(told, name) for name in ("width", "layers", "members", "dropout")}
    sizes |= {"taught": TARGET_SIZE if told.teacher else 0, "words": words}
    sizes |= {"id2label": labels.id2label, "label2id": labels.label2id}
    return _on_own_encoder(sizes) if told.encoder == OWN_ENCODER else _on_windows(told, sizes)


def _on_own_encoder(sizes: dict[str, Any]) -> StreamingIntentModel:
    model = StreamingIntentModel(StreamingIntentConfig(**sizes))
    model.load_encoder(load_file(SPEECH_EMBEDDING))
    return model


def _on_windows(told: StreamingModel, sizes: dict[str, Any]) -> WindowedIntentModel:
    opened = open_encoder(told.encoder)
    config = WindowedIntentConfig(
        encoder=told.encoder,
        encoder_config=opened.encoder.config.to_dict(),
        do_normalize=opened.do_normalize,
        window_seconds=told.window_seconds,
        **sizes,
    )
    model = WindowedIntentModel(config)
    model.load_encoder(opened)
    return model


def _teacher(recipe: Recipe, prepared: Prepared) -> Teacher | None:
    """The recipe's teacher, with components computed from some recordings of the split train; None without one."""
    assert recipe.streaming is not None
    if not recipe.streaming.teacher:
        return None
    some = examples(prepared, TEACHER_EXAMPLES)
    return Teacher(open_moonshine(), [each[: LONGEST_SECONDS * SAMPLE_RATE] for each in some])


def collator(vocabulary: Vocabulary) -> Callable[[list[EncodedHearing]], dict[str, Any]]:
    """A function that makes a batch: pads hearings to one length, and converts them to fp32."""

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


def hear_utterances(model: RollingModel, inputs: dict[str, Any]) -> tuple[Tensor, Tensor]:
    """Each member's scores, `[members, batch, hops, labels]`, and the additional loss terms, summed.

    These are for speech activity, for the teacher's features, and for the words that were said.
    """
    activations, speech, taught = inputs["activations"], inputs["speech"], inputs["taught"]
    said = model(activations)
    spoken = binary_cross_entropy_with_logits(said.speech, speech.clamp_min(0), weight=(speech >= 0).float())
    missed = distance(said.taught, taught) if taught.shape[-1] else 0
    words = (
        surprise_at_words(said.words[:, *at_the_end(inputs["labels"])], inputs["words"])
        if said.words is not None
        else 0
    )
    return said.members, SPEECH_WEIGHT * spoken + missed + WORDS_WEIGHT * words

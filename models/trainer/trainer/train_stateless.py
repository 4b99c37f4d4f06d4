"""Trains a Hugging Face audio classifier on one-second frames: the first of each recording, or all of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from datasets import Dataset
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from transformers import BatchFeature

from trainer.augment import Augmenter, plain_hearing
from trainer.framing import FRAME_SAMPLES, SAMPLE_RATE, Framing, Samples
from trainer.hop_targets import hop_targets
from trainer.labels import Labels
from trainer.prepared import Prepared, noises_of, pcm_of
from trainer.recipe import Recipe
from trainer.rolling_loss import NO_HOP, summed_scores
from trainer.rolling_trainer import Hearings, Lesson
from trainer.trainable_classifier import classifier_to_train

# Twice the hop in serving: half the cost, and frames do not overlap.
FRAMING = Framing(hop_ms=1000)


@dataclass(frozen=True)
class FramedHearing:
    """One hearing as a training example of the classifier."""

    frames: Samples  # [hops, 16000]
    seconds: Tensor  # [hops], how much audio of each frame was not in the frame before
    labels: Tensor  # [hops]
    weights: Tensor  # [hops], their sum is 1


def stateless_lesson(recipe: Recipe, prepared: Prepared, validation: str) -> Lesson:
    """The checkpoint with a classifier for the dataset's labels, and the frames to train and validate on.

    Noises come from the split train, whichever splits are trained on, as in `recording_encoder`.
    """
    assert recipe.stateless is not None
    classifier = classifier_to_train(recipe.stateless.checkpoint, prepared.labels)
    rows = prepared.split(*recipe.training.train_on)
    noises = noises_of(prepared.split("train"))
    return Lesson(
        model=classifier.model,
        train=FramedHearings(rows, prepared.labels, recipe, noises),
        validation=FramedHearings(prepared.split(validation), prepared.labels, recipe),
        collate=FrameCollate(classifier.extractor),
        hear=hear_frames,
        extractor=classifier.extractor,
        has_fresh_classifier=classifier.is_fresh,
        notes=classifier.notes,
    )


class FramedHearings(Hearings):
    """Recordings as frames; augmented anew each epoch if `noises` are given and the recipe's `copies` is not 0."""

    def __init__(self, rows: Dataset, labels: Labels, recipe: Recipe, noises: list[Samples] | None = None) -> None:
        assert recipe.stateless is not None
        self.rows = rows
        self.labels = labels
        self.recipe = recipe
        self.noises = noises
        self.hears = recipe.stateless.hears
        self.longest = round(recipe.stateless.longest_seconds * SAMPLE_RATE)
        self.frames = self._frames()

    def lengths(self) -> list[int]:
        """The approximate number of frames of each recording."""
        return self.frames

    def _frames(self) -> list[int]:
        """From the size of each WAV; computed once, because the training loop asks for lengths often."""
        if self.hears == "first-second":
            return [1] * len(self.rows)
        sizes = (len(audio["bytes"]) // 2 for audio in self.rows["audio"])
        return [FRAMING.count(min(size, self.longest)) for size in sizes]

    def __getitem__(self, index: int) -> FramedHearing:
        row = self.rows[index]
        pcm, label = pcm_of(row), int(row["label"])
        if self.hears == "first-second":
            return _first_second(pcm, label)
        return self._utterance(pcm, label, index)

    def _utterance(self, pcm: Samples, label: int, index: int) -> FramedHearing:
        if self.noises is not None and self.recipe.augmentation.copies:
            random = np.random.default_rng((self.recipe.seed, self.epoch, index))
            hearing = Augmenter(self.recipe.augmentation, self.noises, random).altered(pcm)
        else:
            hearing = plain_hearing(pcm)
        heard = hearing.pcm[: self.longest]
        frames = FRAMING.frames(heard)
        targets, weights = hop_targets(hearing.spoken, FRAMING, len(frames), label, self.labels)
        fresh = np.diff(FRAMING.end_ms(len(heard)), prepend=0) / 1000
        return FramedHearing(frames, torch.from_numpy(fresh).float(), targets, weights)


class FrameCollate:
    """Makes a batch: extracts the features of all frames of its utterances."""

    def __init__(self, extractor: Any) -> None:
        self.extractor = extractor

    def __call__(self, hearings: list[FramedHearing]) -> dict[str, Any]:
        """The model's inputs as `features`, and `seconds`, `frames`, `labels` and `weights`."""
        frames = [frame for hearing in hearings for frame in hearing.frames]
        return {
            "features": self.extractor(frames, sampling_rate=SAMPLE_RATE, return_tensors="pt"),
            "frames": [len(hearing.frames) for hearing in hearings],
            "seconds": torch.cat([hearing.seconds for hearing in hearings]),
            "labels": pad_sequence([each.labels for each in hearings], batch_first=True, padding_value=NO_HOP),
            "weights": pad_sequence([each.weights for each in hearings], batch_first=True),
        }


def hear_frames(model: Any, inputs: dict[str, Any]) -> tuple[Tensor, Tensor]:
    """The summed scores of each utterance, `[1, batch, hops, labels]`; there is no additional loss term."""
    features: BatchFeature = inputs["features"]
    scores = summed_scores(model(**features).logits, inputs["seconds"], inputs["frames"])
    return scores, scores.new_zeros(())


def _first_second(pcm: Samples, label: int) -> FramedHearing:
    """The first second, as with `max_length=16000, truncation=True` in the reference guide."""
    frame = np.pad(pcm[:FRAME_SAMPLES], (0, max(0, FRAME_SAMPLES - len(pcm))))
    return FramedHearing(frame[None], torch.ones(1), torch.tensor([label]), torch.ones(1))

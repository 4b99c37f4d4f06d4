"""What the streaming model learns from: encoded hearings with a target and a weight for every hop."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from datasets import Dataset
from torch import Tensor
from tqdm import tqdm

from trainer.activity import activity_of_parts, speech_activity
from trainer.augment import Augmenter, Hearing, plain_hearing
from trainer.framing import FRAME_SAMPLES, SAMPLE_RATE, Framing, Samples
from trainer.hop_targets import hop_targets
from trainer.labels import Labels
from trainer.masks import Masks
from trainer.prepared import Prepared, noises_of, pcm_of
from trainer.recipe import Augmentation, Recipe
from trainer.rolling_trainer import Hearings
from trainer.streaming_model import HOP_MS, STEPS_PER_HOP, StreamingIntentModel
from trainer.teacher import Teacher

LONGEST_SECONDS = 24
FRAMING = Framing(HOP_MS)
FRAME_SECONDS = FRAME_SAMPLES / SAMPLE_RATE
STEP_SECONDS = HOP_MS / 1000 / STEPS_PER_HOP


@dataclass(frozen=True)
class EncodedHearing:
    """One hearing as what is trained gets it; `labels` and `weights` are per hop, the rest in half precision."""

    activations: Tensor  # [12 hops + 12, 288]
    embeddings: Tensor  # [6 hops, 96]
    labels: Tensor  # [hops]
    weights: Tensor  # [hops], their sum is 1
    speech: Tensor  # [6 hops], 1 where somebody speaks
    taught: Tensor  # [6 hops, 128], what a teacher says, NaN where it says nothing; [6 hops, 0] without a teacher


class EncodedHearings(Hearings):
    """Hearings that were encoded once, before training, because the encoder is frozen; masked anew each time."""

    def __init__(self, hearings: list[EncodedHearing], masks: Masks | None = None) -> None:
        self.hearings = hearings
        self.masks = masks

    def lengths(self) -> list[int]:
        """The hops of each."""
        return [len(hearing.labels) for hearing in self.hearings]

    def __getitem__(self, index: int) -> EncodedHearing:
        hearing = self.hearings[index]
        if self.masks is None:
            return hearing
        activations, embeddings = self.masks(hearing.activations, hearing.embeddings)
        return replace(hearing, activations=activations, embeddings=embeddings)


class Encoder:
    """Encodes hearings and says what each of their hops should answer, and how much that counts."""

    def __init__(self, model: StreamingIntentModel, labels: Labels, teacher: Teacher | None = None) -> None:
        self.model = model
        self.labels = labels
        self.teacher = teacher

    @torch.no_grad()
    def __call__(self, hearing: Hearing, label: int) -> EncodedHearing:
        """The first 24 seconds of one hearing."""
        pcm = hearing.pcm[: LONGEST_SECONDS * SAMPLE_RATE]
        hops = FRAMING.count(len(pcm))
        targets, weights = hop_targets(hearing, FRAMING, hops, label, self.labels)
        activations = self.model.activate(torch.from_numpy(FRAMING.padded(pcm)))
        return EncodedHearing(
            activations=activations.half(),
            embeddings=self.model.encoder.late(activations[None])[0].half(),
            labels=targets,
            weights=weights,
            speech=_speech(hearing, hops),
            taught=self._taught(hearing.clean[: len(pcm)], hops),
        )

    def _taught(self, clean: Samples, hops: int) -> Tensor:
        ends = FRAME_SECONDS + (torch.arange(hops * STEPS_PER_HOP) + 1 - STEPS_PER_HOP) * STEP_SECONDS
        return self.teacher(clean, ends) if self.teacher else torch.zeros(len(ends), 0)


def encode_for_training(prepared: Prepared, recipe: Recipe, encode: Encoder) -> list[EncodedHearing]:
    """Encodes the hearings of every recording of the training splits, and silences."""
    rows = prepared.split(*recipe.training.train_on)
    augmenter = Augmenter(recipe.augmentation, noises_of(rows), np.random.default_rng(recipe.seed))
    silences = recipe.augmentation.silences if prepared.labels.background else 0
    hearings = _hearings(rows, augmenter, prepared.labels, silences)
    total = sum(hearings_of(each, recipe.augmentation) for each in rows["is_synthesised"]) + silences
    progress = tqdm(hearings, desc="encode", unit="hearing", total=total, mininterval=2)
    return [encode(hearing, label) for hearing, label in progress]


def encode_plainly(rows: Dataset, encode: Encoder) -> list[EncodedHearing]:
    """Encodes recordings as they are, to validate on."""
    progress = tqdm(rows, desc="encode validation", unit="hearing", mininterval=2)
    return [encode(plain_hearing(pcm_of(row)), int(row["label"])) for row in progress]


def hearings_of(is_synthesised: bool, augmentation: Augmentation) -> int:
    """How many hearings a recording gives; synthesised speech is never heard plain, as no caller is."""
    return augmentation.synthesised_copies if is_synthesised else 1 + augmentation.copies


def _speech(hearing: Hearing, hops: int) -> Tensor:
    """Whether each step of every hop is speech: of a frame, its newest hop is told."""
    before = round(FRAME_SECONDS / STEP_SECONDS) - STEPS_PER_HOP
    parts = before + hops * STEPS_PER_HOP
    activity = activity_of_parts(speech_activity(hearing.clean), parts, STEP_SECONDS * SAMPLE_RATE)
    return torch.from_numpy(activity[before:]).half()


def _hearings(rows: Dataset, augmenter: Augmenter, labels: Labels, silences: int) -> Iterator[tuple[Hearing, int]]:
    for row in rows:
        pcm, label = pcm_of(row), int(row["label"])
        for hearing in _of_recording(pcm, row["is_synthesised"], augmenter):
            yield replace(hearing, clean=hearing.clean[:0]) if row["is_noise"] else hearing, label
    for _ in range(silences):
        yield augmenter.silence(augmenter.random.uniform(0.5, 8)), labels.background_ids[0]


def _of_recording(pcm: Samples, is_synthesised: bool, augmenter: Augmenter) -> Iterator[Hearing]:
    count = hearings_of(is_synthesised, augmenter.settings)
    if not is_synthesised:
        yield plain_hearing(pcm)
        count -= 1
    for _ in range(count):
        yield augmenter.altered(pcm)

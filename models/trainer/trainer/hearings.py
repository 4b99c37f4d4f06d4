"""What the streaming head learns from: embedded hearings with a target and a weight for every hop."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from datasets import Dataset
from torch import Tensor
from tqdm import tqdm

from trainer.augment import Augmenter, Hearing, plain_hearing
from trainer.framing import SAMPLE_RATE, Framing
from trainer.hop_targets import hop_targets
from trainer.labels import Labels
from trainer.prepared import Prepared, noises_of, pcm_of
from trainer.recipe import Recipe
from trainer.rolling_trainer import Hearings
from trainer.streaming_model import HOP_MS, StreamingIntentModel

LONGEST_SECONDS = 24


@dataclass(frozen=True)
class EmbeddedHearing:
    """One hearing as the head sees it; `labels` and `weights` are per hop."""

    embeddings: Tensor  # [hops, 6, 96], half precision
    labels: Tensor  # [hops]
    weights: Tensor  # [hops], their sum is 1


class EmbeddedHearings(Hearings):
    """Hearings that were embedded once, before training: the encoder is frozen.

    A stretch of up to seven embeddings is muted with the probability `time_mask`, after SpecAugment (Park et al. 2019).
    """

    def __init__(self, hearings: list[EmbeddedHearing], time_mask: float = 0.0) -> None:
        self.hearings = hearings
        self.time_mask = time_mask

    def lengths(self) -> list[int]:
        """The hops of each."""
        return [len(hearing.labels) for hearing in self.hearings]

    def __getitem__(self, index: int) -> EmbeddedHearing:
        hearing = self.hearings[index]
        return replace(hearing, embeddings=_muted(hearing.embeddings)) if self._happens() else hearing

    def _happens(self) -> bool:
        return self.time_mask > 0 and bool(torch.rand(()) < self.time_mask)


def embed_for_training(prepared: Prepared, recipe: Recipe, model: StreamingIntentModel) -> EmbeddedHearings:
    """Embeds one plain and `copies` altered hearings of every recording of the training splits, and silences."""
    rows = prepared.split(*recipe.training.train_on)
    noises = noises_of(rows)
    augmenter = Augmenter(recipe.augmentation, noises, np.random.default_rng(recipe.seed))
    labels, silences = prepared.labels, recipe.augmentation.silences if prepared.labels.background else 0
    total = (recipe.augmentation.copies + 1) * len(rows) + silences
    hearings = _hearings(rows, augmenter, labels, silences)
    progress = tqdm(hearings, desc="embed", unit="hearing", total=total, mininterval=2)
    embedded = [embed_hearing(model, hearing, label, labels) for hearing, label in progress]
    return EmbeddedHearings(embedded, recipe.training.time_mask)


def embed_plainly(rows: Dataset, labels: Labels, model: StreamingIntentModel) -> EmbeddedHearings:
    """Embeds recordings as they are, to validate on."""
    progress = tqdm(rows, desc="embed validation", unit="hearing", mininterval=2)
    return EmbeddedHearings(
        [embed_hearing(model, plain_hearing(pcm_of(row)), int(row["label"]), labels) for row in progress]
    )


@torch.no_grad()
def embed_hearing(model: StreamingIntentModel, hearing: Hearing, label: int, labels: Labels) -> EmbeddedHearing:
    """Embeds one hearing and says what each of its hops should answer, and how much that counts."""
    framing = Framing(HOP_MS)
    pcm = hearing.pcm[: LONGEST_SECONDS * SAMPLE_RATE]
    targets, weights = hop_targets(hearing, framing, framing.count(len(pcm)), label, labels)
    return EmbeddedHearing(
        embeddings=model.embed(torch.from_numpy(framing.padded(pcm))).half(), labels=targets, weights=weights
    )


def _hearings(rows: Dataset, augmenter: Augmenter, labels: Labels, silences: int) -> Iterator[tuple[Hearing, int]]:
    for row in rows:
        pcm, label = pcm_of(row), int(row["label"])
        yield plain_hearing(pcm), label
        for _ in range(augmenter.settings.copies):
            yield augmenter.altered(pcm), label
    for _ in range(silences):
        yield augmenter.silence(augmenter.random.uniform(0.5, 8)), labels.background_ids[0]


def _muted(embeddings: Tensor) -> Tensor:
    flat = embeddings.flatten(0, 1).clone()
    size = int(torch.randint(1, 8, ()))
    start = int(torch.randint(max(1, len(flat) - size), ()))
    flat[start : start + size] = flat.float().mean(dim=0).to(flat.dtype)
    return flat.reshape(embeddings.shape)

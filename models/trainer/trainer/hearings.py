"""What the streaming head learns from: embedded hearings with a target and a weight for every hop."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from datasets import Dataset
from torch import Tensor
from tqdm import tqdm

from trainer.augment import Augmenter, Hearing
from trainer.framing import FRAME_SAMPLES, SAMPLE_RATE, Framing
from trainer.labels import Labels
from trainer.prepare import Prepared, pcm_of
from trainer.recipe import Recipe
from trainer.streaming_model import HOP_MS, StreamingIntentModel

# Speech becomes the target's business a little after its onset: the first 200 ms tell nobody anything.
ONSET_SAMPLES = SAMPLE_RATE // 5
EARLIEST_WEIGHT = 0.05
LONGEST_SECONDS = 24


@dataclass(frozen=True)
class EmbeddedHearing:
    """One hearing as the head sees it; `labels` and `weights` are per hop."""

    embeddings: Tensor  # [hops, 6, 96], half precision
    labels: Tensor  # [hops]
    weights: Tensor  # [hops], their sum is 1


def embed_hearings(prepared: Prepared, recipe: Recipe, model: StreamingIntentModel) -> list[EmbeddedHearing]:
    """Embeds one plain and `copies` altered hearings of every recording of the training splits, and silences."""
    rows = prepared.split(*recipe.training.train_on)
    noises = [pcm_of(row) for row in rows if row["is_noise"]]
    augmenter = Augmenter(recipe.augmentation, noises, np.random.default_rng(recipe.seed))
    total = (recipe.augmentation.copies + 1) * len(rows) + recipe.augmentation.silences
    hearings = _hearings(rows, augmenter, prepared.labels)
    progress = tqdm(hearings, desc="embed", unit="hearing", total=total, mininterval=5)
    return [embed_hearing(model, hearing, label, prepared.labels) for hearing, label in progress]


@torch.no_grad()
def embed_hearing(model: StreamingIntentModel, hearing: Hearing, label: int, labels: Labels) -> EmbeddedHearing:
    """Embeds one hearing and says what each of its hops should answer, and how much that counts."""
    framing = Framing(HOP_MS)
    pcm = hearing.pcm[: LONGEST_SECONDS * SAMPLE_RATE]
    ends = FRAME_SAMPLES + np.arange(framing.count(len(pcm))) * framing.hop_samples
    spoken = ends - hearing.speech_start
    has_spoken = spoken > ONSET_SAMPLES
    share = np.clip(spoken / max(1, hearing.speech_end - hearing.speech_start), EARLIEST_WEIGHT, 1)
    targets = np.where(has_spoken, label, labels.background_ids[0])
    weights = np.where(has_spoken, share, EARLIEST_WEIGHT)
    return EmbeddedHearing(
        embeddings=model.embed(torch.from_numpy(framing.padded(pcm))).half(),
        labels=torch.from_numpy(targets),
        weights=torch.from_numpy(weights / weights.sum()).float(),
    )


def _hearings(rows: Dataset, augmenter: Augmenter, labels: Labels) -> Iterator[tuple[Hearing, int]]:
    for row in rows:
        pcm, label = pcm_of(row), int(row["label"])
        yield augmenter.plain(pcm), label
        for _ in range(augmenter.settings.copies):
            yield augmenter.altered(pcm), label
    for _ in range(augmenter.settings.silences):
        yield augmenter.silence(augmenter.random.uniform(0.5, 8)), labels.background_ids[0]

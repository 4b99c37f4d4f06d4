"""Runs a model over every clip of a split and collects its scores."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from trainer.errors import TrainerError
from trainer.framing import SAMPLE_RATE
from trainer.listening import Listener, Scores, with_silence
from trainer.metrics import Ids
from trainer.prepared import Prepared, pcm_of

ENDPOINTING_SECONDS = 1.0


@dataclass(frozen=True)
class OnTheWay:
    """The scores of one clip while it plays: `scores[i]` is the model's belief at `ends_ms[i]` of stream time."""

    ends_ms: NDArray[np.int64]  # [frames]
    scores: Scores  # [frames, labels]


@dataclass(frozen=True)
class Ends:
    """The scores of each clip at one moment, and its length in hours."""

    labels: Ids
    scores: Scores  # [clips, labels]
    hours: NDArray[np.float64]  # [clips]

    @classmethod
    def together(cls, parts: Sequence["Ends"]) -> "Ends":
        """All clips of all parts."""
        each = [(part.labels, part.scores, part.hours) for part in parts]
        return cls(*map(np.concatenate, zip(*each, strict=True)))


@dataclass(frozen=True)
class Heard:
    """The scores of each clip of a split: while it plays, at its end, and after one more second of silence."""

    labels: Ids
    groups: tuple[str, ...]
    on_the_way: tuple[OnTheWay, ...]
    after_silence: Scores  # [clips, labels]
    names: tuple[str, ...]
    languages: tuple[str, ...]

    @classmethod
    def together(cls, parts: Sequence["Heard"]) -> "Heard":
        """All clips of all parts; one that is in several counts in each."""
        return cls(
            np.concatenate([part.labels for part in parts]),
            tuple(chain.from_iterable(part.groups for part in parts)),
            tuple(chain.from_iterable(part.on_the_way for part in parts)),
            np.concatenate([part.after_silence for part in parts]),
            tuple(chain.from_iterable(part.names for part in parts)),
            tuple(chain.from_iterable(part.languages for part in parts)),
        )

    @property
    def final(self) -> Scores:
        """The scores at each clip's end: `[clips, labels]`."""
        return np.stack([clip.scores[-1] for clip in self.on_the_way])

    @property
    def hours(self) -> NDArray[np.float64]:
        """The length of each clip in hours: `[clips]`."""
        return np.array([clip.ends_ms[-1] / 3_600_000 for clip in self.on_the_way])


def hear_split(prepared: Prepared, split: str, listener: Listener) -> Heard:
    """Runs the model over every clip of a split, and again with silence after it; an empty split is a TrainerError."""
    labels, groups, on_the_way, after, names, languages = [], [], [], [], [], []
    for index, row in enumerate(_rows(prepared, split)):
        pcm = pcm_of(row)
        labels.append(int(row["label"]))
        groups.append(row["group"] or f"clip {index} of {prepared.digest}")
        on_the_way.append(OnTheWay(np.array(listener.framing.end_ms(len(pcm))), listener.hear(pcm)))
        after.append(listener.hear(with_silence(pcm, ENDPOINTING_SECONDS))[-1])
        names.append(row["audio"]["path"])
        languages.append(row["language"])
    heard = tuple(on_the_way)
    return Heard(np.array(labels), tuple(groups), heard, np.stack(after), tuple(names), tuple(languages))


def hear_ends(prepared: Prepared, split: str, listener: Listener, silence: float = 0) -> Ends:
    """What the model says of each clip after it and `silence` seconds of silence."""
    labels, scores, hours = [], [], []
    for row in _rows(prepared, split):
        pcm = pcm_of(row)
        labels.append(int(row["label"]))
        scores.append(listener.hear(with_silence(pcm, silence))[-1])
        hours.append(len(pcm) / SAMPLE_RATE / 3600)
    return Ends(np.array(labels), np.stack(scores), np.array(hours))


def _rows(prepared: Prepared, split: str) -> Iterator[dict[str, Any]]:
    rows = prepared.split(split)
    if len(rows) == 0:
        raise TrainerError(
            f"the dataset has no clips in the split {split}: name another with --split, or prepare it with one"
        )
    return iter(tqdm(rows, desc=f"hear {split}", unit="clip"))

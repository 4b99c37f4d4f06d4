"""Label names and label indices: the only place that maps one to the other."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, zip_longest
from pathlib import Path
from typing import Any
from unicodedata import normalize

from trainer.errors import TrainerError

# The label that `synthesize` gives to other talk; a label of this name is never announced, whatever its source.
BACKGROUND = "background"
LEAST_LETTERS = 5  # of labels that are compared for slips


def label_of(written: str) -> str:
    """The normalised spelling of a label: without surrounding space, in Unicode NFC."""
    return normalize("NFC", written).strip()


@dataclass(frozen=True)
class Labels:
    """The label names in the order of the logits: intents sorted by name, then the background labels."""

    names: tuple[str, ...]
    background: tuple[str, ...]

    @classmethod
    def of(cls, found: Iterable[str], background: tuple[str, ...]) -> "Labels":
        """The labels of some recordings: their intents, and the `background` labels whether or not they were found.

        A label called `background` is always a background label. No intent, or fewer than two labels, is a
        TrainerError.
        """
        known, background = set(found), tuple(map(label_of, background))
        if BACKGROUND in known - set(background):
            background = (*background, BACKGROUND)
        intents = sorted(known - set(background))
        if not intents:
            raise TrainerError("the recordings hold no intent: every label is a background label")
        if len(intents) + len(background) < 2:
            raise TrainerError(
                f"the recordings have one label alone, {intents[0]!r}, and a model tells at least two apart: add "
                f"recordings of another intent, or talk and noise with the label {BACKGROUND}"
            )
        return cls((*intents, *background), background)

    def doubts(self) -> list[str]:
        """Warnings for labels that may be meant as one: but for upper and lower case, or for one letter.

        Also for one that only case tells from `background`.
        """
        by_case: defaultdict[str, list[str]] = defaultdict(list)
        for name in self.names:
            by_case[name.casefold()].append(name)
        announced = [name for name in by_case.pop(BACKGROUND, []) if name not in self.background]
        return [
            *(f"The label {name!r} is announced as an intent: it is not {BACKGROUND!r}." for name in announced),
            *(
                f"{len(alike)} labels differ in their case alone: {', '.join(map(repr, alike))}."
                for alike in by_case.values()
                if len(alike) > 1
            ),
            *(
                f"The labels {one!r} and {other!r} differ in one letter: if it is a slip, give both the same name."
                for one, other in combinations(self.names, 2)
                if _is_slip(one.casefold(), other.casefold())
            ),
        ]

    @property
    def id2label(self) -> dict[int, str]:
        """Index to name."""
        return dict(enumerate(self.names))

    @property
    def label2id(self) -> dict[str, int]:
        """Name to index."""
        return {name: index for index, name in enumerate(self.names)}

    @property
    def background_ids(self) -> list[int]:
        """The indices of the background labels."""
        return [self.label2id[name] for name in self.background]


def _is_slip(one: str, other: str) -> bool:
    """Whether two labels differ in one letter: added, left out, another, or exchanged with the next.

    Short words may well differ so, and digits are there to tell labels apart.
    """
    if one == other or min(len(one), len(other)) < LEAST_LETTERS or abs(len(one) - len(other)) > 1:
        return False
    shared = min(len(one), len(other))
    place = next((index for index in range(shared) if one[index] != other[index]), shared)
    first, second = one[place:], other[place:]
    if (first + second)[:1].isdigit() or second[:1].isdigit():
        return False
    swapped = first[1:2] + first[:1] + first[2:]
    return second in (first[1:], swapped) or second[1:] in (first, first[1:])


def require_same_labels(checkpoint_labels: Sequence[str], dataset_labels: Sequence[str], where: Path) -> None:
    """A TrainerError if a checkpoint's labels differ from the dataset's, in names or order.

    It names the first difference. `where` is the checkpoint's folder, for the message.
    """
    pairs = zip_longest(checkpoint_labels, dataset_labels)
    for index, (trained, prepared) in enumerate(pairs):
        if trained != prepared:
            raise TrainerError(
                f"{where}: label {index} of the checkpoint is {_shown(trained)}, but of the dataset "
                f"{_shown(prepared)}: use the dataset that it was trained on"
            )


def _shown(label: str | None) -> str:
    return "missing" if label is None else repr(label)


def label_names(id2label: Mapping[Any, str]) -> tuple[str, ...]:
    """The names in the order of the logits, from a configuration's `id2label`, whose keys are strings in JSON."""
    return tuple(str(id2label[key]) for key in sorted(id2label, key=int))

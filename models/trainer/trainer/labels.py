"""Where label index meets label name: nowhere else."""

from collections.abc import Iterable
from dataclasses import dataclass

from trainer.errors import TrainerError


@dataclass(frozen=True)
class Labels:
    """The label names in the order of the logits: intents by name, then the background labels."""

    names: tuple[str, ...]
    background: tuple[str, ...]

    @classmethod
    def of(cls, found: Iterable[str], background: tuple[str, ...]) -> "Labels":
        """The label set of some recordings; a background label is a label even where nothing was found for it."""
        intents = sorted(set(found) - set(background))
        if not intents:
            raise TrainerError("the recordings hold no intent: every label is a background label")
        return cls((*intents, *background), background)

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

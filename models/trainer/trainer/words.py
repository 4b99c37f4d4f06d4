"""Which words were said, as an auxiliary training target: a label covers only one word in ten that a caller says."""

import re
from collections import Counter
from collections.abc import Iterable

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

MOST_WORDS = 500
# A word must occur in so many texts; from rarer ones the model would learn a voice rather than a word.
FEWEST_TEXTS = 8


class Vocabulary:
    """The words that occur in the most texts: at most 500, and only words that occur in at least 8 texts.

    They are ordered by how many texts they occur in, then alphabetically, so the order is the same in every process.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        counts = Counter(word for text in texts for word in words_of(text))
        common = [(-count, word) for word, count in counts.items() if count >= FEWEST_TEXTS]
        self.places = {word: place for place, (_, word) in enumerate(sorted(common)[:MOST_WORDS])}

    def __len__(self) -> int:
        return len(self.places)

    def said(self, text: str) -> Tensor:
        """Whether a text has each word of the vocabulary, 0 or 1: `[words]`; NaN if the text is empty (unknown)."""
        if not text:
            return torch.full((len(self),), torch.nan)
        said = torch.zeros(len(self))
        said[[self.places[word] for word in words_of(text) if word in self.places]] = 1
        return said


def words_of(text: str) -> set[str]:
    """The different words of a text, in lower case."""
    return set(re.findall(r"[\w']+", text.lower()))


def surprise_at_words(logits: Tensor, said: Tensor) -> Tensor:
    """The cross-entropy of log-odds `[members, batch, words]` against `said` `[batch, words]`.

    It is summed over the words, and averaged over members and over the hearings whose words are known.
    """
    known = ~said.isnan().any(dim=-1)
    if not known.any():
        return logits.sum() * 0
    targets = said[known].expand(len(logits), -1, -1)
    return binary_cross_entropy_with_logits(logits[:, known], targets, reduction="sum") / targets[..., 0].numel()

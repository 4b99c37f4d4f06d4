"""Which words were said, as a second thing to learn: a label tells one word in ten of what a caller says."""

import re
from collections import Counter
from collections.abc import Iterable

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

MOST_WORDS = 500
# Texts that a word must be in; rarer ones teach a voice rather than a word.
FEWEST_TEXTS = 8


class Vocabulary:
    """The words that are in the most of some texts, at most 500; none where the texts are too few.

    Each has its place by how many texts it is in, then by the alphabet: the same in every process.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        counts = Counter(word for text in texts for word in words_of(text))
        common = [(-count, word) for word, count in counts.items() if count >= FEWEST_TEXTS]
        self.places = {word: place for place, (_, word) in enumerate(sorted(common)[:MOST_WORDS])}

    def __len__(self) -> int:
        return len(self.places)

    def said(self, text: str) -> Tensor:
        """Which of the words a text holds, 0 or 1: `[words]`; NaN where nobody knows what is said."""
        if not text:
            return torch.full((len(self),), torch.nan)
        said = torch.zeros(len(self))
        said[[self.places[word] for word in words_of(text) if word in self.places]] = 1
        return said


def words_of(text: str) -> set[str]:
    """The words of a text, in lower case."""
    return set(re.findall(r"[\w']+", text.lower()))


def surprise_at_words(logits: Tensor, said: Tensor) -> Tensor:
    """The cross-entropy of log-odds `[members, batch, words]` with what was said, `[batch, words]`.

    It is summed over the words and averaged over members and those hearings of which the words are known.
    """
    known = ~said.isnan().any(dim=-1)
    if not known.any():
        return logits.sum() * 0
    targets = said[known].expand(len(logits), -1, -1)
    return binary_cross_entropy_with_logits(logits[:, known], targets, reduction="sum") / targets[..., 0].numel()

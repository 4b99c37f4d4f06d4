"""The target at each hop within an utterance, and how much it counts."""

import pytest
import torch

from trainer.framing import Framing
from trainer.hop_targets import EARLIEST_WEIGHT, hop_targets
from trainer.labels import Labels

LABELS = Labels(("balance", "freeze", "background"), ("background",))
# Hops end after 1, 1.5, 2, … seconds; speech lasts from 1.2 s to 3.2 s.
SPOKEN = (19_200, 51_200)


@pytest.mark.parametrize("label", [1, 2])
def test_before_speech_it_is_background_and_later_hops_count_by_the_part_that_was_heard(label: int) -> None:
    targets, weights = hop_targets(SPOKEN, Framing(500), 7, label, LABELS)
    assert targets.tolist() == [2] + [label] * 6
    counts = torch.tensor([EARLIEST_WEIGHT, 0.15, 0.4, 0.65, 0.9, 1, 1])
    torch.testing.assert_close(weights, counts / counts.sum())


@pytest.mark.parametrize("label", [0, 2])
def test_where_nobody_speaks_every_hop_counts_the_same(label: int) -> None:
    targets, weights = hop_targets((80_000, 80_000), Framing(500), 4, label, LABELS)
    assert targets.tolist() == [2] * 4
    torch.testing.assert_close(weights, torch.full((4,), 0.25))


def test_where_nobody_speaks_a_hop_that_reaches_beyond_the_end_counts_as_much_as_any_other() -> None:
    targets, weights = hop_targets((36_000, 36_000), Framing(500), 4, 2, LABELS)
    assert targets.tolist() == [2] * 4
    torch.testing.assert_close(weights, torch.full((4,), 0.25))

"""Masks hide what they say they hide, and nothing of what they were given."""

import torch

from trainer.masks import LONGEST_SPAN, SPANS, Masks

HOPS = 8


def masked(spans: float = 0.0, band: float = 0.0) -> torch.Tensor:
    """Which numbers of the activations changed."""
    masks = Masks(torch.zeros(288), spans=spans, band=band)
    activations = torch.ones(12 * HOPS + 12, 288).half()
    hidden = masks(activations)
    assert (activations == 1).all()
    return hidden != 1


def test_without_any_probability_nothing_changes() -> None:
    assert not masked().any()


def test_spans_are_short_and_hide_all_of_their_activations() -> None:
    torch.manual_seed(1)
    for _ in range(50):
        activations = masked(spans=1.0)
        rows = activations.all(dim=1)
        assert 2 <= int(rows.sum()) <= SPANS * LONGEST_SPAN
        assert torch.equal(rows, activations.any(dim=1))


def test_a_band_is_one_in_four_of_all_channels_at_all_times() -> None:
    torch.manual_seed(1)
    per_band = masked(band=1.0).unflatten(1, (72, 4)).float().mean(dim=(0, 1))
    assert sorted(per_band.tolist()) == [0, 0, 0, 1]

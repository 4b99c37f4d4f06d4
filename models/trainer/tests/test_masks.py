"""Masks hide what they say they hide, and nothing of what they were given."""

import torch

from trainer.masks import LONGEST_SPAN, SPANS, Masks

HOPS = 8


def masked(masks: Masks) -> tuple[torch.Tensor, torch.Tensor]:
    """Which numbers of activations and embeddings changed."""
    activations, embeddings = torch.ones(12 * HOPS + 12, 288).half(), torch.ones(6 * HOPS, 96).half()
    hidden = masks(activations, embeddings)
    assert (activations == 1).all() and (embeddings == 1).all()
    return hidden[0] != 1, hidden[1] != 1


def of(**probabilities: float) -> Masks:
    return Masks(torch.zeros(288), torch.zeros(96), **{"spans": 0.0, "band": 0.0, "wide_only": 0.0, **probabilities})


def test_without_any_probability_nothing_changes() -> None:
    activations, embeddings = masked(of())
    assert not activations.any() and not embeddings.any()


def test_spans_are_short_and_hide_activations_and_embeddings_at_the_same_time() -> None:
    torch.manual_seed(1)
    for _ in range(50):
        activations, embeddings = masked(of(spans=1.0))
        rows, steps = activations.all(dim=1), embeddings.all(dim=1)
        assert 2 <= int(rows.sum()) <= SPANS * LONGEST_SPAN
        assert 1 <= int(steps.sum()) <= SPANS * (LONGEST_SPAN // 2 + 1)
        assert torch.equal(rows, activations.any(dim=1))


def test_a_band_is_one_in_four_of_all_channels_at_all_times() -> None:
    torch.manual_seed(1)
    activations, embeddings = masked(of(band=1.0))
    per_band = activations.unflatten(1, (72, 4)).float().mean(dim=(0, 1))
    assert sorted(per_band.tolist()) == [0, 0, 0, 1] and not embeddings.any()


def test_wide_only_hides_every_embedding_and_no_activation() -> None:
    activations, embeddings = masked(of(wide_only=1.0))
    assert embeddings.all() and not activations.any()

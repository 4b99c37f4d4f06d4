"""The rolling loss against PyTorch's own cross-entropy, and against the server's sums."""

import pytest
import torch
from torch.nn.functional import cross_entropy, log_softmax

from trainer.recipe import Training
from trainer.rolling_loss import NO_HOP, class_weights, last_hop, rolling_loss, summed_scores


@pytest.fixture
def scores() -> torch.Tensor:
    return torch.randn(1, 3, 4, 5, generator=torch.Generator().manual_seed(1))


def test_with_one_hop_it_is_the_cross_entropy(scores: torch.Tensor) -> None:
    labels = torch.tensor([[0], [3], [4]])
    loss = rolling_loss(scores[:, :, :1], labels, torch.ones(3, 1), torch.ones(5), 0.1)
    torch.testing.assert_close(loss, cross_entropy(scores[0, :, 0], labels[:, 0], label_smoothing=0.1))


def test_padding_changes_nothing(scores: torch.Tensor) -> None:
    labels = torch.tensor([[1, 1, 1, NO_HOP]] * 3)
    weights = torch.tensor([[0.2, 0.3, 0.5, 0.0]] * 3)
    padded = rolling_loss(scores, labels, weights, torch.ones(5), 0.0)
    cut = rolling_loss(scores[:, :, :3], labels[:, :3], weights[:, :3], torch.ones(5), 0.0)
    torch.testing.assert_close(padded, cut)


def test_a_label_of_weight_nought_teaches_nothing(scores: torch.Tensor) -> None:
    labels = torch.tensor([[0] * 4, [1] * 4, [1] * 4])
    weights = torch.full((3, 4), 0.25)
    balanced = rolling_loss(scores, labels, weights, torch.tensor([0.0, 1, 1, 1, 1]), 0.0)
    alone = rolling_loss(scores[:, 1:], labels[1:], weights[1:], torch.ones(5), 0.0)
    torch.testing.assert_close(balanced, alone)


def test_rarer_labels_weigh_more_and_one_on_average() -> None:
    labels = [0] * 16 + [1] * 4
    weights = class_weights(labels, 2, Training())
    torch.testing.assert_close(weights[1] / weights[0], torch.tensor(2.0))
    torch.testing.assert_close(weights[labels].mean(), torch.tensor(1.0))


def test_the_last_hop_is_the_last_that_is_no_padding(scores: torch.Tensor) -> None:
    labels = torch.tensor([[2, 2, NO_HOP, NO_HOP], [1, 1, 1, 1], [0, NO_HOP, NO_HOP, NO_HOP]])
    ends, answers = last_hop(scores, labels)
    torch.testing.assert_close(ends, torch.stack([scores[0, 0, 1], scores[0, 1, 3], scores[0, 2, 0]]))
    assert answers.tolist() == [2, 1, 0]


def test_frames_add_up_as_the_server_adds_them() -> None:
    logits = torch.randn(5, 3, generator=torch.Generator().manual_seed(2))
    seconds = torch.tensor([1.0, 0.5, 1.0, 0.5, 0.2])
    summed = summed_scores(logits, seconds, [2, 3])[0]
    expected = sum(seconds[index] * log_softmax(logits[index], dim=-1) for index in (2, 3, 4))
    torch.testing.assert_close(summed[1, 2], torch.as_tensor(expected))
    assert summed.shape == (2, 3, 3)

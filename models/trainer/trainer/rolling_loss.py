"""The rolling loss: the cross-entropy of what the model outputs at every hop of an utterance."""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from trainer.recipe import Training

NO_HOP = -100  # the label of the padding after a shorter utterance


def rolling_loss(scores: Tensor, labels: Tensor, weights: Tensor, class_weights: Tensor, smoothing: float) -> Tensor:
    """The weighted mean of the cross-entropy over all hops of a batch, averaged over ensemble members; a scalar.

    - `scores` `[members, batch, hops, labels]`: unnormalised log-probabilities, given the audio up to each hop.
    - `labels` `[batch, hops]`: label indices, `NO_HOP` after the end of an utterance.
    - `weights` `[batch, hops]`: the weight of each hop.
    - `class_weights` `[labels]`: the weight of each label.
    """
    members = scores.shape[0]
    flat = labels.expand(members, -1, -1).reshape(-1)
    surprise = cross_entropy(
        scores.flatten(0, 2).float(), flat, reduction="none", ignore_index=NO_HOP, label_smoothing=smoothing
    )
    counted = (weights * class_weights[labels.clamp_min(0)] * (labels != NO_HOP)).expand(members, -1, -1).reshape(-1)
    return (surprise * counted).sum() / counted.sum()


def last_hop(scores: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """The scores `[batch, labels]` at each utterance's last hop, averaged over members, and its label `[batch]`."""
    last = at_the_end(labels)
    return scores.mean(dim=0)[last], labels[last]


def at_the_end(labels: Tensor) -> tuple[Tensor, Tensor]:
    """The index of the last hop of each utterance, as indices into batch and hops, `[batch]` each."""
    return torch.arange(len(labels), device=labels.device), (labels != NO_HOP).sum(dim=1) - 1


def class_weights(labels: list[int], count: int, training: Training) -> Tensor:
    """A weight for each label, `[labels]`: rarer labels weigh more, by the square root of their number of recordings.

    The mean over the recordings is 1.
    """
    if training.class_balance == "none":
        return torch.ones(count)
    clips = np.bincount(labels, minlength=count)
    weights = 1 / np.sqrt(np.maximum(clips, 1))
    return torch.from_numpy(weights * clips.sum() / (weights * clips).sum()).float()


def summed_scores(logits: Tensor, seconds: Tensor, frames: list[int]) -> Tensor:
    """The log-posteriors of a stateless classifier, summed as the server sums them: `[1, batch, hops, labels]`.

    - `logits` `[frames of all utterances, labels]`.
    - `seconds` `[frames of all utterances]`: how much audio of each frame was not in the frame before.
    - `frames`: how many frames each utterance has.
    """
    fresh = logits.float().log_softmax(dim=-1) * seconds[:, None]
    sums = [part.cumsum(dim=0) for part in fresh.split(frames)]
    return torch.nn.utils.rnn.pad_sequence(sums, batch_first=True)[None]

"""The loss on what an utterance says at every hop on the way."""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from trainer.recipe import Training

NO_HOP = -100  # the label of the padding behind a shorter utterance


def rolling_loss(scores: Tensor, labels: Tensor, weights: Tensor, class_weights: Tensor, smoothing: float) -> Tensor:
    """The weighted mean of the cross-entropy at every hop, averaged over members.

    `scores` `[members, batch, hops, labels]`: unnormalised log-probabilities of what was heard up to each hop; `labels`
    `[batch, hops]`, `NO_HOP` behind the end; `weights` `[batch, hops]`: how much each hop counts; `class_weights`
    `[labels]`: how much each label does.
    """
    members = scores.shape[0]
    flat = labels.expand(members, -1, -1).reshape(-1)
    surprise = cross_entropy(
        scores.flatten(0, 2).float(), flat, reduction="none", ignore_index=NO_HOP, label_smoothing=smoothing
    )
    counted = (weights * class_weights[labels.clamp_min(0)] * (labels != NO_HOP)).expand(members, -1, -1).reshape(-1)
    return (surprise * counted).sum() / counted.sum()


def last_hop(scores: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """What was said at the end of each utterance, `[batch, labels]`, averaged over members, and its label `[batch]`."""
    last = at_the_end(labels)
    return scores.mean(dim=0)[last], labels[last]


def at_the_end(labels: Tensor) -> tuple[Tensor, Tensor]:
    """Where the last hop of each utterance is: indices of the batch and of the hop, `[batch]` each."""
    return torch.arange(len(labels), device=labels.device), (labels != NO_HOP).sum(dim=1) - 1


def class_weights(labels: list[int], count: int, training: Training) -> Tensor:
    """A weight for each label, 1 on average over the recordings: rarer ones count more, by the root of their number."""
    if training.class_balance == "none":
        return torch.ones(count)
    clips = np.bincount(labels, minlength=count)
    weights = 1 / np.sqrt(np.maximum(clips, 1))
    return torch.from_numpy(weights * clips.sum() / (weights * clips).sum()).float()


def summed_scores(logits: Tensor, seconds: Tensor, frames: list[int]) -> Tensor:
    """What a stateless classifier's frames add up to, as the server adds them: `[1, batch, hops, labels]`.

    `logits` `[frames of all, labels]`, `seconds` `[frames of all]`: the audio that was new in each frame; `frames`: how
    many frames each utterance has.
    """
    fresh = logits.float().log_softmax(dim=-1) * seconds[:, None]
    sums = [part.cumsum(dim=0) for part in fresh.split(frames)]
    return torch.nn.utils.rnn.pad_sequence(sums, batch_first=True)[None]

"""Training targets of an utterance: which label the model should output at each hop, and the weight of each hop."""

import numpy as np
import torch
from torch import Tensor

from trainer.framing import FRAME_SAMPLES, SAMPLE_RATE, Framing
from trainer.labels import Labels

# The label becomes the target a little after the onset of speech: nobody can tell it from the first 200 ms.
ONSET_SAMPLES = SAMPLE_RATE // 5
EARLIEST_WEIGHT = 0.05


def hop_targets(
    spoken: tuple[int, int], framing: Framing, hops: int, label: int, labels: Labels
) -> tuple[Tensor, Tensor]:
    """The target label of each hop, `[hops]`, and its weight in the loss, `[hops]`; the weights sum to 1.

    `spoken` holds the samples at which speech starts and ends. Before speech starts, the target is background where the
    dataset has such a label; otherwise it is `label` itself, which teaches the model to be uncertain there. After that,
    the weight of a hop grows with the share of the speech that has been heard.
    """
    ends = FRAME_SAMPLES + np.arange(hops) * framing.hop_samples
    start, end = spoken
    heard = ends - start
    has_spoken = (heard > ONSET_SAMPLES) & (end > start)
    share = np.clip(heard / max(1, end - start), EARLIEST_WEIGHT, 1)
    nothing = labels.background_ids[0] if labels.background else label
    targets = np.where(has_spoken, label, nothing)
    weights = np.where(has_spoken, share, EARLIEST_WEIGHT)
    return torch.from_numpy(targets), torch.from_numpy(weights / weights.sum()).float()

"""What a model should say at each hop of an utterance, and how much that counts."""

import numpy as np
import torch
from torch import Tensor

from trainer.framing import FRAME_SAMPLES, SAMPLE_RATE, Framing
from trainer.labels import Labels

# Speech becomes the target's business a little after its onset: the first 200 ms tell nobody anything.
ONSET_SAMPLES = SAMPLE_RATE // 5
EARLIEST_WEIGHT = 0.05


def hop_targets(
    spoken: tuple[int, int], framing: Framing, hops: int, label: int, labels: Labels
) -> tuple[Tensor, Tensor]:
    """The label of each hop, `[hops]`, and its weight, `[hops]`, which sum to 1, of speech between two samples.

    Before anybody has spoken the answer is background, where there is such a label; the label itself otherwise, which
    teaches the model to be unsure.  Then the weight grows with the part of the speech that was heard.
    """
    ends = FRAME_SAMPLES + np.arange(hops) * framing.hop_samples
    start, end = spoken
    heard = ends - start
    has_spoken = heard > ONSET_SAMPLES
    share = np.clip(heard / max(1, end - start), EARLIEST_WEIGHT, 1)
    nothing = labels.background_ids[0] if labels.background else label
    targets = np.where(has_spoken, label, nothing)
    weights = np.where(has_spoken, share, EARLIEST_WEIGHT)
    return torch.from_numpy(targets), torch.from_numpy(weights / weights.sum()).float()

"""The input normalisation of Wav2Vec2FeatureExtractor as a module."""

import torch
from torch import Tensor, nn

# The same value as in transformers' zero_mean_unit_var_norm.
NORMALISATION_EPSILON = 1e-7


class Waveform(nn.Module):
    """`pcm` to `input_values`, `[batch, samples]` each: zero mean and unit variance if `do_normalize` is set.

    Without padding the attention mask is all ones and has no effect, so the graph passes none.
    """

    def __init__(self, do_normalize: bool) -> None:
        super().__init__()
        self.do_normalize = do_normalize

    def forward(self, pcm: Tensor) -> Tensor:
        """Normalises each row by its own mean and variance."""
        if not self.do_normalize:
            return pcm
        centred = pcm - pcm.mean(dim=-1, keepdim=True)
        variance = centred.square().mean(dim=-1, keepdim=True)
        return centred / torch.sqrt(variance + NORMALISATION_EPSILON)

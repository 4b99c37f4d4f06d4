"""What Wav2Vec2FeatureExtractor does to a waveform, as a module."""

import torch
from torch import Tensor, nn

# As transformers' zero_mean_unit_var_norm.
NORMALISATION_EPSILON = 1e-7


class Waveform(nn.Module):
    """`pcm` to `input_values`, `[batch, samples]`: zero mean and unit variance where `do_normalize` says so.

    An attention mask without padding is all ones, which changes nothing: the graph feeds none.
    """

    def __init__(self, do_normalize: bool) -> None:
        super().__init__()
        self.do_normalize = do_normalize

    def forward(self, pcm: Tensor) -> Tensor:
        """Each row by its own mean and variance."""
        if not self.do_normalize:
            return pcm
        centred = pcm - pcm.mean(dim=-1, keepdim=True)
        variance = centred.square().mean(dim=-1, keepdim=True)
        return centred / torch.sqrt(variance + NORMALISATION_EPSILON)

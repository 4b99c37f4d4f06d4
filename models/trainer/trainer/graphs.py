"""The two kinds of graph a package may hold, as modules: raw waveform in, logits out."""

import torch
from torch import Tensor, nn

from trainer.streaming_model import StreamingIntentModel

# As transformers' Wav2Vec2FeatureExtractor.zero_mean_unit_var_norm.
NORMALISATION_EPSILON = 1e-7


class StreamingGraph(nn.Module):
    """`(pcm [batch, 16000], state [batch, floats])` to `(logits [batch, labels], next_state [batch, floats])`."""

    def __init__(self, model: StreamingIntentModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, pcm: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """One frame of each stream."""
        return self.model.step(pcm, state)


class StatelessGraph(nn.Module):
    """`pcm [batch, 16000]` to `logits [batch, labels]`, normalised inside as the extractor does."""

    def __init__(self, model: nn.Module, do_normalize: bool = True) -> None:
        super().__init__()
        self.model = model
        self.do_normalize = do_normalize

    def forward(self, pcm: Tensor) -> Tensor:
        """One frame of each stream."""
        if self.do_normalize:
            centred = pcm - pcm.mean(dim=-1, keepdim=True)
            variance = centred.square().mean(dim=-1, keepdim=True)
            pcm = centred / torch.sqrt(variance + NORMALISATION_EPSILON)
        return torch.as_tensor(self.model(pcm).logits)

"""A Hugging Face audio classifier as one module: raw waveform in, logits out."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from trainer.architectures.families import family_of
from trainer.architectures.filter_banks import PaddedFilterBanks, StackedFilterBanks
from trainer.architectures.log_mel import LogMel
from trainer.architectures.waveform import Waveform
from trainer.errors import TrainerError, first_line
from trainer.framing import FRAME_SAMPLES, SAMPLE_RATE

FRONT_ENDS: dict[str, Callable[[Any], nn.Module]] = {
    "ASTFeatureExtractor": PaddedFilterBanks,
    "SeamlessM4TFeatureExtractor": StackedFilterBanks,
    "Wav2Vec2FeatureExtractor": lambda extractor: Waveform(bool(extractor.do_normalize)),
    "WhisperFeatureExtractor": LogMel,
}
TOLERANCE = 1e-3


class ClassifierGraph(nn.Module):
    """`pcm [batch, 16000]` to `logits [batch, labels]`: `features` does the extractor's work, `model` the rest."""

    def __init__(self, features: nn.Module, model: nn.Module, input_name: str) -> None:
        super().__init__()
        self.features = features
        self.model = model
        self.input_name = input_name

    def forward(self, pcm: Tensor) -> Tensor:
        """One frame of each stream."""
        return torch.as_tensor(self.model(**{self.input_name: self.features(pcm)}).logits)


def classifier_graph(model: Any, extractor: Any) -> ClassifierGraph:
    """Puts the extractor's features before the model as the checkpoint says; what does not fit is a TrainerError.

    The model is put into single precision, evaluation mode and eager attention: under sdpa the conformers' strides
    cannot be exported.
    """
    family = family_of(model, extractor)
    features = FRONT_ENDS[family.extractor](extractor).eval()
    _compare(features, extractor, family.input_name)
    model.float().eval().set_attn_implementation("eager")
    graph = ClassifierGraph(features, model, family.input_name).eval()
    _try(graph, family.title)
    return graph


@torch.no_grad()
def _compare(features: nn.Module, extractor: Any, input_name: str) -> None:
    """Proves on one second of swelling noise that the features are the extractor's, whatever its settings."""
    noise = np.random.default_rng(0).normal(0, np.linspace(1e-3, 0.3, FRAME_SAMPLES)).astype(np.float32)
    expected = extractor(noise, sampling_rate=SAMPLE_RATE, return_tensors="pt")[input_name]
    actual = features(torch.from_numpy(noise)[None])
    name = type(extractor).__name__
    if actual.shape != expected.shape:
        raise TrainerError(
            f"{name} gives {tuple(expected.shape)}, the graph {tuple(actual.shape)}: a setting is unknown"
        )
    gap = float((actual - expected).abs().max())
    if not gap <= TOLERANCE:
        raise TrainerError(f"{name} differs from the graph's features by {gap:.2g}: one of its settings is unknown")


@torch.no_grad()
def _try(graph: nn.Module, title: str) -> None:
    """Hears one frame, so that an extractor that does not fit the model is found here."""
    try:
        graph(torch.zeros(1, FRAME_SAMPLES))
    except (RuntimeError, ValueError) as error:
        reason = first_line(error)
        raise TrainerError(f"this {title} model cannot hear what its feature extractor returns: {reason}") from error

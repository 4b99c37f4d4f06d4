"""A Hugging Face audio classifier and its feature extractor as one module: waveform in, logits out."""

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
    """`pcm [batch, 16000]` to `logits [batch, labels]`; `features` does the work of the feature extractor."""

    def __init__(self, features: nn.Module, model: nn.Module, input_name: str) -> None:
        super().__init__()
        self.features = features
        self.model = model
        self.input_name = input_name

    def forward(self, pcm: Tensor) -> Tensor:
        """Runs one frame of each stream."""
        return torch.as_tensor(self.model(**{self.input_name: self.features(pcm)}).logits)


def classifier_graph(model: Any, extractor: Any) -> ClassifierGraph:
    """Puts a module that computes the extractor's features before the model.

    The model is put into fp32, evaluation mode and eager attention: with sdpa attention, the strides of the conformers
    cannot be exported. Raises a TrainerError if model and extractor do not fit together, or if the features differ from
    the extractor's.
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
    """Checks on one second of noise of rising level that `features` gives what the extractor gives.

    This finds every setting of the extractor that `features` does not know.
    """
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
    """Runs one frame, so that an extractor that does not fit the model is found here."""
    try:
        graph(torch.zeros(1, FRAME_SAMPLES))
    except (RuntimeError, ValueError) as error:
        reason = first_line(error)
        raise TrainerError(f"this {title} model cannot hear what its feature extractor returns: {reason}") from error

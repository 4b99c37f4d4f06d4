"""Hugging Face encoders that take a waveform, run on a window over the last seconds of a stream."""

from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoFeatureExtractor, AutoModel, PreTrainedModel

from trainer.architectures.families import WAVEFORM
from trainer.architectures.waveform import Waveform
from trainer.checkpoint_folder import checkpoint_folder
from trainer.errors import TrainerError, first_line
from trainer.framing import SAMPLE_RATE
from trainer.moonshine import moonshine_encoder
from trainer.recipe import MOONSHINE


@dataclass(frozen=True)
class OpenedEncoder:
    """An encoder with its weights; `do_normalize` says whether its input needs zero mean and unit variance."""

    encoder: PreTrainedModel
    do_normalize: bool = False


class WindowEncoder(nn.Module):
    """Maps waveforms `[batch, samples]` to features `[batch, frames, size]`, evenly spaced in time."""

    def __init__(self, encoder: PreTrainedModel, do_normalize: bool) -> None:
        super().__init__()
        # Under sdpa the conformers' strides cannot be exported.
        encoder.set_attn_implementation("eager")
        self.encoder = encoder
        self.waveform = Waveform(do_normalize)

    def forward(self, pcm: Tensor) -> Tensor:
        """Each row is normalised by itself."""
        return torch.as_tensor(self.encoder(self.waveform(pcm)).last_hidden_state)


def fresh_encoder(config: dict[str, Any]) -> PreTrainedModel:
    """An encoder with random weights, built from its Hugging Face configuration."""
    return _encoder_of(AutoModel.from_config(AutoConfig.for_model(**config)))


def open_encoder(name: str) -> OpenedEncoder:
    """Opens `moonshine-tiny`, a folder or a hub id.

    A TrainerError if the encoder does not take a waveform at 16 kHz, or lacks weights.
    """
    if name == MOONSHINE:
        return OpenedEncoder(moonshine_encoder())
    folder = checkpoint_folder(name)
    try:
        extractor: Any = AutoFeatureExtractor.from_pretrained(folder)
        model, told = AutoModel.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    except (OSError, ValueError, KeyError) as error:
        raise TrainerError(f"streaming.encoder {name} cannot be opened as an encoder: {first_line(error)}") from error
    if type(extractor).__name__ != WAVEFORM[0] or extractor.sampling_rate != SAMPLE_RATE:
        raise TrainerError(
            f"streaming.encoder {name} hears through a {type(extractor).__name__} at {extractor.sampling_rate} Hz: "
            f"it must be a {WAVEFORM[0]} at {SAMPLE_RATE} Hz, for only a waveform can be cut into windows"
        )
    missing = sorted(told["missing_keys"])
    if missing:
        raise TrainerError(f"streaming.encoder {name} lacks {len(missing)} tensors, {missing[0]} first")
    return OpenedEncoder(_encoder_of(model), bool(extractor.do_normalize))


def _encoder_of(model: PreTrainedModel) -> PreTrainedModel:
    """The model itself, or, of a speech recogniser with a text decoder, its encoder."""
    return cast(PreTrainedModel, model.get_encoder()) if model.config.is_encoder_decoder else model

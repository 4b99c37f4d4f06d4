"""Cuts a checkpoint whose input is padded to many seconds down to the one second of a frame."""

from typing import Any

import torch
from torch import nn

from trainer.architectures.families import family_of
from trainer.architectures.filter_banks import frame_count
from trainer.framing import FRAME_SAMPLES, SAMPLE_RATE

SPECIAL_TOKENS = 2  # AST's class and distillation tokens, which have positions of their own


def fit_to_one_second(model: Any, extractor: Any) -> tuple[str, ...]:
    """Changes model and extractor in place so that they process one second; returns sentences for the model card.

    Whisper pads to `chunk_length` seconds and AST to `max_length` frames; the other ten pad nothing and stay as they
    are. What is saved afterwards is an ordinary checkpoint, with which transformers computes the same as the graph.
    """
    title = family_of(model, extractor).title
    if _pads_seconds(extractor):
        return (_cut_whisper(title, model, extractor),)
    if _pads_frames(extractor):
        return (_cut_spectrogram(title, model, extractor),)
    return ()


def padding_notes(model: Any, extractor: Any) -> tuple[str, ...]:
    """A sentence for the model card if the checkpoint pads one second to more, else nothing."""
    title = family_of(model, extractor).title
    if _pads_seconds(extractor):
        return (f"{title} pads every second to {extractor.chunk_length} s, and so does the graph, which pays for all.",)
    if _pads_frames(extractor):
        frames = frame_count(FRAME_SAMPLES, extractor)
        padded = f"from {frames} frames to {extractor.max_length}"
        return (f"{title} pads every second {padded}, and so does the graph, which pays for all.",)
    return ()


def _pads_seconds(extractor: Any) -> bool:
    return type(extractor).__name__ == "WhisperFeatureExtractor" and extractor.n_samples > FRAME_SAMPLES


def _pads_frames(extractor: Any) -> bool:
    is_spectrogram = type(extractor).__name__ == "ASTFeatureExtractor"
    return is_spectrogram and extractor.max_length > frame_count(FRAME_SAMPLES, extractor)


def _cut_whisper(title: str, model: Any, extractor: Any) -> str:
    """Keeps the first positions, because the audio is at the start of the padded chunk."""
    encoder, seconds, before = model.encoder, extractor.chunk_length, model.config.max_source_positions
    extractor.chunk_length = FRAME_SAMPLES // SAMPLE_RATE
    extractor.n_samples = FRAME_SAMPLES
    extractor.nb_max_frames = FRAME_SAMPLES // extractor.hop_length
    positions = extractor.nb_max_frames // (encoder.conv1.stride[0] * encoder.conv2.stride[0])
    kept = encoder.embed_positions.weight[:positions].detach().clone()
    encoder.embed_positions = nn.Embedding.from_pretrained(kept, freeze=True)
    model.config.max_source_positions = encoder.max_source_positions = positions
    return (
        f"{title}'s {seconds} s padding was cut to the one second that a frame needs: "
        f"chunk_length {seconds} → {extractor.chunk_length}, encoder positions {before} → {positions}."
    )


def _cut_spectrogram(title: str, model: Any, extractor: Any) -> str:
    """Keeps the middle of the positions along time, as the authors' code does for shorter input (Gong et al., 2021)."""
    embeddings, before = model.audio_spectrogram_transformer.embeddings, extractor.max_length
    rows, columns = embeddings.get_shape(model.config)
    extractor.max_length = model.config.max_length = frame_count(FRAME_SAMPLES, extractor)
    _, kept = embeddings.get_shape(model.config)
    start = columns // 2 - kept // 2
    old = embeddings.position_embeddings
    grid = old.detach()[:, SPECIAL_TOKENS:].unflatten(1, (rows, columns))[:, :, start : start + kept].flatten(1, 2)
    positions = torch.cat([old.detach()[:, :SPECIAL_TOKENS], grid], dim=1)
    embeddings.position_embeddings = nn.Parameter(positions, requires_grad=old.requires_grad)
    return (
        f"{title}'s padding to {before} frames was cut to the one second that a frame needs: max_length {before} → "
        f"{extractor.max_length}, positions along time {columns} → {kept}, taken from the middle."
    )

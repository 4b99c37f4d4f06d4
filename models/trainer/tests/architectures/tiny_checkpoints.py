"""Tiny, randomly initialised checkpoints of the twelve: the real transformers class with its real feature extractor."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import transformers as hf

LABELS = ("close", "lock", "open", "ring", "silence")
# Wide weights: with the usual 0.02 so small a model gives every second the same scores, and no difference would show.
WIDE = 0.3
SIZE: dict[str, Any] = {
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "hidden_size": 32,
    "intermediate_size": 48,
    "initializer_range": WIDE,
}
HEAD: dict[str, Any] = {
    "classifier_proj_size": 16,
    "num_labels": len(LABELS),
    "id2label": dict(enumerate(LABELS)),
    "label2id": {name: index for index, name in enumerate(LABELS)},
}
# Strides of 10 × 8 × 4 samples, where the published ones have seven layers: 49 frames a second in all of them.
CONVOLUTIONS: dict[str, Any] = {"conv_dim": (16, 16, 16), "conv_kernel": (10, 8, 4), "conv_stride": (10, 8, 4)}
POSITIONS: dict[str, Any] = {"num_conv_pos_embeddings": 8, "num_conv_pos_embedding_groups": 4}
WAVEFORM: dict[str, Any] = {**SIZE, **HEAD, **CONVOLUTIONS, **POSITIONS}
WHISPER: dict[str, Any] = {
    "d_model": 32,
    "encoder_layers": 2,
    "encoder_attention_heads": 2,
    "encoder_ffn_dim": 48,
    "decoder_layers": 1,
    "decoder_attention_heads": 2,
    "decoder_ffn_dim": 48,
    "init_std": WIDE,
}

# The group-normalised encoders were trained without attention masks, the layer-normalised ones with (transformers'
# Wav2Vec2FeatureExtractor): both kinds are here.
BUILDERS: dict[str, Callable[[], tuple[Any, Any]]] = {
    "audio-spectrogram-transformer": lambda: (
        hf.ASTForAudioClassification(hf.ASTConfig(**SIZE, **{**HEAD, "classifier_proj_size": None})),
        hf.ASTFeatureExtractor(),
    ),
    "data2vec-audio": lambda: (
        hf.Data2VecAudioForSequenceClassification(
            hf.Data2VecAudioConfig(**{**WAVEFORM, "num_conv_pos_embeddings": 2, "conv_pos_kernel_size": 5})
        ),
        hf.Wav2Vec2FeatureExtractor(),
    ),
    "hubert": lambda: (
        hf.HubertForSequenceClassification(
            hf.HubertConfig(**WAVEFORM, feat_extract_norm="layer", do_stable_layer_norm=True, conv_bias=True)
        ),
        hf.Wav2Vec2FeatureExtractor(return_attention_mask=True),
    ),
    "sew": lambda: (
        hf.SEWForSequenceClassification(hf.SEWConfig(**WAVEFORM)),
        hf.Wav2Vec2FeatureExtractor(return_attention_mask=True),
    ),
    "sew-d": lambda: (
        hf.SEWDForSequenceClassification(hf.SEWDConfig(**WAVEFORM, max_position_embeddings=64, position_buckets=16)),
        hf.Wav2Vec2FeatureExtractor(),
    ),
    "unispeech": lambda: (
        hf.UniSpeechForSequenceClassification(hf.UniSpeechConfig(**WAVEFORM)),
        hf.Wav2Vec2FeatureExtractor(),
    ),
    "unispeech-sat": lambda: (
        hf.UniSpeechSatForSequenceClassification(hf.UniSpeechSatConfig(**WAVEFORM)),
        hf.Wav2Vec2FeatureExtractor(do_normalize=False),
    ),
    "wav2vec2": lambda: (
        hf.Wav2Vec2ForSequenceClassification(hf.Wav2Vec2Config(**WAVEFORM)),
        hf.Wav2Vec2FeatureExtractor(),
    ),
    "wav2vec2-bert": lambda: (
        hf.Wav2Vec2BertForSequenceClassification(
            hf.Wav2Vec2BertConfig(**SIZE, **HEAD, feature_projection_input_dim=160, conv_depthwise_kernel_size=5)
        ),
        hf.SeamlessM4TFeatureExtractor(),
    ),
    "wav2vec2-conformer": lambda: (
        hf.Wav2Vec2ConformerForSequenceClassification(
            hf.Wav2Vec2ConformerConfig(**WAVEFORM, conv_depthwise_kernel_size=5)
        ),
        hf.Wav2Vec2FeatureExtractor(return_attention_mask=True),
    ),
    "wavlm": lambda: (
        hf.WavLMForSequenceClassification(hf.WavLMConfig(**WAVEFORM)),
        hf.Wav2Vec2FeatureExtractor(return_attention_mask=True),
    ),
    "whisper": lambda: (
        hf.WhisperForAudioClassification(hf.WhisperConfig(**HEAD, **WHISPER)),
        hf.WhisperFeatureExtractor(),
    ),
}


def tiny_model(model_type: str) -> tuple[Any, Any]:
    """A model with seeded random weights, and its extractor, with the padding that the published checkpoints have."""
    torch.manual_seed(7)
    return BUILDERS[model_type]()


def tiny_checkpoint(model_type: str, folder: Path) -> Path:
    """Saves both to `folder`, as `from_pretrained` opens them."""
    model, extractor = tiny_model(model_type)
    model.save_pretrained(folder)
    extractor.save_pretrained(folder)
    return folder

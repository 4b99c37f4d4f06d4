"""What cannot become a package is reported in one sentence that names it."""

import json
from pathlib import Path

import pytest
import torch
from tiny_checkpoints import tiny_checkpoint, tiny_model
from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2Model

from trainer.architectures.classifier_graph import classifier_graph
from trainer.architectures.open_classifier import open_classifier
from trainer.errors import TrainerError


def test_an_empty_folder_is_no_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match="cannot be opened as an audio classifier"):
        open_classifier(tmp_path)


def test_another_architecture_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "clap"}))
    with pytest.raises(TrainerError, match="model_type 'clap' is none of audio-spectrogram-transformer, "):
        open_classifier(tmp_path)


def test_a_checkpoint_without_an_extractor_is_refused(tmp_path: Path) -> None:
    tiny_checkpoint("wavlm", tmp_path)
    (tmp_path / "preprocessor_config.json").unlink()
    with pytest.raises(TrainerError, match="cannot be opened as an audio classifier"):
        open_classifier(tmp_path)


def test_an_encoder_without_a_trained_head_is_refused(tmp_path: Path) -> None:
    config = Wav2Vec2Config(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=48)
    Wav2Vec2Model(config).save_pretrained(tmp_path)
    Wav2Vec2FeatureExtractor().save_pretrained(tmp_path)
    with pytest.raises(TrainerError, match=r"holds no weights for classifier\.bias, classifier\.weight"):
        open_classifier(tmp_path)


def test_an_extractor_of_another_family_is_named() -> None:
    model, _ = tiny_model("wav2vec2-bert")
    _, extractor = tiny_model("wav2vec2")
    with pytest.raises(TrainerError, match="Wav2Vec2-BERT checkpoint comes with a SeamlessM4TFeatureExtractor, not"):
        classifier_graph(model, extractor)


def test_a_checkpoint_in_half_precision_becomes_a_graph_in_single(tmp_path: Path) -> None:
    model, extractor = tiny_model("hubert")
    model.half().save_pretrained(tmp_path)
    extractor.save_pretrained(tmp_path)
    assert open_classifier(tmp_path).graph(torch.zeros(1, 16000)).dtype == torch.float32

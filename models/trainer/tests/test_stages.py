"""Recordings to a model package through the command line, for both kinds of model."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import (
    AutoFeatureExtractor,
    AutoModelForAudioClassification,
    Wav2Vec2Config,
    Wav2Vec2FeatureExtractor,
    Wav2Vec2ForSequenceClassification,
)

from trainer.main import main
from trainer.onnx_graph import OnnxGraph


def run_stages(recipe: Path, work: Path) -> Path:
    """Runs the four stages and returns the package's folder."""
    prepared, checkpoint, package = (str(work / name) for name in ("prepared", "checkpoint", "door"))
    assert main(["prepare", str(recipe), "--out", prepared]) == 0
    assert main(["train", str(recipe), "--prepared", prepared, "--out", checkpoint]) == 0
    assert main(["evaluate", checkpoint, "--data", prepared, "--split", "train"]) == 0
    metrics = str(work / "checkpoint" / "evaluation" / "metrics.json")
    assert main(["export", str(recipe), "--checkpoint", checkpoint, "--metrics", metrics, "--out", package]) == 0
    return work / "door"


def tiny_wav2vec2(folder: Path) -> None:
    """Saves a randomly initialised Wav2Vec2 of a few thousand weights."""
    torch.manual_seed(1)
    config = Wav2Vec2Config(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        conv_dim=(8, 8, 8),
        conv_stride=(5, 8, 8),
        conv_kernel=(10, 8, 8),
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=2,
        classifier_proj_size=8,
    )
    Wav2Vec2ForSequenceClassification(config).save_pretrained(folder)
    Wav2Vec2FeatureExtractor().save_pretrained(folder)


@pytest.fixture
def stateless_recipe(tmp_path: Path, recipe_text: str) -> Path:
    tiny_wav2vec2(tmp_path / "tiny")
    file = tmp_path / "door.toml"
    file.write_text(recipe_text + f'\n[stateless]\ncheckpoint = "{tmp_path / "tiny"}"\n', encoding="utf-8")
    return file


def test_a_stateless_package_equals_extractor_and_model(stateless_recipe: Path, tmp_path: Path) -> None:
    package = run_stages(stateless_recipe, tmp_path)
    pcm = np.random.default_rng(2).normal(0.05, 0.2, 16000).astype(np.float32)
    extractor = AutoFeatureExtractor.from_pretrained(tmp_path / "checkpoint")
    model = AutoModelForAudioClassification.from_pretrained(tmp_path / "checkpoint").eval()
    with torch.no_grad():
        expected = model(**extractor(pcm, sampling_rate=16000, return_tensors="pt")).logits.numpy()
    heard = OnnxGraph(package / "model.onnx").run([pcm[None]])[0]
    np.testing.assert_allclose(heard, expected, atol=1e-3)
    contract = json.loads((package / "earshot.json").read_text())
    assert (contract["state"], contract["smoothing"]) == (None, {"weight": 1.0, "decay": 1.0})


def test_a_streaming_package_carries_its_state(tmp_path: Path, recipe_text: str) -> None:
    recipe = tmp_path / "door.toml"
    recipe.write_text(recipe_text + "\n[streaming]\nchannels = 8\nmembers = 1\n", encoding="utf-8")
    contract = json.loads((run_stages(recipe, tmp_path) / "earshot.json").read_text())
    assert contract["state"]["shape"] == [19 * 32 + 6 * 96 + 3 * 8]
    assert contract["metrics"]["at_the_end"]["clips"] == 6


def test_a_mistake_is_one_sentence_and_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prepare", str(tmp_path / "none.toml"), "--out", str(tmp_path)]) == 1
    assert "none.toml: No such file" in capsys.readouterr().err

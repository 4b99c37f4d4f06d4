"""The features inside the graph are those that transformers' extractors return."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from seconds import Row, hard_rows, spoken_second
from tiny_checkpoints import tiny_model
from torch import nn
from transformers import (
    ASTFeatureExtractor,
    SeamlessM4TFeatureExtractor,
    Wav2Vec2FeatureExtractor,
    WhisperFeatureExtractor,
)

from trainer.architectures.classifier_graph import FRONT_ENDS, classifier_graph
from trainer.errors import TrainerError
from trainer.onnx_graph import OnnxGraph, Signature, write_onnx

# Published settings, and others that only the extractor can know.
EXTRACTORS: dict[str, Any] = {
    "normalised": Wav2Vec2FeatureExtractor(),
    "normalised, with a mask": Wav2Vec2FeatureExtractor(return_attention_mask=True),
    "as it is": Wav2Vec2FeatureExtractor(do_normalize=False),
    "AST, 10.24 s": ASTFeatureExtractor(),
    "AST, half a second, 64 bands, own scale": ASTFeatureExtractor(max_length=50, num_mel_bins=64, mean=-6.0, std=3.0),
    "AST, not normalised": ASTFeatureExtractor(max_length=98, do_normalize=False),
    "Wav2Vec2-BERT": SeamlessM4TFeatureExtractor(),
    "Wav2Vec2-BERT, three frames a stack, 40 bands": SeamlessM4TFeatureExtractor(stride=3, num_mel_bins=40),
    "Whisper, 30 s": WhisperFeatureExtractor(),
    "Whisper, 1 s, 128 bands": WhisperFeatureExtractor(chunk_length=1, feature_size=128),
    "Whisper, padded with an offset": WhisperFeatureExtractor(chunk_length=2, padding_value=0.1, hop_length=320),
}


def returned_by(extractor: Any, row: Row) -> Row:
    features = extractor(row, sampling_rate=16000, return_tensors="np")
    return np.asarray(features[extractor.model_input_names[0]])


def front_end(extractor: Any) -> nn.Module:
    return FRONT_ENDS[type(extractor).__name__](extractor).eval()


def rows_and_speech(folder: Path) -> dict[str, Row]:
    return {**hard_rows(), "a constant": np.full(16000, 0.25, np.float32), "speech": spoken_second(folder)}


@pytest.mark.parametrize("name", EXTRACTORS)
def test_they_are_what_the_extractor_returns(name: str, tmp_path: Path) -> None:
    extractor = EXTRACTORS[name]
    features = front_end(extractor)
    for kind, row in rows_and_speech(tmp_path).items():
        actual = features(torch.from_numpy(row)[None]).numpy()
        np.testing.assert_allclose(actual, returned_by(extractor, row), atol=3e-4, err_msg=kind)


@pytest.mark.parametrize("name", ["AST, 10.24 s", "Wav2Vec2-BERT", "Whisper, 30 s"])
def test_in_a_graph_no_row_depends_on_its_neighbours(name: str, tmp_path: Path) -> None:
    extractor = EXTRACTORS[name]
    write_onnx(front_end(extractor), Signature(state_floats=0), tmp_path / "features.onnx")
    onnx_graph = OnnxGraph(tmp_path / "features.onnx")
    rows = rows_and_speech(tmp_path)
    together = onnx_graph.run([np.stack(list(rows.values()))])[0]
    for index, (kind, row) in enumerate(rows.items()):
        expected = returned_by(extractor, row)
        np.testing.assert_allclose(onnx_graph.run([row[None]])[0], expected, atol=3e-4, err_msg=f"{kind} alone")
        np.testing.assert_allclose(together[index : index + 1], expected, atol=3e-4, err_msg=f"{kind} in a batch")


@pytest.mark.parametrize(
    ("name", "allowed"),
    # Wav2Vec2-BERT normalises every band over the second, which magnifies the rounding in bands that hold nothing.
    [("normalised", 1e-4), ("AST, 10.24 s", 1e-3), ("Wav2Vec2-BERT", 0.05), ("Whisper, 30 s", 3e-4)],
)
def test_beside_a_loud_pure_tone_empty_bands_are_rounding_and_agree_less(name: str, allowed: float) -> None:
    tone = np.round(0.5 * 32767 * np.sin(2 * np.pi * 441.3 * np.arange(16000) / 16000)) / 32768
    actual = front_end(EXTRACTORS[name])(torch.from_numpy(tone.astype(np.float32))[None]).numpy()
    np.testing.assert_allclose(actual, returned_by(EXTRACTORS[name], tone.astype(np.float32)), atol=allowed)


@pytest.mark.parametrize(
    ("model_type", "setting", "value", "says"),
    [
        ("wav2vec2", "sampling_rate", 8000, "sampling_rate is 8000, but frames are 16000 Hz"),
        ("whisper", "dither", 0.1, "dither is 0.1, random: a graph needs 0.0"),
        ("whisper", "padding_side", "left", "padding_side is 'left', it must be 'right'"),
        ("audio-spectrogram-transformer", "max_length", 512, "cannot hear what its feature extractor returns"),
        ("wav2vec2-bert", "stride", 3, "cannot hear what its feature extractor returns"),
    ],
)
def test_a_setting_that_the_graph_cannot_have_is_named(model_type: str, setting: str, value: Any, says: str) -> None:
    model, extractor = tiny_model(model_type)
    setattr(extractor, setting, value)
    with pytest.raises(TrainerError, match=says):
        classifier_graph(model, extractor)


def test_an_extractor_that_does_more_than_its_settings_say_is_refused() -> None:
    class Louder(Wav2Vec2FeatureExtractor):
        def __call__(self, raw_speech: Any, *arguments: Any, **settings: Any) -> Any:
            return super().__call__(raw_speech * 2 + 0.5, *arguments, **settings)

    Louder.__name__ = "Wav2Vec2FeatureExtractor"
    louder: Any = Louder
    model, _ = tiny_model("wav2vec2")
    with pytest.raises(
        TrainerError, match=r"differs from the graph's features by \d.*: one of its settings is unknown"
    ):
        classifier_graph(model, louder(do_normalize=False))

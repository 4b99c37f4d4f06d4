"""Padding: exported as the checkpoint says, or cut to the second that a frame holds."""

from pathlib import Path

import numpy as np
import pytest
import torch
from seconds import spoken_second
from tiny_checkpoints import LABELS, tiny_checkpoint, tiny_model
from transformers import pipeline

from trainer.architectures.families import MODEL_TYPES
from trainer.architectures.one_second import fit_to_one_second
from trainer.architectures.open_classifier import open_classifier
from trainer.onnx_graph import OnnxGraph, Signature, write_onnx

PADDED = ("audio-spectrogram-transformer", "whisper")


def test_whisper_keeps_the_positions_of_the_first_second() -> None:
    model, extractor = tiny_model("whisper")
    before = model.encoder.embed_positions.weight.clone()
    notes = fit_to_one_second(model, extractor)
    assert notes == (
        "Whisper's 30 s padding was cut to the one second that a frame needs: "
        "chunk_length 30 → 1, encoder positions 1500 → 50.",
    )
    assert torch.equal(model.encoder.embed_positions.weight, before[:50])
    assert extractor(np.zeros(16000), sampling_rate=16000)["input_features"].shape == (1, 80, 100)


def test_ast_keeps_the_positions_in_the_middle_of_time_and_all_frequencies() -> None:
    model, extractor = tiny_model("audio-spectrogram-transformer")
    embeddings = model.audio_spectrogram_transformer.embeddings
    torch.nn.init.normal_(embeddings.position_embeddings)
    before = embeddings.position_embeddings.detach()[0]
    fit_to_one_second(model, extractor)
    after = embeddings.position_embeddings.detach()[0]
    assert torch.equal(after[:2], before[:2])
    for row in range(12):
        middle = before[2 + 101 * row :][50 - 4 : 50 + 5]
        assert torch.equal(after[2 + 9 * row :][:9], middle)


@pytest.mark.parametrize("model_type", sorted({*MODEL_TYPES} - {*PADDED}))
def test_the_others_pad_nothing(model_type: str) -> None:
    assert fit_to_one_second(*tiny_model(model_type)) == ()


@pytest.mark.parametrize("model_type", PADDED)
def test_what_is_cut_already_stays_as_it_is(model_type: str) -> None:
    model, extractor = tiny_model(model_type)
    assert len(fit_to_one_second(model, extractor)) == 1
    assert fit_to_one_second(model, extractor) == ()


@pytest.mark.parametrize("model_type", PADDED)
def test_a_checkpoint_that_pads_is_exported_with_its_padding(model_type: str, tmp_path: Path) -> None:
    folder = tiny_checkpoint(model_type, tmp_path / "checkpoint")
    classifier = open_classifier(folder)
    assert "and so does the graph" in classifier.notes[0]
    write_onnx(classifier.graph, Signature(state_floats=0), tmp_path / "model.onnx")
    row = spoken_second(tmp_path)
    scores = torch.from_numpy(OnnxGraph(tmp_path / "model.onnx").run([row[None]])[0][0]).softmax(-1)
    for answer in pipeline("audio-classification", model=str(folder), device="cpu")(row, top_k=len(LABELS)):
        assert scores[LABELS.index(answer["label"])].item() == pytest.approx(answer["score"], abs=1e-3)


@pytest.mark.parametrize(
    ("model_type", "setting", "seconds"),
    [
        ("audio-spectrogram-transformer", "max_length", 98),
        ("whisper", "chunk_length", 1),
    ],
)
def test_asked_to_cut_the_two_files_say_so(model_type: str, setting: str, seconds: int, tmp_path: Path) -> None:
    classifier = open_classifier(tiny_checkpoint(model_type, tmp_path), cut_padding=True)
    assert classifier.preprocessor[setting] == seconds
    assert "was cut to the one second that a frame needs" in classifier.notes[0]
    assert classifier.config["id2label"]["4"] == "silence"

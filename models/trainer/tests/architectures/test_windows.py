"""Every encoder that takes a waveform, under the streaming model, as a graph that answers as the model does."""

from pathlib import Path

import pytest
import torch
import transformers as hf
from tiny_checkpoints import tiny_checkpoint

from trainer.architectures.families import FAMILIES, WAVEFORM
from trainer.errors import TrainerError
from trainer.graphs import StreamingGraph
from trainer.onnx_graph import TOLERANCE, OnnxGraph, Signature, verify_rows, write_onnx
from trainer.window_encoder import open_encoder
from trainer.windowed_model import WindowedIntentConfig, WindowedIntentModel

TAKING_A_WAVEFORM = [family.model_type for family in FAMILIES if family.extractor == WAVEFORM[0]]
OTHERS = [family.model_type for family in FAMILIES if family.extractor != WAVEFORM[0]]


def tiny_moonshine(folder: Path) -> Path:
    """A recogniser, of which the encoder is taken."""
    torch.manual_seed(7)
    config = hf.MoonshineConfig(
        hidden_size=32,
        intermediate_size=48,
        encoder_num_hidden_layers=2,
        decoder_num_hidden_layers=1,
        encoder_num_attention_heads=2,
        decoder_num_attention_heads=2,
    )
    hf.MoonshineForConditionalGeneration(config).save_pretrained(folder)
    hf.Wav2Vec2FeatureExtractor(do_normalize=False).save_pretrained(folder)
    return folder


@pytest.mark.parametrize("kind", [*TAKING_A_WAVEFORM, "moonshine"])
def test_its_graph_says_what_the_model_says(kind: str, tmp_path: Path) -> None:
    folder = tiny_moonshine(tmp_path / kind) if kind == "moonshine" else tiny_checkpoint(kind, tmp_path / kind)
    opened = open_encoder(str(folder))
    config = WindowedIntentConfig(
        encoder=kind,
        encoder_config=opened.encoder.config.to_dict(),
        do_normalize=opened.do_normalize,
        window_seconds=2,
        num_labels=3,
        width=8,
    )
    model = WindowedIntentModel(config).eval()
    model.load_encoder(opened)
    signature = Signature(sum(config.state_parts), tells_speech=True)
    write_onnx(StreamingGraph(model), signature, tmp_path / "model.onnx")
    assert verify_rows(StreamingGraph(model), OnnxGraph(tmp_path / "model.onnx"), signature) <= TOLERANCE


@pytest.mark.parametrize("kind", OTHERS)
def test_an_encoder_that_takes_no_waveform_is_refused(kind: str, tmp_path: Path) -> None:
    folder = tiny_checkpoint(kind, tmp_path / kind)
    with pytest.raises(TrainerError, match=r"hears through a .*Extractor at 16000 Hz: it must be a Wav2Vec2Feature"):
        open_encoder(str(folder))

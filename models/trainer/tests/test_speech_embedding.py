"""The ported mel front end and encoder against the original ONNX graphs."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from trainer.encoder import SpeechEmbedding, load_speech_embedding
from trainer.mel import MelFrontEnd

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def modules() -> tuple[MelFrontEnd, SpeechEmbedding]:
    mel, encoder = MelFrontEnd(), SpeechEmbedding()
    tensors = load_file(HERE.parent / "weights" / "speech-embedding.safetensors")
    load_speech_embedding(tensors, encoder, mel.mel_weight)
    return mel, encoder.eval()


@pytest.fixture(scope="module")
def oracle() -> dict[str, torch.Tensor]:
    with np.load(HERE / "oracle" / "speech-embedding.npz") as arrays:
        return {name: torch.from_numpy(arrays[name]) for name in arrays}


@torch.no_grad()
def test_mel_frames_equal_the_original(
    modules: tuple[MelFrontEnd, SpeechEmbedding], oracle: dict[str, torch.Tensor]
) -> None:
    mel = modules[0](oracle["pcm"][None])[0]
    torch.testing.assert_close(mel, oracle["mel"], atol=1e-4, rtol=0)


@torch.no_grad()
def test_embeddings_of_the_whole_mel_equal_the_original_windows(
    modules: tuple[MelFrontEnd, SpeechEmbedding], oracle: dict[str, torch.Tensor]
) -> None:
    embeddings = modules[1](oracle["mel"][None])[0]
    torch.testing.assert_close(embeddings, oracle["embeddings"], atol=1e-4, rtol=0)


@torch.no_grad()
def test_a_mel_frame_does_not_depend_on_a_loud_neighbour(modules: tuple[MelFrontEnd, SpeechEmbedding]) -> None:
    quiet = torch.randn(1, 16000, generator=torch.Generator().manual_seed(2)) * 1e-4
    loud = torch.randn(1, 16000, generator=torch.Generator().manual_seed(3)) * 0.5
    together = modules[0](torch.cat([quiet, loud]))
    torch.testing.assert_close(together[:1], modules[0](quiet))

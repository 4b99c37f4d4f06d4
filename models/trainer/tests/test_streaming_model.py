"""The streaming model heard hop by hop against the whole utterance at once."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from trainer.encoder import load_speech_embedding
from trainer.framing import Framing
from trainer.streaming_model import HOP_MS, StreamingIntentConfig, StreamingIntentModel
from trainer.weights import SPEECH_EMBEDDING


@pytest.fixture(scope="module")
def model() -> StreamingIntentModel:
    torch.manual_seed(5)
    model = StreamingIntentModel(StreamingIntentConfig(num_labels=4, channels=16, members=2))
    load_speech_embedding(load_file(SPEECH_EMBEDDING), model.encoder, model.mel.mel_weight)
    model.eval()
    return model


def streamed(model: StreamingIntentModel, frames: np.ndarray) -> torch.Tensor:
    state = torch.zeros(1, sum(model.config.state_parts))
    heard = []
    for frame in frames:
        logits, state = model.step(torch.from_numpy(frame)[None], state)
        heard.append(logits[0])
    return torch.stack(heard)


@torch.no_grad()
@pytest.mark.parametrize("samples", [700, 16000, 16001, 24000, 61234])
def test_streamed_logits_equal_those_of_the_whole_utterance(model: StreamingIntentModel, samples: int) -> None:
    pcm = np.random.default_rng(samples).normal(0, 0.1, samples).astype(np.float32)
    framing = Framing(HOP_MS)
    whole = model(model.embed(torch.from_numpy(framing.padded(pcm)))[None]).logits[0]
    torch.testing.assert_close(streamed(model, framing.frames(pcm)), whole, atol=1e-4, rtol=0)


@torch.no_grad()
def test_a_zero_state_equals_digital_silence_before_the_utterance(model: StreamingIntentModel) -> None:
    mel = model.mel(torch.zeros(1, 16000))
    assert torch.equal(mel, torch.full_like(mel, model.mel.floor))

"""The streaming model heard hop by hop against the whole utterance at once."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from trainer.framing import Framing
from trainer.rolling_model import HOP_MS
from trainer.streaming_model import StreamingIntentConfig, StreamingIntentModel
from trainer.weights import SPEECH_EMBEDDING


@pytest.fixture(scope="module")
def model() -> StreamingIntentModel:
    torch.manual_seed(5)
    model = StreamingIntentModel(StreamingIntentConfig(num_labels=4, width=24, members=2))
    model.load_encoder(load_file(SPEECH_EMBEDDING))
    # As after training, when these means are not zero: a zero in the state is then not the mean of what it stands for.
    model.activation_mean.uniform_(-1, 1)
    model.embedding_mean.uniform_(-1, 1)
    model.eval()
    return model


def streamed(model: StreamingIntentModel, frames: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    state = torch.zeros(1, sum(model.config.state_parts))
    said, spoken = [], []
    for frame in frames:
        logits, state, speech = model.step(torch.from_numpy(frame)[None], state)
        said.append(logits[0])
        spoken.append(speech[0])
    return torch.stack(said), torch.stack(spoken)


@torch.no_grad()
@pytest.mark.parametrize("samples", [700, 16000, 16001, 24000, 61234])
def test_what_is_streamed_equals_the_whole_utterance_at_once(model: StreamingIntentModel, samples: int) -> None:
    pcm = np.random.default_rng(samples).normal(0, 0.1, samples).astype(np.float32)
    framing = Framing(HOP_MS)
    activations = model.activate(torch.from_numpy(framing.padded(pcm)))[None]
    whole = model(activations)
    logits, speech = streamed(model, framing.frames(pcm))
    torch.testing.assert_close(logits, whole.logits[0], atol=1e-4, rtol=0)
    torch.testing.assert_close(speech.flatten(), whole.speech[0].sigmoid(), atol=1e-4, rtol=0)


@torch.no_grad()
def test_a_zero_state_equals_digital_silence_before_the_utterance(model: StreamingIntentModel) -> None:
    _, state, _ = model.step(torch.zeros(1, 16000), torch.zeros(1, sum(model.config.state_parts)))
    history = state[:, : model.config.state_parts[0]]
    torch.testing.assert_close(history, torch.zeros_like(history), atol=1e-5, rtol=0)

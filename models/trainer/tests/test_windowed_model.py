"""A streaming model on a Hugging Face encoder: hop by hop, against whole utterances and against transformers alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from tiny_wav2vec2 import save_tiny_wav2vec2
from transformers import AutoFeatureExtractor, AutoModel, Wav2Vec2FeatureExtractor

from trainer.errors import TrainerError
from trainer.framing import Framing, Samples
from trainer.main import main
from trainer.rolling_model import HOP_MS
from trainer.starting_point import begin_with
from trainer.weights import WEIGHTS
from trainer.window_encoder import open_encoder
from trainer.windowed_model import WindowedIntentConfig, WindowedIntentModel

SECONDS = 3


@pytest.fixture(scope="module", params=[False, True], ids=["as it is", "normalised"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a checkpoint whose extractor leaves the waveform as it is, or brings it to unit variance."""
    folder = save_tiny_wav2vec2(tmp_path_factory.mktemp("tiny"))
    Wav2Vec2FeatureExtractor(do_normalize=request.param).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def model(folder: Path) -> WindowedIntentModel:
    torch.manual_seed(5)
    opened = open_encoder(str(folder))
    config = WindowedIntentConfig(
        encoder=str(folder),
        encoder_config=opened.encoder.config.to_dict(),
        do_normalize=opened.do_normalize,
        window_seconds=SECONDS,
        num_labels=4,
        width=24,
    )
    model = WindowedIntentModel(config)
    model.load_encoder(opened)
    # As after training, when this mean is not zero: a zero in the state is then not the mean of what it stands for.
    model.feature_mean.uniform_(-1, 1)
    model.eval()
    return model


def noise(samples: int) -> Samples:
    return np.random.default_rng(samples).normal(0, 0.1, samples).astype(np.float32)


def whole(model: WindowedIntentModel, pcm: Samples) -> Any:
    return model(model.activate(torch.from_numpy(Framing(HOP_MS).padded(pcm)))[None])


@torch.no_grad()
@pytest.mark.parametrize("samples", [700, 16000, 16001, 24000, 61234])
def test_what_is_streamed_equals_the_whole_utterance_at_once(model: WindowedIntentModel, samples: int) -> None:
    expected = whole(model, noise(samples))
    state = torch.zeros(1, sum(model.config.state_parts))
    said, spoken = [], []
    for frame in Framing(HOP_MS).frames(noise(samples)):
        logits, state, speech = model.step(torch.from_numpy(frame)[None], state)
        said.append(logits[0])
        spoken.append(speech[0])
    torch.testing.assert_close(torch.stack(said), expected.logits[0], atol=1e-4, rtol=0)
    torch.testing.assert_close(torch.cat(spoken), expected.speech[0].sigmoid(), atol=1e-4, rtol=0)


def heard_by_transformers(folder: Path, window: Samples) -> NDArray[Any]:
    """What its own extractor and model give for a window: `[frames, 16]`."""
    extractor, encoder = AutoFeatureExtractor.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    with torch.no_grad():
        inputs = extractor(window, sampling_rate=16000, return_tensors="pt")
        return np.asarray(encoder(**inputs).last_hidden_state[0])


@torch.no_grad()
def test_steps_are_what_transformers_hears_in_the_window_that_ends_with_them(
    folder: Path, model: WindowedIntentModel
) -> None:
    pcm = noise(5 * 16000)
    activations = model.activate(torch.from_numpy(pcm)).unflatten(-1, (3, 16)).numpy()
    assert activations.shape[0] == 6 * Framing(HOP_MS).count(len(pcm))
    for end_ms, hop in ((5000, -1), (1500, 1)):
        before = np.zeros(SECONDS * 16000, dtype=np.float32)
        window = np.concatenate([before, pcm[: end_ms * 16]])[-SECONDS * 16000 :]
        features = heard_by_transformers(folder, window)
        # The features lie evenly over the window, each in the middle of its part; so do eighteen of every hop.
        middles = (np.arange(len(features)) + 0.5) / len(features)
        wanted = (np.arange(SECONDS * 36) + 0.5) / (SECONDS * 36)
        evenly = np.stack([np.interp(wanted, middles, channel) for channel in features.T], axis=-1)
        steps = activations[6 * hop :][:6] if hop >= 0 else activations[-6:]
        np.testing.assert_allclose(steps.reshape(18, 16), evenly[-18:], atol=1e-4)


@torch.no_grad()
def test_what_is_saved_hears_the_same(model: WindowedIntentModel, tmp_path: Path) -> None:
    model.save_pretrained(tmp_path)
    again = WindowedIntentModel.from_pretrained(tmp_path).eval()
    torch.testing.assert_close(whole(again, noise(30000)).logits, whole(model, noise(30000)).logits, atol=1e-6, rtol=0)


def test_the_encoder_neither_trains_nor_hides_what_it_hears(model: WindowedIntentModel) -> None:
    model.train()
    try:
        assert not any(module.training for module in model.window_encoder.modules())
        assert not any(parameter.requires_grad for parameter in model.window_encoder.parameters())
        assert model.trunk.training
    finally:
        model.eval()


def another(model: WindowedIntentModel, **changed: Any) -> WindowedIntentModel:
    """A fresh model of the same sizes, except for what is changed."""
    return WindowedIntentModel(WindowedIntentConfig(**{**model.config.to_dict(), **changed}))


def test_training_goes_on_from_a_run_on_the_same_encoder_alone(model: WindowedIntentModel, tmp_path: Path) -> None:
    model.save_pretrained(tmp_path)
    onwards = another(model)
    begin_with(onwards, tmp_path)
    torch.testing.assert_close(onwards.trunk.state_dict(), model.trunk.state_dict())
    for changed, told in (({"window_seconds": 4}, "window_seconds 3, the recipe 4"), ({"encoder": "x"}, "recipe x:")):
        with pytest.raises(TrainerError, match=told):
            begin_with(another(model, **changed), tmp_path)
    with pytest.raises(TrainerError, match="has encoder speech-embedding, the recipe"):
        begin_with(another(model), WEIGHTS / "bank-calls")


def test_another_encoder_or_window_makes_other_hearings(model: WindowedIntentModel) -> None:
    settings = model.front_settings()
    weight = next(model.window_encoder.parameters())
    with torch.no_grad():
        weight.add_(1)
        assert model.front_settings() != settings
        weight.sub_(1)
    assert settings[0] == SECONDS


def test_in_half_precision_much_the_same_is_heard_and_kept_apart() -> None:
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    encoder_config = {"model_type": "wav2vec2", "conv_dim": [32], "conv_stride": [80], "conv_kernel": [80], **sizes}
    encoder_config |= {"num_conv_pos_embeddings": 16, "num_conv_pos_embedding_groups": 2}
    model = WindowedIntentModel(WindowedIntentConfig("x", encoder_config, window_seconds=SECONDS, width=24)).eval()
    pcm, settings = torch.from_numpy(Framing(HOP_MS).padded(noise(30000))), model.front_settings()
    exact = model.activate(pcm)
    model.activate_in_bf16()
    assert model.front_settings() != settings
    rounded = model.activate(pcm)
    assert rounded.dtype == torch.float32
    assert 0 < (rounded - exact).abs().max() < 0.05 * exact.abs().max()


@pytest.mark.parametrize("wrong", [lambda said: -said, lambda said: said + 1], ids=["turned", "shifted"])
def test_where_half_precision_is_wrong_it_is_not_taken(
    model: WindowedIntentModel, monkeypatch: pytest.MonkeyPatch, wrong: Callable[[torch.Tensor], torch.Tensor]
) -> None:
    activate = model.activate
    monkeypatch.setattr(
        model, "activate", lambda pcm: wrong(activate(pcm)) if model.activates_in_bf16 else activate(pcm)
    )
    monkeypatch.setattr(model, "activates_in_bf16", False)
    with pytest.raises(TrainerError, match=r"something else in bf16 on this machine: .* leave --precision bf16 out"):
        model.activate_in_bf16()


def test_what_is_no_encoder_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match="no/such-encoder is no folder, and cannot be fetched from the hub"):
        open_encoder("no/such-encoder")
    with pytest.raises(TrainerError, match=r"streaming\.encoder .* cannot be opened as an encoder"):
        open_encoder(str(tmp_path))


@pytest.mark.parametrize("has_units", [True, False])
def test_bf16_without_units_for_it_is_told(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], has_units: bool
) -> None:
    monkeypatch.setattr("trainer.train.has_bf16_units", lambda: has_units)
    monkeypatch.setattr("trainer.train.fit", lambda *_: None)
    for precision in ("fp32", "bf16"):
        capsys.readouterr()
        assert main(["train", str(data), "--precision", precision, "--out", str(tmp_path / "run")]) == 0
        assert ("has no units for bf16" in capsys.readouterr().out) == (precision == "bf16" and not has_units)

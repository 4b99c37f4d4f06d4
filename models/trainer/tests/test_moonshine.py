"""The recogniser's encoder in PyTorch against the file in the package, run by ONNX Runtime."""

import pickle

import numpy as np
import onnxruntime
import pytest
import torch

from trainer import moonshine as module
from trainer.errors import TrainerError
from trainer.golden import synthesise
from trainer.moonshine import Moonshine, Product, open_moonshine


@pytest.fixture(scope="module")
def encoder() -> Moonshine:
    try:
        return open_moonshine()
    except TrainerError as error:
        pytest.skip(str(error))


def test_it_hears_speech_as_the_package_does_but_for_eight_bits(encoder: Moonshine) -> None:
    pcm = synthesise("I would like to pay in some cash please")
    session = onnxruntime.InferenceSession(module._installed(), providers=["CPUExecutionProvider"])
    expected = session.run(None, {"input_values": pcm[None], "attention_mask": np.ones((1, len(pcm)), np.int64)})[0][0]
    heard = encoder(pcm).numpy()
    assert heard.shape == expected.shape and abs(len(heard) - len(pcm) / 384) < 3
    # The package rounds activations to eight bits; here they are not rounded.
    assert np.square(heard - expected).mean() < 0.01 * expected.var()


@pytest.mark.parametrize("bias", [True, False])
def test_a_product_is_the_convolution_that_it_replaces(bias: bool) -> None:
    convolution = torch.nn.Conv1d(3, 5, 7, 2, bias=bias)
    x = torch.randn(1, 3, 101, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        torch.testing.assert_close(Product(convolution)(x), convolution(x))


def test_other_processes_get_the_same_encoder(encoder: Moonshine) -> None:
    pcm = np.random.default_rng(1).normal(0, 0.1, 16000).astype(np.float32)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(encoder))(pcm).numpy(), encoder(pcm).numpy())


def test_a_teacher_that_is_not_installed_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PACKAGE", "no-such-package")
    with pytest.raises(TrainerError, match="no-such-package: install it with `uv sync --extra teacher`"):
        open_moonshine()


def test_a_package_without_the_encoder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PACKAGE", "numpy")
    monkeypatch.setattr(module, "ENCODER", "assets/none.ort")
    with pytest.raises(TrainerError, match=r"numpy .* has no assets/none.ort"):
        open_moonshine()

"""The teacher's targets, from a small encoder whose features are known: they tell the level of a sound."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from torch import nn

from trainer import teacher as module
from trainer.errors import TrainerError
from trainer.teacher import DELAY_SECONDS, TARGET_SIZE, Moonshine, Teacher, distance, open_moonshine

RATE = 16000
STRIDE = 384  # 24 ms


class Levels(nn.Module):
    """The level of each 24 ms along random directions, in the shape that a recogniser's encoder gives."""

    kernels: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(1)
        self.register_buffer("kernels", torch.randn(288, 1, STRIDE, generator=generator) / STRIDE**0.5)

    def forward(self, input_values: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        heard = (input_values * attention_mask).unsqueeze(1)
        return nn.functional.conv1d(heard, self.kernels, stride=STRIDE).transpose(1, 2)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Moonshine:
    file = tmp_path_factory.mktemp("teacher") / "levels.onnx"
    example = (torch.zeros(1, RATE), torch.ones(1, RATE, dtype=torch.int64))
    samples = torch.export.Dim("samples", min=STRIDE, max=100 * RATE)
    names = ["input_values", "attention_mask"]
    shapes = ({1: samples}, {1: samples})
    program = torch.onnx.export(Levels(), example, input_names=names, dynamic_shapes=shapes, dynamo=True, verbose=False)
    assert program is not None
    program.save(file)
    return Moonshine(file)


def noise(seconds: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.1, round(seconds * RATE)).astype(np.float32)


def ends(seconds: float) -> torch.Tensor:
    return torch.arange(1, round(seconds * 12) + 1) / 12


def test_the_encoder_gives_a_feature_every_24_ms(encoder: Moonshine) -> None:
    pcm = noise(2.4, seed=3)
    expected = pcm.reshape(100, STRIDE) @ Levels().kernels[:, 0].numpy().T
    np.testing.assert_allclose(encoder(pcm).numpy(), expected, atol=1e-4)


def test_targets_are_principal_components_of_unit_variance_half_evened_out(encoder: Moonshine) -> None:
    examples = [noise(20, seed) for seed in range(3)]
    taught = Teacher(encoder, examples)
    features = torch.cat([encoder(pcm) for pcm in examples]).double()
    heard = (features - taught.mean) @ taught.components
    assert float(heard.square().mean()) == pytest.approx(1)
    # What was k times as strong is √k times as strong.
    variances = PCA(TARGET_SIZE, svd_solver="full").fit(features.numpy()).explained_variance_
    evened = heard.square().mean(dim=0).flip(0).numpy()
    np.testing.assert_allclose(evened / evened[0], (variances / variances[0]) ** 0.5, rtol=1e-3)


def test_a_sound_is_told_once_its_delay_has_passed(encoder: Moonshine) -> None:
    taught = Teacher(encoder, [noise(20, 1)])
    quiet = np.zeros(4 * RATE, dtype=np.float32)
    loud = quiet.copy()
    loud[2 * RATE : 2 * RATE + STRIDE] = noise(STRIDE / RATE, 5)
    changed = (taught(loud, ends(4)) - taught(quiet, ends(4))).abs().nan_to_num().sum(dim=1)
    told = ends(4)[changed > 1e-2]
    assert float(told.min()) >= 2 + DELAY_SECONDS - 0.09 and float(told.max()) <= 2 + DELAY_SECONDS + 0.17


def test_nothing_is_taught_before_and_behind_the_recording_or_where_nobody_speaks(encoder: Moonshine) -> None:
    taught = Teacher(encoder, [noise(20, 1)])
    targets = taught(noise(1, 2), ends(2))
    known = ~targets.isnan().any(dim=1)
    assert not known[:3].any() and known[4:14].all() and not known[16:].any()
    assert taught(np.zeros(0, dtype=np.float32), ends(1)).isnan().all()


def test_the_distance_counts_only_what_is_taught() -> None:
    said = torch.zeros(1, 3, TARGET_SIZE, requires_grad=True)
    targets = torch.full((1, 3, TARGET_SIZE), torch.nan)
    assert float(distance(said, targets)) == 0
    targets[0, 1] = 2
    missed = distance(said, targets)
    missed.backward()
    assert float(missed) == 4
    assert said.grad is not None and torch.isfinite(said.grad).all()


def test_a_teacher_that_is_not_installed_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PACKAGE", "no-such-package")
    with pytest.raises(TrainerError, match="no-such-package: install it with `uv sync --extra teacher`"):
        open_moonshine()


def test_a_package_without_the_encoder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PACKAGE", "numpy")
    monkeypatch.setattr(module, "ENCODER", "assets/none.ort")
    with pytest.raises(TrainerError, match=r"numpy .* has no assets/none.ort"):
        open_moonshine()


def test_the_installed_encoder_hears_speech_at_40_features_a_second() -> None:
    try:
        encoder = open_moonshine()
    except TrainerError as error:
        pytest.skip(str(error))
    features = encoder(noise(3, 1))
    assert features.shape[1] == 288 and abs(len(features) - 3 / 0.024) <= 2

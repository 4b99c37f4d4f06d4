"""The teacher's targets, from a small encoder whose features are known: they tell the level of a sound."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from trainer.framing import Samples
from trainer.teacher import DELAY_SECONDS, TARGET_SIZE, Teacher, distance

RATE = 16000
STRIDE = 384  # 24 ms
KERNELS = np.random.default_rng(1).normal(0, STRIDE**-0.5, (STRIDE, 288)).astype(np.float32)


def encoder(pcm: Samples) -> torch.Tensor:
    """The level of each 24 ms along random directions, in the shape that a recogniser's encoder gives."""
    return torch.from_numpy(pcm[: len(pcm) // STRIDE * STRIDE].reshape(-1, STRIDE) @ KERNELS)


def noise(seconds: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.1, round(seconds * RATE)).astype(np.float32)


def ends(seconds: float) -> torch.Tensor:
    return torch.arange(1, round(seconds * 12) + 1) / 12


def test_targets_are_principal_components_of_unit_variance_half_evened_out() -> None:
    examples = [noise(20, seed) for seed in range(3)]
    taught = Teacher(encoder, examples)
    features = torch.cat([encoder(pcm) for pcm in examples]).double()
    heard = (features - taught.mean) @ taught.components
    assert float(heard.square().mean()) == pytest.approx(1)
    # A component whose variance was k times another's now has √k times its variance.
    variances = PCA(TARGET_SIZE, svd_solver="full").fit(features.numpy()).explained_variance_
    evened = heard.square().mean(dim=0).flip(0).numpy()
    np.testing.assert_allclose(evened / evened[0], (variances / variances[0]) ** 0.5, rtol=1e-3)


def test_what_is_too_short_to_be_heard_is_no_example() -> None:
    alone = Teacher(encoder, [noise(20, 1)])
    among = Teacher(encoder, [noise(0.04, 2), noise(20, 1), np.zeros(0, dtype=np.float32)])
    assert torch.equal(alone.components, among.components)


def test_a_sound_is_told_once_its_delay_has_passed() -> None:
    taught = Teacher(encoder, [noise(20, 1)])
    quiet = np.zeros(4 * RATE, dtype=np.float32)
    loud = quiet.copy()
    loud[2 * RATE : 2 * RATE + STRIDE] = noise(STRIDE / RATE, 5)
    changed = (taught(loud, ends(4)) - taught(quiet, ends(4))).abs().nan_to_num().sum(dim=1)
    told = ends(4)[changed > 1e-2]
    assert float(told.min()) >= 2 + DELAY_SECONDS - 0.09 and float(told.max()) <= 2 + DELAY_SECONDS + 0.17


def test_nothing_is_taught_before_and_behind_the_recording_or_where_nobody_speaks() -> None:
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

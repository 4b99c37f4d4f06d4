"""Frames follow the server's framing."""

import numpy as np
import pytest

from trainer.framing import Framing

ENDS_MS = [
    (1, [0]),
    (8000, [500]),
    (16000, [1000]),
    (16001, [1000, 1000]),
    (24000, [1000, 1500]),
    (27200, [1000, 1500, 1700]),
]


@pytest.mark.parametrize(("samples", "ends"), ENDS_MS)
def test_end_times_name_the_last_real_sample(samples: int, ends: list[int]) -> None:
    assert Framing(500).end_ms(samples) == ends


@pytest.mark.parametrize("samples", [samples for samples, _ in ENDS_MS])
def test_every_frame_starts_a_hop_after_the_one_before(samples: int) -> None:
    pcm = np.arange(1, samples + 1, dtype=np.float32)
    frames = Framing(500).frames(pcm)
    silence = np.zeros(32000, dtype=np.float32)
    expected = [np.concatenate([pcm, silence])[8000 * k : 8000 * k + 16000] for k in range(len(dict(ENDS_MS)[samples]))]
    np.testing.assert_array_equal(frames, np.stack(expected))

"""How speech is distinguished from silence, on signals whose speech is known."""

import numpy as np

from trainer.activity import activity_of_parts, speech_activity

SECOND = 16000


def tone(seconds: float, level: float = 0.1) -> np.ndarray:
    time = np.arange(round(seconds * SECOND)) / SECOND
    return (level * np.sin(2 * np.pi * 300 * time)).astype(np.float32)


def noise(seconds: float, level: float) -> np.ndarray:
    return np.random.default_rng(1).normal(0, level, round(seconds * SECOND)).astype(np.float32)


def test_a_tone_in_quiet_noise_is_active_and_a_short_gap_in_it_is_part_of_it() -> None:
    heard = np.concatenate([noise(1, 1e-4), tone(0.5), noise(0.08, 1e-4), tone(0.5), noise(1, 1e-4)])
    active = speech_activity(heard)
    assert not active[:49].any() and active[51:103].all() and not active[106:].any()


def test_loud_noise_behind_speech_is_not_speech() -> None:
    heard = noise(3, 0.01)
    heard[SECOND : 2 * SECOND] += tone(1)
    active = speech_activity(heard)
    assert active[52:98].all() and active[:48].mean() < 0.05 and active[102:].mean() < 0.05


def test_digital_silence_and_nothing_are_no_speech() -> None:
    assert not speech_activity(np.zeros(SECOND, dtype=np.float32)).any()
    assert len(speech_activity(np.zeros(10, dtype=np.float32))) == 0


def test_a_part_is_speech_where_half_of_it_is_and_never_behind_the_end() -> None:
    active = np.arange(25) >= 10  # speech begins at 200 ms, the recording ends at 500 ms
    assert activity_of_parts(active, 12, SECOND / 12).tolist() == [0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]

"""What happens to a recording before a model hears it."""

import numpy as np
import pytest

from trainer.augment import Augmenter, mix, speech_bounds, telephone
from trainer.framing import SAMPLE_RATE, Samples
from trainer.recipe import Augmentation

TIME = np.arange(SAMPLE_RATE) / SAMPLE_RATE


def tone(hertz: float, amplitude: float = 0.3) -> Samples:
    return (amplitude * np.sin(2 * np.pi * hertz * TIME)).astype(np.float32)


@pytest.fixture
def spoken() -> Samples:
    """A second of silence, a second of a tone, a second of silence."""
    return np.concatenate([np.zeros(SAMPLE_RATE), tone(440), np.zeros(SAMPLE_RATE)]).astype(np.float32)


def test_speech_bounds_are_found_to_20_ms(spoken: Samples) -> None:
    assert speech_bounds(spoken) == (SAMPLE_RATE, 2 * SAMPLE_RATE)


@pytest.mark.parametrize("seed", range(8))
def test_an_altered_hearing_knows_where_its_speech_begins(spoken: Samples, seed: int) -> None:
    settings = Augmentation(noise=0, telephone=0, speed=0)
    hearing = Augmenter(settings, [], np.random.default_rng(seed)).altered(spoken)
    assert abs(speech_bounds(hearing.pcm)[0] - hearing.speech_start) <= 2 * 320


def test_the_same_seed_gives_the_same_hearing(spoken: Samples) -> None:
    first, second = (Augmenter(Augmentation(), [], np.random.default_rng(4)).altered(spoken) for _ in range(2))
    np.testing.assert_array_equal(first.pcm, second.pcm)


def test_noise_is_added_at_the_ratio_asked_for() -> None:
    noise = np.random.default_rng(1).standard_normal(SAMPLE_RATE).astype(np.float32)
    added = mix(np.sign(tone(440)) * np.float32(0.1), noise, snr_db=10) - np.sign(tone(440)) * np.float32(0.1)
    assert 10 * np.log10(0.01 / np.square(added).mean()) == pytest.approx(10, abs=0.2)


@pytest.mark.parametrize(("hertz", "least_db", "most_db"), [(60, -200, -30), (1000, -1, 1), (6000, -200, -30)])
def test_the_telephone_passes_its_band_alone(hertz: float, least_db: float, most_db: float) -> None:
    passed = telephone(tone(hertz))[SAMPLE_RATE // 2 :]
    change = 10 * np.log10(np.square(passed).mean() / np.square(tone(hertz)).mean() + 1e-20)
    assert least_db <= change <= most_db

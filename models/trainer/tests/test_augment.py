"""What happens to a recording before a model hears it."""

import shutil
import subprocess

import numpy as np
import pytest

from trainer.augment import Augmenter, speech_bounds
from trainer.framing import SAMPLE_RATE, Samples
from trainer.line import g711, lost_packets, over_eight_kilohertz, packet_loss, telephone
from trainer.noise import cross_talk, mix
from trainer.recipe import Augmentation
from trainer.room import impulse_response, reverberate

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
    settings = Augmentation(noise=0, telephone=0, speed=0, room=0, clipping=0)
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
@pytest.mark.parametrize("law", ["mulaw", "alaw"])
def test_the_telephone_passes_its_band_alone(law: str, hertz: float, least_db: float, most_db: float) -> None:
    passed = telephone(tone(hertz), law)[SAMPLE_RATE // 2 :]
    change = 10 * np.log10(np.square(passed).mean() / np.square(tone(hertz)).mean() + 1e-20)
    assert least_db <= change <= most_db


@pytest.mark.skipif(shutil.which("sox") is None, reason="sox, the oracle of G.711, is not installed")
@pytest.mark.parametrize(("law", "encoding"), [("mulaw", "u-law"), ("alaw", "a-law")])
def test_the_line_is_coded_by_g711_as_sox_codes_it(law: str, encoding: str) -> None:
    steps = np.linspace(-0.99, 0.99, 4001)
    pcm = (np.round(steps * 32768) / 32768).astype(np.float32)
    raw = (pcm * 32768).astype("<i2").tobytes()
    linear = ["-t", "raw", "-r", "8000", "-e", "signed", "-b", "16", "-c", "1"]
    coded = ["-t", "raw", "-r", "8000", "-e", encoding, "-b", "8", "-c", "1"]
    there = subprocess.run(["sox", "-D", *linear, "-", *coded, "-"], input=raw, capture_output=True, check=True).stdout
    back = subprocess.run(["sox", "-D", *coded, "-", *linear, "-"], input=there, capture_output=True, check=True).stdout
    oracle = np.frombuffer(back, dtype="<i2") / 32768
    # On the edge of one of the 256 steps the two may round to different sides: by one step at most, and nowhere else.
    ours = g711(pcm, law)
    assert np.sum(np.abs(ours - oracle) > 1e-4) <= 256
    assert np.abs(ours - oracle).max() <= 0.04


def test_eight_kilohertz_keep_the_band_below_four_and_nothing_above() -> None:
    low, high = tone(1000) * np.float32(0.5), tone(6000) * np.float32(0.5)
    heard = over_eight_kilohertz(low, "mulaw")[800:-800]
    # µ-law codes with about 38 dB of signal to noise (ITU-T G.712).
    assert np.square(heard - low[800:-800]).mean() < np.square(low).mean() * 1e-3
    assert np.square(over_eight_kilohertz(high, "mulaw")[800:-800]).mean() < np.square(high).mean() * 1e-3


def test_a_room_decays_by_60_db_in_its_reverberation_time() -> None:
    response = impulse_response(0.4, 0.0, np.random.default_rng(3))
    energy = np.cumsum(np.square(response[40:])[::-1])[::-1]
    decibels = 10 * np.log10(energy / energy[0])
    # Schroeder's backward integration (1965), over the first 30 dB.
    reached = int(np.argmax(decibels < -30)) / SAMPLE_RATE
    assert reached == pytest.approx(0.2, abs=0.02)


def test_a_room_without_reflections_changes_nothing() -> None:
    response = np.zeros(800, dtype=np.float32)
    response[0] = 1
    np.testing.assert_allclose(reverberate(tone(440), response), tone(440), atol=1e-6)


def test_no_alteration_leaves_what_a_sample_can_hold() -> None:
    settings = Augmentation(clipping=1, noise=1, telephone=1, room=1, speed=1)
    augmenter = Augmenter(settings, [], np.random.default_rng(5))
    for _ in range(10):
        heard = augmenter.altered(tone(440, 0.9)).pcm
        assert np.isfinite(heard).all()
        assert np.abs(heard).max() <= 1


def test_a_lost_packet_is_the_one_before_it_at_half_the_amplitude() -> None:
    pcm = np.random.default_rng(2).normal(0, 0.2, 1700).astype(np.float32)
    heard = packet_loss(pcm, np.array([True, False, True, True, False, True]))
    expected = pcm.copy()
    expected[:320] = 0
    expected[640:960] = 0.5 * pcm[320:640]
    expected[960:1280] = 0.25 * pcm[320:640]
    expected[1600:] = 0.5 * pcm[1280:1380]
    np.testing.assert_allclose(heard, expected, atol=1e-7)


@pytest.mark.parametrize(("share", "burst"), [(0.05, 1.0), (0.05, 3.0), (0.2, 2.0)])
def test_packets_are_lost_in_their_share_and_in_bursts(share: float, burst: float) -> None:
    lost = lost_packets(200_000, share, burst, np.random.default_rng(6))
    starts = np.flatnonzero(lost[1:] & ~lost[:-1])
    assert lost.mean() == pytest.approx(share, rel=0.05)
    assert lost.sum() / len(starts) == pytest.approx(max(burst, 1.0), rel=0.08)


def test_cross_talk_begins_where_told_as_far_below_as_told() -> None:
    pcm = np.random.default_rng(3).normal(0, 0.1, 3 * SAMPLE_RATE).astype(np.float32)
    other = np.random.default_rng(2).normal(0, 0.05, SAMPLE_RATE).astype(np.float32)
    added = cross_talk(pcm, other, 12.0, 2 * SAMPLE_RATE + 1000) - pcm
    assert np.all(added[: 2 * SAMPLE_RATE + 1000] == 0)
    loud = np.sort(np.square(pcm.astype(np.float64)))[len(pcm) // 2 :].mean()
    loud_other = np.sort(np.square(other.astype(np.float64)))[len(other) // 2 :].mean()
    gain = np.sqrt(loud / loud_other * 10 ** (-12 / 10))
    np.testing.assert_allclose(
        added[2 * SAMPLE_RATE + 1000 :], gain * other[: SAMPLE_RATE - 1000], rtol=1e-4, atol=1e-6
    )


def test_settings_that_were_not_always_there_draw_nothing_when_off(spoken: Samples) -> None:
    random = np.random.default_rng(8)
    Augmenter(Augmentation(), [], random).altered(spoken)
    drawn = np.random.default_rng(8)
    Augmenter(Augmentation(), [], drawn, [spoken]).altered(spoken)
    assert random.random() == drawn.random()


def test_a_recording_that_was_heard_before_talks_into_the_next(spoken: Samples) -> None:
    settings = Augmentation(noise=0, telephone=0, speed=0, room=0, clipping=0, cross_talk=1.0)
    augmenter = Augmenter(settings, [], np.random.default_rng(9))
    augmenter.altered(tone(1800))
    pcm = np.concatenate([spoken, spoken, spoken])
    spectra = [np.abs(np.fft.rfft(augmenter.altered(pcm).pcm, 10 * SAMPLE_RATE)) for _ in range(4)]
    assert max(spectrum[17900:18100].max() / spectrum[14900:15100].max() for spectrum in spectra) > 5

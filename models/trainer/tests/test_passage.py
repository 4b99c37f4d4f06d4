"""Which part of a recording is heard."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from trainer.errors import TrainerError
from trainer.passage import everything, one_second


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    """Three and a half seconds, each with its own constant amplitude; the last half is the loudest."""
    pcm = np.repeat([0.1, 0.3, 0.2, 0.9], [16000, 16000, 16000, 8000])
    soundfile.write(tmp_path / "steps.wav", pcm, 16000, subtype="FLOAT")
    return tmp_path / "steps.wav"


def test_the_loudest_second_is_a_whole_one(steps: Path) -> None:
    passage = one_second(steps, None)
    assert (passage.start, passage.words) == (1, "the loudest whole second, 1–2 s")
    np.testing.assert_array_equal(passage.pcm, np.full(16000, 0.3, dtype=np.float32))


def test_a_second_that_is_asked_for_is_filled_up_with_zeros(steps: Path) -> None:
    passage = one_second(steps, 2.75)
    expected = np.repeat([0.2, 0.9, 0], [4000, 8000, 4000]).astype(np.float32)
    np.testing.assert_array_equal(passage.pcm, expected)


def test_a_stateful_model_hears_all_of_it_or_all_from_a_second_on(steps: Path) -> None:
    assert len(everything(steps, None).pcm) == 56000
    assert len(everything(steps, 3.25).pcm) == 4000


def test_samples_beyond_full_scale_are_clamped(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "loud.wav", np.full(16000, -1.5), 16000, subtype="FLOAT")
    assert one_second(tmp_path / "loud.wav", None).pcm.min() == -1


@pytest.mark.parametrize("start", [-0.5, 3.5, float("nan")])
def test_a_start_outside_the_recording_is_named(steps: Path, start: float) -> None:
    for take in (one_second, everything):
        with pytest.raises(TrainerError, match=rf"--start {start:g} is outside .*steps\.wav, which has 3\.50 s"):
            take(steps, start)


def test_a_file_that_is_no_audio_is_named(tmp_path: Path) -> None:
    (tmp_path / "letter.wav").write_text("dear sir")
    with pytest.raises(TrainerError, match=r"this recording cannot be read: .*letter\.wav"):
        one_second(tmp_path / "letter.wav", None)

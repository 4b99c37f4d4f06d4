"""Audio that cannot be read is refused with the reason."""

import subprocess
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile

from trainer.audio import UnreadableAudio, read_audio, read_piece


def test_a_file_that_is_not_there_is_no_broken_one(tmp_path: Path) -> None:
    with pytest.raises(UnreadableAudio, match=r"there is no file '.*absent\.wav'"):
        read_audio(tmp_path / "absent.wav")


def test_floats_of_another_scale_are_unreadable_and_overshoot_is_not(tmp_path: Path) -> None:
    for name, peak in (("integers.wav", 12345.0), ("hot.wav", 2.0)):
        soundfile.write(tmp_path / name, np.full(1600, peak), 16000, subtype="FLOAT")
    assert read_audio(tmp_path / "hot.wav").max() == 2
    with pytest.raises(UnreadableAudio, match="it holds floats up to 12345: save it with amplitudes in −1…1"):
        read_audio(tmp_path / "integers.wav")


def test_of_a_wav_that_is_cut_off_is_told_how_much_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "call.wav"
    soundfile.write(file, np.zeros((16000, 2)), 8000, subtype="ULAW")
    whole = file.read_bytes()
    assert read_piece(file).missing_seconds == 0
    file.write_bytes(whole[:-8000])
    for cut in (read_piece(file), read_piece(BytesIO(whole[:-8000]))):
        assert len(cut.pcm) == 24000
        assert cut.missing_seconds == pytest.approx(0.5)
    assert read_piece(file, 0, 1.0).missing_seconds == 0


def test_a_wav_from_a_pipe_which_does_not_know_its_size_is_whole() -> None:
    spoken = subprocess.run(["espeak-ng", "--stdout", "hello"], capture_output=True, check=True).stdout
    assert read_piece(BytesIO(spoken)).missing_seconds == 0


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no audio", r"^Format not recognised\.$"),
        (b"\xff\xf3" + bytes(200), "^it is damaged, or cut off at its beginning$"),
    ],
)
def test_a_recording_that_is_no_file_is_unreadable_without_its_place_in_memory(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableAudio, match=reason):
        read_audio(BytesIO(content))

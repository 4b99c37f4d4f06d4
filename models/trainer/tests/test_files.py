"""Files are written whole."""

import errno
from pathlib import Path

import pytest

from trainer.files import write_whole
from trainer.main import main


def test_a_file_for_which_the_disk_has_no_room_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    monkeypatch.setattr("trainer.commands.push.run", lambda _: write_whole(tmp_path / "clip.wav", b"sound"))
    assert main(["push", "door", "me/door"]) == 1
    assert capsys.readouterr().err == f"trainer push: {tmp_path / 'clip.wav'}: No space left on device\n"

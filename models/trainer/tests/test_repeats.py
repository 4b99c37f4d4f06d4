"""The same recording under two names is reported where it does harm."""

import shutil
from pathlib import Path

import pytest

from trainer.main import main

Capsys = pytest.CaptureFixture[str]


def prepared(recordings: Path, rows: str, capsys: Capsys) -> str:
    """What is reported about a manifest in which 6.wav is a copy of 0.wav."""
    shutil.copy(recordings / "0.wav", recordings / "6.wav")
    (recordings / "manifest.csv").write_text(f"path,label,split\n{rows}", encoding="utf-8")
    source, out = str(recordings / "manifest.csv"), recordings.parent / "out"
    assert main(["prepare", source, "--test-size", "0", "--validation-size", "0", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[-1] in (out / "report.md").read_text(encoding="utf-8")
    return said


def test_a_recording_with_two_labels_is_told(recordings: Path, capsys: Capsys) -> None:
    said = prepared(recordings, "0.wav,open,train\n1.wav,close,train\n6.wav,close,train\n", capsys)
    assert "1 recordings have several labels, sample by sample the same; the first: 0.wav as 'open', 6.wav as" in said
    assert "several splits" not in said


def test_a_recording_in_two_splits_is_told(recordings: Path, capsys: Capsys) -> None:
    said = prepared(recordings, "0.wav,open,train\n1.wav,close,train\n6.wav,open,test\n", capsys)
    assert "1 recordings are in several splits, sample by sample the same; the first: " in said
    assert ("0.wav in train" in said, "6.wav in test" in said) == (True, True)
    assert "several labels" not in said


def test_a_recording_twice_in_one_split_under_one_label_is_no_doubt(recordings: Path, capsys: Capsys) -> None:
    assert "sample by sample" not in prepared(
        recordings, "0.wav,open,train\n1.wav,close,train\n6.wav,open,train\n", capsys
    )

"""Recordings become a prepared dataset."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from datasets import load_from_disk
from scipy.signal import resample_poly

from trainer.errors import TrainerError
from trainer.main import main
from trainer.prepare import prepare
from trainer.prepared import load_prepared, pcm_of
from trainer.recipe_sources import Source, Splits

ALL = Splits(test_size=0, validation_size=0)
ENGINES = ("flite", "pico", "festival")
Capsys = pytest.CaptureFixture[str]


def manifest(recordings: Path, splits: Splits = ALL) -> Source:
    return Source(path=recordings / "manifest.csv", splits=splits)


def test_recordings_come_out_at_16_khz_as_scipy_resamples_them(recordings: Path, tmp_path: Path) -> None:
    rows = prepare((manifest(recordings),), (), tmp_path / "out").split("train")
    for index, row in enumerate(rows):
        samples, _ = soundfile.read(recordings / f"{index}.wav")
        np.testing.assert_allclose(pcm_of(row), resample_poly(samples, 2, 1), atol=1e-4)


def test_the_dataset_is_one_that_hugging_face_opens(recordings: Path, tmp_path: Path) -> None:
    prepare((manifest(recordings),), (), tmp_path / "out")
    features = load_from_disk(tmp_path / "out")["train"].features
    assert (features["audio"].sampling_rate, features["label"].names) == (16000, ["close", "open"])


def test_labels_are_intents_by_name_then_background(recordings: Path, tmp_path: Path) -> None:
    prepare((manifest(recordings),), ("background",), tmp_path / "out")
    assert load_prepared(tmp_path / "out").labels.names == ("close", "open", "background")


def test_one_label_alone_is_refused(recordings: Path, tmp_path: Path) -> None:
    (recordings / "manifest.csv").write_text("path,label\n0.wav,open\n1.wav,open\n", encoding="utf-8")
    with pytest.raises(TrainerError, match="one label alone, 'open', and a model tells at least two apart"):
        prepare((manifest(recordings),), (), tmp_path / "out")


def test_a_label_called_background_is_one_without_being_told(recordings: Path, tmp_path: Path) -> None:
    talk = "path,label\n0.wav,open\n1.wav,background\n2.wav,shut\n"
    (recordings / "manifest.csv").write_text(talk, encoding="utf-8")
    labels = prepare((manifest(recordings),), (), tmp_path / "out").labels
    assert (labels.names, labels.background) == (("open", "shut", "background"), ("background",))


def test_labels_lose_their_margins_and_doubtful_ones_are_told(recordings: Path, tmp_path: Path, capsys: Capsys) -> None:
    names = ("order", "order ", "Order", " Background", "off", "order")
    rows = "".join(f"{index}.wav,{name}\n" for index, name in enumerate(names))
    (recordings / "manifest.csv").write_text(f"path,label\n{rows}", encoding="utf-8")
    labels = prepare((manifest(recordings),), (), tmp_path / "out").labels
    assert labels.names == ("Background", "Order", "off", "order")
    told = capsys.readouterr().out
    assert "2 labels differ in their case alone: 'Order', 'order'." in told
    assert "The label 'Background' is announced as an intent: it is not 'background'." in told
    prepare((manifest(recordings),), ("Background",), tmp_path / "out")
    assert "is announced" not in capsys.readouterr().out


def test_a_label_is_one_however_its_accents_are_spelled(recordings: Path, tmp_path: Path) -> None:
    names = ("caf\u00e9", "cafe\u0301", "off", "caf\u00e9", "re\u0301ponse", "off")
    rows = "".join(f"{index}.wav,{name}\n" for index, name in enumerate(names))
    (recordings / "manifest.csv").write_text(f"path,label\n{rows}", encoding="utf-8")
    labels = prepare((manifest(recordings),), ("r\u00e9ponse",), tmp_path / "out").labels
    assert (labels.names, labels.background) == (("caf\u00e9", "off", "r\u00e9ponse"), ("r\u00e9ponse",))


def test_an_unreadable_recording_is_listed_and_moves_no_other(recordings: Path, tmp_path: Path) -> None:
    splits = Splits(test_size=0.34, validation_size=0)
    whole = prepare((manifest(recordings, splits),), (), tmp_path / "whole")
    (recordings / "1.wav").write_bytes(b"not audio")
    (recordings / "3.wav").unlink()
    broken = prepare((manifest(recordings, splits),), (), tmp_path / "broken")
    for split in ("train", "test"):
        before, after = (each.split(split)["transcription"] for each in (whole, broken))
        assert set(after) <= set(before)
    listed = (tmp_path / "broken" / "unreadable.txt").read_text().splitlines()
    assert [line.partition(":")[0] for line in sorted(listed)] == ["1.wav", "3.wav"]
    assert json.loads((tmp_path / "broken" / "prepared.json").read_text())["unreadable"] == 2


def test_files_that_gave_no_recording_are_told(recordings: Path, tmp_path: Path, capsys: Capsys) -> None:
    (recordings / "6.m4a").write_bytes(b"")
    prepare((Source(path=recordings, splits=ALL),), (), tmp_path / "out")
    told = f"1 files left out of {recordings}: 1 × .m4a (convert them to wav or flac); the first: 6.m4a."
    assert told in capsys.readouterr().out
    assert told in (tmp_path / "out" / "report.md").read_text(encoding="utf-8")


def test_every_recording_is_prepared_or_listed(recordings: Path, tmp_path: Path) -> None:
    (recordings / "2.wav").write_bytes(b"RIFF")
    prepared = prepare((manifest(recordings, Splits()),), (), tmp_path / "out")
    read = sum(len(rows) for rows in prepared.rows.values())
    assert (read, (tmp_path / "out" / "unreadable.txt").read_text().count("\n")) == (5, 1)


def test_a_recording_that_is_cut_off_is_told(recordings: Path, tmp_path: Path, capsys: Capsys) -> None:
    soundfile.write(recordings / "whole.mp3", np.random.default_rng(1).normal(0, 0.1, 160000), 16000)
    whole = (recordings / "whole.mp3").read_bytes()
    (recordings / "cut.mp3").write_bytes(whole[: len(whole) // 2 + 7])
    with (recordings / "manifest.csv").open("a", encoding="utf-8") as file:
        file.write("whole.mp3,open,a\ncut.mp3,open,b\n")
    prepare((manifest(recordings),), (), tmp_path / "out")
    told = capsys.readouterr().out
    assert "1 recordings were read as far as they go; the first: cut.mp3: it ends after 4.9 of 10.0 s, as if" in told
    assert (tmp_path / "out" / "unreadable.txt").read_text().startswith("cut.mp3: it ends after 4.9 of 10.0 s")


def test_a_split_of_which_nothing_can_be_read_is_left_out_and_told(
    recordings: Path, tmp_path: Path, capsys: Capsys
) -> None:
    (recordings / "2.wav").write_bytes(b"not audio")
    rows = "0.wav,close,train\n1.wav,open,train\n2.wav,open,test\n"
    (recordings / "manifest.csv").write_text(f"path,label,split\n{rows}", encoding="utf-8")
    prepared = prepare((manifest(recordings),), (), tmp_path / "out")
    assert set(prepared.rows) == {"train"}
    assert "None of the 1 recordings of the split test could be read." in capsys.readouterr().out


def test_only_unreadable_recordings_are_fatal_and_leave_nothing(recordings: Path, tmp_path: Path) -> None:
    for index in range(6):
        (recordings / f"{index}.wav").write_bytes(b"not audio")
    with pytest.raises(TrainerError, match="none of the 6 recordings could be read; the first: "):
        prepare((manifest(recordings),), (), tmp_path / "out")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["recordings"]


def test_a_class_without_a_recording_to_train_on_is_refused(recordings: Path, tmp_path: Path) -> None:
    for index in (0, 2, 4):
        (recordings / f"{index}.wav").write_bytes(b"not audio")
    said = r"the class 'close' has no recording to train on .* 3 recordings could not be read; the first: 0\.wav"
    with pytest.raises(TrainerError, match=said):
        prepare((manifest(recordings),), (), tmp_path / "out")
    (recordings / "manifest.csv").write_text("path,label,split\n1.wav,open,train\n3.wav,Open,test\n", encoding="utf-8")
    with pytest.raises(TrainerError, match=r"'Open' has no recording to train on.* case alone: 'Open', 'open'"):
        prepare((manifest(recordings),), (), tmp_path / "out")


@pytest.mark.parametrize("rate", [4000, 400_000])
def test_a_rate_that_no_telephone_or_microphone_has_is_unreadable(recordings: Path, tmp_path: Path, rate: int) -> None:
    soundfile.write(recordings / "0.wav", np.zeros(rate), rate)
    prepare((manifest(recordings),), (), tmp_path / "out")
    said = (tmp_path / "out" / "unreadable.txt").read_text()
    assert said == f"0.wav: its rate of {rate} Hz is outside 8000–192000 Hz\n"


def test_too_little_disk_is_one_sentence(recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))
    with pytest.raises(TrainerError, match=r"need about 0\.00 GB, the disk of .*out has 0\.00 GB free"):
        prepare((manifest(recordings),), (), tmp_path / "out")


def test_a_long_recording_is_cut_into_pieces_that_lose_nothing(tmp_path: Path) -> None:
    samples = np.random.default_rng(2).normal(0, 0.1, 16000 * 12)
    soundfile.write(tmp_path / "long.wav", samples, 16000)
    soundfile.write(tmp_path / "short.wav", samples[:1600], 16000)
    (tmp_path / "manifest.csv").write_text("path,label\nshort.wav,open\n")
    noise = Source(path=tmp_path / "long.wav", label="background", is_noise=True, piece_seconds=5.0, splits=ALL)
    rows = prepare((manifest(tmp_path), noise), ("background",), tmp_path / "out").split("train")
    pieces = [pcm_of(row) for row in rows if row["is_noise"]]
    assert [len(piece) for piece in pieces] == [80000, 80000, 32000]
    np.testing.assert_allclose(np.concatenate(pieces), samples, atol=1e-4)


BAD_MANIFESTS = [
    ("path,tag\na.wav,open\n", "lacks the column label"),
    ("path,label\na.wav,\n", "line 2: path and label must not be empty"),
    ("path,label\na.wav, \n", "line 2: path and label must not be empty"),
    ("path,label\n0.wav,open\n1.wav,close\n./0.wav,close\n", r"manifest.csv: ./0.wav is in lines 2 and 4"),
    ("path,label\n0.wav,open\n{folder}/0.wav,close\n", r"manifest.csv: .*/0.wav is in lines 2 and 3"),
    ("path,label\n", "holds no recordings"),
    ("path,label,split\n0.wav,open,exam\n", "split 'exam' is none of train, validation, test"),
]


@pytest.mark.parametrize(("text", "message"), BAD_MANIFESTS)
def test_a_bad_manifest_is_refused_by_name(recordings: Path, tmp_path: Path, text: str, message: str) -> None:
    (recordings / "manifest.csv").write_text(text.format(folder=recordings), encoding="utf-8")
    with pytest.raises(TrainerError, match=message):
        prepare((manifest(recordings),), (), tmp_path / "out")


def test_what_lies_in_the_folder_is_replaced_only_where_it_is_a_dataset(recordings: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    prepare((manifest(recordings),), (), out)
    prepare((manifest(recordings),), (), out)
    (out / "prepared.json").unlink()
    with pytest.raises(TrainerError, match=r"holds other things \(no prepared.json\), which would be lost"):
        prepare((manifest(recordings),), (), out)
    assert (out / "report.md").exists()


@pytest.mark.parametrize("below", ["", "/data"])
def test_an_out_that_is_a_file_is_one_sentence(recordings: Path, below: str) -> None:
    with pytest.raises(TrainerError, match=r"manifest\.csv is a file, no folder: choose another --out"):
        prepare((manifest(recordings),), (), Path(f"{recordings}/manifest.csv{below}"))


BAD_COMMANDS = [
    (["nowhere/here"], "nor is there a folder of this name here"),
    (["guide.toml"], "guide.toml has no [[sources]] to prepare: name one there, with path or hub"),
    (["nowhere/at/all"], "the source nowhere/at/all does not exist"),
    ([".", "--test-size", "0.95"], "leave nothing to train on"),
    ([".", "--fold", "6/5"], "fold '6/5' must be K/N"),
    ([".", "--seed", "-1"], "splits.seed -1 must be from 0 to 4294967295"),
    ([".", "--fold", "2/5", "--test-size", "0.3"], "fold '2/5' says what is tested on: leave test_size 0.3 out"),
    (["recordings/manifest.csv", "--test-engine", "piper"], "no recording is of the engine 'piper'; there: none"),
    (
        ["recordings/manifest.csv", "--test-config", "en-us"],
        "no recording is of the language 'en-us'; there: none",
    ),
    (["recordings/manifest.csv", "--group-column", "callr"], "lacks the column callr"),
    (["recordings/manifest.csv", "--config", "en-US"], "no recording is of the language 'en-US'; there: none"),
    (
        ["recipe.toml", "other.csv", "--test-size", "0.3"],
        "recipe.toml says everything of its sources: write further sources, --test-size into it",
    ),
    (
        ["recordings", "--layout", "audiofolder", "--label-column", "intent"],
        "recordings has no metadata in which --label-column 'intent' could be",
    ),
    ([".", "--layout", "tape"], "layout 'tape' is none of auto, manifest"),
]


@pytest.mark.parametrize("case", BAD_COMMANDS)
def test_a_mistake_on_the_command_line_is_one_sentence(
    recordings: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, case: tuple[list[str], str]
) -> None:
    arguments, message = case
    monkeypatch.chdir(recordings.parent)
    Path("guide.toml").write_text('extends = "guide"\n', encoding="utf-8")
    assert main(["prepare", *arguments, "--out", "out"]) == 1
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1

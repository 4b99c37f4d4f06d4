"""Recordings become a prepared dataset."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from trainer.clips import Clip
from trainer.errors import TrainerError
from trainer.prepare import load_prepared, pcm_of, prepare
from trainer.recipe import Recipe, Source, StreamingModel
from trainer.splits import assign_splits


def recipe_of(*sources: Source) -> Recipe:
    return Recipe("door", "0.1.0", "d", sources, streaming=StreamingModel())


def test_recordings_come_out_at_16_khz(recordings: Path, tmp_path: Path) -> None:
    prepared = prepare(recipe_of(Source(recordings / "manifest.csv", "manifest")), tmp_path / "out")
    lengths = [len(pcm_of(row)) for row in prepared.rows]
    assert lengths == [2 * (8000 + 1000 * index) for index in range(6)]


def test_labels_are_intents_by_name_then_background(recordings: Path, tmp_path: Path) -> None:
    prepare(recipe_of(Source(recordings / "manifest.csv", "manifest")), tmp_path / "out")
    assert load_prepared(tmp_path / "out").labels.names == ("close", "open", "background")


def test_an_unreadable_recording_is_listed_and_left_out(recordings: Path, tmp_path: Path) -> None:
    (recordings / "2.wav").write_bytes(b"not audio")
    prepared = prepare(recipe_of(Source(recordings / "manifest.csv", "manifest")), tmp_path / "out")
    assert len(prepared.rows) == 5
    assert "2.wav" in (tmp_path / "out" / "unreadable.txt").read_text()


def test_only_unreadable_recordings_are_fatal(recordings: Path, tmp_path: Path) -> None:
    for index in range(6):
        (recordings / f"{index}.wav").write_bytes(b"not audio")
    with pytest.raises(TrainerError, match="none of the 6 recordings could be read"):
        prepare(recipe_of(Source(recordings / "manifest.csv", "manifest")), tmp_path / "out")


def test_the_minds14_layout_takes_its_label_from_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "minds14" / "en-US~PAY_BILL"
    folder.mkdir(parents=True)
    soundfile.write(folder / "a.wav", np.zeros(800), 8000)
    source = Source(tmp_path / "minds14", "minds14", test_languages=("en-US",))
    row = prepare(recipe_of(source), tmp_path / "out").rows[0]
    assert (row["label"], row["split"]) == (0, "test")


def test_no_group_is_divided() -> None:
    clips = [Clip(Path(f"{n}.wav"), "open", group=f"caller-{n // 7}") for n in range(200)]
    splits = assign_splits(clips, Source(Path(), "manifest", test_fraction=0.3, calibration_fraction=0.2))
    halves = {(clip.group, split) for clip, split in zip(clips, splits, strict=True)}
    assert len(halves) == len({clip.group for clip in clips})


def test_splits_fill_their_share_and_no_more() -> None:
    clips = [Clip(Path(f"{n}.wav"), "open", group=str(n)) for n in range(100)]
    splits = assign_splits(clips, Source(Path(), "manifest", test_fraction=0.3, calibration_fraction=0.2))
    assert [splits.count(name) for name in ("test", "validation", "train")] == [30, 20, 50]


def test_a_group_that_a_manifest_divides_is_refused() -> None:
    clips = [Clip(Path("a.wav"), "open", "ann", split="train"), Clip(Path("b.wav"), "open", "ann", split="test")]
    with pytest.raises(TrainerError, match="the group ann is in two splits"):
        assign_splits(clips, Source(Path(), "manifest"))


BAD_MANIFESTS = [
    ("path,tag\na.wav,open\n", "lacks the column label"),
    ("path,label\na.wav,\n", "line 2: path and label must not be empty"),
    ("path,label\n", "holds no recordings"),
    ("path,label,split\n0.wav,open,exam\n", "split 'exam' is none of train, validation, test"),
]


@pytest.mark.parametrize(("text", "message"), BAD_MANIFESTS)
def test_a_bad_manifest_is_refused_by_name(recordings: Path, tmp_path: Path, text: str, message: str) -> None:
    (recordings / "manifest.csv").write_text(text, encoding="utf-8")
    with pytest.raises(TrainerError, match=message):
        prepare(recipe_of(Source(recordings / "manifest.csv", "manifest")), tmp_path / "out")

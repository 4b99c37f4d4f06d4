"""How recordings are divided: by group, fold, language and engine, and what is reported about it."""

import json
import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from datasets import Dataset

from trainer.errors import TrainerError
from trainer.prepare import prepare
from trainer.prepared import load_prepared
from trainer.recipe_sources import Source, Splits
from trainer.sources import Recording
from trainer.splits import assign_splits

ALL = Splits(test_size=0, validation_size=0)
ENGINES = ("flite", "pico", "festival")


def manifest(recordings: Path, splits: Splits = ALL) -> Source:
    return Source(path=recordings / "manifest.csv", splits=splits)


def copied(recordings: Path, number: int) -> str:
    """The name of one more recording."""
    shutil.copy(recordings / f"{number % 2}.wav", recordings / f"more-{number}.wav")
    return f"more-{number}.wav"


def label_of(number: int) -> str:
    return "open" if number % 5 else "close"


def clip(name: str, group: str = "", split: str = "", language: str = "") -> Recording:
    return Recording(name, "open", BytesIO, group=group, split=split, language=language)


def test_without_groups_the_split_is_the_reference_guides() -> None:
    names = [f"{index}.wav" for index in range(50)]
    splits = assign_splits([clip(name) for name in names], Source(path=Path(), splits=Splits(validation_size=0)))
    guide = Dataset.from_dict({"name": names}).train_test_split(test_size=0.2, seed=42)
    assert [name for name, split in zip(names, splits, strict=True) if split == "test"] == sorted(
        guide["test"]["name"], key=names.index
    )


def test_no_group_is_divided() -> None:
    clips = [clip(f"{n}.wav", group=f"caller-{n // 7}") for n in range(200)]
    splits = assign_splits(clips, Source(path=Path(), splits=Splits(test_size=0.3, validation_size=0.2)))
    halves = {(each.group, split) for each, split in zip(clips, splits, strict=True)}
    assert len(halves) == len({each.group for each in clips})


def test_splits_by_group_fill_their_share_and_no_more() -> None:
    clips = [clip(f"{n}.wav", group=str(n)) for n in range(100)]
    splits = assign_splits(clips, Source(path=Path(), splits=Splits(test_size=0.3, validation_size=0.2)))
    assert [splits.count(name) for name in ("test", "validation", "train")] == [30, 20, 50]


def test_folds_test_every_clip_once_and_divide_no_group() -> None:
    clips = [clip(f"{n}.wav", group=f"call-{n // 3}") for n in range(90)]
    tested = []
    for fold in range(1, 6):
        splits = assign_splits(clips, Source(path=Path(), splits=Splits(fold=f"{fold}/5")))
        tested.append([n for n, split in enumerate(splits) if split == "test"])
    assert sorted(n for part in tested for n in part) == list(range(90))
    assert [len(part) for part in tested] == [18] * 5


def test_a_language_is_tested_on_whole() -> None:
    clips = [clip(f"{n}.wav", language="en-US" if n % 2 else "en-GB") for n in range(40)]
    splits = assign_splits(clips, Source(path=Path(), splits=Splits(test_languages=("en-US",))))
    assert [split for n, split in enumerate(splits) if n % 2] == ["test"] * 20
    assert splits.count("validation") == 2


def test_neither_an_engine_that_is_tested_on_nor_its_sentences_are_trained_on(recordings: Path, tmp_path: Path) -> None:
    rows = [
        f"{copied(recordings, n)},{'open' if n % 5 else 'close'},sentence-{n // 3},{n},{ENGINES[n % 3]}"
        for n in range(90)
    ]
    lines = ["path,label,group,transcription,engine", *rows]
    (recordings / "manifest.csv").write_text("\n".join(lines), encoding="utf-8")
    splits = Splits(test_size=0.3, test_engine="pico")
    prepared = prepare((manifest(recordings, splits),), (), tmp_path / "out")
    tested = [int(number) for number in prepared.split("test")["transcription"]]
    others = [int(number) for number in prepared.split("train", "validation")["transcription"]]
    assert (len(tested), len(others)) == (9, 42)
    assert {ENGINES[number % 3] for number in tested} == {"pico"}
    assert "pico" not in {ENGINES[number % 3] for number in others}
    assert not {number // 3 for number in tested} & {number // 3 for number in others}


def test_a_dataset_with_its_own_test_split_keeps_it() -> None:
    clips = [clip(f"{n}.wav", split="test" if n < 10 else "train") for n in range(60)]
    splits = assign_splits(clips, Source(path=Path()))
    assert (splits[:10], splits.count("test"), splits.count("validation")) == (["test"] * 10, 10, 5)


def test_a_set_for_testing_alone_is_one_whatever_splits_its_source_has() -> None:
    clips = [clip(f"{n}.wav", split=("train", "validation", "test")[n % 3]) for n in range(9)]
    assert set(assign_splits(clips, Source(path=Path(), splits=Splits(test_size=1)))) == {"test"}


def test_a_fold_of_a_source_with_its_own_test_split_is_refused() -> None:
    clips = [clip(f"{n}.wav", split="train" if n % 3 else "test") for n in range(9)]
    with pytest.raises(TrainerError, match=r"fold '1/3' divides recordings anew, but own\.csv has a test split of its"):
        assign_splits(clips, Source(path=Path("own.csv"), splits=Splits(fold="1/3")))


@pytest.mark.parametrize(("count", "share"), [(12, 0.95), (5, 0.85)])
def test_a_test_split_that_leaves_nothing_is_refused(count: int, share: float) -> None:
    clips = [clip(f"{n}.wav") for n in range(count)]
    with pytest.raises(TrainerError, match=f"{count} recordings are too few for a test split of {share}"):
        assign_splits(clips, Source(path=Path(), splits=Splits(test_size=share, validation_size=0)))


def test_a_group_that_a_source_divides_is_refused() -> None:
    clips = [clip("a.wav", "ann", split="train"), clip("b.wav", "ann", split="test")]
    with pytest.raises(TrainerError, match="the group ann is in two splits"):
        assign_splits(clips, Source(path=Path(), splits=ALL))


@pytest.mark.parametrize(("groups", "is_told"), [(["ann", "bob", "ann"], True), (["", "", ""], False)])
def test_whether_speakers_are_known_is_told_and_kept(
    recordings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], groups: list[str], is_told: bool
) -> None:
    splits = ("train", "test", "train")
    rows = "".join(f"{n}.wav,{n % 2},{groups[n]},{splits[n]}\n" for n in range(3))
    text = f"path,label,group,split\n{rows}3.wav,1,,train\n"
    (recordings / "manifest.csv").write_text(text, encoding="utf-8")
    (tmp_path / "noise").mkdir()
    shutil.copy(recordings / "5.wav", tmp_path / "noise" / "fan.wav")
    noise = Source(path=tmp_path / "noise", label="background", is_noise=True, piece_seconds=0.5, splits=ALL)
    prepared = prepare((manifest(recordings), noise), (), tmp_path / "out")
    assert prepared.knows_groups is is_told
    assert ("Speakers and calls are not known: one may be" in capsys.readouterr().out) is not is_told
    told = json.loads((tmp_path / "out" / "prepared.json").read_text())
    del told["knows_groups"]
    (tmp_path / "out" / "prepared.json").write_text(json.dumps(told))
    assert load_prepared(tmp_path / "out").knows_groups, "an older dataset does not say"


def test_an_engine_to_test_on_leaves_recordings_of_people_whole(recordings: Path, tmp_path: Path) -> None:
    rows = [
        f"{copied(recordings, n)},{'open' if n % 5 else 'close'},sentence-{n // 3},{ENGINES[n % 3]}" for n in range(90)
    ]
    lines = ["path,label,group,engine", *rows]
    (recordings / "spoken.csv").write_text("\n".join(lines), encoding="utf-8")
    splits = Splits(test_size=0.3, test_engine="pico")
    spoken = replace(manifest(recordings, splits), path=recordings / "spoken.csv")
    alone = prepare((spoken,), (), tmp_path / "alone").rows.num_rows
    both = prepare((spoken, manifest(recordings, replace(splits, test_size=0.0))), (), tmp_path / "both").rows.num_rows
    assert sum(both.values()) == sum(alone.values()) + 6


def test_what_one_would_not_expect_of_the_splits_is_told(
    recordings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (recordings / "monday.csv").write_text("path,label,group,split\n0.wav,open,ann,train\n1.wav,close,bob,train\n")
    (recordings / "tuesday.csv").write_text("path,label,group,split\n2.wav,open,ann,validation\n")
    monday, tuesday = (Source(path=recordings / f"{day}.csv") for day in ("monday", "tuesday"))
    prepare((monday,), (), tmp_path / "out")
    assert "No recording is in the test split" in capsys.readouterr().out
    prepare((monday, tuesday), (), tmp_path / "out")
    assert "1 groups are in more than one split, since each source is split by itself: ann." in capsys.readouterr().out
    by_clip = replace(monday, splits=Splits(by="clip"))
    prepare((by_clip, tuesday), (), tmp_path / "out")
    assert "in more than one split" not in capsys.readouterr().out

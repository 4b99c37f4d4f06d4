"""Hearings are encoded once: what is kept of them, and what causes them to be encoded again."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import SafetensorError
from tiny_wav2vec2 import save_tiny_wav2vec2

from trainer import encoding as module
from trainer.encoding import encode_for_training, examples, recording_encoder
from trainer.errors import TrainerError
from trainer.hearings import Encoded, EncodedHearing, Encoder
from trainer.main import main
from trainer.prepared import HEARINGS, Prepared, load_prepared
from trainer.recipe import Recipe
from trainer.recipe_file import load_recipe
from trainer.train_stateless import FramedHearings, stateless_lesson
from trainer.train_streaming import new_model

BOTH = ["training.train_on=['train', 'validation', 'test']", "augmentation.copies=2", "streaming.width=8"]


@pytest.fixture
def prepared(recordings: Path, tmp_path: Path) -> Prepared:
    source = str(recordings / "manifest.csv")
    folder = tmp_path / "data"
    assert main(["prepare", source, "--split-by", "clip", "--test-size", "0.34", "--out", str(folder)]) == 0
    return load_prepared(folder)


@pytest.fixture
def recipe() -> Recipe:
    return load_recipe("earshot", BOTH, None)


def encoded(prepared: Prepared, recipe: Recipe, jobs: int = 1) -> list[EncodedHearing]:
    encode = recording_encoder(prepared, recipe, Encoder(new_model(recipe, prepared.labels, 0)))
    return list(encode_for_training(prepared, recipe, encode, jobs))


def same(one: list[EncodedHearing], other: list[EncodedHearing]) -> bool:
    return len(one) == len(other) and all(
        torch.equal(first.activations, second.activations) for first, second in zip(one, other, strict=True)
    )


def test_what_is_kept_is_what_was_encoded_and_is_not_encoded_again(
    prepared: Prepared, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = encoded(prepared, recipe)
    assert len(first) == 6 * 3
    files = list((prepared.folder / HEARINGS).glob("*/*.safetensors"))
    assert len(files) == 6
    monkeypatch.setattr(module, "_keep", lambda *_: pytest.fail("encoded again"))
    assert same(first, encoded(prepared, recipe))


def test_a_disk_that_is_full_is_one_sentence_and_keeps_what_was_encoded(
    prepared: Prepared, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Path] = []

    def save(tensors: Encoded, file: Path) -> None:
        file.write_bytes(b"half")
        if kept:
            raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")
        kept.append(file)

    monkeypatch.setattr(module, "save_file", save)
    with pytest.raises(TrainerError, match=r"cannot write .*hearings.*No space left on device.*before is kept"):
        encoded(prepared, recipe)
    assert len(list((prepared.folder / HEARINGS).glob("*/*"))) == len(kept)


def test_a_hearing_that_is_damaged_is_named(prepared: Prepared, recipe: Recipe) -> None:
    encoded(prepared, recipe)
    file = next((prepared.folder / HEARINGS).glob("*/*"))
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(TrainerError, match=f"{file} is damaged .*: delete it, and it is encoded again"):
        encoded(prepared, recipe)


def test_a_dataset_that_is_prepared_anew_keeps_what_was_encoded(
    recordings: Path, prepared: Prepared, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded(prepared, recipe)
    again = ["prepare", str(recordings / "manifest.csv"), "--split-by", "clip", "--test-size", "0.34"]
    assert main([*again, "--out", str(prepared.folder)]) == 0
    monkeypatch.setattr(module, "_keep", lambda *_: pytest.fail("encoded again"))
    assert len(encoded(load_prepared(prepared.folder), recipe)) == 6 * 3


def test_several_processes_encode_what_one_does(
    prepared: Prepared, recipe: Recipe, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    alone = encoded(prepared, recipe)
    (prepared.folder / HEARINGS).rename(tmp_path / "before")
    monkeypatch.setattr(module, "WORTH_A_PROCESS", 1)
    assert same(alone, encoded(prepared, recipe, jobs=2))


def test_a_part_of_the_recordings_is_heard_as_in_all_of_them(prepared: Prepared, recipe: Recipe) -> None:
    every = encoded(prepared, recipe)
    training = replace(recipe.training, train_on=("train",))
    count = 3 * len(prepared.split("train"))
    assert same(every[:count], encoded(prepared, replace(recipe, training=training)))


@pytest.mark.parametrize("change", ["seed=18", "augmentation.noise=0.9"])
def test_another_seed_or_augmentation_makes_other_hearings(prepared: Prepared, recipe: Recipe, change: str) -> None:
    first = encoded(prepared, recipe)
    assert not same(first, encoded(prepared, load_recipe("earshot", [*BOTH, change], None)))
    assert len(list((prepared.folder / HEARINGS).iterdir())) == 2


def test_the_threads_of_the_training_are_left_as_they_are(prepared: Prepared, recipe: Recipe) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(threads + 1)
    try:
        encoded(prepared, recipe)
        assert torch.get_num_threads() == threads + 1
    finally:
        torch.set_num_threads(threads)


def test_examples_of_people_are_no_noise(recordings: Path, tmp_path: Path) -> None:
    more = [f"{index}.wav,{'open' if index % 2 else 'close'},engine" for index in range(4)]
    (recordings / "spoken.csv").write_text("\n".join(["path,label,engine", *more]), encoding="utf-8")
    (tmp_path / "noise").mkdir()
    shutil.copy(recordings / "5.wav", tmp_path / "noise" / "fan.wav")
    arguments = [str(recordings / "spoken.csv"), "--background", str(tmp_path / "noise")]
    splits = ["--test-size", "0", "--validation-size", "0"]
    assert main(["prepare", *arguments, *splits, "--out", str(tmp_path / "data")]) == 0
    prepared = load_prepared(tmp_path / "data")
    assert {len(pcm) for pcm in examples(prepared, 100)} == {2 * (8000 + 1000 * index) for index in range(4)}


def test_noise_is_that_of_the_split_train_whatever_is_trained_on(
    prepared: Prepared, recipe: Recipe, tmp_path: Path
) -> None:
    noise = replace(prepared, rows=prepared.rows.map(lambda row: {**row, "is_noise": True}))
    encode = recording_encoder(noise, recipe, Encoder(new_model(recipe, prepared.labels, 0)))
    framed = load_recipe("earshot", BOTH[:2], str(save_tiny_wav2vec2(tmp_path / "tiny")))
    stateless = stateless_lesson(framed, noise, "validation").train
    assert isinstance(stateless, FramedHearings)
    assert stateless.noises is not None
    assert len(encode.noises) == len(stateless.noises) == len(prepared.split("train")) < 6

"""What the user can put right is reported in one sentence, wherever it happens."""

import errno
import json
import os
import shutil
from argparse import Namespace
from pathlib import Path

import pytest
import torch
from huggingface_hub import HfApi, constants
from local_hub import local_hub

from trainer.commands import push
from trainer.errors import TrainerError
from trainer.evaluate import evaluate
from trainer.evaluation import Evaluation
from trainer.files import claimed, require_outside, write_json, written_whole
from trainer.hub import Destination, upload
from trainer.main import main
from trainer.recipe_file import load_recipe
from trainer.run_folder import STATE, begin_run, last_checkpoint, require_new


def test_an_interruption_finds_the_new_folder_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "door").mkdir()
    for name in ("mark", "rest"):
        (tmp_path / "door" / name).write_text("old")
    delete = shutil.rmtree

    def interrupted(folder: Path, ignore_errors: bool) -> None:
        if (folder / "rest").exists():
            raise KeyboardInterrupt
        delete(folder, ignore_errors=ignore_errors)

    monkeypatch.setattr(shutil, "rmtree", interrupted)
    with pytest.raises(KeyboardInterrupt), written_whole(tmp_path / "door", "mark") as draft:
        (draft / "mark").write_text("new")
    assert (tmp_path / "door" / "mark").read_text() == "new"
    assert len(list(tmp_path.rglob("mark"))) == 1


def test_two_commands_do_not_write_one_folder(tmp_path: Path) -> None:
    with written_whole(tmp_path / "door", "mark") as first:
        (first / "mark").write_text("first")
        with pytest.raises(TrainerError, match=r"another command is writing .*door: wait for it, or choose another"):
            written_whole(tmp_path / "door", "mark").__enter__()
    assert (tmp_path / "door" / "mark").read_text() == "first"
    with written_whole(tmp_path / "door", "mark") as second:
        (second / "mark").write_text("second")
    assert (tmp_path / "door" / "mark").read_text() == "second"


@pytest.mark.parametrize("is_in_place", [False, True], ids=["the old moved away", "the new in its place"])
def test_what_a_killed_command_had_moved_away_comes_back(tmp_path: Path, is_in_place: bool) -> None:
    """Killed between two renames, and the next command fails."""
    (tmp_path / ".door.old" / "hearings").mkdir(parents=True)
    (tmp_path / ".door.old" / "mark").write_text("old")
    if is_in_place:
        (tmp_path / "door").mkdir()
        (tmp_path / "door" / "mark").write_text("new")
    with pytest.raises(KeyboardInterrupt), written_whole(tmp_path / "door", "mark", kept=("hearings",)):
        raise KeyboardInterrupt
    assert (tmp_path / "door" / "mark").read_text() == ("new" if is_in_place else "old")
    assert (tmp_path / "door" / "hearings").is_dir()
    assert [each.name for each in tmp_path.iterdir()] == ["door"]


def test_what_is_kept_survives_a_folder_that_cannot_be_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "door" / "hearings").mkdir(parents=True)
    (tmp_path / "door" / "mark").write_text("old")
    rename = Path.rename

    def refused(self: Path, target: Path) -> Path:
        if self.name == ".door.draft":
            raise OSError(errno.EBUSY, "Device or resource busy")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(OSError, match="busy"), written_whole(tmp_path / "door", "mark", kept=("hearings",)) as draft:
        (draft / "mark").write_text("new")
    assert (tmp_path / "door" / "mark").read_text() == "old"
    assert (tmp_path / "door" / "hearings").is_dir()


def test_of_a_link_the_folder_that_it_names_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "disk" / "door").mkdir(parents=True)
    (tmp_path / "door").symlink_to(tmp_path / "disk" / "door")
    for text in ("old", "new"):
        with written_whole(tmp_path / "door", "mark") as draft:
            (draft / "mark").write_text(text)
    assert (tmp_path / "door").is_symlink()
    assert (tmp_path / "disk" / "door" / "mark").read_text() == "new"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["disk", "door"]


def test_what_is_read_does_not_lie_in_what_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "linked").symlink_to(tmp_path)
    require_outside(tmp_path / "door", [tmp_path, tmp_path / "doors"])
    for place in (tmp_path / "door", tmp_path / "linked" / "door" / "run"):
        with pytest.raises(
            TrainerError, match=r"door lies in .*, which is replaced as a whole|run lies in .*door, which"
        ):
            require_outside(tmp_path / "door", [place])


def test_a_package_does_not_replace_the_checkpoint_that_it_is_made_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "door" / "run"
    run.mkdir(parents=True)
    (run.parent / "earshot.json").write_text("{}")
    assert main(["export", str(run), "--out", str(run.parent)]) == 1
    assert f"{run} lies in {run.parent}, which is replaced as a whole: choose another" in capsys.readouterr().err


def test_a_disk_of_its_own_is_refused_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "is_mount", lambda _: True)
    with pytest.raises(TrainerError, match="door is a disk of its own, which cannot be replaced as a whole: name a"):
        written_whole(tmp_path / "door", "mark").__enter__()


def test_json_that_is_cut_short_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(file: Path, content: str | bytes, **_: object) -> None:
        with file.open("wb") as half:
            half.write(content.encode()[:3] if isinstance(content, str) else content[:3])
        raise KeyboardInterrupt

    write_json(tmp_path / "run.json", {"seed": 1})
    for method in ("write_text", "write_bytes"):
        monkeypatch.setattr(Path, method, cut)
    with pytest.raises(KeyboardInterrupt):
        write_json(tmp_path / "run.json", {"seed": 2})
    assert json.loads((tmp_path / "run.json").read_text()) == {"seed": 1}
    assert [each.name for each in tmp_path.iterdir()] == ["run.json"]


def test_a_checkpoint_whose_state_is_torn_is_not_gone_on_from(tmp_path: Path) -> None:
    for step, state in ((5, "{}"), (10, '{"log_hist'), (15, "")):
        checkpoint = tmp_path / "checkpoints" / f"checkpoint-{step}"
        checkpoint.mkdir(parents=True)
        (checkpoint / "trainer_state.json").write_text(state)
    assert last_checkpoint(tmp_path) == tmp_path / "checkpoints" / "checkpoint-5"


def test_a_push_that_is_interrupted_says_that_no_commit_was_confirmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(HfApi, "create_commit", interrupted)
    with local_hub() as hub:
        monkeypatch.setattr(constants, "ENDPOINT", hub.url)
        with pytest.raises(KeyboardInterrupt):
            upload(tmp_path, [], Destination("me/door", "main", "Upload", False), "hf_ours")
    assert "me/door: no commit was confirmed, and without one what has arrived there" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("number", "said"), [(errno.EACCES, "Permission denied"), (errno.EROFS, "Read-only file system")]
)
def test_a_folder_that_cannot_be_written_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int, said: str
) -> None:
    def fail(_: Namespace) -> None:
        raise OSError(number, said, "/models/.door.draft")

    monkeypatch.setattr(push, "run", fail)
    assert main(["push", "door", "me/door"]) == 1
    assert capsys.readouterr().err == f"trainer push: /models/.door.draft: {said}\n"


@pytest.mark.parametrize("below", ["", "/run"])
def test_a_file_in_the_place_of_what_is_written_is_told_before_the_work(tmp_path: Path, below: str) -> None:
    (tmp_path / "note.txt").write_text("not a folder")
    out = Path(f"{tmp_path}/note.txt{below}")
    for begin in (lambda: require_new(out), lambda: evaluate(Evaluation(tmp_path / "run", out=out))):
        with pytest.raises(TrainerError, match=r"note\.txt is a file, no folder: choose another --out"):
            begin()


def test_a_place_that_may_not_be_written_is_told_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(TrainerError, match=f"nothing may be written to {tmp_path}: choose another --out"):
        require_new(tmp_path / "run")


@pytest.mark.parametrize("said", ["unexpected pos 576 vs 534 at inline_container.cc:671", "No space left on device"])
def test_a_disk_that_is_full_while_training_is_one_sentence(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise RuntimeError(said)

    monkeypatch.setattr(torch, "save", full)
    tiny = ["--set", "streaming.width=8", "--set", "streaming.members=1", "--set", "augmentation.copies=0"]
    out = tmp_path / "run"
    assert main(["train", str(data), *tiny, "--set", "training.epochs=1", "--out", str(out)]) == 1
    assert f"cannot write to {out}, its disk seems full ({said}): make room, and go on with" in capsys.readouterr().err


def test_a_run_that_is_being_trained_is_not_gone_on_with(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    tiny = ["--set", "streaming.width=8", "--set", "streaming.members=1", "--set", "augmentation.copies=0"]
    begin_run(out, load_recipe("earshot", tiny[1::2]), {"data": str(data), "precision": "fp32", "threads": 1})
    with claimed(out, out):
        assert main(["train", "--resume", "--out", str(out)]) == 1
    assert f"another command is writing {out}: wait for it" in capsys.readouterr().err
    assert not list(out.glob("checkpoints/*"))


def test_a_run_that_was_killed_as_it_began_is_begun_again(tmp_path: Path) -> None:
    (tmp_path / "checkpoints").mkdir()
    require_new(tmp_path)
    (tmp_path / "checkpoints" / "mine").touch()
    with pytest.raises(TrainerError, match="is not empty: choose another --out"):
        require_new(tmp_path)


def test_only_a_run_that_has_not_ended_is_told_to_be_gone_on_with(tmp_path: Path) -> None:
    begin_run(tmp_path, load_recipe("earshot"), {"precision": "fp32"})
    with pytest.raises(TrainerError, match="go on with the run in it by `trainer train --resume`, or choose another"):
        require_new(tmp_path)
    (tmp_path / STATE).touch()
    with pytest.raises(TrainerError, match="is not empty: choose another --out"):
        require_new(tmp_path)


def test_a_training_that_diverges_ends_and_leaves_no_model(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = ["--set", "streaming.width=8", "--set", "streaming.members=1", "--set", "augmentation.copies=0"]
    steep = ["--set", "training.learning_rate=1e12", "--set", "training.epochs=3", "--set", "augmentation.silences=0"]
    assert main(["train", str(data), *tiny, *steep, "--out", str(tmp_path / "run")]) == 1
    said = capsys.readouterr().err
    assert "the training has diverged: after epoch " in said
    assert "begin anew with a training.learning_rate below 1e+12" in said
    assert not (tmp_path / "run" / "model.safetensors").exists()

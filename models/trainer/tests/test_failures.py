"""What the user can put right is one sentence, wherever it happens."""

import errno
import shutil
from argparse import Namespace
from pathlib import Path

import pytest

from trainer.commands import push
from trainer.files import written_whole
from trainer.main import main


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

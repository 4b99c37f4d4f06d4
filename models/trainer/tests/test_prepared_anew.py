"""A dataset that is prepared once more into its folder: what is refused, and what tells it from the one before."""

import json
import shutil
from pathlib import Path

import pytest
import soundfile

from trainer.errors import TrainerError
from trainer.prepare import prepare
from trainer.recipe_sources import Source, Splits

ALL = Splits(test_size=0, validation_size=0)


def manifest(recordings: Path) -> Source:
    return Source(path=recordings / "manifest.csv", splits=ALL)


def test_recordings_in_the_folder_that_would_be_replaced_are_refused(recordings: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    prepare((manifest(recordings),), (), out)
    shutil.copytree(recordings, out / "more")
    listed = "".join(f"{file},{file.stem}\n" for file in sorted((out / "more").glob("*.wav")))
    (tmp_path / "list.csv").write_text(f"path,label\n{listed}")
    for source in (out / "more" / "manifest.csv", tmp_path / "list.csv"):
        with pytest.raises(TrainerError, match=r"lies in .*out, which is replaced as a whole: choose another --out"):
            prepare((Source(path=source, splits=ALL),), (), out)
    assert (out / "more" / "0.wav").exists()


@pytest.mark.parametrize("change", ["recordings", "transcription", "split", "group", "nothing"])
def test_a_dataset_that_is_alike_in_number_and_length_is_another_one(
    recordings: Path, tmp_path: Path, change: str
) -> None:
    lines = ["path,label,group,transcription,split"]
    lines += [f"{n}.wav,{n % 2},caller-{n},said {n},{'test' if n > 3 else 'train'}" for n in range(6)]
    (recordings / "manifest.csv").write_text("\n".join(lines))
    before = prepare((manifest(recordings),), (), tmp_path / "out").digest
    if change == "recordings":
        samples, rate = soundfile.read(recordings / "0.wav")
        soundfile.write(recordings / "0.wav", samples[::-1], rate)
    changed = {"transcription": ("said 0", "said no"), "group": ("caller-0", "caller-9")}
    changes = [changed[change]] if change in changed else []
    changes += [("2,train", "2,"), ("4,test", "2,train"), ("2,\n", "2,test\n")] if change == "split" else []
    text = "\n".join(lines)
    for old, new in changes:
        text = text.replace(old, new)
    (recordings / "manifest.csv").write_text(text)
    assert (prepare((manifest(recordings),), (), tmp_path / "out").digest == before) is (change == "nothing")


def test_evaluations_of_packages_are_kept_and_told_where_the_dataset_is_another(
    recordings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    written = {"dataset": prepare((manifest(recordings),), (), out).digest}
    for name in ("evaluation-door", "evaluation-door-int8", "notes"):
        (out / name).mkdir()
        (out / name / "metrics.json").write_text(json.dumps(written))
    prepare((manifest(recordings),), (), out)
    assert "Kept" not in capsys.readouterr().out
    (out / "evaluation-door-int8" / "metrics.json").write_text('{"dataset')
    prepare((manifest(recordings),), (), out)
    assert f"Kept, but not of this dataset: {out / 'evaluation-door-int8'}." in capsys.readouterr().out
    (recordings / "0.wav").unlink()
    prepare((manifest(recordings),), (), out)
    kept = ", ".join(str(out / name) for name in ("evaluation-door", "evaluation-door-int8"))
    assert f"Kept, but not of this dataset: {kept}." in capsys.readouterr().out
    assert json.loads((out / "evaluation-door" / "metrics.json").read_text()) == written
    assert not (out / "notes").exists()

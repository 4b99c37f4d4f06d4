"""Every clip is spoken by some engine, or the run says why not."""

from contextlib import suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import pytest
from speaking import ToneEngine, installed, script_of

from trainer.errors import TrainerError
from trainer.files import claimed, write_whole
from trainer.synthesis import clips
from trainer.synthesis.installed import Installed
from trainer.synthesis.synthesize import Order, synthesize

SCRIPT = "[speech]\nclips = 4\nhesitation = 0\ngreeting = 0\ncorrection = 0\npause = 0\n[intents.a]\nsentences = ["
SENTENCES = SCRIPT + ", ".join(f'"sentence number {n}"' for n in range(25)) + ', "this one is hard"]\n'


def spoken(folder: Path, engines: Installed, text: str = SENTENCES) -> tuple[list[str], str]:
    report = synthesize(Order(script_of(folder, text)), engines, folder / "cache", folder / "out")
    rows = (folder / "out" / "manifest.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert sorted(row.split(",")[0] for row in rows) == sorted(
        f"audio/{file.name}" for file in (folder / "out" / "audio").iterdir()
    )
    assert report.summary() in (folder / "out" / "report.md").read_text(encoding="utf-8")
    return rows, (folder / "out" / "report.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("failing", "reason"), [("fails_at", "it broke"), ("silent_at", "it is silent")])
def test_what_one_engine_fails_another_says(tmp_path: Path, failing: str, reason: str) -> None:
    weak, strong = ToneEngine("weak"), ToneEngine("strong")
    setattr(weak, failing, "hard")
    rows, report = spoken(tmp_path, installed(weak, strong))
    assert len(rows) == 26 * 4
    assert {row.split(",")[-2] for row in rows if "hard" in row} == {"strong"}
    assert f"2 × weak: {reason}" in report


def test_one_text_fails_no_other_of_its_batch(tmp_path: Path) -> None:
    weak, strong = ToneEngine("weak", batch=100), ToneEngine("strong")
    weak.fails_at = "hard"
    fixed = SENTENCES.replace(
        "[speech]\n", "[speech]\nspeed = [1.0, 1.0]\npitch = [0.0, 0.0]\nvocal_tract = [1.0, 1.0]\n"
    )
    rows, report = spoken(tmp_path, installed(weak, strong), fixed)
    assert weak.batches[0] > 10
    assert len(rows) == 26 * 4
    assert "2 × weak: it broke" in report


def test_too_many_failures_are_an_error_that_says_how(tmp_path: Path) -> None:
    weak, strong = ToneEngine("weak"), ToneEngine("strong")
    weak.fails_at = "sentence"
    with pytest.raises(TrainerError, match="50 of 104 clips failed, 50 of them so: weak: it broke"):
        spoken(tmp_path, installed(weak, strong))
    assert not (tmp_path / "out" / "manifest.csv").exists()


def test_what_nobody_says_is_an_error_that_names_it(tmp_path: Path) -> None:
    only = ToneEngine("only")
    only.fails_at = "hard"
    with pytest.raises(TrainerError, match=r"4 of 104 clips could not be spoken; the first: .*'this one is hard"):
        spoken(tmp_path, installed(only))


def test_a_letter_that_an_engine_leaves_out_is_for_another(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match="no engine that is installed speaks 'it was £5"):
        spoken(tmp_path, installed(ToneEngine("only")), SCRIPT + '"it was £5"]\n')


def test_what_was_spoken_before_is_not_spoken_again(tmp_path: Path) -> None:
    engine = ToneEngine("only")
    first, _ = spoken(tmp_path, installed(engine))
    count = len(engine.batches)
    second, report = spoken(tmp_path, installed(engine))
    assert (first, len(engine.batches)) == (second, count)
    assert f"{count} from the cache" in report
    engine.version = "2"
    spoken(tmp_path, installed(engine))
    assert len(engine.batches) == 2 * count


def test_clips_of_an_earlier_script_leave_the_folder(tmp_path: Path) -> None:
    spoken(tmp_path, installed(ToneEngine("only")))
    own = tmp_path / "out" / "audio" / "mine.wav"
    own.write_bytes(b"kept")
    clip = next(own.parent.glob("only-*.wav"))
    clip.with_name(f".{clip.name}.4711").write_bytes(b"half")  # as a killed run leaves it
    rows = spoken_without_check(tmp_path)
    assert {file.name for file in own.parent.iterdir()} == {*rows, "mine.wav"}


def spoken_without_check(folder: Path) -> set[str]:
    script = script_of(folder, SCRIPT + '"something else"]\n')
    synthesize(Order(script), installed(ToneEngine("only")), folder / "cache", folder / "out")
    rows = (folder / "out" / "manifest.csv").read_text(encoding="utf-8").splitlines()[1:]
    return {Path(row.split(",")[0]).name for row in rows}


def test_a_text_in_two_lists_is_written_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both, written = Barrier(2), []

    def together(file: Path, content: bytes) -> None:
        written.append(file)
        with suppress(BrokenBarrierError):
            both.wait(timeout=1)
        write_whole(file, content)

    monkeypatch.setattr(clips, "write_whole", together)
    lists = SCRIPT.replace("clips = 4", "clips = 1").partition("[intents.a]")[0]
    lists += '[background]\nsentences = ["so it is"]\n[out_of_scope]\nsentences = ["so it is"]\n'
    order = Order(script_of(tmp_path, f'{lists}[intents.a]\nsentences = ["open it"]\n'), labels=("background",), jobs=2)
    synthesize(order, installed(ToneEngine("only")), tmp_path / "cache", tmp_path / "out")
    assert sorted(file.suffix for file in written) == [".csv", ".wav"]


def test_two_runs_do_not_write_one_folder(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with claimed(tmp_path / "out", tmp_path / "out"), pytest.raises(TrainerError, match="another command is writing"):
        spoken(tmp_path, installed(ToneEngine("only")))

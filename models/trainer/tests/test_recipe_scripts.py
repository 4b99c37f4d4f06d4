"""The scripts of recipes/, from their first line to the last, with a stand-in for what takes hours."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from recipe_steps import Steps, standing_in

TRAINER = Path(__file__).parents[1]
# What each promises, seen from models/trainer.
PROMISED = {
    "banking-intents": ["../banking-intents/earshot.json"],
    "banking-intents-large": ["../large/banking-intents-large/earshot.json"],
    "barista-drinks": ["../barista-drinks/earshot.json", *(f"work/barista-drinks/noise-{snr}" for snr in (24, 12, 6))],
    "five-folds": [f"work/five-folds/fold-{fold}/evaluation/report.md" for fold in range(1, 6)],
    "five-folds-drinks": [f"work/five-folds-drinks/fold-{fold}/evaluation/report.md" for fold in range(1, 6)],
    "no-caller": ["work/no-caller/transcripts-hibari/evaluation", "work/no-caller/orders-hibari/evaluation"],
    "real-speech": ["work/real-speech/us-guide/evaluation/report.md", "work/real-speech/barista/noise-6/report.md"],
}
EACH = pytest.mark.parametrize("script", PROMISED)

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Steps]:
    """In a copy of the scripts, with lists of recordings beside the repository, and a `uv` of our own on the path."""
    here = tmp_path / "repository" / "models" / "trainer"
    for name in ("recipes", "intents"):
        shutil.copytree(TRAINER / name, here / name)
    (here / "scripts").mkdir()
    shutil.copy(TRAINER / "scripts" / "small_wav2vec2.py", here / "scripts")
    calls, drinks = tmp_path / "shared/data/minds14", tmp_path / "shared/data/barista"
    (drinks / "audio").mkdir(parents=True)
    calls.mkdir()
    (drinks / "kitchen.noise.flac").touch()
    (drinks / "labels.csv").write_text('file,drink,slots\na.flac,latte,"{}"\n', encoding="utf-8")
    (calls / "metadata.csv").write_text("path,lang,group,sha256\na.wav,en-AU,call,0\n", encoding="utf-8")
    (calls / "other-languages-translated.csv").touch()
    monkeypatch.chdir(here)
    with standing_in(tmp_path) as taken:
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        yield taken


def run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", f"recipes/{script}.sh"], cwd=Path.cwd(), capture_output=True, text=True, check=False)


@EACH
def test_a_script_ends_with_what_it_promises(steps: Steps, script: str) -> None:
    told = run(script)
    assert (told.returncode, told.stderr) == (0, "")
    assert [name for name in PROMISED[script] if not Path(name).exists()] == []
    assert told.stdout.count("trainer train ") == sum(words[:2] == ["trainer", "train"] for words in steps.done)


@EACH
def test_a_script_that_was_cut_short_goes_on_and_trains_nothing_twice(steps: Steps, script: str) -> None:
    steps.cut = {1, 2}
    failures = 0
    while run(script).returncode != 0:
        failures += 1
        assert failures <= len(steps.cut)
    assert len(steps.resumed) in (1, 2)
    assert len(set(steps.begun)) == len(steps.begun)
    trained = [*steps.begun, *steps.resumed]
    assert run(script).returncode == 0
    assert [*steps.begun, *steps.resumed] == trained


@pytest.mark.parametrize("script", ["banking-intents", "five-folds"])
def test_what_was_trained_otherwise_is_told_and_stays(steps: Steps, script: str) -> None:
    assert run(script).returncode == 0
    trained = [*steps.begun, *steps.resumed]
    shared = Path("recipes/sources.sh")
    learned = 'trainer train "$2" "${@:3}"'
    assert learned in shared.read_text(encoding="utf-8")
    shared.write_text(shared.read_text(encoding="utf-8").replace(learned, f"{learned} --set training.batch=3"))
    told = run(script)
    assert told.returncode != 0
    assert "was begun with training.batch 32: delete it to train it anew" in told.stderr
    assert [*steps.begun, *steps.resumed] == trained


@EACH
def test_without_the_recordings_a_script_says_so_before_it_begins(steps: Steps, script: str) -> None:
    missing = Path("../../../shared/data/barista/labels.csv")
    missing.unlink()
    told = run(script)
    assert told.returncode == 1
    assert f"{missing.resolve()} is missing: the recordings lie in ../shared/data beside the repository" in told.stderr
    assert steps.done == []

"""The README's journey, as a script: recordings in, predictions over the wire out."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from served import COMMAND

SCRIPT = Path(__file__).parents[1] / "story.sh"
INTENTS = {"balance", "freeze", "pay_bill"}


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the script has run."""
    missing = [program for program in ("node", "npm", "uv", "espeak-ng") if shutil.which(program) is None]
    if missing or not COMMAND.is_file():
        pytest.skip(f"no story: {', '.join(missing) or 'the server (npm run build)'} is missing")
    folder = tmp_path_factory.mktemp("story")
    told = subprocess.run(["bash", SCRIPT, folder], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr[-2000:]
    return folder


@pytest.mark.parametrize("layout", ["parquet", "wavs"])
def test_a_model_from_recordings_in_either_layout_is_served(work: Path, layout: str) -> None:
    messages = [json.loads(line) for line in (work / f"from-{layout}.jsonl").read_text().splitlines()]
    assert (messages[0]["type"], messages[-1]["type"]) == ("ready", "closed")
    assert set(messages[0]["model"]["labels"]) == INTENTS
    finals = [message for message in messages if message.get("status") == "final"]
    assert finals
    assert {score["label"] for score in finals[0]["scores"]} == INTENTS
    assert messages[-1]["gap_ms"] == 0


@pytest.mark.parametrize("layout", ["parquet", "wavs"])
def test_every_stage_leaves_what_the_readme_promises(work: Path, layout: str) -> None:
    promised = [f"{layout}-data/report.md", f"{layout}-run/recipe.toml", f"{layout}-run/run.json"]
    promised += [f"{layout}-run/evaluation/{name}" for name in ("report.md", "metrics.json", "confusion.png")]
    promised += [f"models/from-{layout}/{name}" for name in ("earshot.json", "model.onnx", "README.md")]
    assert [name for name in promised if not (work / name).is_file()] == []

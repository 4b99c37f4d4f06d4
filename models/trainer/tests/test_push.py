"""A package goes to a hub whole or not at all; the hub's own client talks to a hub on loopback."""

import base64
import json
import os
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import constants
from local_hub import LocalHub, local_hub

from trainer.commands import push
from trainer.errors import TrainerError

BUNDLED = Path(__file__).parents[2] / "banking-intents"
VERSION = json.loads((BUNDLED / "earshot.json").read_text(encoding="utf-8"))["version"]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the bundled package, with a draft and a note beside its files."""
    folder = tmp_path / "banking-intents"
    shutil.copytree(BUNDLED, folder)
    (folder / ".model.draft").mkdir()
    (folder / ".model.draft" / "model.onnx").write_bytes(b"half")
    (folder / "notes.txt").write_text("to do\n")
    return folder


@pytest.fixture(autouse=True)
def _logged_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # The client reads its environment once, when it is imported.
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
    monkeypatch.setenv("HF_TOKEN", "hf_ours")


def run(*arguments: str | Path) -> None:
    parser = ArgumentParser()
    push.configure(parser)
    push.run(parser.parse_args([str(argument) for argument in arguments]))


def push_to(hub: LocalHub, monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> None:
    monkeypatch.setattr(constants, "ENDPOINT", hub.url)
    run(*arguments)


def own_files(folder: Path) -> dict[str, bytes]:
    files = [*folder.glob("*.json"), *folder.glob("golden/*"), folder / "README.md", *folder.glob("*.onnx")]
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def committed(hub: LocalHub) -> dict[str, bytes]:
    """The files of the only commit, large ones as the hub stored them."""
    ((_, *operations),) = hub.commits
    files = {}
    for operation in operations:
        value = operation["value"]
        is_lfs = operation["key"] == "lfsFile"
        files[value["path"]] = hub.stored[value["oid"]] if is_lfs else base64.b64decode(value["content"])
    return files


def test_one_commit_holds_exactly_the_files_of_the_package(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with local_hub() as hub:
        push_to(hub, monkeypatch, package, "bank/intents", "--private", "--message", "The first")
    assert committed(hub) == own_files(package)
    assert hub.commits[0][0]["value"]["summary"] == "The first"
    assert (hub.created["organization"], hub.created["name"]) == ("bank", "intents")
    assert hub.created["visibility"] == "private"
    assert hub.tokens == {"Bearer hf_ours"}


def test_the_environment_says_which_hub_and_who(package: Path) -> None:
    code = (
        "import sys; from argparse import ArgumentParser; from trainer.commands import push; parser = ArgumentParser();"
        "push.configure(parser); push.run(parser.parse_args(sys.argv[1:]))"
    )
    with local_hub() as hub:
        ours = {"HF_ENDPOINT": hub.url, "HF_TOKEN": "hf_theirs", "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_XET": "1"}
        command = [sys.executable, "-c", code, str(package), "bank/intents"]
        done = subprocess.run(command, env={**os.environ, **ours}, capture_output=True, text=True, check=True)
    assert f"committed: {hub.url}/bank/intents/commit/abc123" in done.stdout
    assert committed(hub) == own_files(package)
    assert hub.tokens == {"Bearer hf_theirs"}


def test_a_branch_is_made_before_it_is_committed_to(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with local_hub() as hub:
        push_to(hub, monkeypatch, package, "bank/intents", "--revision", "trial")
    branch = hub.requests.index("POST /api/models/bank/intents/branch/trial")
    assert branch < hub.requests.index("POST /api/models/bank/intents/commit/trial")
    assert hub.commits[0][0]["value"]["summary"] == f"Upload banking-intents {VERSION}"


def test_a_name_without_an_owner_goes_to_the_owner_that_the_hub_names(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with local_hub() as hub:
        push_to(hub, monkeypatch, package, "intents")
    assert "POST /api/models/someone/intents/commit/main" in hub.requests


@pytest.mark.parametrize(
    ("part", "status", "sentence"),
    [
        ("repos", 401, "does not accept the token"),
        ("repos", 403, "does not let this token write there"),
        ("preupload", 404, "knows no such repository"),
        ("batch", 403, "does not let this token write there"),
        ("lfs", 403, "does not let this token write there"),
        ("commit", 409, "changed at the same moment"),
        ("commit", 412, "changed at the same moment"),
        ("yaml", 400, "Invalid metadata in README.md. - not so"),
    ],
)
def test_a_refusal_anywhere_is_one_sentence_and_no_commit(
    package: Path, monkeypatch: pytest.MonkeyPatch, part: str, status: int, sentence: str
) -> None:
    with local_hub(**{part: status}) as hub, pytest.raises(TrainerError, match=sentence) as refused:
        push_to(hub, monkeypatch, package, "bank/intents")
    assert hub.commits == []
    assert str(refused.value).startswith("bank/intents: ")
    assert "\n" not in str(refused.value)
    assert ("where it is new, stays there without files" in str(refused.value)) is (part != "repos")


def test_a_repository_that_exists_is_committed_to(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with local_hub(repos=409) as hub:
        push_to(hub, monkeypatch, package, "bank/intents")
    assert committed(hub) == own_files(package)


def test_a_hub_that_is_not_there_is_one_sentence(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with local_hub() as hub:
        pass
    with pytest.raises(TrainerError, match=f"bank/intents: {hub.url} cannot be reached"):
        push_to(hub, monkeypatch, package, "bank/intents")


def test_without_a_token_nothing_is_contacted(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_TOKEN")
    with local_hub() as hub, pytest.raises(TrainerError, match="run `hf auth login`, or set HF_TOKEN"):
        push_to(hub, monkeypatch, package, "bank/intents")
    assert hub.requests == []


def test_offline_nothing_is_contacted(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with local_hub() as hub, pytest.raises(TrainerError, match="HF_HUB_OFFLINE=1 forbids"):
        push_to(hub, monkeypatch, package, "bank/intents")
    assert hub.requests == []


def test_a_dry_run_shows_everything_without_token_or_network(
    package: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.delenv("HF_TOKEN")
    run(package, "bank/intents", "--dry-run")
    shown = capsys.readouterr().out
    rows = [line.split() for line in shown.splitlines() if line.endswith("bytes")]
    files = {row[0]: int(row[1].replace(",", "")) for row in rows[:-1]}
    assert files == {name: len(content) for name, content in own_files(package).items()}
    assert rows[-1][-2] == f"{sum(files.values()):,}"
    assert "→ bank/intents, branch main, public where it is new" in shown
    assert f"commit: Upload banking-intents {VERSION}" in shown
    assert "stays here: .model.draft/model.onnx" in shown
    assert "stays here: notes.txt" in shown


@pytest.mark.parametrize("repo_id", ["a/b/c", "bank/in--tents", "bank/über", ".intents", "bank/"])
def test_a_malformed_repository_is_named(package: Path, repo_id: str) -> None:
    with pytest.raises(TrainerError, match=f"'{repo_id}' is no OWNER/NAME"):
        run(package, repo_id, "--dry-run")


def edit(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    """A fault that is made in earshot.json."""

    def make(folder: Path) -> None:
        contract = json.loads((folder / "earshot.json").read_text())
        change(contract)
        (folder / "earshot.json").write_text(json.dumps(contract))

    return make


def another_recording(folder: Path) -> None:
    shutil.copy(folder / "golden/how-do-i-pay-in-some-cash.wav", folder / f"{GOLDEN}.wav")


GOLDEN = "golden/i-want-to-check-my-balance"
FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "no contract": (lambda folder: (folder / "earshot.json").unlink(), "earshot.json cannot be read"),
    "contract is no JSON": (lambda folder: (folder / "earshot.json").write_text("{"), "earshot.json cannot be read"),
    "key missing": (edit(lambda contract: contract.pop("temperature")), "the key 'temperature' is missing"),
    "no fp32": (
        edit(lambda contract: contract["variants"][0].update(precision="int8")),
        "no variant has the precision",
    ),
    "path outside": (edit(lambda contract: contract["variants"][0].update(file="../m.onnx")), "'../m.onnx' must be"),
    "graph missing": (lambda folder: (folder / "model.onnx").unlink(), "model.onnx is missing"),
    "card missing": (lambda folder: (folder / "README.md").unlink(), "README.md is missing"),
    "golden missing": (lambda folder: (folder / f"{GOLDEN}.wav").unlink(), f"{GOLDEN}.wav is missing"),
    "no golden": (edit(lambda contract: contract.update(golden=[])), "no golden vector"),
    "golden torn": (lambda folder: (folder / f"{GOLDEN}.json").write_text("{}"), "is no golden vector"),
    "another recording": (another_recording, "golden i-want-to-check-my-balance"),
    "graph cut short": (
        lambda folder: (folder / "model.onnx").write_bytes((folder / "model.onnx").read_bytes()[:-1]),
        "model.onnx has SHA-256",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_package_goes_nowhere(package: Path, fault: str) -> None:
    make, sentence = FAULTS[fault]
    make(package)
    with pytest.raises(TrainerError, match=sentence):
        run(package, "bank/intents", "--dry-run")


def test_a_link_out_of_the_package_goes_nowhere(package: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret")
    (package / "README.md").unlink()
    (package / "README.md").symlink_to(tmp_path / "secret.md")
    with pytest.raises(TrainerError, match="leads out of the package"):
        run(package, "bank/intents", "--dry-run")


def test_external_weights_are_verified_and_go_along(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weights = b"weights"
    (package / "model.onnx.data").write_bytes(weights)
    external = {"file": "model.onnx.data", "sha256": sha256(weights).hexdigest()}
    edit(lambda contract: contract["variants"][0].update(data=external))(package)
    run(package, "bank/intents", "--dry-run")
    assert "model.onnx.data" in capsys.readouterr().out.partition("stays here")[0]
    (package / "model.onnx.data").write_bytes(b"weighty")
    with pytest.raises(TrainerError, match=r"model\.onnx\.data has SHA-256"):
        run(package, "bank/intents", "--dry-run")

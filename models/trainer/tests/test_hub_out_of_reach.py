"""A hub that does not answer, or does not know a name, is told at once: the user may have meant a folder."""

from collections.abc import Callable
from pathlib import Path

import datasets
import pytest
from huggingface_hub import constants
from local_hub import local_hub

from trainer.checkpoint_folder import checkpoint_folder
from trainer.errors import TrainerError
from trainer.labels import Labels
from trainer.main import main
from trainer.recipe_sources import Source
from trainer.sources import list_recordings
from trainer.trainable_classifier import classifier_to_train

LABELS = Labels(("close", "open"), ())
ASKED: dict[str, Callable[[], object]] = {
    "a dataset": lambda: list_recordings(Source(hub="me/door")),
    "a checkpoint to train": lambda: classifier_to_train("me/door", LABELS),
    "a checkpoint to export": lambda: checkpoint_folder("me/door"),
}


@pytest.fixture(autouse=True)
def _online(monkeypatch: pytest.MonkeyPatch) -> None:
    """The libraries ask the hub, and may not wait to ask again."""

    def waited(seconds: float) -> None:
        raise AssertionError(f"it waits for {seconds} s")

    for settings in (constants, datasets.config):
        monkeypatch.setattr(settings, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", waited)


def settle(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr(constants, "ENDPOINT", url)
    monkeypatch.setattr(datasets.config, "HF_ENDPOINT", url)


@pytest.mark.parametrize("what", ASKED)
def test_a_hub_out_of_reach_is_told_with_the_name(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    with local_hub() as hub:
        settle(monkeypatch, hub.url)
    with pytest.raises(TrainerError, match=r"me/door.*hub: .*[Rr]efused"):
        ASKED[what]()


@pytest.mark.parametrize("what", [what for what in ASKED if "checkpoint" in what])
def test_a_checkpoint_that_the_hub_does_not_know_is_told(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    with local_hub(door=404) as hub:
        settle(monkeypatch, hub.url)
        with pytest.raises(TrainerError, match="me/door is no folder, and the hub has no such repository"):
            ASKED[what]()


def test_a_push_without_a_token_is_refused_before_the_package_is_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
    monkeypatch.setattr("trainer.push.verify_package", lambda _: pytest.fail("it is verified"))
    assert main(["push", str(Path(__file__).parents[2] / "banking-intents"), "me/door"]) == 1
    assert "there is no token for the hub: run `hf auth login`" in capsys.readouterr().err

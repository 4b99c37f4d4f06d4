"""A run folder: what it holds, that it repeats, and that an interruption changes nothing."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tiny_wav2vec2 import save_tiny_wav2vec2
from transformers import AutoConfig, AutoModelForAudioClassification

from trainer.encoder import EARLY_BLOCKS
from trainer.main import main
from trainer.mel import MelFrontEnd
from trainer.recipe_file import load_recipe, save_recipe
from trainer.streaming_model import HOP_GRID
from trainer.weights import SPEECH_EMBEDDING, WEIGHTS

EPOCHS = 4
PATIENCE = 2
STATELESS = ["--recipe", "earshot-classifier", "--set", "training.batch=2", "--set", "training.learning_rate=0.01"]
STREAMING = ["--recipe", "earshot", "--set", "training.batch=4", "--set", "streaming.width=8"]
COMMON = ["--set", f"training.epochs={EPOCHS}", "--set", "augmentation.copies=1"]


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    return str(save_tiny_wav2vec2(tmp_path / "tiny"))


def weights(run: Path) -> dict[str, torch.Tensor]:
    return load_file(run / "model.safetensors")


def has_fresh_classifier(run: Path) -> bool:
    told: bool = json.loads((run / "run.json").read_text())["fresh_classifier"]
    return told


def same(one: Path, other: Path) -> bool:
    first, second = weights(one), weights(other)
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def kill_after_an_epoch(command: list[str], run: Path) -> None:
    """Runs the command in a process of its own and kills it as soon as its second checkpoint is begun."""
    with subprocess.Popen([sys.executable, "-m", "trainer.main", *command], stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        # Its progress bars show that it lives; the folder shows how far it is.
        while process.stderr.read(16) and len(list(run.glob("checkpoints/checkpoint-*"))) < 2:
            pass
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert not (run / "model.safetensors").exists()


@pytest.mark.parametrize("recipe", [STATELESS, STREAMING], ids=["stateless", "streaming"])
def test_a_killed_run_that_is_resumed_equals_an_unbroken_one(
    data: Path, tiny: str, tmp_path: Path, recipe: list[str]
) -> None:
    model = ["--checkpoint", tiny] if recipe is STATELESS else []
    # Accuracy on so few clips is soon as good as it gets: patience ends the run, and must end it at the same epoch.
    patience = ["--set", f"training.early_stopping={PATIENCE}", "--set", "training.epochs=12"]
    patience += ["--set", "training.best_by=accuracy"]
    command = ["train", str(data), *recipe, *model, *COMMON, *patience, "--report-to", "tensorboard"]
    unbroken, broken = tmp_path / "unbroken", tmp_path / "broken"
    assert main([*command, "--out", str(unbroken)]) == 0
    kill_after_an_epoch([*command, "--out", str(broken)], broken)
    assert main(["train", "--resume", "--out", str(broken)]) == 0
    assert same(unbroken, broken)
    assert list((broken / "tensorboard").glob("events.*"))[1:], "one file of before, one of after"
    histories = [json.loads((run / "trainer_state.json").read_text())["log_history"] for run in (unbroken, broken)]
    assert [entry.get("eval_loss") for entry in histories[0]] == [entry.get("eval_loss") for entry in histories[1]]


def test_the_recipe_in_a_run_folder_repeats_the_run(data: Path, tiny: str, tmp_path: Path) -> None:
    first, again = tmp_path / "first", tmp_path / "again"
    assert main(["train", str(data), "--recipe", "guide", "--checkpoint", tiny, *COMMON, "--out", str(first)]) == 0
    assert main(["train", str(data), "--recipe", str(first / "recipe.toml"), "--out", str(again)]) == 0
    assert same(first, again)


def test_a_run_folder_holds_the_best_epoch_and_says_how_it_was_made(data: Path, tiny: str, tmp_path: Path) -> None:
    run = tmp_path / "run"
    command = ["train", str(data), *STATELESS, "--checkpoint", tiny, *COMMON, "--report-to", "tensorboard"]
    command += ["--set", "training.early_stopping=0"]
    assert main([*command, "--out", str(run)]) == 0
    state = json.loads((run / "trainer_state.json").read_text())
    accuracies = [entry["eval_accuracy"] for entry in state["log_history"] if "eval_accuracy" in entry]
    assert len(accuracies) == EPOCHS
    assert state["best_metric"] == max(accuracies)
    best = load_file(Path(state["best_model_checkpoint"]) / "model.safetensors")
    assert all(torch.equal(best[name], value) for name, value in weights(run).items())
    assert json.loads((run / "run.json").read_text())["data"] == str(data)
    assert list((run / "tensorboard").glob("events.*"))
    assert AutoModelForAudioClassification.from_pretrained(run).config.id2label == {0: "close", 1: "open"}


def test_mixed_precision_trains_nearly_the_same(data: Path, tiny: str, tmp_path: Path) -> None:
    runs = {precision: tmp_path / precision for precision in ("fp32", "bf16")}
    for precision, run in runs.items():
        # Without a warm-up, whose first step moves nothing; the best epoch may be the first.
        command = [
            "train",
            str(data),
            "--recipe",
            "guide",
            "--checkpoint",
            tiny,
            *COMMON,
            "--set",
            "training.warmup=0.0",
        ]
        # Each in a process of its own: accelerate settles on one precision per process.
        told = [*command, "--precision", precision, "--out", str(run)]
        subprocess.run([sys.executable, "-m", "trainer.main", *told], check=True, capture_output=True)
    assert not same(*runs.values())
    for name, value in weights(runs["fp32"]).items():
        torch.testing.assert_close(weights(runs["bf16"])[name], value, atol=1e-3, rtol=0)


def test_a_checkpoint_in_half_precision_is_trained_in_single(data: Path, tmp_path: Path) -> None:
    tiny = save_tiny_wav2vec2(tmp_path / "tiny")
    AutoModelForAudioClassification.from_pretrained(tiny).half().save_pretrained(tiny)
    run = tmp_path / "run"
    assert main(["train", str(data), *STATELESS, *COMMON, "--checkpoint", str(tiny), "--out", str(run)]) == 0
    assert {tensor.dtype for tensor in weights(run).values()} == {torch.float32}


def test_a_fresh_classifier_is_made_for_other_labels(data: Path, tmp_path: Path) -> None:
    three = save_tiny_wav2vec2(tmp_path / "three", ["a", "b", "c"])
    run = tmp_path / "run"
    assert main(["train", str(data), "--recipe", "guide", "--checkpoint", str(three), *COMMON, "--out", str(run)]) == 0
    assert AutoConfig.from_pretrained(run).num_labels == 2
    assert has_fresh_classifier(run)


def mistakes(data: Path, tiny: str, tmp_path: Path) -> list[tuple[list[str], str]]:
    """Command lines, and the error about each."""
    other = save_tiny_wav2vec2(tmp_path / "other", ["open", "close"])
    busy = tmp_path / "busy"
    busy.mkdir()
    (busy / "notes.txt").write_text("mine")
    run = str(tmp_path / "run")
    ended, mean, anew = (tmp_path / name for name in ("ended", "mean", "anew"))
    of_another = json.dumps({"precision": "fp32", "data": str(data), "dataset": "0123456789abcdef"})
    for folder, told in ((ended, '{"precision": "fp32"}'), (mean, '{"seed": [1, 2]}'), (anew, of_another)):
        folder.mkdir()
        (folder / "run.json").write_text(told)
    (ended / "trainer_state.json").write_text("{}")
    save_recipe(load_recipe("earshot"), anew / "recipe.toml")
    return [
        (["--resume", "--out", str(ended)], "has ended: train DATA --checkpoint"),
        (["--resume", "--out", str(mean)], "is the mean of other runs: there is no training to go on with"),
        (["--out", run], "say which prepared dataset to train on"),
        ([str(tmp_path / "none"), "--out", run], "holds no prepared dataset: run `trainer prepare` first"),
        ([str(data), "--recipe", "none.toml", "--out", run], "cannot read the configuration none.toml"),
        ([str(data), "--checkpoint", str(other), "--out", run], "label 0 is 'open' there and 'close' here"),
        ([str(data), "--checkpoint", "/no/such/model", "--out", run], "with the trainer: bank-calls"),
        ([str(data), "--checkpoint", tiny, "--precision", "fp16", "--out", run], "fp16 needs a GPU"),
        ([str(data), "--out", str(busy)], "is not empty: choose another --out"),
        (["--resume", "--out", str(busy)], "is no run of `trainer train`"),
        (["--resume", "--recipe", "guide", "--out", str(busy)], "takes dataset and recipe from the run folder"),
        (["--resume", "--precision", "bf16", "--out", str(busy)], "precision and threads too: leave DATA,"),
        (["--resume", "--threads", "4", "--out", str(busy)], "precision and threads too: leave DATA,"),
        (["--resume", "--out", str(anew)], "data was prepared anew since "),
        ([str(data), "--threads", "0", "--out", run], "--threads 0 must be at least 1"),
    ]


def test_every_mistake_is_one_sentence(
    data: Path, tiny: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, message in mistakes(data, tiny, tmp_path):
        capsys.readouterr()
        assert main(["train", *arguments]) == 1, message
        said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("trainer train: ")]
        assert len(said) == 1
        assert message in said[0]
    assert not (tmp_path / "run").exists()


def test_a_run_goes_on_from_an_earlier_one_on_other_recordings(data: Path, tmp_path: Path) -> None:
    first, unmoved, moved = (tmp_path / name for name in ("first", "unmoved", "moved"))
    assert main(["train", str(data), *STREAMING, *COMMON, "--out", str(first)]) == 0
    onwards = ["train", str(data), *STREAMING, *COMMON, "--checkpoint", str(first), "--set", "augmentation.copies=0"]
    assert main([*onwards, "--set", "training.learning_rate=0.0", "--out", str(unmoved)]) == 0
    assert main([*onwards, "--out", str(moved)]) == 0
    known = weights(first)
    assert all(torch.equal(known[name], value) for name, value in weights(unmoved).items())
    assert not same(first, moved)
    streaming = load_recipe(str(moved / "recipe.toml")).streaming
    assert streaming is not None
    assert streaming.checkpoint == first
    assert (has_fresh_classifier(first), has_fresh_classifier(moved)) == (True, False)


def test_a_run_for_other_labels_keeps_all_but_the_classifiers(
    data: Path, recordings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    renamed, first, other = tmp_path / "renamed.csv", tmp_path / "first", tmp_path / "other"
    manifest = (recordings / "manifest.csv").read_text().replace(",open", ",ajar")
    renamed.write_text(manifest.replace("\n", f"\n{recordings}/").removesuffix(f"{recordings}/"))
    split = ["--split-by", "clip", "--test-size", "0.17"]
    assert main(["prepare", str(renamed), *split, "--out", str(tmp_path / "renamed")]) == 0
    assert main(["train", str(data), *STREAMING, *COMMON, "--out", str(first)]) == 0
    onwards = ["train", str(tmp_path / "renamed"), *STREAMING, *COMMON, "--checkpoint", str(first)]
    assert main([*onwards, "--set", "training.learning_rate=0.0", "--out", str(other)]) == 0
    out = capsys.readouterr().out
    assert "knows other labels (close, open): the classifiers are fresh" in out
    assert out.count("validation accuracy of the last epoch ") == 2
    known, found = weights(first), weights(other)
    assert has_fresh_classifier(other)
    assert {name for name in known if not torch.equal(known[name], found[name])} == {
        f"heads.{member}.classifier.{part}" for member in (0, 1) for part in ("weight", "bias")
    }


def test_a_run_of_other_sizes_is_not_gone_on_with(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, run = tmp_path / "first", tmp_path / "run"
    assert main(["train", str(data), *STREAMING, *COMMON, "--out", str(first)]) == 0
    wider = ["train", str(data), *STREAMING, "--set", "streaming.width=16", "--out", str(run)]
    assert main([*wider, "--checkpoint", str(first)]) == 1
    assert f"streaming.checkpoint {first} has width 8, the recipe 16: set streaming.width=8" in capsys.readouterr().err
    assert main([*wider, "--set", f"streaming.checkpoint={tmp_path / 'none'}"]) == 1
    assert "holds no run of `trainer train`" in capsys.readouterr().err
    assert not run.exists()


def test_training_begins_with_weights_that_come_with_the_trainer(data: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    begun = ["train", str(data), "--recipe", "earshot", *COMMON, "--checkpoint", "bank-calls"]
    unmoved = ["--set", "training.learning_rate=0.0", "--set", "training.epochs=1"]
    assert main([*begun, *unmoved, "--out", str(run)]) == 0
    known, found = load_file(WEIGHTS / "bank-calls" / "model.safetensors"), weights(run)
    assert all(torch.equal(value.float(), found[name]) for name, value in known.items() if ".classifier." not in name)
    assert "trunk.layers.0.weight_ih_l0" in known
    # Hearings are kept for every run on a dataset: what encodes them is the same whatever a run begins with.
    ported, fresh = load_file(SPEECH_EMBEDDING), MelFrontEnd(HOP_GRID)
    assert torch.equal(found["mel.kernel"], fresh.kernel)
    assert torch.equal(found["mel.mel_weight"], ported["mel.mel_weight"])
    early = [name for name in ported if name.startswith(tuple(f"encoder.blocks.{n}." for n in range(EARLY_BLOCKS)))]
    assert len(early) == 2 * EARLY_BLOCKS
    assert all(torch.equal(found[name], ported[name]) for name in early)

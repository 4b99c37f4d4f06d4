"""Trains a model on a prepared dataset, and writes a run folder with the checkpoint of one epoch."""

import os
import shutil
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from transformers import EarlyStoppingCallback, set_seed

from trainer.errors import TrainerError
from trainer.files import claimed, require_space
from trainer.graph_file import digest
from trainer.prepared import Prepared, load_prepared
from trainer.ranges import require_range
from trainer.recipe import Recipe
from trainer.recipe_file import load_recipe
from trainer.rolling_loss import class_weights
from trainer.rolling_trainer import Divergence, Lesson, RollingTrainer
from trainer.run_folder import (
    STATE,
    begin_run,
    is_ended,
    last_checkpoint,
    note_run,
    read_run,
    require_new,
    require_same,
    told_if_full,
)
from trainer.train_arguments import training_arguments
from trainer.train_stateless import stateless_lesson
from trainer.train_streaming import streaming_lesson

# A checkpoint holds the weights and the optimiser's two moments of each (3 copies). There are at most two checkpoints,
# a third while it is written, and the final weights.
COPIES_ON_DISK = 3 * 3 + 1


@dataclass(frozen=True)
class TrainRequest:
    """The arguments of `train`; to resume a run only `out` is needed, the rest is in the run folder."""

    out: Path
    data: Path | None
    recipe: str | None
    checkpoint: str | None
    settings: tuple[str, ...]
    precision: str | None
    threads: int | None
    report_to: str | None
    jobs: int


def start_run(request: TrainRequest) -> None:
    """Starts a new training in an empty run folder."""
    _start(request, *_asked(request))


def train_once(request: TrainRequest) -> None:
    """Starts a new training, or goes on with the same one that was cut short; one that has ended stays as it is.

    A training that was begun with another recipe, dataset or precision is a TrainerError.
    """
    recipe, prepared, told = _asked(request)
    if not (request.out / "run.json").exists():
        _start(request, recipe, prepared, told)
        return
    require_same(request.out, recipe, told)
    if is_ended(request.out):
        print(f"{request.out} was trained so before")
        return
    resume_run(replace(request, data=None, recipe=None, checkpoint=None, settings=(), precision=None, threads=None))


def _asked(request: TrainRequest) -> tuple[Recipe, Prepared, dict[str, Any]]:
    """The recipe and the dataset of a request, and what run.json tells of it."""
    if request.data is None:
        raise TrainerError("say which prepared dataset to train on: trainer train DATA --out RUN")
    recipe = load_recipe(request.recipe or "earshot", list(request.settings), request.checkpoint)
    prepared = load_prepared(request.data)
    if not len(prepared.split(*recipe.training.train_on)):
        splits = " or ".join(recipe.training.train_on)
        raise TrainerError(f"{prepared.folder} has no recording in the split {splits}: it was prepared to test on")
    told: dict[str, Any] = {
        "data": str(request.data.absolute()),
        "dataset": prepared.digest,
        "precision": request.precision or "fp32",
        "threads": 1 if request.threads is None else request.threads,
        "report_to": request.report_to or "none",
        "seed": recipe.seed,
    }
    require_range("--threads", told["threads"], 1)
    if recipe.begins_with and (weights := Path(recipe.begins_with) / "model.safetensors").is_file():
        told["begun_with"] = digest(weights)
    return recipe, prepared, told


def _start(request: TrainRequest, recipe: Recipe, prepared: Prepared, told: dict[str, Any]) -> None:
    require_new(request.out)
    if told["precision"] == "bf16" and not has_bf16_units():
        print("this machine has no units for bf16, and computes it many times slower than fp32: leave --precision out")
    torch.set_num_threads(told["threads"])
    fit(recipe, prepared, _as_told(request, told), told)


def has_bf16_units() -> bool:
    """Whether a GPU or the CPU computes in bf16 itself; otherwise PyTorch imitates it."""
    return torch.cuda.is_available() or bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def resume_run(request: TrainRequest) -> None:
    """Resumes a run from its last complete checkpoint, with its original recipe and dataset."""
    of_the_run = (request.data, request.recipe, request.checkpoint, request.settings)
    if any((*of_the_run, request.precision, request.threads)):
        raise TrainerError(
            "--resume takes dataset and recipe from the run folder, precision and threads too: leave DATA, --recipe, "
            "--checkpoint, --set, --precision and --threads out"
        )
    told = read_run(request.out)
    if "precision" not in told:
        raise TrainerError(f"{request.out} is the mean of other runs: there is no training to go on with")
    if is_ended(request.out):
        raise TrainerError(f"{request.out} has ended: train DATA --checkpoint {request.out} goes on from there")
    recipe = load_recipe(str(request.out / "recipe.toml"))
    prepared = load_prepared(Path(told["data"]))
    if told.get("dataset", prepared.digest) != prepared.digest:
        raise TrainerError(f"{prepared.folder} was prepared anew since {request.out} was begun: train a new run on it")
    torch.set_num_threads(told["threads"])
    fit(recipe, prepared, _as_told(request, told), told=None)


def _as_told(request: TrainRequest, told: dict[str, Any]) -> TrainRequest:
    """The request with the precision that the run began with; only `report_to` may change on resuming."""
    report_to = request.report_to or told.get("report_to", "none")
    return replace(request, precision=told["precision"], report_to=report_to)


def fit(recipe: Recipe, prepared: Prepared, request: TrainRequest, told: dict[str, Any] | None) -> None:
    """Trains, and writes the run folder. `told` are the entries of run.json for a new run; None resumes a run.

    The run folder is made only after dataset and model could be opened, so that a mistake leaves no folder behind.
    """
    folder = request.out
    set_seed(recipe.seed)
    lesson = _lesson(recipe, prepared, request)
    weights = sum(parameter.numel() for parameter in lesson.model.parameters()) * 4
    require_space(folder, COPIES_ON_DISK * weights, "the checkpoints of this run")
    os.environ["TENSORBOARD_LOGGING_DIR"] = str(folder / "tensorboard")
    labels = prepared.split(*recipe.training.train_on)["label"]
    trainer = RollingTrainer(
        lesson,
        class_weights(list(labels), len(prepared.labels.names), recipe.training),
        recipe.training.label_smoothing,
        args=training_arguments(recipe, folder, request.precision, request.report_to),
        callbacks=_callbacks(recipe),
    )
    with claimed(folder, folder) if trainer.is_world_process_zero() else nullcontext():
        if told is not None and trainer.is_world_process_zero():
            require_new(folder)
            begin_run(folder, recipe, {**told, "fresh_classifier": lesson.has_fresh_classifier})
        PartialState().wait_for_everyone()
        with told_if_full(folder):
            _learn(trainer, recipe, folder, is_new=told is not None)


def _learn(trainer: RollingTrainer, recipe: Recipe, folder: Path, is_new: bool) -> None:
    """From the start or from the last checkpoint to the end, and the results into the run folder."""
    lesson = trainer.lesson
    checkpoint = None if is_new else last_checkpoint(folder)
    set_seed(recipe.seed)
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    lesson.model.eval()
    trainer.save_model(str(folder))
    trainer.save_state()
    if trainer.is_world_process_zero():
        if lesson.extractor is not None:
            lesson.extractor.save_pretrained(folder)
        note_run(folder, lesson.notes)
        # Moved last, because its presence marks the run as finished.
        shutil.move(folder / "checkpoints" / STATE, folder / STATE)
        print(f"wrote {folder}: {_validated(trainer)}")


def _validated(trainer: RollingTrainer) -> str:
    """The validation metric of the weights that are kept."""
    metric = trainer.args.metric_for_best_model
    if trainer.args.load_best_model_at_end:
        return f"best validation {metric} {trainer.state.best_metric:.3f}"
    last = [entry[f"eval_{metric}"] for entry in trainer.state.log_history if f"eval_{metric}" in entry][-1]
    return f"validation {metric} of the last epoch {last:.3f}"


def _lesson(recipe: Recipe, prepared: Prepared, request: TrainRequest) -> Lesson:
    validation = validation_split(prepared)
    if recipe.streaming:
        return streaming_lesson(recipe, prepared, validation, request.jobs, request.precision)
    return stateless_lesson(recipe, prepared, validation)


def validation_split(prepared: Prepared) -> str:
    """The split that the best epoch is chosen on: validation, or test as in the guide.

    The accuracy on the test split is then too good. A dataset with neither is a TrainerError.
    """
    if "validation" in prepared.rows:
        return "validation"
    if "test" not in prepared.rows:
        raise TrainerError(f"{prepared.folder} has neither a validation nor a test split to choose the best epoch by")
    print("no validation split: the best epoch is chosen on the test split, as the guide does; its accuracy flatters")
    return "test"


def _callbacks(recipe: Recipe) -> list[Any]:
    patience = recipe.training.early_stopping
    stopping = [EarlyStoppingCallback(early_stopping_patience=patience)] if patience else []
    return [Divergence(recipe.training.learning_rate), *stopping]

"""A prepared dataset in, a run folder with the best checkpoint out."""

import os
import shutil
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from transformers import EarlyStoppingCallback, TrainingArguments, set_seed

from trainer.errors import TrainerError
from trainer.files import claimed, require_space
from trainer.prepared import Prepared, load_prepared
from trainer.ranges import require_range
from trainer.recipe import Recipe, Training
from trainer.recipe_file import load_recipe
from trainer.rolling_loss import class_weights
from trainer.rolling_trainer import Divergence, Lesson, RollingTrainer
from trainer.run_folder import STATE, begin_run, last_checkpoint, note_run, read_run, require_new, told_if_full
from trainer.train_stateless import stateless_lesson
from trainer.train_streaming import streaming_lesson

# A checkpoint holds the weights and two moments of each; there are at most two, a third in the making, and the result.
COPIES_ON_DISK = 3 * 3 + 1


@dataclass(frozen=True)
class TrainRequest:
    """What to train, on what, and into which folder; a run that is resumed knows all but the last by itself."""

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
    """Trains from the start into an empty run folder."""
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
    require_new(request.out)
    torch.set_num_threads(told["threads"])
    fit(recipe, prepared, _as_told(request, told), told)


def resume_run(request: TrainRequest) -> None:
    """Goes on with a run from its last whole checkpoint, with the recipe and the dataset that it was begun with."""
    of_the_run = (request.data, request.recipe, request.checkpoint, request.settings)
    if any((*of_the_run, request.precision, request.threads)):
        raise TrainerError(
            "--resume takes dataset and recipe from the run folder, precision and threads too: leave DATA, --recipe, "
            "--checkpoint, --set, --precision and --threads out"
        )
    told = read_run(request.out)
    if "precision" not in told:
        raise TrainerError(f"{request.out} is the mean of other runs: there is no training to go on with")
    if (request.out / STATE).exists():
        raise TrainerError(f"{request.out} has ended: train DATA --checkpoint {request.out} goes on from there")
    recipe = load_recipe(str(request.out / "recipe.toml"))
    prepared = load_prepared(Path(told["data"]))
    if told.get("dataset", prepared.digest) != prepared.digest:
        raise TrainerError(f"{prepared.folder} was prepared anew since {request.out} was begun: train a new run on it")
    torch.set_num_threads(told["threads"])
    fit(recipe, prepared, _as_told(request, told), told=None)


def _as_told(request: TrainRequest, told: dict[str, Any]) -> TrainRequest:
    """The request with what the run was begun with; a run that is resumed may be told to report otherwise."""
    report_to = request.report_to or told.get("report_to", "none")
    return replace(request, precision=told["precision"], report_to=report_to)


def fit(recipe: Recipe, prepared: Prepared, request: TrainRequest, told: dict[str, Any] | None) -> None:
    """The training loop, and what it leaves in the run folder; `told` begins one, None goes on with it.

    A run is begun only when everything is open, so that a mistake leaves no folder behind.
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
        # Last: it says that the run has ended.
        shutil.move(folder / "checkpoints" / STATE, folder / STATE)
        print(f"wrote {folder}: best validation {judge_of(recipe.training)} {trainer.state.best_metric:.3f}")


def _lesson(recipe: Recipe, prepared: Prepared, request: TrainRequest) -> Lesson:
    validation = validation_split(prepared)
    if recipe.streaming:
        return streaming_lesson(recipe, prepared, validation, request.jobs, request.precision)
    return stateless_lesson(recipe, prepared, validation)


def validation_split(prepared: Prepared) -> str:
    """The split that chooses the best epoch; the guide's own is the test split, which flatters its accuracy."""
    if "validation" in prepared.rows:
        return "validation"
    if "test" not in prepared.rows:
        raise TrainerError(f"{prepared.folder} has neither a validation nor a test split to choose the best epoch by")
    print("no validation split: the best epoch is chosen on the test split, as the guide does; its accuracy flatters")
    return "test"


def judge_of(training: Training) -> str:
    """The figure that validation is told by; it chooses the epoch unless the last one is kept."""
    return "accuracy" if training.best_by == "last" else training.best_by


def training_arguments(recipe: Recipe, folder: Path, precision: str | None, report_to: str | None) -> TrainingArguments:
    """Hugging Face's settings of a recipe: evaluate and save each epoch, keep the one it says."""
    training = recipe.training
    if precision == "fp16" and not torch.cuda.is_available():
        raise TrainerError("--precision fp16 needs a GPU: use bf16 or fp32 on a CPU")
    return TrainingArguments(
        output_dir=str(folder / "checkpoints"),
        num_train_epochs=training.epochs,
        per_device_train_batch_size=training.batch,
        per_device_eval_batch_size=training.batch,
        gradient_accumulation_steps=training.gradient_accumulation,
        learning_rate=training.learning_rate,
        weight_decay=training.weight_decay,
        lr_scheduler_type=training.schedule,
        warmup_steps=training.warmup,
        eval_strategy="epoch",
        save_strategy="epoch",
        logging_strategy="epoch",
        save_total_limit=2,
        # Where everything is trained on, no split is left to choose an epoch by: the last one stays.
        load_best_model_at_end=training.best_by != "last" and "validation" not in training.train_on,
        metric_for_best_model=judge_of(training),
        # Early stopping counts on where it was.
        restore_callback_states_from_checkpoint=True,
        report_to=report_to,
        seed=recipe.seed,
        fp16=precision == "fp16",
        bf16=precision == "bf16",
        remove_unused_columns=False,
        ddp_find_unused_parameters=True,
        dataloader_pin_memory=torch.cuda.is_available(),
        use_cpu=not torch.cuda.is_available(),
    )


def _callbacks(recipe: Recipe) -> list[Any]:
    patience = recipe.training.early_stopping
    stopping = [EarlyStoppingCallback(early_stopping_patience=patience)] if patience else []
    return [Divergence(recipe.training.learning_rate), *stopping]

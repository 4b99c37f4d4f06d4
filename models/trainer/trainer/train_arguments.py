"""A recipe as the settings of Hugging Face's Trainer."""

from pathlib import Path

import torch
from transformers import TrainingArguments

from trainer.errors import TrainerError
from trainer.recipe import Recipe, Training


def judge_of(training: Training) -> str:
    """The metric that validation reports; it also chooses the epoch, unless the last one is kept."""
    return "accuracy" if training.best_by == "last" else training.best_by


def training_arguments(recipe: Recipe, folder: Path, precision: str | None, report_to: str | None) -> TrainingArguments:
    """A recipe as Hugging Face's settings: evaluate and save every epoch, keep the one that the recipe chooses."""
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
        # If the validation split is trained on, no split is left to choose an epoch on, and the last one is kept.
        load_best_model_at_end=training.best_by != "last" and "validation" not in training.train_on,
        metric_for_best_model=judge_of(training),
        # So that early stopping continues its count after resuming.
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

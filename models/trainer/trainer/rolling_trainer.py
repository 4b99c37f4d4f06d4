"""Hugging Face's Trainer with the rolling loss."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from sklearn.metrics import accuracy_score, f1_score
from torch import Tensor, nn
from torch.utils.data import Dataset, Sampler
from transformers import EvalPrediction, PreTrainedModel, Trainer, TrainerCallback
from transformers.trainer_pt_utils import get_length_grouped_indices

from trainer.errors import TrainerError
from trainer.rolling_loss import last_hop, rolling_loss

# A share of the learning rate: pretrained weights need smaller steps, and must not be lost while the rest is untrained.
PRETRAINED_RATE = 0.3


class Hearings(Dataset[Any]):
    """A dataset whose items may depend on `epoch` but on nothing else that changes, so that runs can be resumed."""

    epoch = 0

    def lengths(self) -> list[int]:
        """The number of hops of each item, used to batch items of similar length."""
        raise NotImplementedError

    def __len__(self) -> int:
        return len(self.lengths())


@dataclass(frozen=True)
class Lesson:
    """What a kind of model brings to the training loop.

    - `hear` maps the model and a batch to scores `[members, batch, hops, labels]` and to a scalar that is added to the
      loss.
    - `collate` makes a batch: `labels` and `weights`, `[batch, hops]` each, beside the model's inputs.
    - `extractor`: the feature extractor to save beside the model, or None.
    - `notes`: sentences for the model card.
    - `pretrained`: parameters that get a lower learning rate.
    - `has_fresh_classifier`: the classifier was drawn at random, not loaded from a checkpoint, so it depends on the
      seed.
    """

    model: PreTrainedModel
    train: Hearings
    validation: Hearings
    collate: Callable[[list[Any]], dict[str, Any]]
    hear: Callable[[Any, dict[str, Any]], tuple[Tensor, Tensor]]
    extractor: Any = None
    notes: tuple[str, ...] = ()
    pretrained: tuple[nn.Parameter, ...] = ()
    has_fresh_classifier: bool = False


class RollingTrainer(Trainer):
    """Trains on every hop of an utterance, and is evaluated at the last one."""

    def __init__(self, lesson: Lesson, class_weights: Tensor, smoothing: float, **arguments: Any) -> None:
        self.lesson = lesson
        self.class_weights = class_weights
        self.smoothing = smoothing
        super().__init__(
            model=lesson.model,
            train_dataset=lesson.train,
            eval_dataset=lesson.validation,
            data_collator=lesson.collate,
            compute_metrics=judged,
            **arguments,
        )
        # Each batch's loss is a mean, so the loop must divide it by the number of accumulation steps.
        self.loss_is_scaled_for_ga = False
        self.sampler = LengthGroups(lesson.train, self.args.train_batch_size, self.args.seed)
        self.add_callback(EpochTeller(lesson.train, self.sampler))

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        """Hugging Face's optimiser, with the pretrained parameters in parameter groups of their own."""
        optimizer = super().create_optimizer(model)
        pretrained = {id(parameter) for parameter in self.lesson.pretrained}
        for group in list(optimizer.param_groups):
            slow = [parameter for parameter in group["params"] if id(parameter) in pretrained]
            group["params"] = [parameter for parameter in group["params"] if id(parameter) not in pretrained]
            if slow:
                optimizer.add_param_group({**group, "params": slow, "lr": PRETRAINED_RATE * group["lr"]})
        return optimizer

    def compute_loss(self, model: Any, inputs: dict[str, Any], *_: Any, **__: Any) -> Tensor:
        """The rolling loss of a batch plus the additional loss terms."""
        scores, besides = self.lesson.hear(model, inputs)
        return self._loss(scores, inputs, self.smoothing) + besides

    def prediction_step(self, model: Any, inputs: dict[str, Any], *_: Any, **__: Any) -> tuple[Tensor, Tensor, Tensor]:
        """The loss, and the scores `[batch, labels]` and labels `[batch]` at the end of each utterance."""
        inputs = self._prepare_inputs(inputs)
        with torch.no_grad():
            scores = self.lesson.hear(model, inputs)[0]
        return (self._loss(scores, inputs, 0.0), *last_hop(scores, inputs["labels"]))

    def _loss(self, scores: Tensor, inputs: dict[str, Any], smoothing: float) -> Tensor:
        weights = self.class_weights.to(scores.device)
        return rolling_loss(scores, inputs["labels"], inputs["weights"], weights, smoothing)

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int]:
        return self.sampler


class LengthGroups(Sampler[int]):
    """A random order, drawn anew each epoch, that puts utterances of similar length into one batch."""

    def __init__(self, hearings: Hearings, batch: int, seed: int) -> None:
        self.hearings = hearings
        self.batch = batch
        self.seed = seed
        self.epoch = 0

    def __len__(self) -> int:
        return len(self.hearings)

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self.seed + self.epoch)
        return iter(get_length_grouped_indices(self.hearings.lengths(), self.batch, generator=generator))


class EpochTeller(TrainerCallback):
    """Sets the attribute `epoch` of the objects that depend on it, also after a run is resumed."""

    def __init__(self, *told: Any) -> None:
        self.told = told

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Called before the epoch's first batch is drawn."""
        for each in self.told:
            each.epoch = round(state.epoch or 0)


class Divergence(TrainerCallback):
    """Ends a training whose validation loss is no longer finite."""

    def __init__(self, learning_rate: float) -> None:
        self.learning_rate = learning_rate

    def on_evaluate(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Called after each epoch, before its checkpoint is saved; a loss that is not finite is a TrainerError."""
        loss = kwargs["metrics"]["eval_loss"]
        if not math.isfinite(loss):
            raise TrainerError(
                f"the training has diverged: after epoch {state.epoch:g} the validation loss is {loss:g}; begin anew "
                f"with a training.learning_rate below {self.learning_rate:g}"
            )


def judged(prediction: EvalPrediction) -> dict[str, float]:
    """Accuracy and macro-F1 at the end of the utterances."""
    answers = prediction.predictions.argmax(axis=-1)  # type: ignore[union-attr]
    labels = prediction.label_ids
    return {
        "accuracy": float(accuracy_score(labels, answers)),
        "macro_f1": float(f1_score(labels, answers, average="macro", zero_division=0)),
    }

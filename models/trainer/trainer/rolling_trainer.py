"""Hugging Face's Trainer, taught by the rolling loss."""

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

# Of the learning rate: what was pretrained needs to move less, and must not be washed away before the rest has learnt.
PRETRAINED_RATE = 0.3


class Hearings(Dataset[Any]):
    """A dataset that may differ from epoch to epoch, but from nothing else, so that a resumed run hears the same."""

    epoch = 0

    def lengths(self) -> list[int]:
        """The hops of each item, to batch alike ones."""
        raise NotImplementedError

    def __len__(self) -> int:
        return len(self.lengths())


@dataclass(frozen=True)
class Lesson:
    """What a kind of model brings to the training loop.

    `hear` maps the model and a batch to scores `[members, batch, hops, labels]` and to what else counts in the loss (a
    number); a batch holds `labels` and `weights` (`[batch, hops]`) beside what the model hears; `extractor` is saved
    beside the model where it has one; `notes` go onto the model card; `pretrained` are parameters that learn slower. A
    fresh classifier is one that no checkpoint gave: another seed begins with another.
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
    """Trains on every hop of an utterance and is judged at its end."""

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
        # Each batch's loss is a mean: the loop divides it by the accumulation steps.
        self.loss_is_scaled_for_ga = False
        self.sampler = LengthGroups(lesson.train, self.args.train_batch_size, self.args.seed)
        self.add_callback(EpochTeller(lesson.train, self.sampler))

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        """Hugging Face's, with groups of their own for what was pretrained."""
        optimizer = super().create_optimizer(model)
        pretrained = {id(parameter) for parameter in self.lesson.pretrained}
        for group in list(optimizer.param_groups):
            slow = [parameter for parameter in group["params"] if id(parameter) in pretrained]
            group["params"] = [parameter for parameter in group["params"] if id(parameter) not in pretrained]
            if slow:
                optimizer.add_param_group({**group, "params": slow, "lr": PRETRAINED_RATE * group["lr"]})
        return optimizer

    def compute_loss(self, model: Any, inputs: dict[str, Any], *_: Any, **__: Any) -> Tensor:
        """The rolling loss of a batch, and what else counts."""
        scores, besides = self.lesson.hear(model, inputs)
        return self._loss(scores, inputs, self.smoothing) + besides

    def prediction_step(self, model: Any, inputs: dict[str, Any], *_: Any, **__: Any) -> tuple[Tensor, Tensor, Tensor]:
        """The loss, and what was said at the end of each utterance."""
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
    """A permutation of the epoch that puts utterances of similar length into one batch."""

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
    """Tells what depends on the epoch which one it is, also after a resumption."""

    def __init__(self, *told: Any) -> None:
        self.told = told

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Before the epoch's first batch is drawn."""
        for each in self.told:
            each.epoch = round(state.epoch or 0)


class Divergence(TrainerCallback):
    """Ends a training whose loss is no number any more: nothing that it learns from then on means anything."""

    def __init__(self, learning_rate: float) -> None:
        self.learning_rate = learning_rate

    def on_evaluate(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """After each epoch, before it is saved."""
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

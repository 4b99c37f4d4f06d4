"""Loss and accuracy over the epochs of a training."""

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from trainer.pictures.canvas import BLUE, GREEN, VERMILLION, canvas, plain

Log = Sequence[dict[str, Any]]


def learning_curves(history: Log) -> Figure | None:
    """The Trainer's `log_history` over epochs; None if it has neither a loss nor an accuracy."""
    loss, held_out, accuracy = (_curve(history, key) for key in ("loss", "eval_loss", "eval_accuracy"))
    if not (loss[0] or held_out[0] or accuracy[0]):
        return None
    figure = canvas(9 if accuracy[0] else 5, 3.6)
    columns = figure.subplots(1, 2 if accuracy[0] else 1, squeeze=False)[0]
    plain(columns[0], "Loss", "epoch", "loss")
    for (epochs, values), name, colour, marker in (
        (loss, "training", BLUE, ""),
        (held_out, "validation", VERMILLION, "o"),
    ):
        if epochs:
            columns[0].plot(epochs, values, color=colour, marker=marker, markersize=4, label=name)
    if loss[0] or held_out[0]:
        columns[0].legend(frameon=False)
    if accuracy[0]:
        plain(columns[1], "Accuracy on the validation split", "epoch", "accuracy")
        columns[1].plot(*accuracy, color=GREEN, marker="o", markersize=4)
        columns[1].set_ylim(0, 1)
        columns[1].yaxis.set_major_formatter(PercentFormatter(1))
    for axes in columns:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure


def _curve(history: Log, key: str) -> tuple[list[float], list[float]]:
    entries = [entry for entry in history if key in entry and "epoch" in entry]
    return [entry["epoch"] for entry in entries], [entry[key] for entry in entries]

"""The confusion matrix as a picture."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from trainer.pictures.canvas import canvas, fonts_for

MOST_NUMBERED = 40
LONGEST_LABEL = 40  # characters; longer labels would leave too little room for the matrix
LARGEST_LETTERS, POINTS_AN_INCH = 10, 72


def confusion_picture(confusion: dict[str, Any]) -> Figure:
    """Counts in cells, coloured by their share of the row; rows of labels without clips are empty."""
    names, counts = confusion["labels"], np.array(confusion["counts"])
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = min(4 + 0.42 * len(names), 24)
    figure = canvas(side + 1, side)
    axes = figure.subplots()
    # One hue from light to dark is readable with any colour vision.
    image = axes.imshow(share, cmap="Blues", vmin=0, vmax=1, aspect="equal")
    middles, edges = [float(index) for index in range(len(names))], (np.arange(len(names) + 1) - 0.5).tolist()
    shown: dict[str, Any] = {"labels": [_shortened(name) for name in names], "parse_math": False}
    shown["fontfamily"], lacking = fonts_for("".join(names))
    if lacking:
        print(f"no installed font has the letters {lacking}: the confusion matrix shows boxes in their place")
    shown["fontsize"] = min(LARGEST_LETTERS, 0.7 * side * POINTS_AN_INCH / len(names))
    axes.xaxis.set_ticks(middles, **shown, rotation=45, ha="right", rotation_mode="anchor")
    axes.yaxis.set_ticks(middles, **shown)
    axes.set_xlabel("answered at the clip's end")
    axes.set_ylabel("said")
    axes.set_title("Confusion, in clips", loc="left", fontsize=11, fontweight="bold")
    axes.xaxis.set_ticks(edges, minor=True)
    axes.yaxis.set_ticks(edges, minor=True)
    axes.grid(which="minor", color="#D9D9D9", linewidth=0.8)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)
    if len(names) <= MOST_NUMBERED:
        _number(axes, counts, share)
    bar = figure.colorbar(image, ax=axes, shrink=0.6, format=PercentFormatter(1))
    bar.set_label("share of the clips with what was said")
    bar.ax.spines[:].set_visible(False)
    return figure


def _shortened(name: str) -> str:
    return name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1]}…"


def _number(axes: Axes, counts: NDArray[np.int64], share: NDArray[np.float64]) -> None:
    for said, answered in np.argwhere(counts > 0).tolist():
        colour = "white" if share[said, answered] > 0.71 else "black"
        axes.text(answered, said, str(counts[said, answered]), ha="center", va="center", color=colour, fontsize=9)

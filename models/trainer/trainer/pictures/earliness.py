"""Accuracy against seconds heard."""

from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from trainer.pictures.canvas import BLUE, GREY, VERMILLION, canvas, plain


def earliness_picture(figures: dict[str, Any]) -> Figure | None:
    """The accuracy after each number of seconds of stream time, with its interval; None if no clip has an intent."""
    after, intervals = figures["after_seconds_heard"], figures.get("after_seconds_heard_intervals", {})
    if not after:
        return None
    seconds = [float(key) for key in after]
    figure = canvas(6.4, 4)
    axes = figure.subplots()
    plain(axes, "How early the answer is right", "seconds heard (stream time)", "accuracy")
    if all(intervals.get(key) for key in after):
        low, high = zip(*(intervals[key] for key in after), strict=True)
        axes.fill_between(seconds, low, high, color=BLUE, alpha=0.2, linewidth=0, label="95 % interval")
    axes.plot(seconds, list(after.values()), color=BLUE, marker="o", label="accuracy so far")
    if figures["background"]:
        among = figures["after_seconds_heard_among_intents"]
        axes.plot(seconds, list(among.values()), color=BLUE, linestyle=":", label="first of the intents so far")
    end = figures["at_the_end"]["accuracy"]
    axes.axhline(end, color=VERMILLION, linestyle="--", label=f"at each clip's end: {end:.1%}")
    intents = len(set(figures["per_class"]) - set(figures["background"]))
    axes.axhline(1 / intents, color=GREY, linestyle=":", label=f"chance, 1 in {intents}")
    axes.set_xlim(0, max(seconds) + 0.3)
    axes.set_ylim(0, 1)
    axes.set_xticks(seconds)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.legend(frameon=False, loc="best")
    return figure

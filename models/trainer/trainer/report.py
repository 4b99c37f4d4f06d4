"""report.md: the figures of one evaluation, for readers."""

from collections.abc import Sequence
from statistics import mean, stdev
from typing import Any

from trainer.answers import Answer, surest_mistakes
from trainer.markdown import table
from trainer.report_sections import (
    background_lines,
    calibration_lines,
    class_lines,
    confusion_lines,
    earliness_lines,
    flattered_lines,
    language_lines,
    mislabelled_lines,
    mistake_lines,
    tells_top3,
)

Figures = dict[str, Any]
CAPTIONS = {
    "earliness.png": "Accuracy against seconds heard",
    "confusion.png": "Confusion matrix",
    "reliability.png": "Reliability diagram",
    "learning-curves.png": "Learning curves",
}


def report(figures: Figures, pictures: Sequence[str] = (), answers: Sequence[Answer] = ()) -> str:
    """All figures of metrics.json as Markdown, with the pictures named in `pictures` and the surest wrong answers."""

    def picture(name: str) -> list[str]:
        return [f"![{CAPTIONS[name]}]({name})", ""] if name in pictures else []

    lines = [
        f"# Evaluation on the split `{figures['split']}`{_heard_through(figures)}",
        "",
        *headline_lines(figures),
        "",
        *flattered_lines(figures),
        *_headline_table(figures),
        *mislabelled_lines(figures),
        *_run_lines(figures),
        *language_lines(figures),
        *earliness_lines(figures),
        *picture("earliness.png"),
        *background_lines(figures),
        *calibration_lines(figures),
        *picture("reliability.png"),
        *confusion_lines(figures),
        *picture("confusion.png"),
        *mistake_lines(surest_mistakes(answers)),
        *class_lines(figures),
        *(["## Training", "", *picture("learning-curves.png")] if "learning-curves.png" in pictures else []),
        *_how_measured(figures),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _heard_through(figures: Figures) -> str:
    noise, law = figures.get("noise"), figures.get("law")
    return "".join(
        [
            f", by {figures['package']}" if "package" in figures else "",
            f", through {noise['file']} at {noise['snr_db']:g} dB" if noise else "",
            f", as {law}" if law else "",
        ]
    )


def headline_lines(figures: Figures) -> list[str]:
    """The main result, in one sentence."""
    end = figures["at_the_end"]
    if end is None:
        return [f"None of the {figures['clips']} clips has an intent: there is no accuracy to tell."]
    ends = end["intervals"]["accuracy"]
    sure = (
        f" (95 % interval {ends[0]:.1%} to {ends[1]:.1%})"
        if ends
        else " (no interval: too few groups, or all of them alike)"
    )
    top3 = f"; the right intent is among the first three in {end['top3_accuracy']:.1%}" if tells_top3(figures) else ""
    right = f"**{end['accuracy']:.1%} of {end['clips']} clips with an intent are answered rightly at their end**"
    return [f"{right}{sure}{top3}."]


def _headline_table(figures: Figures) -> list[str]:
    if figures["at_the_end"] is None:
        return []
    told = {name: title for name, title in _HEADLINE.items() if name != "top3_accuracy" or tells_top3(figures)}
    heard = (("at_the_end", "the whole clip"), ("after_one_second_of_silence", "and one second of silence"))
    rows = [(name, *(_with_interval(figures[key], figure) for figure in told)) for key, name in heard]
    return [*table(("heard", *told.values()), rows), ""]


def _run_lines(figures: Figures) -> list[str]:
    """The figures of each run where several count together, and how far they lie apart."""
    runs = figures.get("runs", [])
    told = [each for each in runs if "accuracy" in each]
    if not told:
        return []
    rows = [
        (
            each["run"],
            each["dataset_name"],
            str(each["clips"]),
            f"{each['accuracy']:.3f}",
            f"{each['top3_accuracy']:.3f}",
        )
        for each in told
    ]
    columns = 5 if tells_top3(figures) else 4
    header = ("run", "of the dataset", "clips with an intent", "accuracy", "top 3")
    accuracies = [each["accuracy"] for each in told]
    spread = f"Their mean is {mean(accuracies):.3f}, their standard deviation {stdev(accuracies):.3f}."
    return [*table(header[:columns], [row[:columns] for row in rows]), "", *([spread, ""] if len(told) > 1 else [])]


_HEADLINE = {"accuracy": "accuracy", "top3_accuracy": "top 3", "macro_f1": "macro-F1"}


def _with_interval(figures: Figures, name: str) -> str:
    ends = figures.get("intervals", {}).get(name)
    return f"{figures[name]:.3f}" + (f" ({ends[0]:.3f}–{ends[1]:.3f})" if ends else "")


def _groups(figures: Figures) -> str:
    if figures.get("knows_groups", True):
        return f" in {figures['groups']} groups (clips of one call)"
    return ", each a group of its own, since speakers and calls are not known: clips of one may promise too much"


def _of_dataset(figures: Figures) -> str:
    name = figures.get("dataset_name")
    return f", of the dataset `{name}`" if name else ""


def _how_measured(figures: Figures) -> list[str]:
    intervals = figures["intervals"]
    return [
        "## How this was measured",
        "",
        f"{figures['clips']} clips{_groups(figures)}, {figures['hours']:.2f} hours{_of_dataset(figures)}. "
        f"Intervals are {100 * intervals['level']:g} % percentile bootstrap intervals over {intervals['resamples']} "
        f"resamples of whole groups (seed {intervals['seed']}); where all clips are right, or none, they are the exact "
        "ones of as many groups (Clopper and Pearson), and that of false intents per hour is the exact one of their "
        "count (Garwood). They tell the luck of the clips, not of training. "
        "A background label as answer to an intent counts as wrong. Macro-F1 is the mean over the labels that occur.",
    ]

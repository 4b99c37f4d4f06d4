"""The reliability diagram: accuracy against confidence, before and after calibration (Guo et al. 2017)."""

from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from trainer.pictures.canvas import BLUE, GREY, VERMILLION, canvas, plain


def reliability_picture(figures: dict[str, Any]) -> Figure:
    """Accuracy over confidence for each bin, above the number of clips in each bin."""
    figure = canvas(5.6, 6.2)
    upper, lower = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": (3, 1)})
    plain(upper, "Reliability at the clip's end", "", "accuracy")
    plain(lower, "", "confidence of the leading label", "clips")
    upper.plot([0, 1], [0, 1], color=GREY, linestyle=":", label="as confident as right")
    temperature = figures["calibration"]["temperature"]
    series = (
        ("uncalibrated", "before calibration", "expected_calibration_error_uncalibrated", VERMILLION, "s--", 0.0),
        ("calibrated", f"temperature {temperature:.2f}", "expected_calibration_error", BLUE, "o-", 0.5),
    )
    for key, name, error, colour, style, offset in series:
        bins = figures["reliability"][key]
        label = f"{name}: calibration error {figures[error]:.3f}"
        x, y = [each["confidence"] for each in bins], [each["accuracy"] for each in bins]
        upper.plot(x, y, style, color=colour, markersize=5, label=label, clip_on=False)
        starts = [each["from"] + offset * (each["to"] - each["from"]) for each in bins]
        widths = [0.45 * (each["to"] - each["from"]) for each in bins]
        lower.bar(starts, [each["clips"] for each in bins], widths, align="edge", color=colour)
    for axes in (upper, lower):
        axes.set_xlim(0, 1)
    upper.set_ylim(0, 1)
    upper.yaxis.set_major_formatter(PercentFormatter(1))
    lower.xaxis.set_major_formatter(PercentFormatter(1))
    figure.legend(*upper.get_legend_handles_labels(), loc="outside lower left", frameon=False)
    return figure

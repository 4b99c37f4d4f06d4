"""The sections of report.md, each written from its figures in metrics.json."""

from collections.abc import Sequence
from typing import Any

from trainer.answers import Answer
from trainer.markdown import table

Figures = dict[str, Any]
MOST_CONFUSIONS = 15
PREPARED_ANEW = (
    "**The dataset was prepared anew since the run was trained: what is heard here it may have been trained on.**"
)

_ABOUT_BACKGROUND = (
    "Where background leads, accuracy counts a mistake; the last column asks which intent comes first, as a server's "
    "`scores` do.",
    "",
)


def tells_top3(figures: Figures) -> bool:
    """Whether top-3 accuracy is informative: with three intents or fewer it nearly always is 1."""
    return len(figures["per_class"].keys() - set(figures.get("background", ()))) > 3


def earliness_lines(figures: Figures) -> list[str]:
    """Accuracy against seconds heard, and time to first correct; nothing if no clip has an intent."""
    after = figures["after_seconds_heard"]
    if not after:
        return []
    intervals, among = figures["after_seconds_heard_intervals"], figures["after_seconds_heard_among_intents"]
    end = figures["at_the_end"]
    rows = [
        *((f"{each} s", f"{of:.3f}", _interval(intervals[each]), f"{among[each]:.3f}") for each, of in after.items()),
        ("to the end", f"{end['accuracy']:.3f}", _interval(end["intervals"]["accuracy"]), ""),
    ]
    header = ("heard", "accuracy", "95 % interval", "first of the intents")
    # Without background labels the last column equals accuracy.
    columns = 4 if figures["background"] else 3
    first, stable = (figures["time_to_first_correct"][key] for key in ("first", "stable"))
    return [
        "## How early",
        "",
        *table(header[:columns], [row[:columns] for row in rows]),
        "",
        *(_ABOUT_BACKGROUND if figures["background"] else ()),
        "Seconds are stream time, the silence before the caller speaks included; "
        "a clip that has ended before counts with its last answer.",
        "",
        *table(
            ("time to first correct", "median", "90th percentile", "never"),
            [
                ("the right intent leads for the first time", *_time(first)),
                ("and from then on to the end", *_time(stable)),
            ],
        ),
        "",
        "Times are of the clips that get there; never is a share of all.",
        "",
    ]


def flattered_lines(figures: Figures) -> list[str]:
    """Warnings that figures may be too good: the model was, or may have been, trained on the clips used here.

    These are the clips of the split, and those that its calibration was fitted on.
    """
    if "package" in figures:
        return ["A package does not tell what it was trained on: where it was these clips, figures flatter.", ""]
    anew = [PREPARED_ANEW, ""] if figures.get("prepared_anew") else []
    if "trained_on" not in figures:
        return anew
    splits = " and ".join(f"`{split}`" for split in figures["trained_on"])
    return [f"**The run was trained on {splits}: figures, or what was fitted there, flatter.**", "", *anew]


def mislabelled_lines(figures: Figures) -> list[str]:
    """The accuracy without the clips that are believed mislabelled."""
    if "without_mislabelled" not in figures:
        return []
    left = figures["without_mislabelled"]
    top3 = f"{left['top3_accuracy']:.3f} among the first three, " if tells_top3(figures) else ""
    return [
        f"Without {len(left['left_out'])} clips that are believed mislabelled, accuracy is {left['accuracy']:.3f} "
        f"({top3}{left['clips']} clips)." + _of_the_list(left.get("not_heard", 0)),
        "",
    ]


def _of_the_list(not_heard: int) -> str:
    return f" {not_heard} more of the list are not among the clips of this split." if not_heard else ""


def language_lines(figures: Figures) -> list[str]:
    """Accuracy by language, if there are several."""
    languages = figures.get("per_language", {}).items()
    if len(languages) < 2:
        return []
    columns = 4 if tells_top3(figures) else 3
    rows = [
        (name, str(of["clips"]), f"{of['accuracy']:.3f}", f"{of['top3_accuracy']:.3f}")[:columns]
        for name, of in languages
    ]
    return [*table(("language", "clips", "accuracy", "top 3")[:columns], rows), ""]


def background_lines(figures: Figures) -> list[str]:
    """False intents and out-of-scope detection, or that they were not measured."""
    lines = ["## Speech without an intent", ""]
    if "false_intents" not in figures:
        return [*lines, "The split has no background clips: false intents and out-of-scope AUROC are unknown.", ""]
    false = figures["false_intents"]
    ends = false["finals_per_hour_interval"]
    lines += [
        f"Over {false['clips']} background clips ({false['hours']:.2f} hours), each played as one utterance:",
        "",
        f"- **{false['finals_per_hour']:.1f} false intents per hour** when the utterance has ended "
        f"({false['finals']} in all; 95 % interval {ends[0]:.1f} to {ends[1]:.1f}).",
        f"- {false['tentatives_per_hour']:.1f} false tentative events per hour on the way "
        f"({false['tentatives']} in {false['clips_with_a_tentative']} clips).",
        "",
    ]
    if "out_of_scope" in figures:
        outside = figures["out_of_scope"]
        lines += [
            f"Out-of-scope AUROC {outside['auroc']:.3f} (95 % interval {_interval(outside['intervals']['auroc'])}). "
            f"The threshold {figures['calibration']['threshold']:g} rejects {outside['rejected_out_of_scope']:.1%} of "
            f"the background clips and {outside['rejected_intents']:.1%} of the clips with an intent.",
            "",
        ]
    return lines


def calibration_lines(figures: Figures) -> list[str]:
    """Where temperature and threshold come from, and the calibration error with them and without."""
    return [
        "## Calibration",
        "",
        calibration_origin(figures),
        "",
        f"Expected calibration error {figures['expected_calibration_error']:.3f}; "
        f"{figures['expected_calibration_error_uncalibrated']:.3f} at temperature 1.",
        "",
    ]


def calibration_origin(figures: Figures) -> str:
    """What temperature and threshold were fitted on, and which of them are defaults, and why."""
    calibration = figures["calibration"]
    values = f"Temperature {calibration['temperature']:g}, out-of-scope threshold {calibration['threshold']:g}"
    if calibration["source"] == "given":
        return f"{values}, from the given calibration file."
    if calibration["source"] == "package":
        return f"{values}, as the package is served with."
    if calibration["source"] == "default":
        few = f"the {calibration['clips']} clips of the validation split are too few"
        why = few if calibration["clips"] else "the dataset has no validation split"
        return f"**Not calibrated**: {why}. {values}, the defaults."
    fitted = f"{values}, fitted on the {calibration['clips']} clips of the validation split"
    if "most_false_finals_per_hour" in figures:
        fitted += f", with at most {figures['most_false_finals_per_hour']:g} false finals an hour there"
    if figures["split"] == "validation":
        fitted += ", **the same clips that are measured here: expect worse on others**"
    if not calibration.get("is_temperature_fitted", True):
        fitted += "; **the temperature is the default**, because among them no other is best"
    if not 0 < calibration["background_clips"] < calibration["clips"]:
        fitted += "; **the threshold is the default**, because they are not both intents and background"
    return fitted + "."


def confusion_lines(figures: Figures) -> list[str]:
    """The most frequent confusions."""
    names, counts = figures["confusion"]["labels"], figures["confusion"]["counts"]
    pairs = [
        (-count, names[said], names[answered])
        for said, row in enumerate(counts)
        for answered, count in enumerate(row)
        if count and said != answered
    ]
    if not pairs:
        return ["## Confusions", "", "None: every clip is answered rightly at its end.", ""]
    return [
        "## Confusions",
        "",
        *table(
            ("said", "answered", "clips"),
            [(said, answered, str(-count)) for count, said, answered in sorted(pairs)[:MOST_CONFUSIONS]],
        ),
        "",
    ]


def mistake_lines(mistakes: Sequence[Answer]) -> list[str]:
    """The wrong answers with the highest scores; nothing if there is none."""
    if not mistakes:
        return []
    scores = ("score", "label_score")
    rows = [
        (*(each[name] for name in ("path", "label", "answer")), *(f"{each[name]:.2f}" for name in scores))
        for each in mistakes
    ]
    return [
        "## Surest mistakes",
        "",
        *table(("clip", "said", "answered", "score of the answer", "of what was said"), rows),
        "",
        "Listen to these first: a sure mistake is often a wrong label. All clips are in answers.csv, in this order.",
        "",
    ]


def class_lines(figures: Figures) -> list[str]:
    """Precision, recall and F1 of each label."""
    rows = [
        (name, str(each["clips"]), *(_figure(each[key]) for key in ("precision", "recall", "f1")))
        for name, each in figures["per_class"].items()
    ]
    return ["## Labels", "", *table(("label", "clips", "precision", "recall", "F1"), rows), ""]


def _interval(ends: list[float] | None) -> str:
    return f"{ends[0]:.3f}–{ends[1]:.3f}" if ends else "unknown"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _time(times: dict[str, float | None]) -> tuple[str, ...]:
    shown = (f"{ms / 1000:.2f} s" if (ms := times[key]) is not None else "–" for key in ("median_ms", "p90_ms"))
    return (*shown, f"{times['share_never']:.1%}")

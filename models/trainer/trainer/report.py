"""report.md: the figures of one evaluation, for people."""

from typing import Any


def report(figures: dict[str, Any]) -> str:
    """Markdown with the headline figures, accuracy over time, and the most frequent confusions."""
    end = figures["at_the_end"]
    lines = [
        "# Evaluation",
        "",
        f"{end['clips']} clips with an intent: accuracy {end['accuracy']:.3f}, top 3 {end['top3_accuracy']:.3f}, "
        f"macro-F1 {end['macro_f1']:.3f}; calibration error {figures['expected_calibration_error']:.3f}.",
        "",
        "| seconds heard | accuracy |",
        "| --- | --- |",
        *(f"| {seconds} | {accuracy:.3f} |" for seconds, accuracy in figures["after_seconds_heard"].items()),
        "",
    ]
    if "out_of_scope" in figures:
        outside = figures["out_of_scope"]
        lines += [f"Out of scope: AUROC {outside['auroc']:.3f} over {outside['clips']} clips.", ""]
    return (
        "\n".join([*lines, "| said | answered | clips |", "| --- | --- | --- |", *_confused(figures["confusion"])])
        + "\n"
    )


def _confused(confusion: dict[str, Any], most: int = 15) -> list[str]:
    names = confusion["labels"]
    pairs = [
        (count, names[said], names[answered])
        for said, row in enumerate(confusion["counts"])
        for answered, count in enumerate(row)
        if count and said != answered
    ]
    return [f"| {said} | {answered} | {count} |" for count, said, answered in sorted(pairs, reverse=True)[:most]]

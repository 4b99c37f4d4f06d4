"""The model card of a package (README.md), from the contents of its earshot.json."""

import json
from collections.abc import Sequence
from typing import Any

from trainer.markdown import table
from trainer.report_sections import class_lines, flattered_lines, language_lines, mislabelled_lines, tells_top3
from trainer.variants import variant_lines


def model_card(contract: dict[str, Any], labels: list[str]) -> str:
    """The model card in Markdown, from the contents of earshot.json and the names of the labels."""
    provenance = contract["provenance"]
    lines = [
        "---",
        "pipeline_tag: audio-classification",
        f"license: {provenance.get('licence', 'other')}",
        "---",
        "",
        f"# {contract['name']} {contract['version']}",
        "",
        contract["description"],
        "",
        f"Labels: {', '.join(f'`{name}`' for name in labels)}. Background (never announced): "
        + (", ".join(f"`{name}`" for name in contract["background"]) or "none")
        + ".",
        "",
        *_serving(contract),
        *_figures(contract),
        *_variants(contract),
        *_list("What the trainer changed or found", provenance.get("notes", ())),
        *_list("Limits", provenance.get("limits", ())),
        *_provenance({key: value for key, value in provenance.items() if key not in ("limits", "notes")}),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _serving(contract: dict[str, Any]) -> list[str]:
    state = contract["state"]
    kind = f"stateful, {state['shape'][0]} floats of state" if state else "stateless"
    return [
        "## How it is served",
        "",
        f"One-second frames of 16 kHz mono audio, a hop of {contract['hop_ms']['default']} ms, {kind};",
        "every feature is computed inside `model.onnx`.",
        f"Logits are divided by the temperature {contract['temperature']:g}.",
        f"A best intent less probable than {contract['out_of_scope']['threshold']:g}, or a leading background label,",
        "means that the utterance fits no intent.",
        "",
    ]


def _figures(contract: dict[str, Any]) -> list[str]:
    metrics = contract["metrics"]
    if not metrics.get("at_the_end"):
        return []
    at_the_end, silence = metrics["at_the_end"], metrics["after_one_second_of_silence"]
    lines = [
        "## Measured",
        "",
        str(metrics.get("about", "")),
        "",
        *([f"Heard: the split `{split}`.", ""] if (split := metrics.get("split", "test")) != "test" else []),
        *flattered_lines(metrics),
        *_headline(at_the_end, silence, has_top3=tells_top3(metrics)),
        "",
        *_early(metrics, has_background=bool(contract["background"])),
        f"{at_the_end['clips']} clips. Expected calibration error {metrics['expected_calibration_error']:.3f}.",
        "",
    ]
    if "out_of_scope" in metrics:
        outside = metrics["out_of_scope"]
        lines += [
            f"Out of scope ({outside['clips']} clips): AUROC {outside['auroc']:.3f}; "
            f"{outside['rejected_out_of_scope']:.1%} rejected, with {outside['rejected_intents']:.1%} of the intents.",
            "",
        ]
    if "false_intents" in metrics:
        false = metrics["false_intents"]
        lines += [
            f"In {false['hours']:.2f} hours of background: {false['finals_per_hour']:.1f} false finals an hour.",
            "",
        ]
    return [*lines, *mislabelled_lines(metrics), *language_lines(metrics), *class_lines(metrics)]


def _early(metrics: dict[str, Any], *, has_background: bool) -> list[str]:
    """A table of accuracy after each number of seconds.

    The column of the first intent is left out without background labels, where it equals accuracy.
    """
    after, among = metrics["after_seconds_heard"], metrics.get("after_seconds_heard_among_intents", {})
    columns = 3 if has_background and among else 2
    rows = [
        (f"the first {seconds} s", f"{of:.3f}", _share(among.get(seconds)))[:columns] for seconds, of in after.items()
    ]
    return [*table(("heard", "accuracy", "first of the intents, as in `scores`")[:columns], rows), ""]


def _variants(contract: dict[str, Any]) -> list[str]:
    if "variants" not in contract["metrics"]:
        return []
    return [
        "## Variants",
        "",
        "The server takes fp32 unless it is told `--precision fp16` (CUDA, WebGPU) or `--precision int8` (CPU).",
        "Times are of one CPU thread, where fp16 is emulated. Losses are against fp32, after every frame of the golden",
        f"utterances alone ({len(contract['golden'])}, synthesised): real speech may lose more. Accuracy, where it was",
        "measured, is that at the end of each clip of the split test.",
        "",
        *variant_lines(contract["metrics"]["variants"]),
        "",
    ]


def _headline(at_the_end: dict[str, float], silence: dict[str, float], *, has_top3: bool) -> list[str]:
    told = {"accuracy": "accuracy", **({"top3_accuracy": "top 3"} if has_top3 else {}), "macro_f1": "macro-F1"}
    rows = (
        ("the whole utterance", *(f"{at_the_end[name]:.3f}" for name in told)),
        ("and one second of silence", *(f"{silence[name]:.3f}" for name in told)),
    )
    return table(("heard", *told.values()), rows)


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _list(title: str, sentences: Sequence[str]) -> list[str]:
    return [f"## {title}", "", *(f"- {sentence}" for sentence in sentences), ""] if sentences else []


def _provenance(provenance: dict[str, Any]) -> list[str]:
    lines = ["## Provenance", ""]
    for key, value in provenance.items():
        shown = value if isinstance(value, str) else json.dumps(value)
        lines.append(f"- **{key.replace('_', ' ')}**: {shown}")
    return lines

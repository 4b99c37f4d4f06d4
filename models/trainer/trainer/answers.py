"""The model's answer at the end of every clip: where to look for wrong labels and for what the model confuses."""

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from trainer.calibration import Calibration
from trainer.files import write_whole
from trainer.heard import Heard
from trainer.labels import Labels
from trainer.metrics import posteriors

ANSWERS = "answers.csv"
COLUMNS = ("path", "label", "answer", "score", "label_score", "announced", "language", "seconds")
MOST_MISTAKES = 10

Answer = dict[str, Any]


def answers_of(heard: Heard, labels: Labels, calibration: Calibration) -> list[Answer]:
    """One row per clip, keyed by `COLUMNS`: wrong answers first, those with the highest score in front.

    `answer` is the most probable label, background included, and `score` its probability; `label_score` is that of the
    clip's own label. `announced` is what a server would announce: the answer, or "" for background and for a score
    below the threshold. Northcutt et al., "Confident Learning" (2021): confident mistakes are often wrong labels.
    """
    probabilities = posteriors(heard.final, calibration.temperature)
    best = probabilities.argmax(axis=1)
    rows: list[Answer] = []
    for clip, (label, answer) in enumerate(zip(heard.labels, best, strict=True)):
        name, score = labels.names[answer], float(probabilities[clip, answer])
        is_announced = name not in labels.background and score >= calibration.threshold
        rows.append(
            {
                "path": heard.names[clip],
                "label": labels.names[label],
                "answer": name,
                "score": round(score, 4),
                "label_score": round(float(probabilities[clip, label]), 4),
                "announced": name if is_announced else "",
                "language": heard.languages[clip],
                "seconds": round(float(heard.on_the_way[clip].ends_ms[-1]) / 1000, 2),
            }
        )
    return sorted(rows, key=lambda row: (row["answer"] == row["label"], -row["score"]))


def surest_mistakes(answers: Sequence[Answer]) -> list[Answer]:
    """The first wrong answers of `answers_of`."""
    return [row for row in answers if row["answer"] != row["label"]][:MOST_MISTAKES]


def write_answers(file: Path, answers: Sequence[Answer]) -> None:
    """Writes all rows as CSV."""
    text = StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(answers)
    write_whole(file, text.getvalue().encode())

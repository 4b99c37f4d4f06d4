"""The answers of every clip, by which wrong labels are found."""

import csv
from pathlib import Path

import pytest
from evaluations import LABELS, UNCALIBRATED, figures_of, heard_of, sure_of

from trainer.answers import COLUMNS, answers_of, write_answers
from trainer.report import report

BALANCE, FREEZE, LOAN, BACKGROUND = range(4)
HEARD = heard_of(
    (BALANCE, [sure_of(FREEZE), sure_of(BALANCE, 0.9)]),
    (FREEZE, [sure_of(LOAN, 0.6)]),
    (LOAN, [sure_of(BACKGROUND, 0.8)]),
    (BACKGROUND, [sure_of(BACKGROUND, 0.95)]),
    (FREEZE, [sure_of(FREEZE, 0.4)]),
)


def test_wrong_answers_come_first_the_surest_in_front() -> None:
    rows = answers_of(HEARD, LABELS, UNCALIBRATED.calibration)
    assert [(row["path"], row["label"], row["answer"], row["announced"]) for row in rows] == [
        ("clip-2.wav", "loan", "background", ""),
        ("clip-1.wav", "freeze", "loan", "loan"),
        ("clip-3.wav", "background", "background", ""),
        ("clip-0.wav", "balance", "balance", "balance"),
        ("clip-4.wav", "freeze", "freeze", ""),
    ]
    assert rows[1]["score"] == pytest.approx(0.6, abs=1e-4)
    assert rows[1]["label_score"] == pytest.approx(0.4 / 3, abs=1e-4)
    assert (rows[3]["seconds"], rows[3]["language"]) == (2.0, "en-AU")


def test_they_are_written_as_a_table(tmp_path: Path) -> None:
    rows = answers_of(HEARD, LABELS, UNCALIBRATED.calibration)
    write_answers(tmp_path / "answers.csv", rows)
    with (tmp_path / "answers.csv").open(newline="", encoding="utf-8") as file:
        read = list(csv.DictReader(file))
    assert [tuple(row) for row in read] == [COLUMNS] * 5
    assert [(row["path"], float(row["score"])) for row in read] == [(row["path"], row["score"]) for row in rows]


def test_the_report_shows_the_surest_mistakes_or_nothing() -> None:
    rows = answers_of(HEARD, LABELS, UNCALIBRATED.calibration)
    told = report(figures_of(HEARD), answers=rows)
    assert "| clip-2.wav | loan | background | 0.80 | 0.07 |\n| clip-1.wav | freeze | loan | 0.60 | 0.13 |" in told
    right = heard_of((BALANCE, [sure_of(BALANCE)]), (FREEZE, [sure_of(FREEZE)]))
    rows = answers_of(right, LABELS, UNCALIBRATED.calibration)
    assert "Surest mistakes" not in report(figures_of(right), answers=rows)

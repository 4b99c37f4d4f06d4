"""Scores of several listeners side by side, and how much they differ."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.labels import Labels
from trainer.metrics import posteriors
from trainer.passage import Passage

Column = dict[str, float]  # label to score


@dataclass(frozen=True)
class Comparison:
    """The scores of each listener for a passage, by its name; `remark` says what is missing and why."""

    passage: Passage
    columns: dict[str, Column]
    remark: str | None

    @property
    def difference(self) -> float:
        """The largest difference between two columns for a label that both score; 0 for a single column."""
        labels = {label for column in self.columns.values() for label in column}
        rows = ([column[label] for column in self.columns.values() if label in column] for label in labels)
        return max(max(row) - min(row) for row in rows)

    def lines(self, labels: Labels, top: int) -> list[str]:
        """A table of the `top` best intents of each column, then the background labels."""
        ranks = [ranked(column, labels)[:top] for column in self.columns.values()]
        rows = [[f"{label} {score:.4f}" for label, score in row] for row in zip(*ranks, strict=True)]
        rows += [
            [f"({label}) {column[label]:.4f}" if label in column else "" for column in self.columns.values()]
            for label in labels.background
        ]
        table = [list(self.columns), *rows]
        widths = [max(len(row[index]) for row in table) for index in range(len(self.columns))]
        lines = [
            "  " + "   ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in table
        ]
        ends = [f"  largest difference {self.difference:.1e}"] if len(self.columns) > 1 else []
        remarks = [f"  {self.remark}"] if self.remark else []
        return [f"{self.passage.file}: {self.passage.words}", *(line.rstrip() for line in lines), *ends, *remarks]

    def as_json(self, labels: Labels) -> dict[str, Any]:
        """The same, with every score, as a JSON object."""
        return {
            "file": str(self.passage.file),
            "start_seconds": self.passage.start,
            "heard": self.passage.words,
            "columns": {
                name: [
                    {"label": label, "score": score} for label, score in ranked(column, labels, with_background=True)
                ]
                for name, column in self.columns.items()
            },
            "largest_difference": self.difference if len(self.columns) > 1 else None,
            "remark": self.remark,
        }


def ranked(column: Column, labels: Labels, with_background: bool = False) -> list[tuple[str, float]]:
    """Labels and scores, best first."""
    kept = [each for each in column.items() if with_background or each[0] not in labels.background]
    return sorted(kept, key=lambda each: -each[1])


def column_of(logits: NDArray[np.floating[Any]], temperature: float, labels: Labels) -> Column:
    """softmax(logits / temperature) by label; `logits` may also be log-probabilities."""
    return dict(zip(labels.names, posteriors(np.asarray(logits), temperature).tolist(), strict=True))

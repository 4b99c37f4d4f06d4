"""Tables in Markdown."""

import re
from collections.abc import Sequence


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table; what would end a cell or its row, in a label, say, does not."""
    return [_line(header), _line(["---"] * len(header)), *map(_line, rows)]


def cell(text: str) -> str:
    """The text as a table's cell shows it: a bar is no end of it, and a line break no end of the row."""
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(cell, cells))} |"

"""Tables in Markdown."""

import re
from collections.abc import Sequence


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table; cells are escaped, so that no text can end its cell or its row."""
    return [_line(header), _line(["---"] * len(header)), *map(_line, rows)]


def cell(text: str) -> str:
    """The text as the content of a table cell: bars are escaped, white space becomes a single space."""
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(cell, cells))} |"

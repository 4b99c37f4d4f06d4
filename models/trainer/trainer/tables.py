"""Reading CSV tables with errors that say where."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trainer.errors import TrainerError


def read_csv(file: Path, required: set[str]) -> list[dict[str, str]]:
    """The rows of a CSV by column name; a missing column or an unreadable file is an error that names it."""
    with _opened(file) as reader:
        missing = required - set(reader.fieldnames or ())
        if missing:
            raise TrainerError(f"{file} lacks the column {', '.join(sorted(missing))}")
        return list(reader)


def columns_of(file: Path) -> set[str]:
    """The names of a CSV's columns; an unreadable file is an error that names it."""
    with _opened(file) as reader:
        return set(reader.fieldnames or ())


@contextmanager
def _opened(file: Path) -> Iterator["csv.DictReader[str]"]:
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            yield csv.DictReader(lines)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TrainerError(f"cannot read {file}: {error}") from error

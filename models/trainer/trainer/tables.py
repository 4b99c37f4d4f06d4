"""Reads CSV files; errors name the file and the line."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from trainer.errors import TrainerError

# The delimiters that spreadsheets write; the first of these that occurs in the header is used.
DELIMITERS = (",", ";", "\t")


def read_csv(file: Path, required: set[str], advice: str = "") -> list[dict[str, str]]:
    """The rows of a CSV by column name, values stripped; a value that a short row lacks is "".

    A missing column, an unreadable file, or a row with more values than columns is a TrainerError; of the first,
    `advice` says what else can be done about it than to rename a column.
    """
    with _opened(file) as reader:
        columns = reader.fieldnames or ()
        missing = required - set(columns)
        if missing:
            there = ", ".join(map(repr, columns)) or "none"
            raise TrainerError(f"{file} lacks the column {', '.join(sorted(missing))}; its columns are {there}{advice}")
        return [_values(row, f"{file}, line {reader.line_num}") for row in reader]


def columns_of(file: Path) -> set[str]:
    """The names of a CSV's columns; an unreadable file is a TrainerError."""
    with _opened(file) as reader:
        return set(reader.fieldnames or ())


def _values(row: dict[Any, Any], where: str) -> dict[str, str]:
    beyond = [value for value in row.pop(None, []) if value.strip()]
    if beyond:
        raise TrainerError(f"{where} has more values than columns, {beyond[0]!r} first: quote a value with a delimiter")
    return {name: (value or "").strip() for name, value in row.items()}


@contextmanager
def _opened(file: Path) -> Iterator["csv.DictReader[str]"]:
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            header = lines.readline()
            delimiter = next((each for each in DELIMITERS if each in header), ",")
            lines.seek(0)
            reader = csv.DictReader(lines, delimiter=delimiter, skipinitialspace=delimiter != "\t")
            reader.fieldnames = [name.strip() for name in reader.fieldnames or ()]
            yield reader
    except UnicodeDecodeError as error:
        raise TrainerError(f"cannot read {file}: it is not UTF-8, save it as that ({error})") from error
    except (OSError, csv.Error) as error:
        raise TrainerError(f"cannot read {file}: {error}") from error

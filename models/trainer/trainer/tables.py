"""Reading CSV tables with errors that say where."""

import csv
from pathlib import Path

from trainer.errors import TrainerError


def read_csv(file: Path, required: set[str]) -> list[dict[str, str]]:
    """The rows of a CSV by column name; a missing column or an unreadable file is an error that names it."""
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            missing = required - set(reader.fieldnames or ())
            if missing:
                raise TrainerError(f"{file} lacks the column {', '.join(sorted(missing))}")
            return list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TrainerError(f"cannot read {file}: {error}") from error

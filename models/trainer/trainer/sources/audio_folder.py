"""Hugging Face's `audiofolder` layout, and a folder whose recordings all have one label.

The loader of `datasets` for this layout needs torchcodec even to list files, so its three conventions are implemented
here. Source: https://huggingface.co/docs/datasets/audio_dataset#audiofolder
"""

import json
from collections import Counter
from collections.abc import Iterator
from os.path import normpath
from pathlib import Path

from trainer.errors import TrainerError
from trainer.recipe_sources import Source
from trainer.sources.audio_files import audio_files
from trainer.sources.recording import SPLIT_NAMES, Recording, recording_in, without_lone_split
from trainer.tables import read_csv


def read_audio_folder(source: Source) -> list[Recording]:
    """Takes labels from `metadata.csv` or `metadata.jsonl` if there is one, else from the names of the folders."""
    assert source.path is not None
    root = source.path
    recordings = [recording for file in metadata_files(root) for recording in _from_metadata(file, source)]
    _require_one_row_each(recordings, root)
    if recordings:
        return without_lone_split(sorted(recordings, key=lambda recording: recording.name))
    for option, column in (("group", source.group_column), ("label", source.label_column)):
        if column:
            raise TrainerError(f"{root} has no metadata in which --{option}-column {column!r} could be")
    for file in audio_files(root):
        parts = file.relative_to(root).parts
        split = SPLIT_NAMES.get(parts[0], "") if len(parts) > 1 else ""
        if len(parts) == 1 + bool(split):
            raise TrainerError(
                f"{file} lies in no folder that names its label: give it one, or add a metadata.csv to {root}"
            )
        recordings.append(recording_in(file, file.parent.name, name="/".join(parts), split=split))
    return without_lone_split(recordings)


def _require_one_row_each(recordings: list[Recording], root: Path) -> None:
    rows = Counter(normpath(recording.file) for recording in recordings if recording.file is not None)
    for file, count in rows.items():
        if count > 1:
            raise TrainerError(f"{file} has {count} rows in the metadata of {root}: a recording has one")


def one_label_folder(source: Source) -> list[Recording]:
    """Every recording under a folder, or one file, with the source's label.

    Their language is unknown: a source that names languages is a TrainerError.
    """
    assert source.path is not None and source.label is not None
    languages = (*source.configurations, *source.splits.test_languages)
    if languages:
        raise TrainerError(
            f"the source {source.where} has a label of its own and is read as layout folder, which knows no languages "
            f"({', '.join(languages)}): give it another layout, such as minds14"
        )
    root, label = source.path, source.label
    if root.is_file():
        return [recording_in(root, label, group=root.name)]
    return [
        recording_in(file, label, name=file.relative_to(root).as_posix(), group=file.name) for file in audio_files(root)
    ]


def metadata_files(root: Path) -> list[Path]:
    """The metadata files anywhere under an audio folder."""
    return sorted([*root.rglob("metadata.csv"), *root.rglob("metadata.jsonl")])


def _from_metadata(file: Path, source: Source) -> Iterator[Recording]:
    rows = _json_lines(file) if file.suffix == ".jsonl" else read_csv(file, {"file_name"})
    column = source.label_column or next((name for name in ("label", "intent") if rows and name in rows[0]), "label")
    if rows and source.group_column and not any(source.group_column in row for row in rows):
        raise TrainerError(f"{file} has no column {source.group_column!r}, which --group-column names")
    for number, row in enumerate(rows, start=1):
        if not (row.get(column) or "").strip() or not row.get("file_name"):
            raise TrainerError(f"{file}, row {number}: file_name and {column} must not be empty")
        known = {
            "name": row["file_name"],
            "group": row.get(source.group_column or "group") or row.get("speaker") or "",
            "split": SPLIT_NAMES.get(file.parent.name, ""),
            "transcription": row.get("transcription") or "",
        }
        yield recording_in(file.parent / row["file_name"], row[column], **known)


def _json_lines(file: Path) -> list[dict[str, str]]:
    try:
        # Not splitlines: a line separator of Unicode may stand inside a JSON string.
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise TrainerError(f"cannot read {file}: {error}") from error
    return [_json_row(line, f"{file}, line {number}") for number, line in enumerate(lines, start=1) if line.strip()]


def _json_row(line: str, where: str) -> dict[str, str]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise TrainerError(f"{where} is no JSON: {error}") from error
    if not isinstance(row, dict):
        raise TrainerError(f'{where} must be one JSON object, such as {{"file_name": "a.wav", "label": "yes"}}')
    return {key: str(value) for key, value in row.items() if value is not None}

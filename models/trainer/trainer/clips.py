"""What recordings there are, before any of them is read."""

import csv
from dataclasses import dataclass
from pathlib import Path

from trainer.errors import TrainerError
from trainer.recipe import Source

AUDIO_SUFFIXES = {".wav", ".flac", ".ogg", ".mp3"}


@dataclass(frozen=True)
class Clip:
    """One recording: its file, label, the group that no split may divide, and the language or split it came with."""

    file: Path
    label: str
    group: str
    language: str = ""
    split: str = ""
    transcription: str = ""


def list_clips(source: Source) -> list[Clip]:
    """Lists a source's recordings in a stable order; an empty or malformed source is an error that says where."""
    if not source.path.exists():
        raise TrainerError(f"the source {source.path} does not exist")
    readers = {"manifest": _from_manifest, "minds14": _from_minds14, "folder": _from_folder}
    clips = sorted(readers[source.layout](source), key=lambda clip: clip.file.as_posix())
    if not clips:
        raise TrainerError(f"the source {source.path} holds no recordings")
    return clips


def _rows(file: Path, required: set[str]) -> list[dict[str, str]]:
    try:
        with file.open(newline="", encoding="utf-8") as lines:
            reader = csv.DictReader(lines)
            missing = required - set(reader.fieldnames or ())
            if missing:
                raise TrainerError(f"{file} lacks the column {', '.join(sorted(missing))}")
            return list(reader)
    except (OSError, UnicodeDecodeError) as error:
        raise TrainerError(f"cannot read {file}: {error}") from error


def _from_manifest(source: Source) -> list[Clip]:
    clips = []
    for number, row in enumerate(_rows(source.path, {"path", "label"}), start=2):
        if not row["path"] or not row["label"]:
            raise TrainerError(f"{source.path}, line {number}: path and label must not be empty")
        clips.append(
            Clip(
                file=source.path.parent / row["path"],
                label=row["label"],
                group=row.get("group") or row["path"],
                language=row.get("lang") or "",
                split=row.get("split") or "",
                transcription=row.get("transcription") or "",
            )
        )
    return clips


def _from_minds14(source: Source) -> list[Clip]:
    metadata = source.path / "metadata.csv"
    rows = (
        {row["path"]: row for row in _rows(metadata, {"path", "group", "transcription"})} if metadata.exists() else {}
    )
    clips = []
    for file in source.path.glob("*~*/*.wav"):
        language, _, intent = file.parent.name.partition("~")
        row = rows.get(file.relative_to(source.path).as_posix(), {})
        group, text = row.get("group", file.stem), row.get("transcription", "")
        clips.append(Clip(file, intent.lower(), group, language=language, transcription=text))
    return clips


def _from_folder(source: Source) -> list[Clip]:
    files = [source.path] if source.path.is_file() else source.path.rglob("*")
    return [Clip(file, source.label or "", file.name) for file in files if file.suffix.lower() in AUDIO_SUFFIXES]

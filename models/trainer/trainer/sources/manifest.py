"""A CSV manifest: one line per recording, with paths relative to the manifest's folder."""

from os.path import normpath
from pathlib import Path

from trainer.errors import TrainerError
from trainer.recipe_sources import Source
from trainer.sources.recording import Recording, recording_in
from trainer.tables import columns_of, read_csv

OTHER_COLUMNS = ". Columns of other names are told with --audio-column (of the paths), --label-column, --group-column"


def manifest_in(path: Path) -> Path:
    """The file itself, or `manifest.csv` in a folder, which `synthesize` writes."""
    return path / "manifest.csv" if path.is_dir() else path


def is_manifest(file: Path) -> bool:
    """Whether a file exists and has a column of paths; another file, such as checksums, may have the same name."""
    return file.is_file() and "path" in columns_of(file)


def read_manifest(source: Source) -> list[Recording]:
    """Reads the columns path and label, or those that the source names, and optional ones.

    The optional ones are group (or speaker), lang, split, transcription, and engine: what spoke synthesised speech.
    """
    assert source.path is not None
    file = manifest_in(source.path)
    # The default of audio_column is for hub datasets; in a manifest the column of paths is meant.
    path_column = "path" if source.audio_column == Source.audio_column else source.audio_column
    label_column, group_column = source.label_column or "label", source.group_column or "group"
    recordings = []
    lines: dict[str, int] = {}
    wanted = {path_column, label_column} | ({group_column} if source.group_column else set())
    for number, row in enumerate(read_csv(file, wanted, OTHER_COLUMNS), start=2):
        path, label = row[path_column], row[label_column]
        if not path or not label:
            raise TrainerError(f"{file}, line {number}: {path_column} and {label_column} must not be empty")
        if (before := lines.setdefault(normpath((file.parent / path).absolute()), number)) != number:
            raise TrainerError(f"{file}: {path} is in lines {before} and {number}: a recording has one line")
        if source.configurations and row.get("lang") and row["lang"] not in source.configurations:
            continue
        known = {
            "name": path,
            "group": row.get(group_column) or row.get("speaker") or "",
            "language": row.get("lang") or "",
            "split": row.get("split") or "",
            "transcription": row.get("transcription") or "",
            "engine": row.get("engine") or "",
        }
        recordings.append(recording_in(file.parent / path, label, **known))
    return sorted(recordings, key=lambda recording: recording.name)

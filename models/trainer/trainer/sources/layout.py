"""Detects the layout of a source, unless the recipe names it."""

from pathlib import Path

from trainer.errors import TrainerError
from trainer.recipe_sources import Source
from trainer.sources.audio_files import holds_audio
from trainer.sources.audio_folder import metadata_files
from trainer.sources.manifest import is_manifest, manifest_in
from trainer.sources.minds14_folders import PATTERN

# Files that `save_to_disk` of `datasets` writes for a dataset, or for one split.
SAVED = ("dataset_dict.json", "state.json")


def layout_of(source: Source) -> str:
    """The layout that the source names, or else the one that its files show; a missing source is a TrainerError."""
    if source.hub is not None:
        return "hub"
    assert source.path is not None
    if not source.path.exists():
        raise TrainerError(f"the source {source.path} does not exist")
    if source.layout != "auto":
        return source.layout
    if source.label is not None:
        return "folder"
    return _of_file(source.path) if source.path.is_file() else _of_folder(source.path)


def _of_file(path: Path) -> str:
    layout = {".parquet": "parquet", ".csv": "manifest"}.get(path.suffix.lower())
    if layout is None:
        raise TrainerError(f"the source {path} is neither a folder nor a .csv manifest nor a .parquet file")
    return layout


def _of_folder(path: Path) -> str:
    if is_manifest(manifest_in(path)) and not metadata_files(path):
        return "manifest"
    if next(path.rglob("*.parquet"), None) is not None:
        return "parquet"
    if holds_audio(path, PATTERN):
        return "minds14"
    if any((path / name).is_file() for name in SAVED):
        raise TrainerError(
            f"the source {path} was written by save_to_disk: write each split of it by to_parquet into a folder, as "
            "train.parquet and test.parquet, and prepare that"
        )
    return "audiofolder"

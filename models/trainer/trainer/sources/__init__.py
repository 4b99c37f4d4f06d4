"""The sources of recordings: one module per layout, each with a function from a source to its recordings."""

from collections.abc import Sequence
from dataclasses import replace

from trainer.errors import TrainerError
from trainer.labels import label_of
from trainer.recipe_sources import Source
from trainer.sources.audio_files import left_out
from trainer.sources.audio_folder import one_label_folder, read_audio_folder
from trainer.sources.hub_dataset import read_hub_dataset, read_parquet
from trainer.sources.layout import layout_of
from trainer.sources.manifest import read_manifest
from trainer.sources.minds14_folders import read_minds14_folders
from trainer.sources.recording import Recording

__all__ = ["Recording", "list_recordings", "what_is_left_out"]

READERS = {
    "manifest": read_manifest,
    "minds14": read_minds14_folders,
    "audiofolder": read_audio_folder,
    "folder": one_label_folder,
    "parquet": read_parquet,
    "hub": read_hub_dataset,
}


def list_recordings(source: Source) -> list[Recording]:
    """Lists a source's recordings in a stable order, with the source's own label if it has one.

    A source that is empty or malformed is a TrainerError.
    """
    layout = layout_of(source)
    recordings = READERS[layout](source)
    if not recordings and source.configurations:
        raise TrainerError(_without_configurations(source, layout))
    if not recordings:
        lost = what_is_left_out(source, ())
        raise TrainerError(
            f"the source {source.where} holds no recordings (read as layout {layout}){f'; {lost}' if lost else ''}"
        )
    return [replace(each, label=label_of(source.label or each.label)) for each in recordings]


def _without_configurations(source: Source, layout: str) -> str:
    """The message that no recording has the languages or configurations asked for, with those that exist."""
    everything = READERS[layout](replace(source, configurations=()))
    found = {recording.language for recording in everything} - {"", *source.configurations}
    return (
        f"the source {source.where} holds no recordings of {', '.join(source.configurations)}; "
        f"there: {', '.join(sorted(found)) or 'none'} (read as layout {layout})"
    )


def what_is_left_out(source: Source, recordings: Sequence[Recording]) -> str:
    """One sentence on files in a source's folder that look like audio but are not among its recordings, or "".

    Recordings in languages that were not asked for do not count.
    """
    if source.path is None or not source.path.is_dir():
        return ""
    layout = layout_of(source)
    if source.configurations and layout != "parquet":
        recordings = READERS[layout](replace(source, configurations=()))
    return left_out(source.path, layout, recordings)

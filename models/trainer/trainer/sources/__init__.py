"""Where recordings come from: one module per layout, each a function from a source to its recordings."""

from dataclasses import replace

from trainer.errors import TrainerError
from trainer.recipe import Source
from trainer.sources.audio_folder import one_label_folder, read_audio_folder
from trainer.sources.hub_dataset import read_hub_dataset, read_parquet
from trainer.sources.layout import layout_of
from trainer.sources.manifest import read_manifest
from trainer.sources.minds14_folders import read_minds14_folders
from trainer.sources.recording import Recording

__all__ = ["Recording", "list_recordings"]

READERS = {
    "manifest": read_manifest,
    "minds14": read_minds14_folders,
    "audiofolder": read_audio_folder,
    "folder": one_label_folder,
    "parquet": read_parquet,
    "hub": read_hub_dataset,
}


def list_recordings(source: Source) -> list[Recording]:
    """Lists a source's recordings in a stable order, under the source's own label where it has one.

    An empty or malformed source is an error that says where.
    """
    layout = layout_of(source)
    recordings = READERS[layout](source)
    if not recordings:
        raise TrainerError(f"the source {source.where} holds no recordings (read as layout {layout})")
    return recordings if source.label is None else [replace(each, label=source.label) for each in recordings]

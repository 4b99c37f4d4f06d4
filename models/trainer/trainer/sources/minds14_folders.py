"""MInDS-14 as its authors publish it: folders `en-US~PAY_BILL/` of recordings (Gerz et al. 2021, arXiv 2104.08524)."""

from trainer.recipe_sources import Source
from trainer.sources.audio_files import audio_files
from trainer.sources.recording import Recording, recording_in
from trainer.tables import read_csv

PATTERN = "**/*~*/*"


def read_minds14_folders(source: Source) -> list[Recording]:
    """Takes language and intent from the folder's name, group and transcription from `metadata.csv` if it exists."""
    assert source.path is not None
    root, metadata = source.path, source.path / "metadata.csv"
    group_column = source.group_column or "group"
    wanted = {"path"} | ({group_column} if source.group_column else set())
    rows = {row["path"]: row for row in read_csv(metadata, wanted)} if metadata.exists() or source.group_column else {}
    recordings = []
    for file in audio_files(root, PATTERN):
        name = file.relative_to(root).as_posix()
        language, _, intent = file.parent.name.partition("~")
        if source.configurations and language not in source.configurations:
            continue
        row = rows.get(name, {})
        known = {"group": row.get(group_column) or "", "transcription": row.get("transcription") or ""}
        recordings.append(recording_in(file, intent.lower(), name=name, language=language, **known))
    return recordings

"""Stage 1: recordings in, a prepared dataset at 16 kHz out."""

import json
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from datasets import Dataset, Features, Value, load_from_disk
from tqdm import tqdm

from trainer.audio import UnreadableAudio, read_audio, to_int16
from trainer.clips import Clip, list_clips
from trainer.errors import TrainerError
from trainer.framing import SAMPLE_RATE, Samples
from trainer.labels import Labels
from trainer.recipe import Recipe, Source
from trainer.splits import assign_splits

FEATURES = Features(
    {
        "clip": Value("string"),
        "label": Value("int64"),
        "group": Value("string"),
        "split": Value("string"),
        "transcription": Value("string"),
        "is_noise": Value("bool"),
        "pcm": Value("binary"),  # 16-bit little-endian samples at 16 kHz
    }
)


@dataclass(frozen=True)
class Prepared:
    """A prepared dataset and its label set."""

    rows: Dataset
    labels: Labels

    def split(self, *names: str) -> Dataset:
        """The rows of some splits, in order."""
        chosen = [index for index, split in enumerate(self.rows["split"]) if split in names]
        return self.rows.select(chosen)


def pcm_of(row: dict[str, Any]) -> Samples:
    """A row's samples as amplitudes in −1…1."""
    return (np.frombuffer(row["pcm"], dtype="<i2") / 32768).astype(np.float32)


def prepare(recipe: Recipe, folder: Path) -> Prepared:
    """Reads every recording of the recipe; unreadable ones are listed in `unreadable.txt` and fatal only if all are."""
    listed = {source: list_clips(source) for source in recipe.sources}
    labels = Labels.of((clip.label for clips in listed.values() for clip in clips), recipe.background)
    unreadable: list[str] = []
    rows = [row for source, clips in listed.items() for row in _rows(source, clips, labels, unreadable)]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "unreadable.txt").write_text("".join(f"{line}\n" for line in unreadable), encoding="utf-8")
    if not rows:
        raise TrainerError(f"none of the {len(unreadable)} recordings could be read; the first: {unreadable[0]}")
    Dataset.from_list(rows, features=FEATURES).save_to_disk(folder / "rows")
    (folder / "labels.json").write_text(json.dumps({"names": labels.names, "background": labels.background}, indent=2))
    _tell(rows, unreadable)
    return load_prepared(folder)


def load_prepared(folder: Path) -> Prepared:
    """Opens what `prepare` wrote."""
    try:
        names = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        rows = load_from_disk(folder / "rows")
    except OSError as error:
        raise TrainerError(f"{folder} holds no prepared dataset: run `trainer prepare` first") from error
    assert isinstance(rows, Dataset)
    return Prepared(rows, Labels(tuple(names["names"]), tuple(names["background"])))


def _rows(source: Source, clips: list[Clip], labels: Labels, unreadable: list[str]) -> list[dict[str, Any]]:
    pieces: list[tuple[Clip, Samples]] = []
    for clip in tqdm(clips, desc=f"prepare {source.path.name}", unit="clip"):
        try:
            pieces.extend(_pieces(clip, read_audio(clip.file), source))
        except UnreadableAudio as error:
            unreadable.append(str(error))
    splits = assign_splits([clip for clip, _ in pieces], source)
    return [
        {
            "clip": clip.file.name,
            "label": labels.label2id[clip.label],
            "group": clip.group,
            "split": split,
            "transcription": clip.transcription,
            "is_noise": source.is_noise,
            "pcm": to_int16(pcm).tobytes(),
        }
        for (clip, pcm), split in zip(pieces, splits, strict=True)
    ]


def _pieces(clip: Clip, pcm: Samples, source: Source) -> list[tuple[Clip, Samples]]:
    if source.piece_seconds is None:
        return [(clip, pcm)]
    size = round(source.piece_seconds * SAMPLE_RATE)
    cut = np.split(pcm, range(size, len(pcm), size))
    return [(replace(clip, group=f"{clip.group}#{index}"), piece) for index, piece in enumerate(cut)]


def _tell(rows: list[dict[str, Any]], unreadable: list[str]) -> None:
    counts = Counter(row["split"] for row in rows)
    print(f"prepared {len(rows)} recordings: " + ", ".join(f"{counts[name]} {name}" for name in sorted(counts)))
    if unreadable:
        print(f"{len(unreadable)} could not be read, see unreadable.txt; the first: {unreadable[0]}")

"""A prepared dataset: what `prepare` writes and every other command reads."""

from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from datasets import Audio, ClassLabel, Dataset, DatasetDict, Features, Value, concatenate_datasets, load_from_disk

from trainer.audio import read_audio
from trainer.errors import TrainerError
from trainer.files import read_json
from trainer.framing import SAMPLE_RATE, Samples
from trainer.labels import Labels
from trainer.recipe import SPLITS

REPORT = "prepared.json"
HEARINGS = "hearings"  # the folder in which `train` caches encoded hearings, by content of each recording
EVALUATION = "evaluation"  # the folder in which `evaluate` writes what a run answered
EVALUATIONS = f"{EVALUATION}-*"  # the folders beside the splits in which it writes what packages answered


@dataclass(frozen=True)
class Prepared:
    """The rows of each split, the labels, and whether the speaker or call of any recording is known."""

    rows: DatasetDict
    labels: Labels
    folder: Path
    knows_groups: bool = True

    @property
    def digest(self) -> str:
        """Identifies a dataset, by what was prepared and how it was split."""
        return sha256((self.folder / REPORT).read_bytes()).hexdigest()[:16]

    def split(self, *names: str) -> Dataset:
        """The rows of some splits, one split after the other; empty if the dataset has none of them."""
        found = [self.rows[name] for name in names if name in self.rows]
        return concatenate_datasets(found) if found else next(iter(self.rows.values())).select([])

    def under(self, labels: Labels, model: str) -> "Prepared":
        """The same rows with the labels of a model, which may have more; a label that it lacks is a TrainerError."""
        named = {split: [self.labels.names[label] for label in rows["label"]] for split, rows in self.rows.items()}
        unknown = sorted({name for names in named.values() for name in names} - set(labels.names))
        if unknown:
            raise TrainerError(
                f"{self.folder} has the label {unknown[0]!r}, which {model} does not know: {', '.join(labels.names)}"
            )
        feature = ClassLabel(names=list(labels.names))
        renamed = {
            split: rows.remove_columns("label").add_column(
                "label", [labels.label2id[name] for name in named[split]], feature=feature
            )
            for split, rows in self.rows.items()
        }
        return replace(self, rows=DatasetDict(renamed), labels=labels)


def stored_features(labels: Labels) -> Features:
    """The columns as they are stored: audio is a 16-bit WAV at 16 kHz."""
    return Features(
        {
            "audio": {"bytes": Value("binary"), "path": Value("string")},
            "label": ClassLabel(names=list(labels.names)),
            "group": Value("string"),
            "language": Value("string"),
            "transcription": Value("string"),
            "is_noise": Value("bool"),
            "is_synthesised": Value("bool"),
        }
    )


def pcm_of(row: dict[str, Any]) -> Samples:
    """A row's samples in −1…1, at 16 kHz."""
    return read_audio(BytesIO(row["audio"]["bytes"]))


def noises_of(rows: Dataset) -> list[Samples]:
    """The recordings that are noise, for augmentation; no other audio is read."""
    return [pcm_of(rows[index]) for index, is_noise in enumerate(rows["is_noise"]) if is_noise]


def load_prepared(folder: Path) -> Prepared:
    """Opens what `prepare` wrote; a TrainerError for anything else."""
    try:
        rows = load_from_disk(folder)
    except (OSError, ValueError) as error:
        raise TrainerError(f"{folder} holds no prepared dataset: run `trainer prepare` first") from error
    if not isinstance(rows, DatasetDict) or not (folder / REPORT).exists():
        raise TrainerError(f"{folder} was not written by `trainer prepare`: run it first")
    told = read_json(folder / REPORT, "report of `trainer prepare`")
    background = tuple(told["background"])
    names = tuple(next(iter(rows.values())).features["label"].names)
    missing = sorted(stored_features(Labels(names, background)).keys() - next(iter(rows.values())).column_names)
    if missing:
        raise TrainerError(
            f"{folder} lacks the column {missing[0]}: it is of an older version, run `trainer prepare` again"
        )
    undecoded = rows.cast_column("audio", Audio(sampling_rate=SAMPLE_RATE, decode=False))
    ordered = DatasetDict({split: undecoded[split] for split in SPLITS if split in undecoded})
    # Older datasets lack the key: their groups count as known.
    return Prepared(ordered, Labels(names, background), folder, told.get("knows_groups", True))

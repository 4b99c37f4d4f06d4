"""Rows of a parquet file that lack a label or audio."""

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from datasets import ClassLabel, Dataset, DatasetDict, Features, Value

from trainer.audio import UnreadableAudio
from trainer.errors import TrainerError
from trainer.recipe_sources import Source
from trainer.sources import list_recordings

AUDIO = {"bytes": Value("binary"), "path": Value("string")}
CLASS = ClassLabel(names=["close", "open"])


def sound() -> dict[str, Any]:
    content = BytesIO()
    soundfile.write(content, np.zeros(1600), 8000, format="WAV")
    return {"bytes": content.getvalue(), "path": "a.wav"}


def write(folder: Path, audio: list[Any], labels: list[Any], features: dict[str, Any]) -> Source:
    stored = Dataset.from_dict({"audio": audio, "label": labels}, features=Features(features))
    stored.to_parquet(folder / "train.parquet")
    return Source(path=folder)


@pytest.mark.parametrize("unlabelled", [-1, None])
def test_a_class_that_nobody_gave_is_refused(tmp_path: Path, unlabelled: int | None) -> None:
    source = write(tmp_path, [sound(), sound()], [1, unlabelled], {"audio": AUDIO, "label": CLASS})
    with pytest.raises(TrainerError, match=rf"row 1 of train, column 'label': {unlabelled} is no label"):
        list_recordings(source)


@pytest.mark.parametrize("unlabelled", [None, "", " "])
def test_a_label_that_is_empty_is_refused(tmp_path: Path, unlabelled: str | None) -> None:
    source = write(tmp_path, [sound(), sound()], ["open", unlabelled], {"audio": AUDIO, "label": Value("string")})
    with pytest.raises(TrainerError, match=rf"row 1 of train, column 'label': {unlabelled!r} is no label"):
        list_recordings(source)


def test_an_intent_class_of_words_is_read_as_they_are(tmp_path: Path) -> None:
    stored = Dataset.from_dict(
        {"audio": [sound(), sound()], "intent_class": ["open", "close"]},
        features=Features({"audio": AUDIO, "intent_class": Value("string")}),
    )
    stored.to_parquet(tmp_path / "train.parquet")
    assert [recording.label for recording in list_recordings(Source(path=tmp_path))] == ["open", "close"]


@pytest.mark.parametrize("absent", [None, {"bytes": None, "path": None}])
def test_a_row_without_audio_is_unreadable(tmp_path: Path, absent: dict[str, None] | None) -> None:
    source = write(tmp_path, [sound(), absent], [1, 0], {"audio": AUDIO, "label": CLASS})
    there, lacking = list_recordings(source)
    assert soundfile.info(there.open()).samplerate == 8000
    with pytest.raises(UnreadableAudio, match="its row holds no audio"):
        lacking.open()


@pytest.mark.parametrize(
    ("audio", "feature"), [("a.wav", Value("string")), ({"array": [0.0]}, {"array": [Value("float32")]})]
)
def test_a_column_that_is_no_audio_is_refused(tmp_path: Path, audio: Any, feature: Any) -> None:
    source = write(tmp_path, [audio], [1], {"audio": feature, "label": CLASS})
    with pytest.raises(TrainerError, match="the column 'audio' holds no audio as the hub ships it, bytes and path"):
        list_recordings(source)


@pytest.mark.parametrize("is_divided", [True, False])
def test_what_save_to_disk_wrote_is_told_how_to_become_parquet(tmp_path: Path, is_divided: bool) -> None:
    rows = Dataset.from_dict({"label": ["open"]})
    (DatasetDict({"train": rows}) if is_divided else rows).save_to_disk(tmp_path / "saved")
    with pytest.raises(TrainerError, match="saved was written by save_to_disk: write each split of it by to_parquet"):
        list_recordings(Source(path=tmp_path / "saved"))

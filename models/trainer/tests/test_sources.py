"""Every layout of recordings is read with its labels, groups and splits."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from datasets import Audio, ClassLabel, Dataset, Features, Value

from trainer.errors import TrainerError
from trainer.recipe_sources import Source, Splits
from trainer.sources import Recording, list_recordings, what_is_left_out

# Formats that soundfile would not recognise by the suffix: it reads all of them by their content.
FORMATS = {"opus": "ogg", "Mp3": "mp3", "WAV": "wav", "aif": "aiff"}
INTENTS = ["abroad", "address", "pay_bill"]


def write_sound(file: Path, seconds: float = 0.2, rate: int = 8000) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(file, np.random.default_rng(1).normal(0, 0.1, round(seconds * rate)), rate)
    return file


def write_parquet(file: Path, intents: list[int]) -> None:
    """Parquet as the hub ships MInDS-14: audio as bytes, class labels and languages in the file's own features."""
    sound = BytesIO()
    soundfile.write(sound, np.zeros(1600), 8000, format="WAV")
    stored = Features(
        {
            "path": Value("string"),
            "audio": {"bytes": Value("binary"), "path": Value("string")},
            "transcription": Value("string"),
            "english_transcription": Value("string"),
            "intent_class": ClassLabel(names=INTENTS),
            "lang_id": ClassLabel(names=["cs-CZ", "en-US"]),
        }
    )
    rows = [
        {
            "path": f"en-US~{INTENTS[intent].upper()}/{index}.wav",
            "audio": {"bytes": sound.getvalue(), "path": f"{index}.wav"},
            "transcription": "hello",
            "english_transcription": "hello",
            "intent_class": intent,
            "lang_id": 1,
        }
        for index, intent in enumerate(intents)
    ]
    file.parent.mkdir(parents=True, exist_ok=True)
    Dataset.from_list(rows, features=stored).cast_column("audio", Audio(sampling_rate=8000)).to_parquet(file)


def seen(recordings: list[Recording]) -> list[tuple[str, str, str]]:
    return [(recording.label, recording.language, recording.split) for recording in recordings]


def test_minds14_parquet_as_the_hub_ships_it(tmp_path: Path) -> None:
    write_parquet(tmp_path / "minds14" / "en-US" / "train-00000-of-00001.parquet", [0, 2, 1])
    write_parquet(tmp_path / "minds14" / "de-DE" / "train-00000-of-00001.parquet", [1])
    recordings = list_recordings(Source(path=tmp_path / "minds14", configurations=("en-US",)))
    assert seen(recordings) == [(label, "en-US", "") for label in ("abroad", "pay_bill", "address")]
    opened = recordings[0].open()
    assert soundfile.info(opened).samplerate == 8000


def test_a_folder_in_the_layout_of_a_hub_repository_loads_by_configuration(tmp_path: Path) -> None:
    repository = tmp_path / "minds14"
    write_parquet(repository / "en-US" / "train-00000-of-00001.parquet", [0, 2])
    write_parquet(repository / "en-US" / "test-00000-of-00001.parquet", [1])
    files = [{"split": split, "path": f"en-US/{split}-*"} for split in ("train", "test")]
    card = json.dumps({"configs": [{"config_name": "en-US", "data_files": files}]})
    (repository / "README.md").write_text(f"---\n{card}\n---\n")
    recordings = list_recordings(Source(hub=str(repository), configurations=("en-US",)))
    assert seen(recordings) == [
        ("abroad", "en-US", "train"),
        ("pay_bill", "en-US", "train"),
        ("address", "en-US", "test"),
    ]


def test_minds14_wav_folders(tmp_path: Path) -> None:
    write_sound(tmp_path / "en-US~PAY_BILL" / "a.wav")
    write_sound(tmp_path / "en-AU~ABROAD" / "b.wav")
    (tmp_path / "metadata.csv").write_text("path,group,transcription\nen-AU~ABROAD/b.wav,call-1,hello\n")
    recordings = list_recordings(Source(path=tmp_path))
    assert [(each.label, each.language, each.group) for each in recordings] == [
        ("abroad", "en-AU", "call-1"),
        ("pay_bill", "en-US", ""),
    ]


def test_callers_of_some_languages_under_one_label(tmp_path: Path) -> None:
    write_sound(tmp_path / "en-US~PAY_BILL" / "a.wav")
    write_sound(tmp_path / "en-AU~ABROAD" / "b.wav")
    source = Source(path=tmp_path, layout="minds14", configurations=("en-US",), label="background")
    assert [(each.label, each.language) for each in list_recordings(source)] == [("background", "en-US")]


@pytest.mark.parametrize(
    "told", [{"configurations": ("en-US",)}, {"splits": Splits(test_languages=("en-US",))}], ids=["source", "splits"]
)
def test_languages_of_a_folder_under_one_label_are_refused(tmp_path: Path, told: dict[str, Any]) -> None:
    write_sound(tmp_path / "en-US~PAY_BILL" / "a.wav")
    with pytest.raises(TrainerError, match=r"layout folder, which knows no languages \(en-US\).*such as minds14"):
        list_recordings(Source(path=tmp_path, label="background", **told))


@pytest.mark.parametrize("suffix", ["wav", "WAV", "flac", "mp3", "Mp3", "ogg", "opus", "aiff", "aif", "au", "caf"])
def test_an_audiofolder_takes_labels_from_folders_in_every_format(tmp_path: Path, suffix: str) -> None:
    for folder in ("train/yes", "test/no"):
        sound = write_sound(tmp_path / folder / f"a.{FORMATS.get(suffix, suffix)}")
        sound.rename(sound.with_suffix(f".{suffix}"))
    recordings = list_recordings(Source(path=tmp_path))
    assert seen(recordings) == [("no", "", "test"), ("yes", "", "train")]
    assert soundfile.info(recordings[0].open()).frames > 0


@pytest.mark.parametrize("suffix", ["WAV", "mp3", "flac"])
def test_minds14_folders_may_hold_any_format(tmp_path: Path, suffix: str) -> None:
    write_sound(tmp_path / "en-US~PAY_BILL" / f"a.{suffix}")
    assert [(each.label, each.language) for each in list_recordings(Source(path=tmp_path))] == [("pay_bill", "en-US")]


LEFT_OUT = [
    (["yes/a.wav", "yes/b.M4A", "no/c.webm"], {}, "2 files left out of X: 1 × .webm (convert them to wav or flac), "
     "1 × .m4a (convert them to wav or flac); the first: no/c.webm"),
    (["a.wav", "b.wav", "c.flac", "notes.txt"], {"metadata.csv": "file_name,label\na.wav,yes\n"},
     "2 files left out of X: 2 not in the metadata; the first: b.wav"),
    (["calls/a.wav", "calls/b.wav"], {"manifest.csv": "path,label\ncalls/./a.wav,yes\n"},
     "1 files left out of X: 1 not in the manifest; the first: calls/b.wav"),
    (["en-US~PAY/a.wav", "en-GB~PAY/a.wav", "stray.mp3"], {},
     "1 files left out of X: 1 in no folder such as en-US~PAY_BILL; the first: stray.mp3"),
    (["a.wav"], {"manifest.csv": "path,label,lang\na.wav,yes,en-GB\nb.wav,no,en-US\n"}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("files", "texts", "told"), LEFT_OUT)
def test_what_looks_like_audio_and_is_no_recording_is_told(
    tmp_path: Path, files: list[str], texts: dict[str, str], told: str
) -> None:
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    source = Source(path=tmp_path, configurations=("en-US",) if "en-US" in f"{files}{texts}" else ())
    assert what_is_left_out(source, list_recordings(source)) == told.replace("X", str(tmp_path))


def test_a_folder_of_nothing_that_can_be_read_says_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "en-US~PAY").mkdir()
    (tmp_path / "en-US~PAY" / "a.m4a").write_bytes(b"")
    with pytest.raises(TrainerError, match=r"holds no recordings \(read as layout minds14\); 1 files left out of"):
        list_recordings(Source(path=tmp_path))


@pytest.mark.parametrize("name", ["metadata.csv", "metadata.jsonl"])
def test_an_audiofolder_takes_labels_from_its_metadata(tmp_path: Path, name: str) -> None:
    write_sound(tmp_path / "a.wav")
    text = (
        "file_name,label,speaker\na.wav,yes,ann\n"
        if name.endswith("csv")
        else '{"file_name": "a.wav", "label": "yes", "speaker": "ann", "transcription": null}\n'
    )
    (tmp_path / name).write_text(text)
    recordings = list_recordings(Source(path=tmp_path))
    assert [(each.label, each.group, each.transcription) for each in recordings] == [("yes", "ann", "")]
    with pytest.raises(TrainerError, match=f"{name} has no column 'caller'"):
        list_recordings(Source(path=tmp_path, group_column="caller"))


def test_a_folder_with_a_list_that_is_called_so_is_no_manifest(tmp_path: Path) -> None:
    write_sound(tmp_path / "yes" / "a.wav")
    (tmp_path / "manifest.csv").write_text("filename,sha256\na.wav,00\n")
    assert [each.label for each in list_recordings(Source(path=tmp_path))] == ["yes"]


@pytest.mark.parametrize("again", ["a.wav", "./a.wav"])
def test_a_recording_in_two_rows_of_its_metadata_is_refused(tmp_path: Path, again: str) -> None:
    write_sound(tmp_path / "a.wav")
    (tmp_path / "metadata.csv").write_text(f"file_name,label\na.wav,yes\n{again},no\n")
    with pytest.raises(TrainerError, match=r"a\.wav has 2 rows in the metadata of .*: a recording has one"):
        list_recordings(Source(path=tmp_path))


def test_a_folder_with_a_manifest_is_read_by_it_unless_metadata_tells_of_the_folder(tmp_path: Path) -> None:
    write_sound(tmp_path / "audio" / "a.wav")
    (tmp_path / "manifest.csv").write_text("path,label,group,split\naudio/a.wav,yes,ann,test\n")
    recordings = list_recordings(Source(path=tmp_path))
    assert [(each.label, each.group, each.split) for each in recordings] == [("yes", "ann", "test")]
    assert list_recordings(Source(path=tmp_path, layout="manifest"))[0].label == "yes"
    (tmp_path / "audio" / "metadata.csv").write_text("file_name,label\na.wav,no\n")
    assert [each.label for each in list_recordings(Source(path=tmp_path))] == ["no"]


def test_one_label_for_a_whole_folder(tmp_path: Path) -> None:
    write_sound(tmp_path / "deep" / "a.wav")
    recordings = list_recordings(Source(path=tmp_path, label="background"))
    assert [(each.label, each.group) for each in recordings] == [("background", "a.wav")]


def test_any_parquet_dataset_by_its_columns(tmp_path: Path) -> None:
    write_parquet(tmp_path / "all.parquet", [0, 1])
    source = Source(path=tmp_path / "all.parquet", label_column="transcription")
    assert [each.label for each in list_recordings(source)] == ["hello", "hello"]


def test_unknown_columns_are_refused_with_those_there_are(tmp_path: Path) -> None:
    write_parquet(tmp_path / "all.parquet", [0])
    with pytest.raises(TrainerError, match="no column 'sound': say --audio-column with one of path, audio"):
        list_recordings(Source(path=tmp_path / "all.parquet", audio_column="sound"))
    with pytest.raises(TrainerError, match="no column mood: say --label-column with one of path, audio"):
        list_recordings(Source(path=tmp_path / "all.parquet", label_column="mood"))
    with pytest.raises(TrainerError, match="no column 'caller': say --group-column with one of path, audio"):
        list_recordings(Source(path=tmp_path / "all.parquet", group_column="caller"))


@pytest.mark.parametrize("layout", ["parquet", "minds14", "manifest"])
def test_a_language_that_a_source_lacks_is_named_with_those_it_has(tmp_path: Path, layout: str) -> None:
    write_parquet(tmp_path / "en-US" / "train-00000-of-00001.parquet", [0])
    write_sound(tmp_path / "en-US~PAY_BILL" / "a.wav")
    (tmp_path / "manifest.csv").write_text("path,label,lang\na.wav,yes,en-US\n")
    source = Source(path=tmp_path, layout=layout, configurations=("en-GB", "de-DE"))
    with pytest.raises(TrainerError, match=rf"no recordings of en-GB, de-DE; there: en-US \(read as layout {layout}\)"):
        list_recordings(source)


def test_the_hub_out_of_reach_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(TrainerError, match="cannot load 'PolyAI/minds14' from the hub: "):
        list_recordings(Source(hub="PolyAI/minds14", configurations=("en-US",)))


def test_a_file_without_a_label_is_refused(tmp_path: Path) -> None:
    write_sound(tmp_path / "a.wav")
    with pytest.raises(TrainerError, match=r"a\.wav lies in no folder that names its label"):
        list_recordings(Source(path=tmp_path))


def test_a_broken_parquet_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "train.parquet").write_bytes(b"PAR1 but no more")
    with pytest.raises(TrainerError, match=r"cannot read .*train\.parquet"):
        list_recordings(Source(path=tmp_path))

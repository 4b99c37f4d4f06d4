"""CSV as spreadsheets and people write it."""

from dataclasses import replace
from pathlib import Path

import pytest

from trainer.errors import TrainerError
from trainer.recipe_sources import Source
from trainer.sources import list_recordings
from trainer.tables import columns_of, read_csv

ROW = {"path": "Größe.wav", "label": "Kaffee, groß"}


@pytest.mark.parametrize(
    "text",
    [
        'path,label\nGröße.wav,"Kaffee, groß"\n',
        "\ufeffpath;label\r\nGröße.wav;Kaffee, groß\r\n",
        "path\tlabel\nGröße.wav\tKaffee, groß\n",
        'path, label\nGröße.wav , "Kaffee, groß" \n',
        'path,label\nGröße.wav,"Kaffee, groß",,\n',
    ],
    ids=["commas", "semicolons", "tabs", "margins", "empty cells"],
)
def test_a_table_is_read_however_a_spreadsheet_writes_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "calls.csv").write_text(text, encoding="utf-8", newline="")
    assert read_csv(tmp_path / "calls.csv", {"path", "label"}) == [ROW]
    assert columns_of(tmp_path / "calls.csv") == {"path", "label"}


def test_a_row_that_is_too_short_has_empty_values(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("path,label\na.wav\n")
    assert read_csv(tmp_path / "calls.csv", set()) == [{"path": "a.wav", "label": ""}]


BAD_TABLES = [
    (b"file,intent\na.wav,open\n", "lacks the column label, path; its columns are 'file', 'intent'"),
    (b"", "lacks the column label, path; its columns are none"),
    (b"path,label\na.wav,Kaffee, heiss\n", "line 2 has more values than columns, 'heiss' first: quote a value"),
    ("path,label\nGröße.wav,open\n".encode("cp1252"), "it is not UTF-8, save it as that"),
    ("path,label\n".encode("utf-16"), "it is not UTF-8, save it as that"),
]


@pytest.mark.parametrize(("content", "message"), BAD_TABLES)
def test_a_table_that_cannot_be_meant_so_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "calls.csv").write_bytes(content)
    with pytest.raises(TrainerError, match=rf"calls\.csv.*{message}"):
        read_csv(tmp_path / "calls.csv", {"path", "label"})


def test_a_manifest_with_columns_of_other_names_is_read_where_they_are_told(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("file,intent\na.wav,open\n")
    told = Source(path=tmp_path / "calls.csv", audio_column="file", label_column="intent")
    assert [(each.name, each.label) for each in list_recordings(told)] == [("a.wav", "open")]
    with pytest.raises(TrainerError, match=r"lacks the column path; its columns are 'file', .* --audio-column"):
        list_recordings(replace(told, audio_column="audio"))

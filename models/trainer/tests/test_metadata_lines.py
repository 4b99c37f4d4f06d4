"""The metadata.jsonl of an audio folder, as programs and people write it."""

from pathlib import Path

import pytest

from trainer.errors import TrainerError
from trainer.recipe_sources import Source
from trainer.sources.audio_folder import read_audio_folder

ROW = '{"file_name": "a.wav", "label": "ja", "transcription": "eins\u2028zwei"}'


@pytest.mark.parametrize("text", [f"{ROW}\n", f"\ufeff{ROW}\r\n\r\n"], ids=["plain", "from Windows"])
def test_a_row_is_read_whole(tmp_path: Path, text: str) -> None:
    (tmp_path / "metadata.jsonl").write_text(text, encoding="utf-8", newline="")
    (recording,) = read_audio_folder(Source(path=tmp_path))
    assert (recording.label, recording.transcription) == ("ja", "eins\u2028zwei")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{ROW}\n{{'file_name': 'b.wav'}}\n", r"metadata\.jsonl, line 2 is no JSON: Expecting property name"),
        (f"[{ROW}]\n", r"metadata\.jsonl, line 1 must be one JSON object, such as \{\"file_name\": "),
    ],
    ids=["quotes", "array"],
)
def test_a_line_that_is_no_row_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "metadata.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(TrainerError, match=message):
        read_audio_folder(Source(path=tmp_path))

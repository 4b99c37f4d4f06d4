"""Speaks a small data set in both layouts of MInDS-14: parquet as the hub ships it, and wav folders.

Run: `uv run scripts/small_minds14.py FOLDER`; needs espeak-ng.  Writes FOLDER/parquet/en-US/train-….parquet and
FOLDER/wavs/en-US~INTENT/….wav with the same recordings at 8 kHz, the latter in µ-law.
"""

import argparse
import subprocess
from io import BytesIO
from pathlib import Path

import soundfile
from datasets import Audio, ClassLabel, Dataset, Features, Value

from trainer.audio import resample

SENTENCES = {
    "balance": ("what is my balance", "how much money do I have", "tell me the balance of my account"),
    "freeze": ("please freeze my card", "my card was stolen", "block the card I lost this morning"),
    "pay_bill": ("I want to pay a bill", "can I pay my electricity bill", "pay the invoice from the plumber"),
}
VOICES = ("en-us", "en-gb", "en-gb-scotland")
RATE = 8000


def main() -> None:
    """Writes both layouts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    intents = list(SENTENCES)
    rows = [
        row(folder, intents, intent, f"{intent}-{voice}-{index}", (voice, sentence))
        for intent, sentences in SENTENCES.items()
        for voice in VOICES
        for index, sentence in enumerate(sentences)
    ]
    stored = Features(
        {
            "path": Value("string"),
            "audio": {"bytes": Value("binary"), "path": Value("string")},
            "transcription": Value("string"),
            "english_transcription": Value("string"),
            "intent_class": ClassLabel(names=intents),
            "lang_id": ClassLabel(names=["en-US"]),
        }
    )
    file = folder / "parquet" / "en-US" / "train-00000-of-00001.parquet"
    file.parent.mkdir(parents=True, exist_ok=True)
    Dataset.from_list(rows, features=stored).cast_column("audio", Audio(sampling_rate=RATE)).to_parquet(file)


def row(folder: Path, intents: list[str], intent: str, name: str, spoken: tuple[str, str]) -> dict[str, object]:
    """One recording: its WAV on disk, and the row that the hub would have of it."""
    voice, sentence = spoken
    wav = subprocess.run(["espeak-ng", "-v", voice, "--stdout", sentence], capture_output=True, check=True).stdout
    samples, rate = soundfile.read(BytesIO(wav), dtype="float32")
    pcm = resample(samples, rate, RATE)
    file = folder / "wavs" / f"en-US~{intent.upper()}" / f"{name}.wav"
    file.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(file, pcm, RATE, subtype="ULAW")
    return {
        "path": f"en-US~{intent.upper()}/{name}.wav",
        "audio": {"bytes": file.read_bytes(), "path": f"{name}.wav"},
        "transcription": sentence,
        "english_transcription": sentence,
        "intent_class": intents.index(intent),
        "lang_id": 0,
    }


if __name__ == "__main__":
    main()

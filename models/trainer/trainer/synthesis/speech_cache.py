"""A cache of what engines have spoken; the key contains everything that decides how it sounds."""

import os
from dataclasses import astuple
from io import BytesIO
from pathlib import Path

import numpy as np
import soundfile

from trainer.audio import UnreadableAudio
from trainer.errors import TrainerError, first_line
from trainer.files import write_whole
from trainer.framing import Samples
from trainer.synthesis.chance import digest
from trainer.synthesis.engine import Utterance

SILENT = 1e-3
SHORTEST_SECONDS = 0.15


def default_cache() -> Path:
    """The folder in the user's cache directory (XDG base directory specification)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "earshot-trainer" / "speech"


class SpeechCache:
    """FLAC files at each engine's own rate, named by a digest of engine, version, voice, delivery and text."""

    def __init__(self, folder: Path, versions: dict[str, str]) -> None:
        self.folder = folder
        self.versions = versions

    def key(self, utterance: Utterance) -> str:
        """The digest of an utterance, 64 hexadecimal digits."""
        voice, delivery = utterance.voice, astuple(utterance.delivery)
        return digest(voice.engine, self.versions[voice.engine], voice.name, *delivery, utterance.text)

    def file(self, utterance: Utterance) -> Path:
        """The path of an utterance's file, whether it exists or not."""
        key = self.key(utterance)
        return self.folder / key[:2] / f"{key[2:]}.flac"

    def keep(self, utterance: Utterance, wav: Path) -> None:
        """Stores a WAV that an engine wrote; raises `UnreadableAudio` if it is silent or too short."""
        try:
            pcm, rate = soundfile.read(wav, dtype="int16", always_2d=True)
        except (soundfile.SoundFileError, OSError) as error:
            raise UnreadableAudio(str(error)) from error
        if len(pcm) < SHORTEST_SECONDS * rate or np.abs(pcm).max() < SILENT * 32768:
            raise UnreadableAudio(f"it is silent or too short ({len(pcm) / rate:.2f} s)")
        flac = BytesIO()
        soundfile.write(flac, pcm[:, 0], rate, format="FLAC", subtype="PCM_16")
        write_whole(self.file(utterance), flac.getvalue())

    def read(self, utterance: Utterance) -> tuple[Samples, int]:
        """The samples in −1…1, and their sample rate; a file that was damaged since is a TrainerError."""
        file = self.file(utterance)
        try:
            pcm, rate = soundfile.read(file, dtype="float32")
        except (soundfile.SoundFileError, OSError) as error:
            raise TrainerError(f"{file} is damaged ({first_line(error)}): delete it, and it is spoken again") from error
        return pcm, int(rate)

"""Writes the clips of a script to disk, with the effects of the line, and a manifest that `prepare` takes."""

import csv
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from io import StringIO
from pathlib import Path

from tqdm import tqdm

from trainer.audio import wav_bytes
from trainer.errors import TrainerError
from trainer.files import require_folder, write_whole
from trainer.framing import Samples
from trainer.synthesis.casting import Part
from trainer.synthesis.chance import digest, generator
from trainer.synthesis.finish import down_the_line, finished
from trainer.synthesis.lines import ScriptLine
from trainer.synthesis.script import Script
from trainer.synthesis.speech_cache import SpeechCache
from trainer.tables import columns_of

COLUMNS = ("path", "label", "group", "lang", "split", "transcription", "engine", "voice")
AUDIO = "audio"  # the folder of the clips, which is the first that a run writes
OURS = re.compile(r"\.?[a-z-]+-[0-9a-f]{16}\.wav(\.\d+)?")  # a clip, or the draft of one
OTHER_VOICES = 12
OTHERS_DB = -24.0


@dataclass(frozen=True)
class Studio:
    """What is needed to turn parts into clips; `is_clean` leaves out the effects of the line."""

    script: Script
    seed: int
    is_clean: bool
    cache: SpeechCache

    def path(self, part: Part, others: Sequence[Part]) -> str:
        """The path of a clip in its folder; its name is a digest of everything that decides how it sounds."""
        level = self.script.speech.level
        line = () if self.is_clean else astuple(self.script.line)
        names = (self.cache.key(part.utterance), *self._names(part), part.rate_factor, level, line)
        beside = [(self.cache.key(other.utterance), *self._names(other), other.rate_factor) for other in others]
        return f"{AUDIO}/{part.utterance.voice.engine}-{digest(*names, *beside)[:16]}.wav"

    def clip(self, part: Part, others: Sequence[Samples]) -> Samples:
        """The clip at 16 kHz; `others` are voices that cross-talk may mix in."""
        random = generator("finish", *self._names(part))
        level = random.uniform(*self.script.speech.level)
        pcm = finished(self.cache.read(part.utterance), part.rate_factor, level, random)
        return pcm if self.is_clean else down_the_line(pcm, self.script.line, others, random)

    def others(self, lines: Sequence[ScriptLine]) -> list[ScriptLine]:
        """Twelve lines of the whole script for cross-talk, the same ones whichever labels are spoken."""
        if self.is_clean or not self.script.line.cross_talk:
            return []
        return sorted(lines, key=lambda line: digest("others", self.seed, line.label, line.text))[:OTHER_VOICES]

    def aside(self, part: Part) -> Samples:
        """The part as a quiet voice, for cross-talk."""
        return finished(self.cache.read(part.utterance), part.rate_factor, OTHERS_DB, generator(*self._names(part)))

    def _names(self, part: Part) -> tuple[object, ...]:
        return (self.seed, part.line.label, part.line.text, part.number)


def require_ours(folder: Path) -> None:
    """A TrainerError if a folder cannot be written, or holds other things than a run of `synthesize` leaves.

    Its manifest would be replaced: a list of somebody's calls has the same name.
    """
    require_folder(folder)
    manifest = folder / "manifest.csv"
    if manifest.exists() and columns_of(manifest) != set(COLUMNS):
        raise TrainerError(f"{manifest} is not one of synthesize, and would be lost: choose another --out")
    if folder.exists() and any(folder.iterdir()) and not (folder / AUDIO).is_dir():
        raise TrainerError(f"{folder} holds other things (no folder {AUDIO}): choose another --out")


def write_clips(parts: Sequence[Part], others: Sequence[Part], studio: Studio, folder: Path, jobs: int) -> list[str]:
    """Writes the clips that do not exist yet, with the parts `others` as cross-talk; returns paths in the folder."""
    aside = [(other, studio.aside(other)) for other in others]
    paths = [studio.path(part, [other for other in others if other != part]) for part in parts]
    # A clip of two parts that sound the same, as of a text in two lists, is written once.
    missing = {path: part for path, part in zip(paths, parts, strict=True) if not (folder / path).exists()}

    def write(path: str) -> None:
        part = missing[path]
        write_whole(folder / path, wav_bytes(studio.clip(part, [pcm for other, pcm in aside if other != part])))

    with ThreadPoolExecutor(jobs) as pool:
        for _ in tqdm(pool.map(write, missing), total=len(missing), desc="write", unit="clip", mininterval=1):
            pass
    return paths


def write_manifest(parts: Sequence[Part], paths: Sequence[str], script: Script, folder: Path) -> None:
    """Lists every clip once in `manifest.csv`, and deletes clips of an earlier script, and drafts of a killed run."""
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for path, part in dict(zip(paths, parts, strict=True)).items():
        line, voice = part.line, part.utterance.voice
        group = line.group if script.speech.group == "sentence" else voice.speaker
        said = (part.utterance.text, voice.engine, voice.full_name)
        rows.writerow((path, line.label, group, script.language, line.split, *said))
    write_whole(folder / "manifest.csv", text.getvalue().encode())
    kept = set(paths)
    for file in (folder / AUDIO).iterdir():
        if OURS.fullmatch(file.name) and f"{AUDIO}/{file.name}" not in kept:
            file.unlink()

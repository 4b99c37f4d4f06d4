"""From a file of sentences to a folder of labelled speech with a manifest."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass, field
from io import StringIO
from pathlib import Path

import soundfile
from tqdm import tqdm

from trainer.errors import TrainerError
from trainer.files import require_space
from trainer.framing import Samples
from trainer.synthesis.casting import Casting, Part
from trainer.synthesis.chance import digest, generator
from trainer.synthesis.finish import as_wav, down_the_line, finished
from trainer.synthesis.installed import Installed
from trainer.synthesis.lines import script_lines
from trainer.synthesis.script import Script
from trainer.synthesis.speaking import speak_all
from trainer.synthesis.speech_cache import SpeechCache, write_whole

COLUMNS = ("path", "label", "group", "lang", "split", "transcription", "engine", "voice")
OURS = re.compile(r"[a-z-]+-[0-9a-f]{16}\.wav")
ROUNDS = 3
MOST_FAILURES = 0.1
MOST_LOST = 0.01
BYTES_A_CLIP = 300_000


@dataclass(frozen=True)
class Order:
    """What is to be made: the script, its seed, whether the line is left out, and how many work on it."""

    script: Script
    seed: int = 1
    clean: bool = False
    jobs: int = 1


@dataclass
class Spoken:
    """What became of the parts: those that were spoken, failures by engine and reason, lost ones, cache hits."""

    parts: list[Part] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    held: int = 0


def synthesize(order: Order, installed: Installed, cache: SpeechCache, folder: Path) -> Spoken:
    """Writes `audio/*.wav`, then `manifest.csv`; a run that was killed goes on from what it had spoken and written."""
    lines = script_lines(order.script)
    clips = order.script.speech.clips
    require_space(folder, BYTES_A_CLIP * clips * len(lines), "the spoken clips")
    casting = Casting(order.script, installed, order.seed)
    spoken = _spoken([casting.part(line, number) for line in lines for number in range(clips)], casting, cache, order)
    others = _other_voices(spoken.parts, cache) if not order.clean else []
    paths = _written(spoken.parts, order, cache, others, folder)
    manifest = _manifest(zip(spoken.parts, paths, strict=True), order.script)
    _remove_strays(folder, set(paths))
    write_whole(folder / "manifest.csv", manifest.encode())
    return spoken


def _spoken(parts: list[Part], casting: Casting, cache: SpeechCache, order: Order) -> Spoken:
    """Has every part spoken; one that fails is cast again with another engine, twice."""
    answer = Spoken()
    tried: dict[int, frozenset[str]] = {}
    waiting = list(range(len(parts)))
    for _ in range(ROUNDS):
        if not waiting:
            break
        wanted = [parts[index].utterance for index in waiting]
        failures, held = speak_all(wanted, casting.installed.engines, cache, order.jobs)
        answer.held += held
        failed = [index for index in waiting if parts[index].utterance in failures]
        waiting = []
        for index in failed:
            part = parts[index]
            reason, engine = failures[part.utterance], part.utterance.voice.engine
            answer.failures[f"{engine}: {reason}"] += 1
            tried[index] = tried.get(index, frozenset()) | {engine}
            try:
                parts[index] = casting.part(part.line, part.number, tried[index])
                waiting.append(index)
            except TrainerError:
                answer.lost.append(f"{part.utterance.text} ({engine}: {reason})")
                parts[index] = Part(part.line, -1, part.utterance, 1.0)
        if answer.failures.total() > max(10, MOST_FAILURES * len(parts)):
            (worst, count), *_ = answer.failures.most_common(1)
            raise TrainerError(f"{answer.failures.total()} of {len(parts)} clips failed, {count} of them: {worst}")
    answer.lost += [parts[index].utterance.text for index in waiting]
    lost = set(waiting)
    answer.parts = [part for index, part in enumerate(parts) if index not in lost and part.number >= 0]
    if len(answer.lost) > MOST_LOST * len(parts):
        raise TrainerError(f"no engine speaks {len(answer.lost)} of {len(parts)} clips; the first: {answer.lost[0]}")
    return answer


def _other_voices(parts: Sequence[Part], cache: SpeechCache) -> list[Samples]:
    return []


def _written(
    parts: Sequence[Part], order: Order, cache: SpeechCache, others: Sequence[Samples], folder: Path
) -> list[str]:
    """Writes the clips that are not there yet; their paths, relative to the folder."""
    line = None if order.clean else astuple(order.script.line)

    def write(part: Part) -> str:
        speech, said = order.script.speech, part.utterance
        names = (order.seed, part.line.label, part.line.text, part.number)
        identity = digest(cache.key(said), *names, part.rate_factor, speech.level, line)
        path = f"audio/{part.utterance.voice.engine}-{identity[:16]}.wav"
        if not (folder / path).exists():
            random = generator("finish", *names)
            pcm = finished(*cache.read(said), part.rate_factor, speech, random)
            if line is not None:
                pcm = down_the_line(pcm, order.script.line, others, random)
            write_whole(folder / path, as_wav(pcm))
        return path

    with ThreadPoolExecutor(order.jobs) as pool:
        return list(tqdm(pool.map(write, parts), total=len(parts), desc="write", unit="clip", mininterval=1))


def _manifest(written: Iterable[tuple[Part, str]], script: Script) -> str:
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for part, path in written:
        line, voice = part.line, part.utterance.voice
        group = line.group if script.speech.group == "sentence" else voice.speaker
        said = (part.utterance.text, voice.engine, voice.full_name)
        rows.writerow((path, line.label, group, script.language, line.split, *said))
    return text.getvalue()


def _remove_strays(folder: Path, kept: set[str]) -> None:
    """Clips of an earlier script in the same folder."""
    for file in (folder / "audio").iterdir():
        if OURS.fullmatch(file.name) and f"audio/{file.name}" not in kept:
            file.unlink()


def minutes_of(folder: Path, paths: Iterable[str]) -> float:
    """How long these clips are together, in minutes."""
    return float(sum(soundfile.info(folder / path).duration for path in paths)) / 60

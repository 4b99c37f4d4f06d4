"""Speaks every part of a script; a part at which an engine fails is given to another engine."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from trainer.errors import TrainerError
from trainer.synthesis.casting import Casting, Part
from trainer.synthesis.lines import ScriptLine
from trainer.synthesis.speaking import speak_all
from trainer.synthesis.speech_cache import SpeechCache

ROUNDS = 3
FEW_FAILURES, MOST_FAILURES = 10, 0.1
MOST_LOST = 0.01


@dataclass
class Rehearsed:
    """The parts that are now in the cache, in the order of the script, and what failed on the way."""

    parts: list[Part] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)  # by engine and reason
    lost: list[str] = field(default_factory=list)  # texts that no engine could speak, with the reason
    held_before: int = 0


@dataclass
class _Waiting:
    """A part that is not spoken yet, and the engines that failed at it."""

    part: Part
    failed: frozenset[str] = frozenset()


def rehearse(lines: Sequence[ScriptLine], casting: Casting, cache: SpeechCache, jobs: int) -> Rehearsed:
    """Speaks every clip of every line; a TrainerError if too many fail, or too many texts cannot be spoken at all."""
    clips = casting.script.speech.clips
    waiting = {(line, number): _Waiting(casting.part(line, number)) for line in lines for number in range(clips)}
    total, answer = len(waiting), Rehearsed()
    done: dict[tuple[ScriptLine, int], Part] = {}
    for _ in range(ROUNDS):
        if not waiting:
            break
        wanted = [each.part.utterance for each in waiting.values()]
        reasons, held = speak_all(wanted, casting.installed.engines, cache, jobs)
        answer.held_before += held
        done |= {place: each.part for place, each in waiting.items() if each.part.utterance not in reasons}
        failed = {place: each for place, each in waiting.items() if place not in done}
        for each in failed.values():
            answer.failures[f"{each.part.utterance.voice.engine}: {reasons[each.part.utterance]}"] += 1
        _require_few_failures(answer, total)
        waiting = _recast(failed, casting, answer)
    answer.lost += [f"{each.part.utterance.text!r} by {', '.join(sorted(each.failed))}" for each in waiting.values()]
    if len(answer.lost) > MOST_LOST * total:
        raise TrainerError(f"{len(answer.lost)} of {total} clips could not be spoken; the first: {answer.lost[0]}")
    answer.parts = [done[line, number] for line in lines for number in range(clips) if (line, number) in done]
    return answer


def first_clips(lines: Sequence[ScriptLine], casting: Casting, cache: SpeechCache, jobs: int) -> list[Part]:
    """Speaks the first clip of each line, and leaves out those that fail."""
    if not lines:
        return []
    parts = [casting.part(line, 0) for line in lines]
    failed, _ = speak_all([part.utterance for part in parts], casting.installed.engines, cache, jobs)
    return [part for part in parts if part.utterance not in failed]


def _recast(
    failed: dict[tuple[ScriptLine, int], _Waiting], casting: Casting, answer: Rehearsed
) -> dict[tuple[ScriptLine, int], _Waiting]:
    """The failed parts, each with another engine; a part without an engine left is added to `answer.lost`."""
    again = {}
    for (line, number), each in failed.items():
        tried = each.failed | {each.part.utterance.voice.engine}
        try:
            again[line, number] = _Waiting(casting.part(line, number, tried), tried)
        except TrainerError as error:
            answer.lost.append(str(error))
    return again


def _require_few_failures(answer: Rehearsed, total: int) -> None:
    count = answer.failures.total()
    if count > max(FEW_FAILURES, MOST_FAILURES * total):
        (worst, times), *_ = answer.failures.most_common(1)
        raise TrainerError(f"{count} of {total} clips failed, {times} of them so: {worst}")

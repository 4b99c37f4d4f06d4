"""Speaks the utterances that are not in the cache yet: in batches, in parallel, reporting every failure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from tempfile import TemporaryDirectory

from tqdm import tqdm

from trainer.audio import UnreadableAudio
from trainer.synthesis.engine import Engine, EngineFailure, Utterance
from trainer.synthesis.speech_cache import SpeechCache

Failures = dict[Utterance, str]


def speak_all(
    utterances: Iterable[Utterance], engines: dict[str, Engine], cache: SpeechCache, jobs: int
) -> tuple[Failures, int]:
    """Speaks all utterances into the cache; returns the reasons of failures, and how many were cached before."""
    wanted = list(dict.fromkeys(utterances))
    unspoken = [utterance for utterance in wanted if not cache.file(utterance).exists()]
    failures: Failures = {}
    progress = tqdm(total=len(wanted), initial=len(wanted) - len(unspoken), desc="speak", unit="clip", mininterval=1)
    with progress, ThreadPoolExecutor(jobs) as pool:
        batches = _batches(unspoken, engines)
        try:
            running = {pool.submit(_spoken, batch, engines, cache): len(batch) for batch in batches}
            for done in as_completed(running):
                failures |= done.result()
                progress.update(running[done])
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return failures, len(wanted) - len(unspoken)


def _batches(utterances: Sequence[Utterance], engines: dict[str, Engine]) -> list[list[Utterance]]:
    """Groups of utterances for one call, the largest first, so that none is left running alone at the end."""
    alike: defaultdict[object, list[Utterance]] = defaultdict(list)
    for utterance in utterances:
        alike[utterance.voice, utterance.delivery].append(utterance)
    answer = []
    for group in alike.values():
        size = engines[group[0].voice.engine].batch
        answer += [group[start : start + size] for start in range(0, len(group), size)]
    return sorted(answer, key=len, reverse=True)


def _spoken(batch: Sequence[Utterance], engines: dict[str, Engine], cache: SpeechCache) -> Failures:
    try:
        return _kept(batch, engines[batch[0].voice.engine], cache)
    except EngineFailure as failure:
        if len(batch) == 1:
            return {batch[0]: str(failure)}
    # A single text may have made the whole batch fail.
    failures: Failures = {}
    for utterance in batch:
        failures |= _spoken([utterance], engines, cache)
    return failures


def _kept(batch: Sequence[Utterance], engine: Engine, cache: SpeechCache) -> Failures:
    failures: Failures = {}
    with TemporaryDirectory() as folder:
        for utterance, wav in zip(batch, engine.speak(batch, Path(folder)), strict=True):
            try:
                cache.keep(utterance, wav)
            except UnreadableAudio as error:
                failures[utterance] = str(error)
    return failures

"""Encodes recordings before training: in parallel, and cached beside the dataset so that nothing is encoded twice."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import torch
from datasets import Dataset
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from tqdm import tqdm

from trainer.augment import Augmenter, plain_hearing
from trainer.errors import TrainerError, first_line
from trainer.framing import Samples
from trainer.hearings import Encoded, EncodedHearing, Encoder, hearings_of
from trainer.prepared import HEARINGS, Prepared, noises_of, pcm_of
from trainer.recipe import Augmentation, Recipe
from trainer.worker_pool import mapped, worker_pool

# The version of the cached files and of how they are made; another number makes all of them anew.
FORMAT = 2
VOICES = 16
WORTH_A_PROCESS = 32  # recordings that justify starting another process


@dataclass(frozen=True)
class RecordingEncoder:
    """Encodes the hearings of one recording; the result does not depend on place, time or order of the calls.

    `noises` and `voices` are what augmentation mixes into recordings.
    """

    encode: Encoder
    augmentation: Augmentation
    seed: int
    noises: list[Samples]
    voices: list[Samples]

    def __call__(self, row: dict[str, Any]) -> list[Encoded]:
        """The encoded hearings of the recording in a dataset's row."""
        pcm = pcm_of(row)
        hearings = [] if row["is_synthesised"] else [plain_hearing(pcm)]
        augmenter = self._augmenter(_digest(row["audio"]["bytes"]))
        while len(hearings) < hearings_of(row["is_synthesised"], self.augmentation):
            hearings.append(augmenter.altered(pcm))
        heard = (replace(each, clean=each.clean[:0]) if row["is_noise"] else each for each in hearings)
        return [self.encode(each) for each in heard]

    def silences(self) -> list[Encoded]:
        """Encoded hearings without speech, as many as the recipe asks for."""
        augmenter = self._augmenter("silence")
        count = self.augmentation.silences
        return [self.encode(augmenter.silence(augmenter.random.uniform(0.5, 8))) for _ in range(count)]

    @cached_property
    def settings(self) -> str:
        """A digest of everything beside its recording that a hearing depends on."""
        teacher = self.encode.teacher
        parts = [*self.noises, *self.voices, *([teacher.components.numpy()] if teacher else [])]
        told = [FORMAT, self.seed, asdict(self.augmentation) | {"silences": 0}, [_digest(each) for each in parts]]
        told += self.encode.model.front_settings()
        return _digest(json.dumps(told).encode())

    def _augmenter(self, of: str) -> Augmenter:
        seed = int(_digest(f"{self.seed} {of}".encode()), 16)
        return Augmenter(self.augmentation, self.noises, np.random.default_rng(seed), self.voices)


def recording_encoder(prepared: Prepared, recipe: Recipe, encode: Encoder) -> RecordingEncoder:
    """An encoder whose noises and voices come from the split train, whichever splits are trained on."""
    noises = noises_of(prepared.split("train"))
    return RecordingEncoder(encode, recipe.augmentation, recipe.seed, noises, examples(prepared, VOICES))


def examples(prepared: Prepared, wanted: int) -> list[Samples]:
    """About `wanted` recordings, spread evenly over those of people in the split train.

    If there are none, they are taken from all speech, and without speech from all recordings. Synthesised speech that
    is added to recordings of people thus does not change how these are encoded.
    """
    rows = prepared.split("train")
    speech = [index for index, is_noise in enumerate(rows["is_noise"]) if not is_noise]
    synthesised = rows["is_synthesised"]
    places = [index for index in speech if not synthesised[index]] or speech or range(len(rows))
    return [pcm_of(rows[places[place]]) for place in spread(len(places), wanted)]


def spread(count: int, wanted: int) -> range:
    """About `wanted` indices, spread evenly over `count`."""
    return range(0, count, max(1, count // wanted))


def encode_for_training(
    prepared: Prepared, recipe: Recipe, encode: RecordingEncoder, jobs: int
) -> Iterator[EncodedHearing]:
    """The hearings of every recording of the training splits, then hearings of silence; cached ones are reused."""
    rows = prepared.split(*recipe.training.train_on)
    folder = prepared.folder / HEARINGS / encode.settings[:16]
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{_name(row)}.safetensors" for row in rows]
    with _one_thread():
        _encode_missing(rows, files, encode, jobs)
        silences = encode.silences() if prepared.labels.background else []
    for row, file in zip(_without_audio(rows), files, strict=True):
        for kept in _read(file):
            yield EncodedHearing.of(kept, int(row["label"]), prepared.labels, row["transcription"])
    for silence in silences:
        yield EncodedHearing.of(silence, prepared.labels.background_ids[0], prepared.labels)


@contextmanager
def _one_thread() -> Iterator[None]:
    """One thread, as in the worker processes, so that results do not depend on the number of training threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _encode_missing(rows: Dataset, files: list[Path], encode: RecordingEncoder, jobs: int) -> None:
    missing = [index for index, file in enumerate(files) if not file.exists()]
    wanted = [files[index] for index in missing]
    bar = tqdm(total=len(files), initial=len(files) - len(missing), desc="encode", unit="recording", mininterval=2)
    processes = min(jobs, len(missing) // WORTH_A_PROCESS)
    with bar, ExitStack() as stack:
        if processes > 1:
            done = mapped(stack.enter_context(worker_pool(processes, _begin, (encode, rows))), _keep, missing, wanted)
        else:
            _begin(encode, rows)
            done = map(_keep, missing, wanted)
        for _ in done:
            bar.update()


def _begin(encode: RecordingEncoder, rows: Dataset) -> None:
    """Sets up a process: keeps what it needs for all of its recordings."""
    torch.set_num_threads(1)
    _here[:] = [(encode, rows)]


_here: list[tuple[RecordingEncoder, Dataset]] = []


def _keep(index: int, file: Path) -> None:
    """Encodes one recording into a file, which is either complete or missing."""
    encode, rows = _here[0]
    tensors = {f"{copy}.{name}": value for copy, each in enumerate(encode(rows[index])) for name, value in each.items()}
    draft = file.with_suffix(f".{os.getpid()}")
    try:
        save_file(tensors, draft)
    except SafetensorError as error:
        draft.unlink(missing_ok=True)
        raise TrainerError(f"cannot write {file}: {first_line(error)}; what was encoded before is kept") from error
    draft.replace(file)


def _read(file: Path) -> list[Encoded]:
    found: dict[int, Encoded] = {}
    try:
        tensors = load_file(file)
    except SafetensorError as error:
        raise TrainerError(f"{file} is damaged ({first_line(error)}): delete it, and it is encoded again") from error
    for key, value in tensors.items():
        copy, name = key.split(".")
        found.setdefault(int(copy), {})[name] = value
    return [found[copy] for copy in sorted(found)]


def _name(row: dict[str, Any]) -> str:
    """A file name made from a recording's content and from what else in its row affects its hearings."""
    kind = ("noise-" if row["is_noise"] else "") + ("synthesised-" if row["is_synthesised"] else "")
    return kind + _digest(row["audio"]["bytes"])[:32]


def _without_audio(rows: Dataset) -> Dataset:
    return rows.remove_columns("audio")


def _digest(content: bytes | Samples) -> str:
    return sha256(content.tobytes() if isinstance(content, np.ndarray) else content).hexdigest()

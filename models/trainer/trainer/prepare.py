"""Turns recordings from any source into one dataset at 16 kHz."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import soundfile
from datasets import Audio, Dataset, DatasetDict
from datasets.arrow_writer import ArrowWriter
from tqdm import tqdm

from trainer.audio import UnreadableAudio, read_piece, wav_bytes
from trainer.errors import TrainerError
from trainer.files import read_json, require_outside, require_space, written_whole
from trainer.framing import SAMPLE_RATE
from trainer.labels import Labels
from trainer.plan import Planned, require_found, tell_of_splits
from trainer.preparation import Preparation
from trainer.prepared import EVALUATIONS, HEARINGS, REPORT, Prepared, load_prepared, stored_features
from trainer.recipe_sources import Source
from trainer.sources import Recording, list_recordings, what_is_left_out
from trainer.splits import assign_splits, without_leaks

# 8-bit telephone audio at 8 kHz becomes four times as large, and is temporarily stored twice.
GROWTH = 8


def prepare(sources: tuple[Source, ...], background: tuple[str, ...], folder: Path) -> Prepared:
    """Writes the dataset to `folder`; unreadable recordings are listed, and an error only if they leave a class empty.

    Of an earlier dataset in `folder` two things are kept: encoded hearings, because they are found by content, and
    evaluations of packages, because they are results; those of other rows are named.
    """
    listed = [_listed(source) for source in sources]
    require_found([each for of_source in listed for each in of_source], sources)
    kept = [_kept(of_source, source) for of_source, source in zip(listed, sources, strict=True)]
    planned = [each for of_source in kept for each in of_source]
    require_outside(folder, [*_files_of(listed), *(source.path for source in sources if source.path)])
    labels = Labels.of((each.recording.label for each in planned), background)
    require_space(folder, GROWTH * _bytes_of(kept), "the prepared recordings")
    preparation = Preparation(labels, knows_groups=any(each.recording.tells_group for each in planned))
    preparation.notices += [
        *_left_out(listed, sources),
        *labels.doubts(),
        *_of_groups(planned, preparation.knows_groups),
    ]
    with written_whole(folder, REPORT, kept=(HEARINGS, EVALUATIONS)) as draft:
        rows = draft / "rows"
        rows.mkdir()
        splits: dict[str, Dataset] = {}
        for split in dict.fromkeys(each.split for each in planned):
            chosen = [each for each in planned if each.split == split]
            progress = tqdm(chosen, desc=f"prepare {split}", unit="recording", mininterval=1)
            written = _written(rows / f"{split}.arrow", _examples(progress, preparation), labels)
            if written is not None:
                splits[split] = written
            else:
                preparation.notices.append(f"None of the {len(chosen)} recordings of the split {split} could be read.")
        preparation.require_every_class()
        DatasetDict(splits).save_to_disk(draft)
        shutil.rmtree(rows)
        preparation.save(draft, sources)
    print(preparation.summary())
    tell_of_splits(kept, sources)
    prepared = load_prepared(folder)
    _tell_of_evaluations(prepared)
    return prepared


def _tell_of_evaluations(prepared: Prepared) -> None:
    """Prints which evaluations that were kept are of another dataset, as far as can be read."""
    files = sorted(prepared.folder.glob(f"{EVALUATIONS}/metrics.json"))
    others = [file.parent for file in files if _evaluated_in(file) != prepared.digest]
    if others:
        print(f"Kept, but not of this dataset: {', '.join(map(str, others))}. To evaluate this one, do so again.")


def _evaluated_in(metrics: Path) -> str | None:
    """The digest of the dataset that an evaluation is of; None if it does not tell, or is damaged."""
    digest: str | None = None
    with suppress(TrainerError):
        digest = read_json(metrics, "evaluation").get("dataset")
    return digest


def _listed(source: Source) -> list[Planned]:
    recordings = [piece for recording in list_recordings(source) for piece in _pieces(recording, source.piece_seconds)]
    splits = assign_splits(recordings, source)
    return [Planned(each, split, source.is_noise) for each, split in zip(recordings, splits, strict=True)]


def _left_out(listed: list[list[Planned]], sources: tuple[Source, ...]) -> Iterator[str]:
    """A sentence for each source with files that look like audio but are not among its recordings."""
    for of_source, source in zip(listed, sources, strict=True):
        if lost := what_is_left_out(source, [each.recording for each in of_source]):
            yield f"{lost}."


def _of_groups(planned: list[Planned], knows_groups: bool) -> Iterator[str]:
    """A warning that a speaker may be in several splits, if there are several and no recording has a group."""
    if len({each.split for each in planned}) > 1 and not knows_groups:
        yield (
            "Speakers and calls are not known: one may be in train and in test. A column group (--group-column) keeps "
            "each in one split."
        )


def _kept(listed: list[Planned], source: Source) -> list[Planned]:
    engines, splits = [each.recording.engine for each in listed], [each.split for each in listed]
    stays = without_leaks(engines, splits, source.splits.test_engine)
    return [each for each, stay in zip(listed, stays, strict=True) if stay]


def _pieces(recording: Recording, seconds: float | None) -> Iterator[Recording]:
    """The recording, or pieces of it, each its own group; its length is read from the header, no samples are read."""
    if seconds is None:
        yield recording
        return
    try:
        length = soundfile.info(recording.open()).duration
    except (soundfile.SoundFileError, UnreadableAudio, OSError):
        yield recording  # reading it will say what is wrong
        return
    for index in range(max(1, int(-(-length // seconds)))):
        name = f"{recording.name}#{index}"
        yield replace(recording, name=name, group=name, start_seconds=index * seconds, seconds=seconds)


def _files_of(listed: list[list[Planned]]) -> set[Path]:
    """The recordings that are files of their own, not parts of a dataset."""
    return {each.recording.file for of_source in listed for each in of_source if each.recording.file is not None}


def _bytes_of(listed: list[list[Planned]]) -> int:
    """The size on disk of the recordings that are files; those inside datasets are not counted."""
    return sum(file.stat().st_size for file in _files_of(listed) if file.exists())


def _examples(planned: Iterable[Planned], preparation: Preparation) -> Iterator[dict[str, Any]]:
    """The dataset's rows, for the recordings that can be read; the others are noted in `preparation`."""
    for each in planned:
        recording = each.recording
        try:
            heard = read_piece(recording.open(), recording.start_seconds, recording.seconds)
        except (UnreadableAudio, OSError) as error:
            preparation.unreadable.append((recording.label, f"{recording.name}: {error}"))
            continue
        preparation.read(recording.label, each.split, len(heard.pcm) / SAMPLE_RATE, heard.rate)
        preparation.found_short(recording.name, len(heard.pcm) / SAMPLE_RATE, heard.missing_seconds)
        preparation.repeats.read(heard.pcm, recording, each.split)
        row = {
            "audio": {"bytes": wav_bytes(heard.pcm), "path": recording.name},
            "label": preparation.labels.label2id[recording.label],
            "group": recording.group or recording.name,
            "language": recording.language,
            "transcription": recording.transcription,
            "is_noise": each.is_noise,
            "is_synthesised": recording.is_synthesised,
        }
        preparation.wrote(row, each.split)
        yield row


def _written(file: Path, examples: Iterator[dict[str, Any]], labels: Labels) -> Dataset | None:
    """The rows as a dataset, or None without rows, because `datasets` cannot open a split without rows."""
    with ArrowWriter(path=str(file), features=stored_features(labels)) as writer:
        for example in examples:
            writer.write(example)
        count, _ = writer.finalize()
    return Dataset.from_file(str(file)).cast_column("audio", Audio(sampling_rate=SAMPLE_RATE)) if count else None

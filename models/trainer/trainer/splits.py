"""Deterministic splits: groups are kept whole where they are known, else the reference guide's random split."""

from collections import Counter
from hashlib import sha256
from math import ceil

from datasets import Dataset

from trainer.errors import TrainerError
from trainer.recipe import SPLITS
from trainer.recipe_sources import FOLD, Source, Splits
from trainer.sources.recording import Recording


def assign_splits(recordings: list[Recording], source: Source) -> list[str]:
    """The split of each recording: the source's own, else by language, fold or group, as the guide does, or all test.

    If the source has no validation split of its own, one is taken from the recordings that would be trained on.
    """
    answer = [_given(recording, source.splits) for recording in recordings]
    if source.splits.test_share == 1:
        return ["test"] * len(recordings)
    if source.splits.fold and any(recording.split == "test" for recording in recordings):
        raise TrainerError(
            f"fold {source.splits.fold!r} divides recordings anew, but {source.where} has a test split of its own: "
            "leave one of them out"
        )
    cut_from = {"", "train"} if "validation" not in answer else {""}
    test_share = 0.0 if "test" in answer else source.splits.test_share
    free = [index for index, split in enumerate(answer) if split in cut_from]
    chosen = _divided([recordings[index] for index in free], source.splits, test_share)
    for index, split in zip(free, chosen, strict=True):
        answer[index] = split
    if source.splits.by != "clip":
        _check_disjoint(answer, recordings)
    return answer


def without_leaks(engines: list[str], splits: list[str], test_engine: str) -> list[bool]:
    """Which recordings to keep if only `test_engine` may speak in the test split, and only others elsewhere.

    No voice of the test split is then in another split. If groups are sentences, no sentence of the test split is
    either. A source without synthesised speech is kept whole.
    """
    if not test_engine or not any(engines):
        return [True] * len(engines)
    return [(engine == test_engine) == (split == "test") for engine, split in zip(engines, splits, strict=True)]


def _given(recording: Recording, splits: Splits) -> str:
    if recording.split and recording.split not in SPLITS:
        raise TrainerError(f"{recording.name}: split {recording.split!r} is none of {', '.join(SPLITS)}")
    return recording.split or ("test" if recording.language in splits.test_languages else "")


def _divided(recordings: list[Recording], splits: Splits, test_share: float) -> list[str]:
    knows_groups = any(recording.group for recording in recordings)
    by_group = knows_groups if splits.by == "auto" else splits.by == "group"
    units = [recording.group or recording.name if by_group else recording.name for recording in recordings]
    if splits.fold:
        tested = _fold(units, splits)
        return _filled(units, splits, {"validation": splits.validation_size}, tested)
    if by_group:
        return _filled(units, splits, {"test": test_share, "validation": splits.validation_size}, {})
    return _as_the_guide(len(units), splits, test_share)


def _filled(units: list[str], splits: Splits, shares: dict[str, float], known: dict[str, str]) -> list[str]:
    """Assigns units, in the order of a hash of their names, to a split while they fit into its share of the clips.

    A unit (a group or a clip) that fits into none is trained on. `known` are units whose split is already decided.
    """
    sizes = Counter(unit for unit in units if unit not in known)
    room = {split: share * sizes.total() for split, share in shares.items()}
    chosen = dict(known)
    for unit in _shuffled(sizes, splits.seed):
        chosen[unit] = next((split for split in room if sizes[unit] <= room[split]), "train")
        if chosen[unit] in room:
            room[chosen[unit]] -= sizes[unit]
    return [chosen[unit] for unit in units]


def _fold(units: list[str], splits: Splits) -> dict[str, str]:
    """The units of the chosen one of N parts of nearly equal size, for testing.

    Units are assigned from the largest to the smallest, each to the part that is smallest so far.
    """
    match = FOLD.fullmatch(splits.fold)
    assert match is not None
    sizes, parts = Counter(units), [0] * int(match[2])
    tested = {}
    for unit in sorted(_shuffled(sizes, splits.seed), key=lambda name: -sizes[name]):
        smallest = parts.index(min(parts))
        parts[smallest] += sizes[unit]
        if smallest == int(match[1]) - 1:
            tested[unit] = "test"
    return tested


def _as_the_guide(count: int, splits: Splits, test_share: float) -> list[str]:
    """`train_test_split` of Hugging Face's `datasets`, as in the guide, then again for the validation split."""
    rest, answer = Dataset.from_dict({"index": list(range(count))}), ["train"] * count
    for split, share in (("test", test_share), ("validation", splits.validation_size)):
        size = round(share * count)
        if size == 0:
            continue
        # The guide's own takes a part of a recording for a whole one.
        if (ceil(share * count) if split == "test" else size) >= len(rest):
            raise TrainerError(f"{count} recordings are too few for a {split} split of {share:g}")
        divided = rest.train_test_split(test_size=share if split == "test" else size, seed=splits.seed)
        rest = divided["train"]
        for index in divided["test"]["index"]:
            answer[index] = split
    return answer


def _shuffled(names: Counter[str], seed: int) -> list[str]:
    return sorted(names, key=lambda name: sha256(f"{seed}:{name}".encode()).digest())


def _check_disjoint(splits: list[str], recordings: list[Recording]) -> None:
    seen: dict[str, str] = {}
    for split, recording in zip(splits, recordings, strict=True):
        group = recording.group
        if group and seen.setdefault(group, split) != split:
            raise TrainerError(f"the group {group} is in two splits, {seen[group]} and {split}: put all of it in one")

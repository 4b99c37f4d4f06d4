"""Deterministic splits that never divide a group."""

from collections import Counter
from hashlib import sha256

from trainer.clips import Clip
from trainer.errors import TrainerError
from trainer.recipe import Source

SPLITS = ("train", "validation", "test")


def assign_splits(clips: list[Clip], source: Source) -> list[str]:
    """The split of each clip: its manifest's own, else by language, else by its group.

    Groups are visited in the order of a hash of their names and fill the test, then the validation split, as long as
    they fit into that split's share of the clips; all others are trained on.
    """
    given = [_given(clip, source) for clip in clips]
    free = Counter(clip.group for clip, split in zip(clips, given, strict=True) if not split)
    room = {"test": source.test_fraction * free.total(), "validation": source.calibration_fraction * free.total()}
    chosen: dict[str, str] = {}
    for group in sorted(free, key=lambda name: sha256(name.encode()).digest()):
        chosen[group] = next((split for split in room if free[group] <= room[split]), "train")
        if chosen[group] in room:
            room[chosen[group]] -= free[group]
    splits = [split or chosen[clip.group] for clip, split in zip(clips, given, strict=True)]
    _check_disjoint(splits, clips)
    return splits


def _given(clip: Clip, source: Source) -> str:
    if clip.split and clip.split not in SPLITS:
        raise TrainerError(f"{clip.file}: split {clip.split!r} is none of {', '.join(SPLITS)}")
    return clip.split or ("test" if clip.language in source.test_languages else "")


def _check_disjoint(splits: list[str], clips: list[Clip]) -> None:
    seen: dict[str, str] = {}
    for split, clip in zip(splits, clips, strict=True):
        if seen.setdefault(clip.group, split) != split:
            raise TrainerError(
                f"the group {clip.group} is in two splits, {seen[clip.group]} and {split}: put all of it in one"
            )

"""Which recording of all sources goes into which split, and what of it a reader would not expect."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trainer.errors import TrainerError
from trainer.recipe import Source
from trainer.sources.recording import Recording

SHOWN = 3


@dataclass(frozen=True)
class Planned:
    """One recording with the split it was given before anything was read, so that no unreadable file moves another."""

    recording: Recording
    split: str
    is_noise: bool


def require_found(planned: Sequence[Planned], sources: Iterable[Source]) -> None:
    """An error where no source has what a test split is to be made of: a language, or an engine."""
    for source in sources:
        wanted = {*source.splits.test_languages}, {source.splits.test_engine} - {""}
        known = {each.recording.language for each in planned}, {each.recording.engine for each in planned}
        for what, missing, found in zip(("language", "engine"), wanted, known, strict=True):
            for name in sorted(missing - found):
                there = ", ".join(sorted(found - {""})) or "none"
                raise TrainerError(f"no recording is of the {what} {name!r}, to be tested on; there: {there}")


def tell_of_splits(planned: Sequence[Planned], sources: Iterable[Source]) -> None:
    """Prints what was asked for and is not there: a test split, and groups that no split shares with another."""
    splits = {each.split for each in planned}
    wants_test = any(of.splits.test_share or of.splits.test_languages or of.splits.fold for of in sources)
    if wants_test and "test" not in splits:
        print("No recording is in the test split: the groups are too few or too large for its share.")
    found = defaultdict(set)
    for each in planned:
        if each.recording.group:
            found[each.recording.group].add(each.split)
    divided = [group for group, of_group in found.items() if len(of_group) > 1]
    if divided:
        print(
            f"{len(divided)} groups are in more than one split, since each source is split by itself: "
            f"{', '.join(divided[:SHOWN])}{', …' if len(divided) > SHOWN else ''}. If they name the same speakers or "
            "calls, give them one source or a split column."
        )

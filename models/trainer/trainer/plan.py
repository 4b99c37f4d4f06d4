"""Which recording goes into which split, and warnings about the result."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trainer.errors import TrainerError
from trainer.recipe_sources import Source
from trainer.sources.recording import Recording

SHOWN = 3


@dataclass(frozen=True)
class Planned:
    """A recording and its split; splits are chosen before audio is read, so unreadable files do not affect them."""

    recording: Recording
    split: str
    is_noise: bool


def require_found(listed: Sequence[Planned], sources: Iterable[Source]) -> None:
    """A TrainerError if a source names a language or a speech engine that no recording has."""
    languages = {each.recording.language for each in listed} - {""}
    engines = {each.recording.engine for each in listed} - {""}
    for source in sources:
        named = {*source.splits.test_languages, *source.configurations}
        _require("language", named, languages)
        _require("engine", {source.splits.test_engine} - {""}, engines)


def _require(what: str, named: set[str], found: set[str]) -> None:
    for name in sorted(named - found):
        raise TrainerError(f"no recording is of the {what} {name!r}; there: {', '.join(sorted(found)) or 'none'}")


def tell_of_splits(kept: Sequence[Sequence[Planned]], sources: Sequence[Source]) -> None:
    """Prints a warning if a test split was asked for and is empty, or if sources put one group into several splits."""
    wants_test = any(of.splits.test_share or of.splits.test_languages or of.splits.fold for of in sources)
    if wants_test and not any(each.split == "test" for of_source in kept for each in of_source):
        print("No recording is in the test split: the groups are too few or too large for its share.")
    found: defaultdict[str, set[str]] = defaultdict(set)
    for of_source, source in zip(kept, sources, strict=True):
        for each in of_source if source.splits.by != "clip" else ():
            if each.recording.group:
                found[each.recording.group].add(each.split)
    divided = [group for group, splits in found.items() if len(splits) > 1]
    if divided:
        print(
            f"{len(divided)} groups are in more than one split, since each source is split by itself: "
            f"{', '.join(divided[:SHOWN])}{', …' if len(divided) > SHOWN else ''}. If they name the same speakers or "
            "calls, give them one source or a split column."
        )

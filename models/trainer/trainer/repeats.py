"""Finds recordings with equal samples: with different labels one is wrong, in different splits tests are too easy."""

from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256

from trainer.framing import Samples
from trainer.sources.recording import Recording

Place = tuple[Recording, str]  # and its split


class Repeats:
    """The recordings read so far, by their samples."""

    def __init__(self) -> None:
        self._places: defaultdict[bytes, list[Place]] = defaultdict(list)

    def read(self, pcm: Samples, recording: Recording, split: str) -> None:
        """Notes one recording."""
        self._places[sha256(pcm.tobytes()).digest()].append((recording, split))

    def sentences(self) -> Iterator[str]:
        """A warning if equal recordings have several labels, and one if they are in several splits."""
        repeated = [places for places in self._places.values() if len(places) > 1]
        by_label = [{each.label: f"{each.name} as {each.label!r}" for each, _ in places} for places in repeated]
        by_split = [{split: f"{each.name} in {split}" for each, split in places} for places in repeated]
        if told := _told(by_label, "have several labels"):
            yield f"{told}. One of them is wrong: leave all but the right one out."
        if told := _told(by_split, "are in several splits"):
            yield f"{told}. What is tested was trained on: leave all but one out, or give them one group."


def _told(found: list[dict[str, str]], how: str) -> str:
    several = [each for each in found if len(each) > 1]
    if not several:
        return ""
    return f"{len(several)} recordings {how}, sample by sample the same; the first: {', '.join(several[0].values())}"

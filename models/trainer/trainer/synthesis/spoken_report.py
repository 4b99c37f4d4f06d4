"""The report of `synthesize`: clips and minutes by label, engine and split, and everything that failed."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import soundfile

from trainer.files import write_whole
from trainer.markdown import table
from trainer.synthesis.installed import Installed
from trainer.synthesis.rehearsal import Rehearsed

Tally = dict[str, tuple[int, float]]  # clips, minutes
MOST_LISTED = 20


@dataclass(frozen=True)
class SpokenReport:
    """The figures of a finished folder of clips."""

    rehearsed: Rehearsed
    installed: Installed
    folder: Path
    paths: tuple[str, ...]

    @cached_property
    def minutes(self) -> list[float]:
        """The length of each clip in minutes."""
        return [float(soundfile.info(self.folder / path).duration) / 60 for path in self.paths]

    def summary(self) -> str:
        """The totals, in one line."""
        parts, failures = self.rehearsed.parts, self.rehearsed.failures.total()
        voices = len({part.utterance.voice for part in parts})
        return (
            f"{len(parts)} clips, {sum(self.minutes):.1f} minutes, {len(self._labels())} labels, {voices} voices of "
            f"{len(self._engines())} engines; {self.rehearsed.held_before} from the cache, "
            f"{failures} failures, {len(self.rehearsed.lost)} lost"
        )

    def save(self, how: str) -> None:
        """Writes report.md; `how` describes the settings."""
        lines = ["# Synthesised speech", "", f"{self.summary()}; {how}.", ""]
        lines += [
            *_table("label", self._labels()),
            *_table("engine", self._engines()),
            *_table("split", self._splits()),
        ]
        lines += self._troubles()
        write_whole(self.folder / "report.md", ("\n".join(lines).rstrip() + "\n").encode())

    def _labels(self) -> Tally:
        return self._tally([part.line.label for part in self.rehearsed.parts])

    def _engines(self) -> Tally:
        return self._tally([part.utterance.voice.engine for part in self.rehearsed.parts])

    def _splits(self) -> Tally:
        return self._tally([part.line.split or "for prepare to choose" for part in self.rehearsed.parts])

    def _tally(self, names: list[str]) -> Tally:
        clips: defaultdict[str, int] = defaultdict(int)
        minutes: defaultdict[str, float] = defaultdict(float)
        for name, length in zip(names, self.minutes, strict=True):
            clips[name] += 1
            minutes[name] += length
        return {name: (clips[name], minutes[name]) for name in sorted(clips)}

    def _troubles(self) -> list[str]:
        """Missing engines, failures by reason, and texts that could not be spoken; empty if there is nothing."""
        failures = [f"- {count} × {reason}" for reason, count in self.rehearsed.failures.most_common(MOST_LISTED)]
        sections = {
            "Engines left out": [f"- {sentence}" for sentence in self.installed.missing],
            "Failures, spoken by another engine": failures,
            "Lost": [f"- {text}" for text in self.rehearsed.lost],
        }
        return [line for title, lines in sections.items() if lines for line in (f"## {title}", "", *lines, "")]


def _table(name: str, tally: Tally) -> list[str]:
    rows = [(each, str(clips), f"{minutes:.1f}") for each, (clips, minutes) in tally.items()]
    return [*table((name, "clips", "minutes"), rows), ""]

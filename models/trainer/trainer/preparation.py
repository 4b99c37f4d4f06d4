"""The report of `prepare`: classes, durations, sample rates, and recordings that could not be read."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from trainer.errors import TrainerError
from trainer.files import write_json
from trainer.labels import Labels
from trainer.markdown import cell
from trainer.prepared import REPORT
from trainer.recipe import SPLITS
from trainer.recipe_sources import Source
from trainer.repeats import Repeats
from trainer.toml_config import as_table

# Headers of MP3s without a length let it be estimated to within a frame.
MOST_MISSING_SECONDS = 0.1


@dataclass
class Preparation:
    """Counts that are updated recording by recording."""

    labels: Labels
    clips: Counter[tuple[str, str]] = field(default_factory=Counter)  # (label, split)
    seconds: defaultdict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))  # (label, split)
    durations: list[float] = field(default_factory=list)
    rates: Counter[int] = field(default_factory=Counter)
    unreadable: list[tuple[str, str]] = field(default_factory=list)  # (label, which recording and why)
    short: list[str] = field(default_factory=list)  # which recordings end before the length that they tell
    notices: list[str] = field(default_factory=list)
    knows_groups: bool = True
    repeats: Repeats = field(default_factory=Repeats)
    content: str = ""  # a digest of every row and its split, in order

    def read(self, label: str, split: str, seconds: float, rate: int) -> None:
        """Counts one recording that could be read."""
        self.clips[label, split] += 1
        self.seconds[label, split] += seconds
        self.durations.append(seconds)
        self.rates[rate] += 1

    def found_short(self, name: str, seconds: float, missing: float) -> None:
        """Notes a recording if it is shorter than its header tells by more than an MP3 without a length may be."""
        if missing > MOST_MISSING_SECONDS:
            self.short.append(f"{name}: it ends after {seconds:.1f} of {seconds + missing:.1f} s, as if cut off")

    def wrote(self, row: dict[str, Any], split: str) -> None:
        """Counts one row into what tells datasets apart that are alike in number and length."""
        told = {**row, "audio": [sha256(row["audio"]["bytes"]).hexdigest(), row["audio"]["path"]]}
        self.content = sha256(f"{self.content} {split} {json.dumps(told)}".encode()).hexdigest()

    def require_every_class(self) -> None:
        """A TrainerError if nothing could be read, or if an intent has no recording in the training split.

        The second check is left out if all recordings are in the test split.
        """
        if not self.durations:
            raise TrainerError(
                f"none of the {len(self.unreadable)} recordings could be read; the first: {self.unreadable[0][1]}"
            )
        if all(split == "test" for _, split in self.clips):
            return
        for label in self.labels.names:
            if label not in self.labels.background and not self.clips[label, "train"]:
                held = ", ".join(f"{self.clips[label, split]} {split}" for split in SPLITS)
                said = f"the class {label!r} has no recording to train on ({held}): add some, or leave the class out"
                raise TrainerError(" ".join([f"{said}.", *self.labels.doubts(), *self._unread(label)]))

    def save(self, folder: Path, sources: tuple[Source, ...]) -> None:
        """Writes prepared.json, report.md and unreadable.txt."""
        write_json(
            folder / REPORT,
            {
                "labels": list(self.labels.names),
                "background": list(self.labels.background),
                "recordings": {label: self._per_split(self.clips, label) for label in self.labels.names},
                "hours": round(sum(self.durations) / 3600, 3),
                "rates": {str(rate): count for rate, count in sorted(self.rates.items())},
                "unreadable": len(self.unreadable),
                "knows_groups": self.knows_groups,
                "content": self.content,
                "sources": [as_table(source) for source in sources],
            },
        )
        unread = [*(line for _, line in self.unreadable), *self.short]
        (folder / "unreadable.txt").write_text("".join(f"{line}\n" for line in unread), encoding="utf-8")
        (folder / "report.md").write_text(f"# Prepared recordings\n\n{self.summary()}\n", encoding="utf-8")

    def summary(self) -> str:
        """A Markdown table of classes and splits, followed by totals and notices."""
        shown = {label: cell(label) for label in self.labels.names}
        width = max(len(each) for each in shown.values())
        lines = [
            f"| {'class':{width}} | train | validation | test | minutes |",
            f"| {'-' * width} | ----: | ---------: | ---: | ------: |",
        ]
        for label in self.labels.names:
            train, validation, test = (self.clips[label, split] for split in SPLITS)
            minutes = sum(self.seconds[label, split] for split in SPLITS) / 60
            lines.append(f"| {shown[label]:{width}} | {train:5} | {validation:10} | {test:4} | {minutes:7.1f} |")
        durations = sorted(self.durations)
        rates = ", ".join(f"{count} at {rate} Hz" for rate, count in self.rates.most_common())
        lines += [
            "",
            f"{len(durations)} recordings, {sum(durations) / 3600:.2f} h, "
            f"{durations[0]:.1f}–{durations[-1]:.1f} s, median {durations[len(durations) // 2]:.1f} s; {rates}.",
        ]
        lines += [f"{told}, all in unreadable.txt" for told in self._unread(*self.labels.names)]
        if self.short:
            lines.append(
                f"{len(self.short)} recordings were read as far as they go; the first: {self.short[0]}, all in "
                "unreadable.txt"
            )
        return "\n".join([*lines, *self.notices, *self.repeats.sentences()])

    def _unread(self, *labels: str) -> list[str]:
        """One sentence on the recordings of some labels that could not be read; empty if all could."""
        lines = [line for label, line in self.unreadable if label in labels]
        return [f"{len(lines)} recordings could not be read; the first: {lines[0]}"] if lines else []

    @staticmethod
    def _per_split(counts: Counter[tuple[str, str]], label: str) -> dict[str, int]:
        return {split: counts[label, split] for split in SPLITS}

"""The sentences of a script with labels and splits, and how their slots are filled for each clip."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trainer.errors import TrainerError
from trainer.labels import BACKGROUND, label_of
from trainer.synthesis.chance import digest, generator
from trainer.synthesis.script import Script, Sentences, Transcripts
from trainer.tables import read_csv

SLOT = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class ScriptLine:
    """One sentence as written.

    `split` is "" if `prepare` chooses it; `has_slots` is False if braces in the text have no special meaning.
    """

    text: str
    label: str
    split: str = ""
    has_slots: bool = True

    @property
    def group(self) -> str:
        """A short name of the sentence that depends only on its text."""
        return f"sentence-{digest(self.text)[:12]}"


def script_lines(script: Script) -> list[ScriptLine]:
    """Every different line, in the order of the script.

    Of the out-of-scope sentences one half, chosen by hash, is for validation.
    """
    lines: dict[ScriptLine, None] = {}
    for label, written in script.intents.items():
        lines.update(_lines(written, label_of(label)))
    lines.update(_lines(script.background, BACKGROUND))
    for line in _lines(script.out_of_scope, BACKGROUND):
        held_out = int(digest(line.text)[:8], 16) % 2 == 1
        lines[ScriptLine(line.text, line.label, "validation" if held_out else "train")] = None
    for transcripts in script.transcripts:
        lines.update(dict.fromkeys(_transcribed(transcripts)))
    answer = list(lines)
    for line in answer:
        _require_slots(line, script)
    return answer


def of_labels(lines: Sequence[ScriptLine], labels: Sequence[str]) -> list[ScriptLine]:
    """The lines with these labels, or all if no label is given; a label that no line has is a TrainerError."""
    known = dict.fromkeys(line.label for line in lines)
    wanted = [label_of(label) for label in labels]
    for label in wanted:
        if label not in known:
            raise TrainerError(f"no sentence has the label {label!r}; known labels: {', '.join(known)}")
    return [line for line in lines if not wanted or line.label in wanted]


def filled(line: ScriptLine, script: Script, clip: int) -> str:
    """The text of one clip: over the clips, each slot runs through all its values, shuffled, before one repeats."""
    if not line.has_slots:
        return line.text
    counts: dict[str, int] = {}

    def value(match: re.Match[str]) -> str:
        name = match[1]
        place = counts[name] = counts.get(name, -1) + 1
        values = script.slots[name]
        order = generator("slot", line.text, name, place).permutation(len(values))
        return values[int(order[clip % len(values)])]

    return SLOT.sub(value, line.text)


def _lines(written: Sentences | None, label: str) -> dict[ScriptLine, None]:
    return {ScriptLine(_tidy(text), label): None for text in (written.sentences if written else ())}


def _transcribed(transcripts: Transcripts) -> Iterator[ScriptLine]:
    columns = transcripts.text_column, transcripts.label_column
    chosen = 0
    for number, row in enumerate(read_csv(transcripts.file, {*columns, *transcripts.where}), start=2):
        if any(row[column] not in values for column, values in transcripts.where.items()):
            continue
        text, label = (row[column] or "" for column in columns)
        if not text.strip() or not label.strip():
            raise TrainerError(f"{transcripts.file}, line {number}: {' and '.join(columns)} must not be empty")
        chosen += 1
        yield ScriptLine(_tidy(text), label_of(label), has_slots=False)
    if not chosen:
        raise TrainerError(f"{transcripts.file}: no row has {transcripts.where}")


def _require_slots(line: ScriptLine, script: Script) -> None:
    if not line.has_slots:
        return
    if re.search(r"[{}]", SLOT.sub("", line.text)):
        raise TrainerError(f"the sentence {line.text!r} has a brace without its other half")
    for match in SLOT.finditer(line.text):
        if match[1] not in script.slots:
            known = ", ".join(sorted(script.slots)) or "none"
            raise TrainerError(f"the sentence {line.text!r} has the slot {match[1]!r}; known slots: {known}")


def _tidy(text: str) -> str:
    return " ".join(text.replace("’", "'").split())

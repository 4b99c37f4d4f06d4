"""Varies the wording of a sentence as callers do: greetings, hesitations, pauses, corrections."""

import numpy as np

from trainer.synthesis.script import Speech

SENTENCE_ENDS = ".!?"


def spoken(sentence: str, speech: Speech, random: np.random.Generator) -> str:
    """The sentence in the words of one caller, ending in punctuation; at commas, engines pause."""
    words = sentence.split()
    if _happens(speech.correction, random) and len(words) > 3:
        words = _corrected(words, speech, random)
    if _happens(speech.hesitation, random):
        place = int(random.integers(min(len(words), 6)))
        words.insert(place, f"{_one(speech.hesitations, random)},")
        words = _with_comma(words, place)
    if _happens(speech.pause, random) and len(words) > 2:
        words = _with_comma(words, int(random.integers(1, len(words))))
    if _happens(speech.greeting, random) and not _greets(words, speech):
        words.insert(0, f"{_one(speech.greetings, random)},")
    text = " ".join(words)
    return text if text[-1] in SENTENCE_ENDS else f"{text}."


def _corrected(words: list[str], speech: Speech, random: np.random.Generator) -> list[str]:
    """Adds a false start of one to four words before the whole sentence."""
    start = words[: int(random.integers(1, min(5, len(words))))]
    edit = f"{_one(speech.corrections, random)}," if _happens(0.6, random) else ""
    return [*start[:-1], f"{start[-1].rstrip(',')},", *edit.split(), *words]


def _greets(words: list[str], speech: Speech) -> bool:
    first = {greeting.split()[0].strip(",").lower() for greeting in speech.greetings}
    return words[0].strip(",").lower() in first


def _with_comma(words: list[str], place: int) -> list[str]:
    """Adds a comma (a pause) before the word at `place`, unless there is punctuation or it is the first."""
    if place == 0 or not words[place - 1][-1].isalnum():
        return words
    return [*words[: place - 1], f"{words[place - 1]},", *words[place:]]


def _one(choices: tuple[str, ...], random: np.random.Generator) -> str:
    return choices[int(random.integers(len(choices)))]


def _happens(probability: float, random: np.random.Generator) -> bool:
    return bool(random.random() < probability)

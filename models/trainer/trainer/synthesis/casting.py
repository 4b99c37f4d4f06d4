"""Chooses the voice and delivery of each clip; the choices depend only on the seed and on the sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trainer.errors import TrainerError
from trainer.synthesis.chance import digest, generator
from trainer.synthesis.engine import Delivery, Utterance, Voice
from trainer.synthesis.installed import Installed
from trainer.synthesis.lines import ScriptLine, filled
from trainer.synthesis.script import Script
from trainer.synthesis.wording import spoken

# Deliveries are rounded to a grid, so that engines that start slowly can speak many sentences in one call.
SPEED_STEP, PITCH_STEP, TRACT_STEP = 0.05, 0.5, 0.02
HELD_OUT_VOICES = 5  # one speaker in so many is held out


@dataclass(frozen=True)
class Part:
    """One clip to make.

    - `number`: which of the clips of its line it is.
    - `utterance`: what is said, by which voice, and how.
    - `rate_factor`: how many times as fast the speech is played afterwards.
    """

    line: ScriptLine
    number: int
    utterance: Utterance
    rate_factor: float


class Casting:
    """Assigns voices to clips.

    Over its clips, each sentence gets the engines in proportion to their weights, beginning at a random one.
    """

    def __init__(self, script: Script, installed: Installed, seed: int) -> None:
        self.script = script
        self.installed = installed
        self.seed = seed
        self.held_out = _held_out(installed) if _divides_voices(script) else frozenset()

    def part(self, line: ScriptLine, number: int, not_by: frozenset[str] = frozenset()) -> Part:
        """The clip `number` of a line, by an engine that is not in `not_by`; a TrainerError if there is none."""
        speech = self.script.speech
        wording = generator(self.seed, "wording", line.label, line.text, number)
        text = spoken(filled(line, self.script, number), speech, wording)
        random = generator(self.seed, "casting", line.label, line.text, number, *sorted(not_by))
        voice = self._voice(line, number, text, not_by)
        engine = self.installed.engines[voice.engine]
        speed = random.uniform(*speech.speed)
        pitch = _on_grid(random.uniform(*speech.pitch), PITCH_STEP)
        factor = _on_grid(random.uniform(*speech.vocal_tract), TRACT_STEP)
        if not engine.has_pitch:
            factor, pitch = factor * 2 ** (pitch / 12), 0.0
        delivery = Delivery(_on_grid(speed / factor, SPEED_STEP), pitch, int(random.integers(engine.takes)))
        return Part(line, number, Utterance(text, voice, delivery), round(factor, 4))

    def _voice(self, line: ScriptLine, number: int, text: str, not_by: frozenset[str]) -> Voice:
        choices = {name: self._voices(name, line) for name in self.installed.engines if name not in not_by}
        able = [name for name, found in choices.items() if found and self.installed.engines[name].speaks(text)]
        if not able:
            raise TrainerError(
                f"no engine that is installed speaks {text!r}; tried: {', '.join(sorted(not_by)) or 'none'}"
            )
        weights = np.array([self.installed.weights[name] for name in able])
        start = generator(self.seed, "start", line.label, line.text).random()
        place = (start + number / self.script.speech.clips) % 1
        engine = able[min(int(np.searchsorted(np.cumsum(weights / weights.sum()), place)), len(able) - 1)]
        random = generator(self.seed, "voice", line.label, line.text, number, engine)
        return choices[engine][int(random.integers(len(choices[engine])))]

    def _voices(self, engine: str, line: ScriptLine) -> Sequence[Voice]:
        voices = self.installed.engines[engine].voices
        if not self.held_out:
            return voices
        return [voice for voice in voices if (voice.speaker in self.held_out) == (line.split == "validation")]


def _divides_voices(script: Script) -> bool:
    return script.speech.group == "voice" and script.out_of_scope is not None


def _held_out(installed: Installed) -> frozenset[str]:
    """Speakers for the validation split only: of each engine with at least four speakers about one in five.

    A TrainerError if no engine has so many.
    """
    answer: list[str] = []
    for engine in installed.engines.values():
        speakers = sorted({voice.speaker for voice in engine.voices}, key=digest)
        answer += speakers[: (len(speakers) + 1) // HELD_OUT_VOICES]
    if not answer:
        raise TrainerError('speech.group = "voice" with [out_of_scope] needs an engine with four voices or more')
    return frozenset(answer)


def _on_grid(value: float, step: float) -> float:
    return round(round(value / step) * step, 4)

"""Finds the installed speech engines, and how often each is used."""

import shutil
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from trainer.errors import TrainerError
from trainer.synthesis.engine import Engine, EngineFailure
from trainer.synthesis.engines.espeak import Espeak
from trainer.synthesis.engines.festival import Festival
from trainer.synthesis.engines.flite import Flite
from trainer.synthesis.engines.hibari import Hibari
from trainer.synthesis.engines.kokoro import Kokoro
from trainer.synthesis.engines.pico import Pico
from trainer.synthesis.engines.piper import Piper
from trainer.synthesis.engines.rhvoice import RHVoice

# How often each is used, by how human it sounds and how many voices it has.
WEIGHTS = {
    "kokoro": 8.0,
    "hibari": 4.0,
    "piper": 4.0,
    "rhvoice": 5.0,
    "pico": 4.0,
    "flite": 4.0,
    "festival": 2.0,
    "espeak-ng": 3.0,
}
PROGRAMS = {
    "piper": "piper",
    "rhvoice": "RHVoice-test",
    "pico": "pico2wave",
    "flite": "flite",
    "festival": "text2wave",
    "espeak-ng": "espeak-ng",
}
ENGINES: dict[str, Callable[[Path, str], Engine]] = {
    "rhvoice": RHVoice,
    "pico": Pico,
    "flite": Flite,
    "festival": Festival,
    "espeak-ng": Espeak,
}


@dataclass(frozen=True)
class Places:
    """Where to find what is not on the path: Piper, further voices for it, and the folder of Kokoro."""

    piper: Path | None = None
    piper_voices: tuple[Path, ...] = ()
    kokoro: Path | None = None


@dataclass(frozen=True)
class Installed:
    """The engines that can speak, their weights, and a sentence on each one that cannot."""

    engines: dict[str, Engine]
    weights: dict[str, float]
    missing: tuple[str, ...]


def chosen(names: Collection[str]) -> dict[str, float]:
    """The default weights of these engines, always in the same order; an unknown engine is a TrainerError."""
    unknown = sorted(set(names) - set(WEIGHTS))
    if unknown:
        raise TrainerError(f"{unknown[0]!r} is no speech engine: {', '.join(WEIGHTS)}")
    return {name: weight for name, weight in WEIGHTS.items() if name in names}


def find_engines(language: str, wanted: dict[str, float], places: Places = Places()) -> Installed:
    """Finds the engines in `wanted` that have a weight above 0, or all engines if `wanted` is empty.

    A TrainerError if none can speak the language.
    """
    chosen(wanted)
    weights = {name: weight for name, weight in (wanted or WEIGHTS).items() if weight > 0}
    engines: dict[str, Engine] = {}
    missing = []
    for name in weights:
        try:
            engines[name] = _found(name, language, places)
        except EngineFailure as failure:
            missing.append(f"{name}: {failure}")
    if not engines:
        raise TrainerError(f"no speech engine can speak {language!r}: {'; '.join(missing)}")
    return Installed(engines, {name: weights[name] for name in engines}, tuple(missing))


def _found(name: str, language: str, places: Places) -> Engine:
    engine = _opened(name, language, places)
    if not engine.voices:
        raise EngineFailure(f"it has no voice for {language!r}")
    return engine


def _opened(name: str, language: str, places: Places) -> Engine:
    if name == "hibari":
        return Hibari(language)
    if name == "kokoro":
        return Kokoro(_kokoro_folder(places.kokoro), language)
    program = _program(name, places.piper if name == "piper" else None)
    if name == "piper":
        return Piper(program.absolute(), places.piper_voices, language)
    return ENGINES[name](program, language)


def _kokoro_folder(told: Path | None) -> Path:
    if told is None:
        raise EngineFailure("its folder was not named: scripts/fetch-kokoro.sh FOLDER makes one, --kokoro names it")
    if not told.is_dir():
        raise TrainerError(f"--kokoro {told} is no folder: scripts/fetch-kokoro.sh makes one")
    return told


def _program(name: str, told: Path | None) -> Path:
    if told is not None:
        if not told.is_file():
            raise TrainerError(f"--{name} {told} is no file: name the program {PROGRAMS[name]}")
        return told
    on_path = shutil.which(PROGRAMS[name])
    if on_path is None:
        raise EngineFailure(f"the program {PROGRAMS[name]} is not installed")
    return Path(on_path)

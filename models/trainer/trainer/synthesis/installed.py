"""Which engines are installed here, and with what weight each is heard."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from trainer.errors import TrainerError
from trainer.synthesis.engine import Engine, EngineFailure
from trainer.synthesis.engines.espeak import Espeak
from trainer.synthesis.engines.festival import Festival
from trainer.synthesis.engines.flite import Flite
from trainer.synthesis.engines.pico import Pico
from trainer.synthesis.engines.piper import Piper
from trainer.synthesis.engines.rhvoice import RHVoice

# By how much each sounds like a person, and by how many voices it brings.
WEIGHTS = {"piper": 4.0, "rhvoice": 5.0, "pico": 4.0, "flite": 4.0, "festival": 2.0, "espeak-ng": 3.0}
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
class PiperPlace:
    """Where Piper is, if not on the path, and further voices for it."""

    program: Path | None = None
    models: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Installed:
    """The engines that can speak, their weights, and a sentence on each that cannot."""

    engines: dict[str, Engine]
    weights: dict[str, float]
    missing: tuple[str, ...]


def find_engines(language: str, wanted: dict[str, float], piper: PiperPlace = PiperPlace()) -> Installed:
    """Looks for every engine that has a weight (all of them unless `wanted` names some); none at all is an error."""
    for name in wanted:
        if name not in PROGRAMS:
            raise TrainerError(f"speech.engines: {name!r} is none of {', '.join(PROGRAMS)}")
    weights = {name: weight for name, weight in (wanted or WEIGHTS).items() if weight > 0}
    engines: dict[str, Engine] = {}
    missing = []
    for name in weights:
        try:
            engines[name] = _found(name, language, piper)
        except EngineFailure as failure:
            missing.append(f"{name}: {failure}")
    if not engines:
        raise TrainerError(f"no speech engine can speak {language!r}: {'; '.join(missing)}")
    return Installed(engines, {name: weights[name] for name in engines}, tuple(missing))


def _found(name: str, language: str, piper: PiperPlace) -> Engine:
    told = piper.program if name == "piper" else None
    if told is not None and not told.is_file():
        raise TrainerError(f"--piper {told} is no file: name the program piper")
    on_path = shutil.which(PROGRAMS[name])
    if told is None and on_path is None:
        raise EngineFailure(f"the program {PROGRAMS[name]} is not installed")
    program = told or Path(str(on_path))
    engine = _piper(program, piper.models, language) if name == "piper" else ENGINES[name](program, language)
    if not engine.voices:
        raise EngineFailure(f"{program.name} has no voice for {language!r}")
    return engine


def _piper(program: Path, models: Sequence[Path], language: str) -> Engine:
    return Piper(program.absolute(), models, language)

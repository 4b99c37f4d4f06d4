"""Golden vectors: short synthesised utterances, with the logits expected after every frame."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile
import torch
from torch import nn

from trainer.audio import UnreadableAudio, read_audio, to_int16
from trainer.errors import TrainerError
from trainer.framing import SAMPLE_RATE, Framing, Samples
from trainer.onnx_graph import Floats, OnnxGraph, UnfaithfulGraph

# Relative to the largest logit where that is above 1, as in `verify_rows`: rounding errors grow with the values.
TOLERANCE = 1e-3
LONGEST_NAME = 100


def write_golden(folder: Path, sentence: str, logits_of: Callable[[Samples], list[Floats]], framing: Framing) -> str:
    """Synthesises a sentence, writes NAME.wav and NAME.json with the logits of every frame, and returns NAME.

    NAME is made from the sentence and is unique in the folder. `logits_of` gives the logits of each frame of an
    utterance.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plain = re.sub(r"[^a-z0-9]+", "-", sentence.lower())[:LONGEST_NAME].strip("-") or "golden"
    names = (plain, *(f"{plain}-{number}" for number in range(2, 1000)))
    name = next(name for name in names if not (folder / f"{name}.wav").exists())
    soundfile.write(folder / f"{name}.wav", to_int16(synthesise(sentence)), SAMPLE_RATE, subtype="PCM_16")
    pcm = read_audio(folder / f"{name}.wav")
    ends = framing.end_ms(len(pcm))
    logits = logits_of(pcm)
    frames = [
        {"end_ms": end, "logits": [round(float(value), 6) for value in row]}
        for end, row in zip(ends, logits, strict=True)
    ]
    tolerance = round(TOLERANCE * max(1.0, float(np.abs(logits).max())), 6)
    vector = {"hop_ms": framing.hop_ms, "tolerance": tolerance, "frames": frames}
    (folder / f"{name}.json").write_text(json.dumps(vector, indent=1) + "\n", encoding="utf-8")
    return name


def verify_golden(folder: Path, name: str, onnx_graph: OnnxGraph, state_floats: int) -> None:
    """Runs the graph over a golden WAV frame by frame; a frame outside the tolerance is an UnfaithfulGraph."""
    vector = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    frames = Framing(vector["hop_ms"]).frames(read_audio(folder / f"{name}.wav"))
    heard = graph_logits(frames, onnx_graph, state_floats)
    if len(heard) != len(vector["frames"]):
        raise UnfaithfulGraph(f"golden {name} has {len(vector['frames'])} frames, the audio gives {len(heard)}")
    for expected, actual in zip(vector["frames"], heard, strict=True):
        gap = float(np.abs(np.array(expected["logits"]) - actual).max())
        if not gap <= vector["tolerance"]:
            raise UnfaithfulGraph(f"golden {name} at {expected['end_ms']} ms differs by {gap:.2g}")


def graph_logits(frames: Floats, onnx_graph: OnnxGraph, state_floats: int) -> list[Floats]:
    """The graph's logits `[labels]` after each frame; the state is carried from frame to frame."""
    state = np.zeros((1, state_floats), dtype=np.float32)
    heard = []
    for frame in frames:
        outputs = onnx_graph.run([frame[None], state] if state_floats else [frame[None]])
        heard.append(outputs[0][0])
        if state_floats:
            state = outputs[1]
    return heard


@torch.no_grad()
def module_logits(graph: nn.Module, frames: Floats, state_floats: int) -> list[Floats]:
    """The module's logits `[labels]` after each frame; the state is carried from frame to frame."""
    state = torch.zeros(1, state_floats)
    heard = []
    for frame in frames:
        pcm = torch.from_numpy(frame[None])
        if state_floats:
            logits, state = graph(pcm, state)[:2]
        else:
            logits = graph(pcm)
        heard.append(logits[0].numpy())
    return heard


def require_espeak() -> str:
    """The path of the program that speaks golden vectors; a TrainerError if it is not installed."""
    program = shutil.which("espeak-ng")
    if program is None:
        raise TrainerError("golden vectors need the program espeak-ng: install it (Debian package espeak-ng)")
    return program


def synthesise(sentence: str) -> Samples:
    """Speaks a sentence with espeak-ng, and returns its samples at 16 kHz."""
    program = require_espeak()
    with TemporaryDirectory() as folder:
        file = Path(folder) / "spoken.wav"
        try:
            subprocess.run([program, "-v", "en-gb", "-s", "160", "-w", file, "--", sentence], check=True)
            return read_audio(file)
        except (OSError, ValueError, subprocess.CalledProcessError, UnreadableAudio) as error:
            raise TrainerError(f"espeak-ng cannot speak the golden sentence {sentence[:80]!r}: {error}") from error

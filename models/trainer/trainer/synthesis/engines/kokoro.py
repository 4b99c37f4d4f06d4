"""Kokoro-82M (Apache-2.0): 28 neural English voices, an ONNX graph that users download; never a dependency."""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import onnxruntime
import soundfile
from hibari import Hibari as Reader
from hibari.g2p import G2P
from numpy.typing import NDArray

from trainer.framing import Samples
from trainer.synthesis.engine import EngineFailure, Utterance, Voice, fingerprint
from trainer.synthesis.engines.hibari import is_latin

NAME = "kokoro"
SAMPLE_RATE = 24_000
STYLE_FLOATS = 256
MOST_TOKENS = 512
# The first letter of a voice's name is its language: American and British English.
AMERICAN, BRITISH = "a", "b"


class Kokoro:
    """A folder with one graph (`*.onnx`: tokens int64 `[1, n]`, style `[1, 256]`, speed `[1]`) and `voices/*.bin`.

    A voice is float32 `[longest, 256]`: one style vector for each number of phonemes. Hibari turns texts into phonemes,
    in Kokoro's own alphabet and by its rules (misaki).
    """

    name = NAME
    has_pitch = False
    takes = 1
    batch = 4

    def __init__(self, folder: Path, language: str) -> None:
        graphs = sorted(folder.glob("*.onnx"))
        if len(graphs) != 1:
            raise EngineFailure(f"{folder} should hold one graph, *.onnx, and has {len(graphs)}")
        files = sorted(folder.glob(f"voices/[{AMERICAN}{BRITISH}]*.bin"))
        self.styles = {file.stem: _styles(file) for file in files if language == "en"}
        self.voices = tuple(Voice(NAME, name, f"{NAME}/{name}") for name in self.styles)
        self.version = " ".join((version("hibari-tts"), *map(fingerprint, (graphs[0], *files))))
        self.session = _session(graphs[0])
        self.readers = {accent: Reader(g2p=G2P(british=accent == BRITISH)) for accent in (AMERICAN, BRITISH)}
        self.one_at_a_time = Lock()

    def speaks(self, text: str) -> bool:
        """Texts in Latin letters only, as for Hibari, which turns them into phonemes."""
        return is_latin(text)

    def speak(self, utterances: Sequence[Utterance], folder: Path) -> list[Path]:
        """Sets speed through the durations that the model predicts."""
        files = []
        for index, utterance in enumerate(utterances):
            files.append(folder / f"{index}.wav")
            soundfile.write(files[-1], self._spoken(utterance), SAMPLE_RATE, subtype="PCM_16")
        return files

    def _spoken(self, utterance: Utterance) -> Samples:
        reader = self.readers[utterance.voice.name[0]]
        with self.one_at_a_time:
            sentences = reader.phonemize(utterance.text)
        if not sentences:
            raise EngineFailure(f"there is nothing to say in {utterance.text!r}")
        styles = self.styles[utterance.voice.name]
        speed = np.array([utterance.delivery.speed], np.float32)
        inputs = [each.name for each in self.session.get_inputs()]
        said = []
        for phonemes in sentences:
            tokens = np.array([reader.ids(phonemes)], np.int64)
            if tokens.size > MOST_TOKENS:
                raise EngineFailure(f"{tokens.size} phonemes without a pause; {MOST_TOKENS} are the most")
            style = styles[min(len(phonemes), len(styles)) - 1][None]
            said.append(self.session.run(None, dict(zip(inputs, (tokens, style, speed), strict=True)))[0].ravel())
        return np.asarray(np.clip(np.concatenate(said), -1, 1), np.float32)


def _styles(file: Path) -> NDArray[np.float32]:
    styles = np.fromfile(file, np.float32)
    if len(styles) == 0 or len(styles) % STYLE_FLOATS:
        raise EngineFailure(f"{file} is no voice: float32 in rows of {STYLE_FLOATS}; it has {len(styles)} of them")
    return styles.reshape(-1, STYLE_FLOATS)


def _session(graph: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # utterances are spoken in parallel
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise EngineFailure(f"{graph} is no graph that ONNX Runtime can open: {error}") from error

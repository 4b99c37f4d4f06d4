"""Exports each of the twelve at its published size with random weights, verifies the graph, and measures it.

Prints a Markdown table. Each architecture has a process and a temporary folder of its own: the largest needs 10 GB of
memory and 3 GB of disk. `full_size_shapes.py MODEL_TYPE…` measures only those.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
import transformers as hf

from trainer.architectures.classifier_graph import classifier_graph
from trainer.architectures.families import FAMILIES, MODEL_TYPES
from trainer.architectures.one_second import fit_to_one_second
from trainer.framing import FRAME_SAMPLES
from trainer.onnx_graph import OnnxGraph, Signature, verify_rows, write_onnx

LABELS = 14
RUNS = 5
LARGE: dict[str, Any] = {
    "hidden_size": 1024,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "intermediate_size": 4096,
    "feat_extract_norm": "layer",
    "do_stable_layer_norm": True,
    "conv_bias": True,
}
WHISPER_SMALL: dict[str, Any] = {
    "d_model": 768,
    "encoder_layers": 12,
    "encoder_attention_heads": 12,
    "encoder_ffn_dim": 3072,
}

# What the configuration class gives by itself unless settings are named; the hub's names for those shapes.
SHAPES: dict[str, tuple[str, Callable[[], Any]]] = {
    "audio-spectrogram-transformer": ("ast-finetuned-audioset-10-10-0.4593", hf.ASTConfig),
    "data2vec-audio": ("data2vec-audio-base", hf.Data2VecAudioConfig),
    "hubert": ("hubert-base", hf.HubertConfig),
    "sew": ("SEWConfig's own", hf.SEWConfig),
    "sew-d": ("SEWDConfig's own", hf.SEWDConfig),
    "unispeech": ("unispeech-large", lambda: hf.UniSpeechConfig(**LARGE)),
    "unispeech-sat": ("unispeech-sat-base", hf.UniSpeechSatConfig),
    "wav2vec2": ("wav2vec2-base", hf.Wav2Vec2Config),
    "wav2vec2-bert": ("w2v-bert-2.0", hf.Wav2Vec2BertConfig),
    "wav2vec2-conformer": ("wav2vec2-conformer-rel-pos-large", lambda: hf.Wav2Vec2ConformerConfig(**LARGE)),
    "wavlm": ("wavlm-base", hf.WavLMConfig),
    "whisper": ("whisper-small", lambda: hf.WhisperConfig(**WHISPER_SMALL)),
}
HEADINGS = ("architecture", "shape", "parameters", "file", "CPU ms a frame, alone", "in a batch of 8", "difference")


def main() -> None:
    """Measures what the command line names, or all twelve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model_types", nargs="*", metavar="MODEL_TYPE")
    parser.add_argument("--row", action="store_true", help="measure one in this process and print it as JSON")
    arguments = parser.parse_args()
    if arguments.row:
        print(json.dumps(measure(arguments.model_types[0])))
        return
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, one thread"
    print(f"{machine}, {datetime.now(UTC).date().isoformat()}, onnxruntime's CPU provider, fp32, random weights.\n")
    print(f"| {' | '.join(HEADINGS)} |\n| {' | '.join('---' for _ in HEADINGS)} |", flush=True)
    for model_type in arguments.model_types or MODEL_TYPES:
        print(f"| {' | '.join(in_a_process_of_its_own(model_type))} |", flush=True)


def in_a_process_of_its_own(model_type: str) -> list[str]:
    """One row of the table; a process that fails shows why on stderr and fails the script."""
    command = [sys.executable, __file__, "--row", model_type]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    row: list[str] = json.loads(answer.stdout.strip().splitlines()[-1])
    return row


def measure(model_type: str) -> list[str]:
    """Builds, cuts to one second, exports, verifies and times one architecture."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    shape, configuration = SHAPES[model_type]
    config = configuration()
    config.num_labels = LABELS
    model = hf.AutoModelForAudioClassification.from_config(config)
    family = next(each for each in FAMILIES if each.model_type == model_type)
    extractor = getattr(hf, family.extractor)()
    fit_to_one_second(model, extractor)
    graph = classifier_graph(model, extractor)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "model.onnx"
        write_onnx(graph, Signature(state_floats=0), file)
        size = sum(each.stat().st_size for each in file.parent.iterdir())
        onnx_graph = OnnxGraph(file)
        worst = verify_rows(graph, onnx_graph, Signature(state_floats=0))
        beside = " (weights beside the graph)" if file.with_name("model.onnx.data").exists() else ""
    return [
        family.title,
        shape,
        f"{sum(weights.numel() for weights in model.parameters()) / 1e6:.1f} M",
        f"{size / 1e6:.0f} MB{beside}",
        f"{milliseconds(onnx_graph, 1):.0f}",
        f"{milliseconds(onnx_graph, 8):.0f}",
        f"{worst:.1g}",
    ]


def milliseconds(onnx_graph: OnnxGraph, batch: int) -> float:
    """The median CPU time of a frame in milliseconds, after a run to warm up; what other programs take is left out."""
    pcm = np.random.default_rng(0).normal(0, 0.1, (batch, FRAME_SAMPLES)).astype(np.float32)
    onnx_graph.run([pcm])
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        onnx_graph.run([pcm])
        times.append(time.process_time() - start)
    return 1000 * statistics.median(times) / batch


if __name__ == "__main__":
    main()

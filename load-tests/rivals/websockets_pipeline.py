"""`websockets` around transformers' audio-classification pipeline: one connection a task, one frame a call."""

import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from audio_frames import RATE
from model_card import ModelCard
from streaming_server import Classify, folder_from, run
from transformers import pipeline

torch.set_num_threads(1)
CLASSIFIER = pipeline("audio-classification", model=str(folder_from(sys.argv)), device="cpu")
LABELS = [CLASSIFIER.model.config.id2label[index] for index in range(CLASSIFIER.model.config.num_labels)]


async def starting() -> Classify:
    """As many threads as cores: PyTorch lets go of the interpreter's lock while it computes."""
    threads = ThreadPoolExecutor(os.cpu_count())
    loop = asyncio.get_running_loop()

    async def classify(frame: np.ndarray, _state: np.ndarray | None) -> tuple[np.ndarray, None]:
        return await loop.run_in_executor(threads, log_posterior, frame), None

    return classify


def log_posterior(frame: np.ndarray) -> np.ndarray:
    """float[labels], in the order of the labels."""
    found = CLASSIFIER({"raw": frame, "sampling_rate": RATE}, top_k=len(LABELS))
    score = {each["label"]: each["score"] for each in found}
    return np.log([score[label] for label in LABELS])


run(ModelCard("", LABELS, [], 1.0, {}, {}, None, {"weight": 1.0, "decay": 1.0}), starting)

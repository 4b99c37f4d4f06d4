"""`websockets` around onnxruntime: one connection a task, one frame a run, as many threads that run as cores."""

import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from model_card import log_softmax, read_card
from onnx_model import OnnxModel
from streaming_server import Classify, folder_from, run

CARD = read_card(folder_from(sys.argv))


async def starting() -> Classify:
    """Opens the graph."""
    model = OnnxModel(CARD)
    threads = ThreadPoolExecutor(os.cpu_count())
    loop = asyncio.get_running_loop()

    async def classify(frame: np.ndarray, state: np.ndarray | None) -> tuple[np.ndarray, np.ndarray | None]:
        logits, state = await loop.run_in_executor(threads, model.run, frame[None], state)
        return log_softmax(logits[0] / CARD.temperature), state

    return classify


run(CARD, starting)

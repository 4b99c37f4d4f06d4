"""A thin WebSocket gateway before LitServe: it decodes, resamples and cuts, and asks LitServe about each frame."""

import asyncio
import base64
import socket
import sys
from pathlib import Path

import aiohttp
import numpy as np
from model_card import log_softmax, read_card
from streaming_server import Classify, folder_from, run

FOLDER = folder_from(sys.argv)
CARD = read_card(FOLDER)


async def starting() -> Classify:
    """Starts LitServe as a child, and waits until it has loaded the graph."""
    port = _free_port()
    command = [sys.executable, str(Path(__file__).with_name("litserve_model.py")), str(FOLDER), str(port)]
    await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
    session = aiohttp.ClientSession(f"http://127.0.0.1:{port}", connector=aiohttp.TCPConnector(limit=0))
    await _until_healthy(session)

    async def classify(frame: np.ndarray, state: str | None) -> tuple[np.ndarray, str | None]:
        pcm = base64.b64encode((frame * 32_768).round().clip(-32_768, 32_767).astype(np.int16)).decode()
        async with session.post("/predict", json={"pcm": pcm, "state": state}) as answer:
            found = await answer.json()
        return log_softmax(np.array(found["logits"]) / CARD.temperature), found["state"]

    return classify


async def _until_healthy(session: aiohttp.ClientSession) -> None:
    while True:
        try:
            async with session.get("/health") as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientConnectionError:
            pass
        await asyncio.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


run(CARD, starting)

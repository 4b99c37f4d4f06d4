"""The WebSocket side that all Python rivals share: one connection, one task, one frame of it in flight."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import uvloop
from audio_frames import AudioFrames
from model_card import Belief, ModelCard
from websockets.asyncio.server import ServerConnection, serve

# A frame float32[16000] and the state left by the frame before it (None at first) to log-posterior and next state.
Classify = Callable[[np.ndarray, np.ndarray | None], Awaitable[tuple[np.ndarray, np.ndarray | None]]]


def run(card: ModelCard, starting: Callable[[], Awaitable[Classify]]) -> None:
    """Serves until it is killed, on a free port that it prints."""
    uvloop.run(_serve(card, starting))


async def _serve(card: ModelCard, starting: Callable[[], Awaitable[Classify]]) -> None:
    classify = await starting()

    async def hear(connection: ServerConnection) -> None:
        await _stream(connection, card, classify)

    async with serve(hear, "127.0.0.1", 0, compression=None, open_timeout=None, ping_interval=None) as server:
        print(f"listening on http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        await asyncio.get_running_loop().create_future()


async def _stream(connection: ServerConnection, card: ModelCard, classify: Classify) -> None:
    query = {key: values[0] for key, values in parse_qs(urlsplit(connection.request.path).query).items()}
    audio = AudioFrames(query["encoding"], int(query["sample_rate"]))
    belief = Belief(card)
    state = None
    async for message in connection:
        is_last = isinstance(message, str)
        for frame in audio.end() if is_last else audio.push(message):
            log_posterior, state = await classify(frame, state)
            await connection.send(json.dumps(belief.hear(log_posterior)))
        if is_last:
            await connection.send(json.dumps({"type": "closed", "frames": belief.frames, "gap_ms": 0}))
            return


def folder_from(arguments: list[str]) -> Path:
    """The only argument of every rival."""
    if len(arguments) != 2:
        raise SystemExit(f"usage: {arguments[0]} FOLDER")
    return Path(arguments[1])

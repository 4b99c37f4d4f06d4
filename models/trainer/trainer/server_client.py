"""A client of a running Earshot server: the protocol of proto/PROTOCOL.md, JSON over a WebSocket."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI
from websockets.sync.client import ClientConnection, connect

from trainer.errors import TrainerError
from trainer.framing import SAMPLE_RATE, Samples

CHUNK_SAMPLES = SAMPLE_RATE
PATIENCE_SECONDS = 60.0
# The longest values that a server accepts, so that a whole recording is one utterance if possible.
ENDPOINTING = {"silence_ms": 10_000, "max_utterance_ms": 120_000}

Message = dict[str, Any]


@dataclass(frozen=True)
class ServerVerdict:
    """A server's final result for the first utterance, and which frames of the stream it covers."""

    scores: dict[str, float]  # by intent; a server sends no scores of background labels
    first_end_ms: int  # stream time of the end of the first frame
    frames: int
    version: str  # of the model


def ask_server(address: str, model: str, pcm: Samples) -> ServerVerdict | None:
    """Streams 16 kHz samples to a served model; None if the server detected no speech in them.

    A server that cannot be reached, refuses, or does not answer in time is a TrainerError.
    """
    url = f"{address.rstrip('/').removesuffix('/v1/stream')}/v1/stream"
    start = {
        "type": "start",
        "audio": {"encoding": "pcm_f32le", "sample_rate": SAMPLE_RATE, "channels": 1},
        "model": model,
        "top_k": 100,
        "endpointing": ENDPOINTING,
    }
    try:
        with _connected(url) as connection:
            _send(connection, start, pcm)
            return _verdict(list(_answers(connection, address)))
    except InvalidURI as error:
        raise TrainerError(f"{address!r} is no address of a server: must be such as ws://127.0.0.1:8080") from error
    except (OSError, InvalidHandshake) as error:
        raise TrainerError(
            f"no Earshot server answers at {address}: start one with `earshot serve` ({error})"
        ) from error


def _connected(url: str) -> ClientConnection:
    """Connects with a long ping timeout, because a server that is behind does not read for a while, not even pings."""
    told: Any = {"subprotocols": ["earshot.v1.json"], "compression": None, "max_queue": None, "proxy": None}
    connection: ClientConnection = connect(url, ping_timeout=PATIENCE_SECONDS, **told)
    return connection


def _send(connection: ClientConnection, start: Message, pcm: Samples) -> None:
    try:
        connection.send(json.dumps(start))
        for begin in range(0, len(pcm), CHUNK_SAMPLES):
            connection.send(pcm[begin : begin + CHUNK_SAMPLES].astype("<f4").tobytes())
        connection.send(json.dumps({"type": "close"}))
    except ConnectionClosed:
        # The reason is in the server's last message, which is read next.
        return


def _answers(connection: ClientConnection, address: str) -> Iterator[Message]:
    message: Message = {}
    while message.get("type") != "closed":
        try:
            message = json.loads(connection.recv(timeout=PATIENCE_SECONDS))
        except (ConnectionClosed, ValueError) as error:
            raise TrainerError(f"the server at {address} broke off: {error}") from error
        if message["type"] == "error":
            raise TrainerError(f"the server at {address} refuses ({message['code']}): {message['message']}")
        if message["type"] == "gap":
            raise TrainerError(f"the server at {address} did not classify everything ({message['reason']}): try again")
        yield message


def _verdict(messages: list[Message]) -> ServerVerdict | None:
    of_first = [message for message in messages if message.get("utterance") == 0]
    if not of_first:
        return None
    tentative = [message for message in of_first if message.get("status") == "tentative"]
    (final,) = (message for message in of_first if message.get("status") == "final")
    (end,) = (message for message in of_first if message["type"] == "utterance_end")
    # There is a tentative intent for every frame, except for the one in which a pause ends the utterance.
    frames = len(tentative) + (end["reason"] != "close")
    scores = {each["label"]: each["score"] for each in final["scores"]}
    (ready,) = (message for message in messages if message["type"] == "ready")
    return ServerVerdict(scores, tentative[0]["end_ms"], frames, ready["model"]["version"])

"""LitServe around the graph: batches requests of one frame each, one worker process a core."""

import base64
import os
import sys

import litserve
import numpy as np
from audio_frames import FRAME
from model_card import read_card
from onnx_model import OnnxModel
from streaming_server import folder_from

MAX_BATCH = 8
BATCH_TIMEOUT_S = 0.002


class FrameApi(litserve.LitAPI):
    """A frame as base64 of int16[16000], its state as base64 of float32; the logits and the next state likewise."""

    def setup(self, device: str) -> None:
        """Opens the graph in the worker process."""
        self.model = OnnxModel(read_card(folder_from(sys.argv[:2])))
        self.shape = self.model.card.state_shape

    def decode_request(self, request: dict) -> tuple[np.ndarray, np.ndarray | None]:
        """One frame, and its state: zeros at first."""
        pcm = np.frombuffer(base64.b64decode(request["pcm"]), np.int16).astype(np.float32) / 32_768
        if self.shape is None:
            return pcm, None
        if request["state"] is None:
            return pcm, np.zeros(self.shape, np.float32)
        return pcm, np.frombuffer(base64.b64decode(request["state"]), np.float32).reshape(self.shape)

    def batch(self, inputs: list) -> tuple[np.ndarray, np.ndarray | None]:
        """Rows of one run."""
        pcm, states = zip(*inputs, strict=True)
        return np.stack(pcm).reshape(-1, FRAME), None if self.shape is None else np.stack(states)

    def predict(self, inputs: tuple[np.ndarray, np.ndarray | None]) -> tuple[np.ndarray, np.ndarray | None]:
        """The whole batch."""
        return self.model.run(*inputs)

    def unbatch(self, output: tuple[np.ndarray, np.ndarray | None]) -> list:
        """One answer a request."""
        logits, states = output
        return [(row, None if states is None else states[index]) for index, row in enumerate(logits)]

    def encode_response(self, output: tuple[np.ndarray, np.ndarray | None]) -> dict:
        """JSON."""
        logits, state = output
        encoded = None if state is None else base64.b64encode(np.ascontiguousarray(state)).decode()
        return {"logits": logits.tolist(), "state": encoded}


if __name__ == "__main__":
    server = litserve.LitServer(
        FrameApi(max_batch_size=MAX_BATCH, batch_timeout=BATCH_TIMEOUT_S),
        accelerator="cpu",
        workers_per_device=os.cpu_count(),
        fast_queue=True,
    )
    quiet = {"generate_client_file": False, "log_level": "warning", "access_log": False}
    server.run(host="127.0.0.1", port=int(sys.argv[2]), **quiet)

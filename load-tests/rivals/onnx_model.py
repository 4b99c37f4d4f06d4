"""ONNX Runtime around the graph of a model package."""

import numpy as np
import onnxruntime
from model_card import ModelCard


class OnnxModel:
    """One single-threaded session. Several threads may run it at once: it lets go of the interpreter's lock."""

    def __init__(self, card: ModelCard) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self.card = card
        self.session = onnxruntime.InferenceSession(card.graph, options, providers=["CPUExecutionProvider"])
        self.outputs = [name for name in (card.outputs["logits"], card.outputs["next_state"]) if name]

    def run(self, pcm: np.ndarray, state: np.ndarray | None) -> tuple[np.ndarray, np.ndarray | None]:
        """pcm float32[rows, 16000] and state float32[rows, …] (None: zeros) to logits[rows, labels] and next state."""
        feeds = {self.card.inputs["pcm"]: pcm}
        if self.card.state_shape is not None:
            zeros = np.zeros((len(pcm), *self.card.state_shape), np.float32)
            feeds[self.card.inputs["state"]] = zeros if state is None else state
        logits, *states = self.session.run(self.outputs, feeds)
        return logits, states[0] if states else None

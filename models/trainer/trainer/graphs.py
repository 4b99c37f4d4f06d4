"""The graph of a streaming package as a module: waveform and state in, logits, next state and speech out."""

from torch import Tensor, nn

from trainer.rolling_model import RollingModel


class StreamingGraph(nn.Module):
    """`(pcm [batch, 16000], state [batch, floats])` to `(logits [batch, labels], next_state, speech [batch, 6])`."""

    def __init__(self, model: RollingModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, pcm: Tensor, state: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Runs one frame of each stream."""
        return self.model.step(pcm, state)

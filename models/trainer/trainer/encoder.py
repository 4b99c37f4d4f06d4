"""The convolutional encoder of Google's speech embedding, as a PyTorch module that runs over any length."""

import torch
from torch import Tensor, nn

EMBEDDING_SIZE = 96
# The blocks up to the second of three poolings in time, and how many of the 32 bands are left after them.
EARLY_BLOCKS = 11
BANDS_LEFT = 4
ACTIVATION_SIZE = 72 * BANDS_LEFT

# Each layer: (input channels, output channels, kernel over (time, bands), max-pool after it or None).
_LAYERS: tuple[tuple[int, int, tuple[int, int], tuple[int, int] | None], ...] = (
    (1, 24, (3, 3), None),
    (24, 24, (1, 3), None),
    (24, 24, (3, 1), (2, 2)),
    (24, 48, (1, 3), None),
    (48, 48, (3, 1), None),
    (48, 48, (1, 3), None),
    (48, 48, (3, 1), (1, 2)),
    (48, 72, (1, 3), None),
    (72, 72, (3, 1), None),
    (72, 72, (1, 3), None),
    (72, 72, (3, 1), (2, 2)),
    (72, 96, (1, 3), None),
    (96, 96, (3, 1), None),
    (96, 96, (1, 3), None),
    (96, 96, (3, 1), (1, 2)),
    (96, 96, (1, 3), None),
    (96, 96, (3, 1), None),
    (96, 96, (1, 3), None),
    (96, 96, (3, 1), (2, 2)),
)


class Block(nn.Module):
    """One convolution without padding in time, its clipped leaky activation and its max-pool."""

    def __init__(self, channels: tuple[int, int], kernel: tuple[int, int], pool: tuple[int, int] | None) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(*channels, kernel, padding=(0, kernel[1] // 2))
        self.pool = pool

    def forward(self, x: Tensor) -> Tensor:
        """Maps `[batch, channels, time, bands]` to the same axes, shorter in time."""
        x = nn.functional.leaky_relu(self.convolution(x), 0.2).clamp_min(-0.4)
        return x if self.pool is None else nn.functional.max_pool2d(x, self.pool)


class SpeechEmbedding(nn.Module):
    """Maps mel frames to one 96-number embedding for each window of 76 frames, every 8 frames.

    After Lin et al., "Training keyword spotters with limited and synthesized speech data" (2020).
    """

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block(layer[:2], layer[2], layer[3]) for layer in _LAYERS)
        self.projection = nn.Conv2d(EMBEDDING_SIZE, EMBEDDING_SIZE, (3, 1), bias=False)

    def forward(self, mel: Tensor) -> Tensor:
        """Maps `[batch, frames, 32]` to `[batch, (frames − 76) // 8 + 1, 96]`."""
        return self.late(self.early(mel))

    def early(self, mel: Tensor) -> Tensor:
        """Maps `[batch, frames, 32]` to early activations `[batch, time, 288]`.

        One activation per window of 24 mel frames, every 4 frames.
        """
        x = mel.unsqueeze(1)
        for block in self.blocks[:EARLY_BLOCKS]:
            x = block(x)
        return x.transpose(1, 2).flatten(2)

    def late_parameters(self) -> list[nn.Parameter]:
        """The parameters of the later blocks and of the projection."""
        return [*self.blocks[EARLY_BLOCKS:].parameters(), *self.projection.parameters()]

    def late(self, activations: Tensor) -> Tensor:
        """Maps early activations `[batch, time, 288]` to embeddings `[batch, steps, 96]`.

        One embedding per window of 14 activations, every 2 activations.
        """
        x = activations.unflatten(-1, (-1, BANDS_LEFT)).transpose(1, 2)
        for block in self.blocks[EARLY_BLOCKS:]:
            x = block(x)
        return torch.as_tensor(self.projection(x)).squeeze(-1).transpose(1, 2)


def load_speech_embedding(tensors: dict[str, Tensor], encoder: SpeechEmbedding, mel_weight: Tensor) -> None:
    """Copies ported weights (`encoder.*` and `mel.mel_weight`) into the modules.

    A missing mel weight is a KeyError, a missing weight of the encoder a RuntimeError.
    """
    with torch.no_grad():
        mel_weight.copy_(tensors["mel.mel_weight"])
    prefix = "encoder."
    encoder.load_state_dict({k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)})

"""Where the weights that come with the trainer are."""

from pathlib import Path

WEIGHTS = Path(__file__).parent.parent / "weights"
SPEECH_EMBEDDING = WEIGHTS / "speech-embedding.safetensors"

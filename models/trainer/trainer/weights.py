"""Where the weights that come with the trainer are."""

from pathlib import Path

WEIGHTS = Path(__file__).parent.parent / "weights"
# What `--checkpoint` takes by name.
STARTING_POINTS = tuple(sorted(config.parent.name for config in WEIGHTS.glob("*/config.json")))
SPEECH_EMBEDDING = WEIGHTS / "speech-embedding.safetensors"

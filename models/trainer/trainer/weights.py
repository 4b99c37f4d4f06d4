"""Where the ported weights lie."""

from pathlib import Path

SPEECH_EMBEDDING = Path(__file__).parent.parent / "weights" / "speech-embedding.safetensors"

"""Writes a small, randomly initialised Wav2Vec2 with its feature extractor, to try the guide's recipe without the hub.

Run: `uv run scripts/small_wav2vec2.py FOLDER`.  Its class is that of facebook/wav2vec2-base; what it lacks is what that
checkpoint learned from 960 hours of speech. With `--base` it has that checkpoint's size too, for measuring speed.
"""

import argparse
from pathlib import Path

import torch
from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2ForSequenceClassification


def main() -> None:
    """Writes the checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--base", action="store_true", help="the size of wav2vec2-base, 95 million parameters")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    torch.manual_seed(0)
    config = Wav2Vec2Config() if arguments.base else _small()
    Wav2Vec2ForSequenceClassification(config).save_pretrained(folder)
    Wav2Vec2FeatureExtractor().save_pretrained(folder)


def _small() -> Wav2Vec2Config:
    return Wav2Vec2Config(
        hidden_size=128,
        num_hidden_layers=4,
        num_attention_heads=4,
        intermediate_size=512,
        conv_dim=(64,) * 7,
        num_conv_pos_embeddings=32,
        num_conv_pos_embedding_groups=4,
        classifier_proj_size=128,
    )


if __name__ == "__main__":
    main()

"""Draws the pictures of a report."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trainer.pictures.confusion import confusion_picture
from trainer.pictures.earliness import earliness_picture
from trainer.pictures.learning_curves import learning_curves
from trainer.pictures.reliability import reliability_picture

PICTURES = ("earliness.png", "confusion.png", "reliability.png", "learning-curves.png")


def draw_pictures(folder: Path, figures: dict[str, Any], history: Sequence[dict[str, Any]]) -> list[str]:
    """Writes the pictures for which there are figures, and returns their file names."""
    pictures = (
        earliness_picture(figures),
        confusion_picture(figures["confusion"]),
        reliability_picture(figures),
        learning_curves(history),
    )
    drawn = [(name, picture) for name, picture in zip(PICTURES, pictures, strict=True) if picture]
    for name, picture in drawn:
        picture.savefig(folder / name)
    return [name for name, _ in drawn]

"""Starts training from the weights of an earlier run, on other recordings: for example sentences first, then calls."""

import json
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file

from trainer.encoder import EARLY_BLOCKS
from trainer.errors import TrainerError, first_line
from trainer.labels import label_names
from trainer.recipe import OWN_ENCODER
from trainer.rolling_model import RollingModel

# Weights that depend on the recordings of a run: on the teacher's components, and on the words common in them.
OF_THE_RECORDINGS = ("taught.", "words.")
# Frozen weights, with which recordings are encoded: always taken from the encoder itself, in full precision.
FROZEN = ("mel.", "silence", "window_encoder.", *(f"encoder.blocks.{block}." for block in range(EARLY_BLOCKS)))
LEFT_OUT = OF_THE_RECORDINGS + FROZEN


def begin_with(model: RollingModel, folder: Path) -> bool:
    """Loads the weights of an earlier run into a model, except what belongs to its recordings and what is frozen.

    Returns whether the classifiers are among them: they are if the labels are the same, otherwise they stay fresh. A
    TrainerError if the folder holds no run of the streaming model, or one of other sizes.
    """
    try:
        earlier = json.loads((folder / "config.json").read_bytes())
        tensors = load_file(folder / "model.safetensors")
    except (OSError, ValueError, SafetensorError) as error:
        raise TrainerError(
            f"streaming.checkpoint {folder} holds no run of `trainer train`: {first_line(error)}"
        ) from error
    for size in model.config.sizes:
        theirs, ours = earlier.get(size, OWN_ENCODER), getattr(model.config, size)
        if theirs != ours:
            raise TrainerError(
                f"streaming.checkpoint {folder} has {size} {theirs}, the recipe {ours}: set streaming.{size}={theirs}"
            )
    fresh: tuple[str, ...] = LEFT_OUT
    known = label_names(earlier["id2label"])
    is_same_task = known == label_names(model.config.id2label or {})
    if not is_same_task:
        fresh += tuple(f"heads.{member}.classifier." for member in range(model.config.members))
        print(f"{folder} knows other labels ({', '.join(known)}): the classifiers are fresh, the rest goes on")
    kept = {name: tensor for name, tensor in tensors.items() if not name.startswith(fresh)}
    model.load_state_dict(kept, strict=False)
    return is_same_task

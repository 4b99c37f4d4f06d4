"""A run folder: the settings of a training, so that it can be repeated or resumed, and its state."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from trainer.errors import TrainerError, first_line
from trainer.files import read_json, require_folder, write_json
from trainer.recipe import Recipe
from trainer.recipe_file import load_recipe, save_recipe
from trainer.toml_config import as_table, flat

LIBRARIES = ("torch", "transformers", "datasets", "accelerate", "numpy")
# The last file written of a checkpoint, and of a run: one without it is incomplete.
STATE = "trainer_state.json"
# Entries of run.json that decide, with the recipe, what is learned; and how a run is told that has another.
OTHERWISE = {
    "dataset": "another dataset",
    "begun_with": "other weights to begin with",
    "precision": "another --precision",
    "threads": "other --threads",
}
# What the system and safetensors say of a full disk, and what torch.save does, which knows no reason.
FULL = ("No space left on device", "inline_container.cc", "iostream error")


def require_new(folder: Path) -> None:
    """A TrainerError if a folder cannot become a run folder, or already contains something."""
    require_folder(folder)
    # Folders alone are what a command leaves that is killed as it begins.
    if any(not each.is_dir() for each in folder.rglob("*")):
        begun = "go on with the run in it by `trainer train --resume`, or " if _can_go_on(folder) else ""
        raise TrainerError(f"{folder} is not empty: {begun}choose another --out")


def _can_go_on(folder: Path) -> bool:
    """Whether a folder holds a training that has not ended, and so neither other things nor a mean of runs."""
    return "precision" in told_of(folder) and not is_ended(folder)


def begin_run(folder: Path, recipe: Recipe, told: dict[str, Any]) -> None:
    """Writes recipe.toml and run.json into a new run folder; `told` are entries of run.json."""
    made = {**told, **surroundings()}
    folder.mkdir(parents=True, exist_ok=True)
    save_recipe(recipe, folder / "recipe.toml")
    write_json(folder / "run.json", made)


def read_run(folder: Path) -> dict[str, Any]:
    """The contents of run.json; a folder without a run is a TrainerError."""
    return read_json(folder / "run.json", "run of `trainer train`")


def told_of(folder: Path) -> dict[str, Any]:
    """The contents of run.json in a checkpoint's folder; empty if there is none, as in a checkpoint from elsewhere."""
    return read_run(folder) if (folder / "run.json").exists() else {}


def trained_on(folder: Path) -> tuple[str, ...]:
    """The splits that the checkpoint in a folder was trained on; empty if the folder has no recipe.toml."""
    file = folder / "recipe.toml"
    return load_recipe(str(file)).training.train_on if file.exists() else ()


def is_ended(folder: Path) -> bool:
    """Whether a folder holds a training that came to its end."""
    return (folder / STATE).exists()


def require_same(folder: Path, recipe: Recipe, told: dict[str, Any]) -> None:
    """A TrainerError that names what a training was begun with, if that is not this recipe or not what `told` says.

    What a package says of itself may differ, and the recipe's sources, because the dataset is known by its content; so
    may the place of the weights that it begins with, where these are known by theirs.
    """
    began, of_run = flat(as_table(load_recipe(str(folder / "recipe.toml")))), read_run(folder)
    now = flat(as_table(recipe))
    free: tuple[str, ...] = ("package.", "sources")
    if "begun_with" in told and "begun_with" in of_run:
        free += ("streaming.checkpoint", "stateless.checkpoint")
    keys = [key for key in {**began, **now} if not key.startswith(free)]
    changes = [f"{key} {began.get(key, 'unset')}" for key in keys if began.get(key) != now.get(key)]
    # Older runs tell less.
    changes += [what for key, what in OTHERWISE.items() if of_run.get(key, told.get(key)) != told.get(key)]
    if changes:
        raise TrainerError(
            f"{folder} was begun with {', '.join(changes)}: delete it to train it anew, or choose another --out"
        )


def note_run(folder: Path, notes: tuple[str, ...]) -> None:
    """Sets the sentences for the model card in run.json of a finished run."""
    write_json(folder / "run.json", {**read_run(folder), "notes": list(notes)})


@contextmanager
def told_if_full(folder: Path) -> Iterator[None]:
    """A full disk in a sentence, whichever library finds it while it writes into a run folder."""
    try:
        yield
    except Exception as error:
        if not any(sign in str(error) for sign in FULL):
            raise
        raise TrainerError(
            f"cannot write to {folder}, its disk seems full ({first_line(error)}): make room, and go on with --resume"
        ) from error


def last_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint that was written completely, or None."""
    found = (file.parent for file in (folder / "checkpoints").glob(f"checkpoint-*/{STATE}") if _is_whole(file))
    return max(found, key=lambda checkpoint: int(checkpoint.name.partition("-")[2]), default=None)


def _is_whole(state: Path) -> bool:
    try:
        read_json(state, "state of a checkpoint")
    except TrainerError:
        return False
    return True


def surroundings() -> dict[str, Any]:
    """The command line, the commit, library versions, the machine and the date."""
    try:
        said = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
        commit = said.stdout.strip()
    except OSError:  # no git here
        commit = ""
    return {
        "command": " ".join(["trainer", *sys.argv[1:]]),
        "commit": commit or "unknown",
        "versions": {name: version(name) for name in LIBRARIES},
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "date": datetime.now(UTC).date().isoformat(),
    }

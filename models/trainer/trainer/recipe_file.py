"""Reads and writes recipes: built-in ones, and TOML files that may extend another recipe."""

import tomllib
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import tomli_w

from trainer.checkpoint_folder import streaming_folder
from trainer.errors import TrainerError
from trainer.recipe import Recipe
from trainer.toml_config import as_table, merged, parse_table, read_table

BUILT_IN = ("earshot", "earshot-classifier", "guide")
WITH_CHECKPOINT = {"earshot": "earshot-classifier"}


def load_recipe(name_or_file: str, settings: Sequence[str] = (), checkpoint: str | None = None) -> Recipe:
    """The built-in recipe of that name, or the one in that file, changed by `KEY=VALUE` settings.

    A Hugging Face checkpoint replaces the one in the recipe; `earshot` then becomes `earshot-classifier`. A streaming
    model of ours (a run's folder, or a name among the trainer's weights) is what training of a [streaming] recipe
    begins with.
    """
    streaming = streaming_folder(checkpoint) if checkpoint is not None else None
    if checkpoint is not None and streaming is None:
        name_or_file = WITH_CHECKPOINT.get(name_or_file, name_or_file)
    if name_or_file in BUILT_IN:
        table, where = _built_in(name_or_file), Path()
    else:
        table, where = _of_file(Path(name_or_file)), Path(name_or_file).parent
    for setting in settings:
        table = merged(table, _setting(setting))
    if checkpoint is not None:
        kind = "streaming" if streaming else "stateless"
        if kind not in table:
            raise TrainerError(
                f"--checkpoint {checkpoint} needs a recipe with a [{kind}] table, {name_or_file} has none"
            )
        table = merged(table, {kind: {"checkpoint": str(streaming or checkpoint)}})
    try:
        return parse_table(table, Recipe, where)
    except TrainerError as error:
        raise TrainerError(f"{name_or_file}: {error}") from error


def save_recipe(recipe: Recipe, file: Path) -> None:
    """Writes every value of a recipe, defaults included, as TOML that `load_recipe` reads."""
    file.write_text(tomli_w.dumps(as_table(recipe)), encoding="utf-8")


def _built_in(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("trainer") / "recipes" / f"{name}.toml").read_text(encoding="utf-8"))


def _of_file(file: Path) -> dict[str, Any]:
    try:
        return _extended(file)
    except TrainerError as error:
        if file.exists() or file.suffix:
            raise
        raise TrainerError(f"{error}; recipes that come with the trainer: {', '.join(BUILT_IN)}") from error


def _extended(file: Path, extending: tuple[Path, ...] = ()) -> dict[str, Any]:
    """The table of a file, merged over what it extends: a built-in recipe, or a file in the same folder.

    Because both are in one folder, relative paths mean the same in both.
    """
    table = read_table(file)
    name = table.pop("extends", None)
    if name is None:
        return table
    if name in BUILT_IN:
        return merged(_built_in(name), table)
    if not isinstance(name, str) or Path(name).name != name or not name.endswith(".toml"):
        raise TrainerError(f"{file}: extends {name!r} is none of {', '.join(BUILT_IN)}, nor a .toml beside it")
    if file in extending:
        raise TrainerError(f"{file}: extends {name!r}, which extends it in turn")
    return merged(_extended(file.parent / name, (*extending, file)), table)


def _setting(text: str) -> dict[str, Any]:
    """`training.epochs=3` as a nested table; a value that is not TOML is taken as a string."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise TrainerError(f"--set {text!r} must be KEY=VALUE, such as training.epochs=3")
    try:
        parsed = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value
    for part in reversed(key.split(".")):
        parsed = {part: parsed}
    table: dict[str, Any] = parsed
    return table

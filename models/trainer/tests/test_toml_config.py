"""Recipes are read strictly."""

from pathlib import Path

import pytest

from trainer.errors import TrainerError
from trainer.recipe import Recipe
from trainer.toml_config import read_toml

SOUND = '[[sources]]\npath = "x"\nlayout = "minds14"\n'
HEAD = 'name = "a"\nversion = "1.0.0"\ndescription = "d"\n'

BAD_RECIPES = [
    (HEAD + "[streaming]\nwidth = 3\n" + SOUND, "unknown key streaming.width"),
    (HEAD + "[streaming]\n" + SOUND + "colour = 1\n", r"unknown key sources\[0\].colour"),
    (HEAD + "[streaming]\nchannels = '64'\n" + SOUND, "streaming.channels must be int, not '64'"),
    (HEAD + "[streaming]\nkernels = [5, 'x']\n" + SOUND, r"streaming.kernels\[1\] must be int"),
    (HEAD + "streaming = 3\n" + SOUND, "streaming must be a table, not 3"),
    ('name = "a"\nversion = "1.0.0"\n[streaming]\n' + SOUND, "missing key description"),
    (HEAD + SOUND, "exactly one"),
    (HEAD.replace('"a"', '"A b"') + "[streaming]\n" + SOUND, "name 'A b' must be"),
    (HEAD + "[streaming]\n" + SOUND.replace("minds14", "tape"), "layout 'tape' is none of manifest, minds14, folder"),
    (HEAD + "[streaming]\n" + SOUND + "test_fraction = 1.5\n", "leaves nothing to train on"),
    (HEAD + "[streaming]\n" + SOUND.replace("minds14", "folder"), "needs a label"),
    (HEAD + "[streaming\n", "is not TOML"),
]


@pytest.mark.parametrize(("text", "message"), BAD_RECIPES)
def test_a_bad_recipe_is_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "recipe.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(TrainerError, match=message):
        read_toml(file, Recipe)


def test_a_relative_path_counts_from_the_recipe(tmp_path: Path) -> None:
    file = tmp_path / "recipe.toml"
    file.write_text(HEAD + "[streaming]\n" + SOUND, encoding="utf-8")
    assert read_toml(file, Recipe).sources[0].path == tmp_path / "x"

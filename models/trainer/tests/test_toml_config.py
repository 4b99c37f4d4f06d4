"""Recipes are read strictly."""

from pathlib import Path

import pytest

from trainer.errors import TrainerError
from trainer.recipe import Recipe
from trainer.recipe_file import BUILT_IN, load_recipe, save_recipe

SOUND = '[[sources]]\npath = "x"\n'
HEAD = "[streaming]\n"

BAD_RECIPES = [
    ("[streaming]\nkernels = 3\n", "unknown key streaming.kernels"),
    (HEAD + SOUND + "colour = 1\n", r"unknown key sources\[0\].colour"),
    (HEAD + SOUND + "splits = { by = 'moon' }\n", "splits.by 'moon' is none of auto, group, clip"),
    ("[streaming]\nwidth = '64'\n", "streaming.width must be int, not '64'"),
    ("[package]\ngolden = ['yes', 5]\n", r"package.golden\[1\] must be str"),
    ("streaming = 3\n", "streaming must be a table, not 3"),
    (SOUND, "exactly one"),
    ("[stateless]\n", "missing key stateless.checkpoint"),
    ("[stateless]\ncheckpoint = 'x'\nhears = 'nothing'\n", "stateless.hears 'nothing' is none of first-second"),
    (HEAD + SOUND + 'layout = "tape"\n', "layout 'tape' is none of auto, manifest"),
    (HEAD + SOUND + 'hub = "a/b"\n', "either a path or a hub id"),
    (HEAD + SOUND + 'layout = "folder"\n', "needs a label"),
    (HEAD + "[training]\nclass_balance = 'fair'\n", "training.class_balance 'fair' is none of none, inverse-root"),
    (HEAD + "[training]\nbest_by = 'luck'\n", "training.best_by 'luck' is none of accuracy, macro_f1, last"),
    (HEAD + "[training]\nbest_by = 'last'\nearly_stopping = 3\n", "training.early_stopping 3 needs a training.best_by"),
    (HEAD + "[training]\nschedule = 'up'\n", "training.schedule 'up' is none of linear, cosine"),
    ("extends = 'chance'\n", "extends 'chance' is none of earshot, earshot-classifier, guide"),
    ("extends = 'parts/base.toml'\n", "extends 'parts/base.toml' is none of .*, nor a .toml beside it"),
    ("extends = 'base.toml'\n", r"cannot read the configuration .*base\.toml"),
    ("extends = 'recipe.toml'\n", "extends 'recipe.toml', which extends it in turn"),
    ("[streaming\n", "is not TOML"),
    (
        HEAD + "[training]\ntrain_on = ['train', 'vaildation']\n",
        r"training.train_on .* must name some of train",
    ),
    (HEAD + "[training]\nepochs = 0.0\n", "training.epochs 0 must be at least"),
    (HEAD + "[training]\nbatch = 0\n", "training.batch 0 must be at least 1"),
    (HEAD + "[augmentation]\nnoise = 70.0\n", "augmentation.noise 70 must be from 0 to 1"),
    ("[streaming]\nwidth = 0\n", "streaming.width 0 must be at least 1"),
    ("[streaming]\nlayers = 0\n", "streaming.layers 0 must be at least 1"),
    ("[streaming]\nmembers = -1\n", "streaming.members -1 must be at least 1"),
    ("[streaming]\ndropout = 2.0\n", "streaming.dropout 2 must be from 0 to 1"),
    ("[stateless]\ncheckpoint = 'x'\nlongest_seconds = 0.0\n", "stateless.longest_seconds 0 must be at least 0.1"),
    (
        HEAD + "[augmentation]\nlowest_snr_db = 40.0\n",
        r"lowest_snr_db, highest_snr_db \[40.0, 30.0\] must be two numbers",
    ),
    (HEAD + "[augmentation]\nhighest_snr_db = inf\n", r"highest_snr_db \[0.0, inf\] must be two numbers"),
    (HEAD + "[training]\nepochs = inf\n", "training.epochs inf must be a finite number"),
    (HEAD + "[training]\nlearning_rate = -1.0\n", "training.learning_rate -1 must be at least 0"),
    (HEAD + "[training]\nlearning_rate = nan\n", "training.learning_rate nan must be a finite number"),
    (HEAD + "[training]\nweight_decay = -0.1\n", "training.weight_decay -0.1 must be at least 0"),
    (HEAD + "[training]\nwarmup = -0.5\n", "training.warmup -0.5 must be at least 0"),
    (HEAD + "[training]\nbest_by = 'accuracy'\nearly_stopping = -1\n", "training.early_stopping -1 must be at least 0"),
    ("seed = 4294967296\n" + HEAD, "seed 4294967296 must be from 0 to 4294967295"),
    (HEAD + SOUND + "piece_seconds = 0.0\n", "piece_seconds 0 must be at least 0.1"),
    ("seed = -1\n" + HEAD, "seed -1 must be from 0 to 4294967295"),
    (HEAD + "[package]\nversion = 'v2'\n", "package.version 'v2' must be a semantic version"),
    (HEAD + "[package]\ndescription = ''\n", "package.description must have 1 to 4096 characters"),
]


@pytest.mark.parametrize(("text", "message"), BAD_RECIPES)
def test_a_bad_recipe_is_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "recipe.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(TrainerError, match=message):
        load_recipe(str(file))


def test_a_missing_recipe_is_named() -> None:
    with pytest.raises(TrainerError, match=r"cannot read the configuration none\.toml: No such file"):
        load_recipe("none.toml")
    with pytest.raises(TrainerError, match=r"configuration giude: No such file .* with the trainer: earshot, "):
        load_recipe("giude")


def test_a_file_is_read_as_windows_writes_it_and_refused_where_it_is_not_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "recipe.toml"
    file.write_bytes(f"\ufeff{HEAD}".replace("\n", "\r\n").encode())
    load_recipe(str(file))
    file.write_bytes("# für Müller\n".encode("cp1252"))
    with pytest.raises(TrainerError, match=r"cannot read .*recipe\.toml: it is not UTF-8, save it as that"):
        load_recipe(str(file))


def test_a_relative_path_counts_from_the_recipe(tmp_path: Path) -> None:
    file = tmp_path / "recipe.toml"
    file.write_text(HEAD + SOUND, encoding="utf-8")
    assert load_recipe(str(file)).sources[0].path == tmp_path / "x"


def test_the_guide_has_the_numbers_of_the_reference_guide() -> None:
    guide = load_recipe("guide")
    training = guide.training
    assert (training.epochs, training.batch, training.gradient_accumulation) == (10, 32, 4)
    assert (training.learning_rate, training.warmup, training.schedule) == (3e-5, 0.1, "linear")
    assert guide.stateless is not None
    assert (guide.stateless.checkpoint, guide.stateless.hears) == ("facebook/wav2vec2-base", "first-second")


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_saved_recipe_reads_back_the_same(tmp_path: Path, name: str) -> None:
    recipe = load_recipe(name)
    save_recipe(recipe, tmp_path / "recipe.toml")
    assert load_recipe(str(tmp_path / "recipe.toml")) == recipe


def test_a_setting_replaces_one_value() -> None:
    recipe = load_recipe("guide", ["training.epochs=2.5", "stateless.hears=utterance"])
    assert recipe.stateless is not None
    assert (recipe.training.epochs, recipe.training.batch, recipe.stateless.hears) == (2.5, 32, "utterance")


@pytest.mark.parametrize("setting", ["training.epochs", "=3", "training.epoch=3", "training.epochs=many"])
def test_a_setting_that_sets_nothing_is_refused(setting: str) -> None:
    with pytest.raises(TrainerError):
        load_recipe("guide", [setting])


def test_earshot_with_a_checkpoint_is_the_recipe_for_classifiers() -> None:
    recipe = load_recipe("earshot", checkpoint="facebook/hubert-base-ls960")
    assert recipe.streaming is None
    assert recipe.stateless is not None
    assert (recipe.stateless.checkpoint, recipe.stateless.hears) == ("facebook/hubert-base-ls960", "utterance")


def test_a_file_that_extends_a_recipe_changes_only_what_it_says(tmp_path: Path) -> None:
    file = tmp_path / "recipe.toml"
    file.write_text('extends = "guide"\n[training]\nepochs = 3.0\n', encoding="utf-8")
    guide, changed = load_recipe("guide"), load_recipe(str(file))
    assert isinstance(changed, Recipe)
    assert (changed.training.epochs, changed.training.batch) == (3.0, guide.training.batch)


def test_a_file_extends_a_file_beside_it_and_paths_count_from_both(tmp_path: Path) -> None:
    base = f'extends = "earshot"\n[training]\nepochs = 3.0\nbatch = 8\n{SOUND}'
    (tmp_path / "base.toml").write_text(base, encoding="utf-8")
    file = tmp_path / "recipe.toml"
    file.write_text('extends = "base.toml"\n[training]\nepochs = 5.0\n', encoding="utf-8")
    recipe = load_recipe(str(file))
    assert (recipe.training.epochs, recipe.training.batch) == (5.0, 8)
    assert recipe.streaming == load_recipe("earshot").streaming
    assert recipe.sources[0].path == tmp_path / "x"

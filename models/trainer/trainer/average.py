"""Averages the weights of several runs into one model.

Runs that start from the same weights and train on the same data end close enough to each other for the mean of their
weights to be a good model too: no larger than each, and often more accurate (Wortsman et al. 2022, "Model soups",
arXiv:2203.05482).
"""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from trainer.errors import TrainerError, first_line
from trainer.files import written_whole
from trainer.recipe import Recipe
from trainer.recipe_file import load_recipe
from trainer.run_folder import begin_run, note_run, read_run, require_new

WEIGHTS = "model.safetensors"
# Files copied from the first run; only an audio classifier has the last one.
TAKEN_OVER = ("config.json", "preprocessor_config.json")


def average_runs(runs: Sequence[Path], out: Path) -> None:
    """Writes a run folder with the mean of the runs' weights.

    The runs must have started from the same checkpoint and differ only in their seeds; otherwise it is a TrainerError.
    """
    if len(runs) < 2:
        raise TrainerError(f"a mean needs at least two runs, {len(runs)} was given")
    require_new(out)
    told = [read_run(run) for run in runs]
    recipe = _recipe(runs[0])
    _require_alike(runs, told, recipe)
    mean = _mean(runs)
    with written_whole(out, "run.json") as folder:
        for name in TAKEN_OVER:
            if (runs[0] / name).exists():
                shutil.copyfile(runs[0] / name, folder / name)
        save_file(mean, folder / WEIGHTS, metadata={"format": "pt"})
        seeds = [of_run["seed"] for of_run in told]
        known: dict[str, Any] = {key: told[0][key] for key in ("data", "dataset") if key in told[0]}
        begin_run(folder, recipe, {**known, "seed": seeds})
        note = f"The weights are the mean of {len(runs)} runs, seeds {seeds}."
        note_run(folder, (*told[0].get("notes", ()), note))


def _require_alike(runs: Sequence[Path], told: Sequence[dict[str, Any]], first: Recipe) -> None:
    if first.begins_with is None:
        raise TrainerError(f"{runs[0]} began with fresh weights, other ones for each seed: their mean is no model")
    begun_by: dict[int, Path] = {}
    for run, of_run in zip(runs, told, strict=True):
        if replace(_recipe(run), seed=first.seed, package=first.package) != first:
            raise TrainerError(f"{run} and {runs[0]} had other recipes, see recipe.toml: only the seed may differ")
        if of_run["data"] != told[0]["data"]:
            raise TrainerError(f"{run} was trained on {of_run['data']}, {runs[0]} on {told[0]['data']}")
        if len({each["dataset"] for each in (told[0], of_run) if "dataset" in each}) > 1:
            raise TrainerError(f"{of_run['data']} was prepared anew between {runs[0]} and {run}: train both on one")
        if of_run.get("fresh_classifier"):
            raise TrainerError(
                f"{run} began with a fresh classifier, another one for each seed: their mean is no model; go on from "
                f"one of them, train DATA --checkpoint {run}, by two seeds"
            )
        seed = _recipe(run).seed
        if seed in begun_by:
            raise TrainerError(f"{begun_by[seed]} and {run} have the same seed, {seed}: their mean says nothing new")
        begun_by[seed] = run


def _recipe(run: Path) -> Recipe:
    return load_recipe(str(run / "recipe.toml"))


def _mean(runs: Sequence[Path]) -> dict[str, torch.Tensor]:
    """The mean of each floating-point tensor; integer tensors are those of the first run.

    Computed in fp64, so that a weight that is equal in all runs stays exactly the same.
    """
    first = _weights(runs[0])
    sums = {name: tensor.double() for name, tensor in first.items() if tensor.is_floating_point()}
    for run in runs[1:]:
        weights = _weights(run)
        for name, total in sums.items():
            if name not in weights or weights[name].shape != total.shape:
                raise TrainerError(f"{run} has other weights than {runs[0]}: see {name}")
            total.add_(weights[name])
    return {
        name: (sums[name] / len(runs)).to(tensor.dtype) if name in sums else tensor for name, tensor in first.items()
    }


def _weights(run: Path) -> dict[str, torch.Tensor]:
    try:
        return load_file(run / WEIGHTS)
    except (OSError, SafetensorError) as error:
        raise TrainerError(f"{run} holds no weights, was its training ended? {first_line(error)}") from error

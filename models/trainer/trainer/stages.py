"""What each subcommand does, from its arguments to its files."""

import json
import os
import platform
import subprocess
from argparse import Namespace
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from trainer.calibration import Calibration
from trainer.checkpoint import open_checkpoint
from trainer.commands.evaluate import run as run_evaluate
from trainer.export import export_package
from trainer.labels import Labels
from trainer.package import Card
from trainer.prepare import load_prepared, prepare
from trainer.recipe import Recipe
from trainer.streaming_model import HOP_MS
from trainer.toml_config import read_toml
from trainer.train_stateless import train_stateless
from trainer.train_streaming import train_streaming

__all__ = ["run_evaluate", "run_export", "run_prepare", "run_train"]


def run_prepare(arguments: Namespace) -> None:
    """Writes the prepared dataset."""
    prepare(read_toml(arguments.recipe, Recipe), arguments.out)


def run_train(arguments: Namespace) -> None:
    """Writes a checkpoint."""
    torch.set_num_threads(arguments.threads)
    recipe = read_toml(arguments.recipe, Recipe)
    if arguments.splits:
        recipe = replace(recipe, training=replace(recipe.training, train_on=tuple(arguments.splits)))
    train = train_streaming if recipe.streaming else train_stateless
    train(recipe, load_prepared(arguments.prepared), arguments.out)


def run_export(arguments: Namespace) -> None:
    """Writes the model package."""
    recipe = read_toml(arguments.recipe, Recipe)
    checkpoint = open_checkpoint(arguments.checkpoint)
    id2label = checkpoint.exported.config["id2label"]
    names = tuple(id2label[key] for key in sorted(id2label, key=int))
    card = Card(
        name=recipe.name,
        version=recipe.version,
        description=recipe.description,
        labels=Labels(names, recipe.background),
        calibration=Calibration.load(arguments.calibration) if arguments.calibration else Calibration(),
        smoothing=checkpoint.smoothing,
        hop_ms=HOP_MS,
        metrics=_metrics(arguments.metrics, recipe),
        provenance=_provenance(recipe),
    )
    export_package(checkpoint.exported, card, recipe.golden, arguments.out)


def _metrics(file: Path | None, recipe: Recipe) -> dict[str, Any]:
    if file is None:
        return {}
    measured: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return {"about": recipe.measured_on, **measured}


def _provenance(recipe: Recipe) -> dict[str, Any]:
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    return {
        **asdict(recipe.provenance),
        "seed": recipe.seed,
        "commit": commit or "unknown",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, torch {torch.__version__}",
    }

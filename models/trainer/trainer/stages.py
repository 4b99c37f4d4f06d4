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

from trainer.calibration import Calibration, fit_calibration
from trainer.checkpoint import open_checkpoint
from trainer.evaluate import figures, hear_split
from trainer.export import export_package
from trainer.labels import Labels
from trainer.package import Card, write_json
from trainer.prepare import load_prepared, prepare
from trainer.recipe import Recipe
from trainer.report import report
from trainer.streaming_model import HOP_MS
from trainer.toml_config import read_toml
from trainer.train_stateless import train_stateless
from trainer.train_streaming import train_streaming


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


def run_evaluate(arguments: Namespace) -> None:
    """Writes metrics.json and report.md, and with --calibrate calibration.json, into the checkpoint's folder."""
    torch.set_num_threads(arguments.threads)
    prepared = load_prepared(arguments.prepared)
    checkpoint = open_checkpoint(arguments.checkpoint)
    heard = hear_split(prepared, arguments.split, checkpoint.listener)
    calibration = Calibration.load(arguments.calibration) if arguments.calibration else Calibration()
    if arguments.calibrate:
        calibration = fit_calibration(heard.after_silence, heard.labels, prepared.labels.background_ids)
        calibration.save(arguments.checkpoint / "calibration.json")
    answer = figures(heard, prepared.labels, calibration)
    write_json(arguments.checkpoint / "metrics.json", answer)
    (arguments.checkpoint / "report.md").write_text(report(answer), encoding="utf-8")
    print(report(answer).partition("| said")[0])


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

"""The command `trainer`: one subcommand per stage."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from trainer.commands.evaluate import configure as configure_evaluate
from trainer.errors import TrainerError


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one stage; what the user can put right is one sentence on stderr and exit code 1."""
    # The recordings and checkpoints are local: asking a hub first only delays.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    arguments = _parser().parse_args(argv)
    try:
        _run(arguments)
    except TrainerError as error:
        print(f"trainer {arguments.stage}: {error}", file=sys.stderr)
        return 1
    return 0


def _run(arguments: Namespace) -> None:
    # Imported late, so that --help does not wait for PyTorch.
    stages = import_module("trainer.stages")
    getattr(stages, f"run_{arguments.stage}")(arguments)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="trainer", description="Trains spoken-intent models and writes Earshot model packages."
    )
    stages = parser.add_subparsers(dest="stage", required=True)
    prepare = stages.add_parser("prepare", help="recordings to a prepared dataset at 16 kHz")
    train = stages.add_parser("train", help="a prepared dataset to a checkpoint")
    evaluate = stages.add_parser("evaluate", help="figures of a checkpoint on one split")
    export = stages.add_parser("export", help="a checkpoint to a verified model package")
    for stage in (prepare, train, export):
        stage.add_argument("recipe", type=Path, help="the recipe, a TOML file")
    train.add_argument("--prepared", type=Path, required=True, help="folder written by prepare")
    train.add_argument("--threads", type=int, default=1, help="CPU threads (default 1)")
    configure_evaluate(evaluate)
    export.add_argument("--checkpoint", type=Path, required=True, help="folder written by train")
    export.add_argument("--calibration", type=Path, help="calibration.json of evaluate")
    for stage in (prepare, train, export):
        stage.add_argument("--out", type=Path, required=True, help="folder to write")
    train.add_argument("--splits", nargs="+", choices=("train", "validation", "test"), help="instead of the recipe's")
    export.add_argument("--metrics", type=Path, help="metrics.json of evaluate, for the card")
    return parser


if __name__ == "__main__":
    sys.exit(main())

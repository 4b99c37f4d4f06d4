"""Trains a model on a prepared dataset with Hugging Face's Trainer, and writes a run folder that can repeat it.

`--recipe guide` is the reference guide's own; `--recipe earshot` is ours: whole utterances, augmentation, the rolling
loss. Both can be changed with --set, or replaced by a TOML file. Several GPUs: `accelerate launch -m trainer.main` in
the place of `trainer`. `--resume` goes on after an interruption, from the last whole checkpoint, to the same result;
so does the whole command with `--once`, for scripts, which refuses a run that was begun otherwise."""

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path


def configure(parser: ArgumentParser) -> None:
    """Adds the arguments."""
    parser.add_argument("data", type=Path, nargs="?", help="folder written by prepare")
    parser.add_argument("--recipe", help="guide, earshot, earshot-classifier, or a TOML file (default: earshot)")
    parser.add_argument(
        "--checkpoint", help="to go on from: an earlier run, bank-calls, or a Hugging Face audio classifier"
    )
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="such as training.epochs=3")
    parser.add_argument("--out", type=Path, required=True, help="run folder to write")
    going_on = parser.add_mutually_exclusive_group()
    going_on.add_argument("--resume", action="store_true", help="go on with the run in --out")
    going_on.add_argument(
        "--once", action="store_true", help="go on with the same training in --out, or leave it where it has ended"
    )
    parser.add_argument(
        "--precision",
        choices=("fp32", "fp16", "bf16"),
        help="mixed precision (default: fp32; bf16: also CPUs with matrix units)",
    )
    parser.add_argument("--report-to", choices=("none", "tensorboard"), help="default: none; --resume: as begun")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="processes that encode (default: the cores)"
    )
    parser.add_argument("--threads", type=int, help="CPU threads (default: 1)")


def run(arguments: Namespace) -> None:
    """Writes the run folder."""
    from trainer.train import TrainRequest, resume_run, start_run, train_once

    train = resume_run if arguments.resume else train_once if arguments.once else start_run
    train(
        TrainRequest(
            out=arguments.out,
            data=arguments.data,
            recipe=arguments.recipe,
            checkpoint=arguments.checkpoint,
            settings=tuple(arguments.set),
            precision=arguments.precision,
            report_to=arguments.report_to,
            jobs=arguments.jobs,
            threads=arguments.threads,
        )
    )

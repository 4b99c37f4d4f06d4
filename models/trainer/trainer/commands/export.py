"""Writes a model package from a run, any checkpoint folder, or a hub id: raw waveform in, logits out.

The graph is compared with PyTorch, alone and in a batch of 33, before anything is written. Temperature and out-of-scope
threshold come from the run's evaluation; if there is none yet, or only one on another dataset, it is made first.
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path

VARIANTS = ("fp16", "int8")


def configure(parser: ArgumentParser) -> None:
    """Adds the arguments."""
    parser.add_argument("checkpoint", help="run folder, checkpoint folder or hub id")
    parser.add_argument("--out", type=Path, required=True, help="folder to write; its name becomes the model's")
    parser.add_argument("--data", type=Path, help="prepared dataset to calibrate and measure on (default: the run's)")
    parser.add_argument("--evaluation", type=Path, help="folder written by evaluate (default: that in the run)")
    parser.add_argument("--recipe", help="recipe whose [package] table goes onto the card (default: the run's)")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="such as package.version=1.0.0")
    parser.add_argument(
        "--background", action="append", metavar="LABEL", help="label that is never announced (default: the dataset's)"
    )
    parser.add_argument(
        "--variants", nargs="*", choices=VARIANTS, default=list(VARIANTS), help="beside fp32 (default: fp16 int8)"
    )
    parser.add_argument(
        "--cut-padding", action="store_true", help="cut the padding of a Whisper or AST checkpoint to one second"
    )
    parser.add_argument("--threads", type=int, default=1, help="CPU threads (default: 1)")


def run(arguments: Namespace) -> None:
    """Writes the package."""
    import torch

    from trainer.export_run import ExportRequest, export_run
    from trainer.ranges import require_range

    require_range("--threads", arguments.threads, 1)
    torch.set_num_threads(arguments.threads)
    export_run(
        ExportRequest(
            checkpoint=arguments.checkpoint,
            out=arguments.out,
            data=arguments.data,
            evaluation=arguments.evaluation,
            recipe=arguments.recipe,
            settings=tuple(arguments.set),
            background=tuple(arguments.background) if arguments.background is not None else None,
            variants=tuple(arguments.variants),
            cut_padding=arguments.cut_padding,
        )
    )

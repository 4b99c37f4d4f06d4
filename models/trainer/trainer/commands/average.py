"""Averages the weights of runs that differ only in their seed: one run, no larger than each and often more accurate.

They must have begun with the same weights (`train --checkpoint`). Evaluate and export the average like any run.
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path


def configure(parser: ArgumentParser) -> None:
    """Adds the arguments."""
    parser.add_argument("runs", type=Path, nargs="+", metavar="RUN", help="folders written by train")
    parser.add_argument("--out", type=Path, required=True, help="run folder to write")


def run(arguments: Namespace) -> None:
    """Writes the run folder."""
    # Imported late, so that --help does not wait for PyTorch.
    from trainer.average import average_runs

    average_runs(arguments.runs, arguments.out)
    print(f"wrote {arguments.out}: the mean of {len(arguments.runs)} runs")

"""Pushes a model package to a repository of the Hugging Face hub, after checking every file of it."""

from argparse import ArgumentParser, Namespace
from pathlib import Path


def configure(parser: ArgumentParser) -> None:
    """Adds the arguments."""
    parser.add_argument("package", type=Path, help="folder of the model package")


def run(arguments: Namespace) -> None:
    """Checks the package, then uploads it."""
    raise NotImplementedError

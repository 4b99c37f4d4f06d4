"""The same second of each file, heard by the pipeline of transformers, the exported graph and a running server."""

from argparse import ArgumentParser, Namespace
from pathlib import Path


def configure(parser: ArgumentParser) -> None:
    """Adds the arguments."""
    parser.add_argument("package", type=Path, help="folder of the model package")


def run(arguments: Namespace) -> None:
    """Prints the five best scores of each."""
    raise NotImplementedError

"""evaluate."""

from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Adds the arguments."""


def run(arguments: Namespace) -> None:
    """Runs."""
    raise NotImplementedError

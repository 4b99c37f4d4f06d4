"""The command `trainer`: one subcommand per stage, each in its own module under `commands/`."""

import errno
import logging
import os
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from importlib import import_module

from trainer.errors import TrainerError

COMMANDS = {
    "synthesize": "sentences to labelled speech by every free engine that is installed, with a manifest",
    "prepare": "recordings from anywhere to one dataset at 16 kHz, with labels and splits",
    "train": "a prepared dataset to a run folder with the best checkpoint",
    "average": "runs that differ in their seed alone to one of the same size",
    "evaluate": "figures and pictures of a run on one split",
    "export": "a checkpoint to a verified model package",
    "push": "a model package to a repository of the hub",
    "predict": "transformers' pipeline, the exported graph and a running server, side by side",
}
# Errors that the user can fix: missing rights, a read-only or a full disk.
NOT_WRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command. An error that the user can fix is printed to stderr as one sentence, with exit code 1."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    if argv is None:
        # A process that is told to end tidies up, as after Ctrl-C.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    # As if nothing was configured, but before onnxruntime configures that every library's notes are printed.
    logging.basicConfig(format="%(message)s")
    command = "trainer"
    try:
        arguments = command_line().parse_args(argv)
        command = f"trainer {arguments.command}"
        arguments.run(arguments)
    except TrainerError as error:
        print(f"{command}: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno not in NOT_WRITABLE:
            raise
        print(f"{command}: {error.filename or 'a file'}: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"{command}: interrupted", file=sys.stderr)
        return 130
    return 0


def command_line() -> ArgumentParser:
    """The parser of every command's arguments."""
    parser = ArgumentParser(prog="trainer", description="Trains spoken-intent models and writes model packages.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, about in COMMANDS.items():
        # A command's module imports PyTorch only when it runs, so that --help does not wait for it.
        command = import_module(f"trainer.commands.{name}")
        subparser = commands.add_parser(name, help=about, description=command.__doc__)
        command.configure(subparser)
        subparser.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())

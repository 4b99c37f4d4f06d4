"""Compares the scores that transformers, the exported graph and a running server give for the same audio.

A stateless model gets one second of each file, a stateful one all of it. The exit code is 1 if the scores differ by
more than 0.001.
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path


def configure(parser: ArgumentParser) -> None:
    """Adds the arguments."""
    parser.add_argument("package", type=Path, help="folder written by export")
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="recordings: wav, flac, mp3, ogg")
    parser.add_argument("--checkpoint", metavar="RUN", help="also ask what it was exported from: a folder or a hub id")
    parser.add_argument("--server", metavar="URL", help="also ask a running server, such as ws://127.0.0.1:8080")
    parser.add_argument(
        "--start", type=float, metavar="SECONDS", help="where to begin (default: the loudest second; stateful: 0)"
    )
    parser.add_argument("--top-k", type=int, default=5, metavar="N", help="how many scores to show, 1-100 (default 5)")
    parser.add_argument("--json", action="store_true", help="every score, for programs")


def run(arguments: Namespace) -> None:
    """Compares and prints."""
    # Imported late, so that --help does not wait for PyTorch.
    from trainer.predict import PredictRequest, predict

    predict(
        PredictRequest(
            package=arguments.package,
            files=tuple(arguments.files),
            checkpoint=arguments.checkpoint,
            server=arguments.server,
            start=arguments.start,
            top_k=arguments.top_k,
            as_json=arguments.json,
        )
    )

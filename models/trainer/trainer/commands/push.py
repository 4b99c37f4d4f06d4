"""Uploads a model package to a repository of the Hugging Face hub, as one commit.

Everything is verified first: files, checksums, golden vectors. Needs a token: `hf auth login`, or HF_TOKEN.
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path


def configure(parser: ArgumentParser) -> None:
    """Adds the arguments."""
    parser.add_argument("package", type=Path, help="folder written by export")
    parser.add_argument("repo_id", metavar="REPO_ID", help="OWNER/NAME on the hub; created where there is none")
    parser.add_argument(
        "--dry-run", action="store_true", help="verify and show what would go; needs no token, no network"
    )
    parser.add_argument("--private", action="store_true", help="a repository that is created now is private")
    parser.add_argument("--message", metavar="TEXT", help="of the commit (default: Upload NAME VERSION)")
    parser.add_argument("--revision", metavar="BRANCH", default="main", help="branch to commit to (default main)")


def run(arguments: Namespace) -> None:
    """Pushes, or shows what would be pushed."""
    # Imported late, so that --help does not wait for PyTorch.
    from trainer.hub import Destination
    from trainer.model_package import open_package
    from trainer.push import push

    package = open_package(arguments.package)
    message = f"Upload {package.title}" if arguments.message is None else arguments.message
    push(package, Destination(arguments.repo_id, arguments.revision, message, arguments.private), arguments.dry_run)

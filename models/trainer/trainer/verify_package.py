"""Checks that a package is complete and unchanged since it was exported, before it is uploaded."""

from pathlib import Path

from trainer.errors import TrainerError
from trainer.golden import verify_golden
from trainer.graph_file import digest
from trainer.model_package import ModelPackage
from trainer.onnx_graph import OnnxGraph


def verify_package(package: ModelPackage) -> None:
    """Checks that every file is there, that checksums match, and that the graph reproduces the golden vectors."""
    for file in package.files:
        _require(package.folder, file)
    for file, expected in package.checksums.items():
        _check_sum(package.folder / file, expected)
    if not package.golden:
        raise TrainerError(f"{package.folder} has no golden vector: export it again, so that it can be checked")
    graph = OnnxGraph(package.folder / package.graph)
    for name in package.golden:
        path = package.folder / name
        try:
            verify_golden(path.parent, path.name, graph, package.state_floats)
        except (KeyError, TypeError, ValueError) as error:
            raise TrainerError(f"{path}.json is no golden vector as `trainer export` writes it: {error}") from error


def _require(folder: Path, file: str) -> None:
    path = folder / file
    if not path.is_file():
        raise TrainerError(f"{folder} is no whole model package: {file} is missing")
    if not path.resolve().is_relative_to(folder.resolve()):
        raise TrainerError(f"{path} leads out of the package, to {path.resolve()}: a package holds its own files")


def _check_sum(path: Path, expected: str) -> None:
    found = digest(path)
    if found != expected:
        raise TrainerError(f"{path} has SHA-256 {found}, but earshot.json says {expected}: it was changed or cut short")

"""ONNX files; weights that are too large for one file are kept in a second file beside it."""

from hashlib import file_digest
from pathlib import Path

import onnx

# Protocol buffers hold at most 2 GiB; 1 MiB is left for everything but weights.
LARGEST_FILE = 2**31 - 2**20


def data_file(file: Path) -> Path:
    """The file of a graph's external weights: `model.onnx.data` for `model.onnx`."""
    return file.with_name(f"{file.name}.data")


def is_too_large(file: Path) -> bool:
    """Whether a graph, its weights included, does not fit into one file."""
    return graph_bytes(file) > LARGEST_FILE


def graph_bytes(file: Path) -> int:
    """The size of a graph in bytes, the weights beside it included."""
    data = data_file(file)
    return file.stat().st_size + (data.stat().st_size if data.exists() else 0)


def save_graph(model: onnx.ModelProto, file: Path) -> None:
    """Writes a graph, with its weights in a file beside it if they do not fit into one file."""
    if model.ByteSize() > LARGEST_FILE:
        onnx.save(model, file, save_as_external_data=True, location=data_file(file).name)
        # onnx makes this file readable by its owner only.
        data_file(file).chmod(file.stat().st_mode)
    else:
        onnx.save(model, file)


def remove_graph(file: Path) -> None:
    """Deletes a graph and the weights beside it; files that are missing are ignored."""
    file.unlink(missing_ok=True)
    data_file(file).unlink(missing_ok=True)


def digest(file: Path) -> str:
    """Lower-case hexadecimal SHA-256 of a file of any size."""
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()

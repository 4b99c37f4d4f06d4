"""ONNX files, with their weights beside them where one file would be too large."""

from hashlib import file_digest
from pathlib import Path

import onnx

# Protocol buffers hold 2 GiB at most; what is not weights needs room too.
LARGEST_FILE = 2**31 - 2**20


def data_file(file: Path) -> Path:
    """Where a graph's weights are if they are not in its file: `model.onnx` and `model.onnx.data`."""
    return file.with_name(f"{file.name}.data")


def is_too_large(file: Path) -> bool:
    """Whether a graph, its weights included, does not fit into one file."""
    return graph_bytes(file) > LARGEST_FILE


def graph_bytes(file: Path) -> int:
    """The size of a graph in bytes, the weights beside it included."""
    data = data_file(file)
    return file.stat().st_size + (data.stat().st_size if data.exists() else 0)


def save_graph(model: onnx.ModelProto, file: Path) -> None:
    """Writes a graph, its weights beside it if they do not fit into one file."""
    if model.ByteSize() > LARGEST_FILE:
        onnx.save(model, file, save_as_external_data=True, location=data_file(file).name)
        # onnx lets nobody but the owner read it.
        data_file(file).chmod(file.stat().st_mode)
    else:
        onnx.save(model, file)


def remove_graph(file: Path) -> None:
    """Deletes a graph and the weights beside it, where they are."""
    file.unlink(missing_ok=True)
    data_file(file).unlink(missing_ok=True)


def digest(file: Path) -> str:
    """Lower-case hexadecimal SHA-256 of a file of any size."""
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()

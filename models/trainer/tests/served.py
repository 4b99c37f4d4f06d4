"""A real Earshot server for a test: the built command, as a process of its own, on a free port."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
COMMAND = ROOT / "dist" / "server" / "cli" / "earshot.js"


@contextmanager
def serve(models: Path) -> Iterator[str]:
    """Serves a folder of packages on the CPU and gives its address, ws://127.0.0.1:PORT; skips if none is built."""
    node = shutil.which("node")
    if node is None or not COMMAND.is_file():
        pytest.skip("no server: node is not installed, or `npm run build` has not been run")
    flags = ["--port", "0", "--grpc-port", "0", "--provider", "cpu", "--workers", "1", "--log-level", "error"]
    command = [node, str(COMMAND), "serve", "--models", str(models), "--drain-grace-ms", "0", *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield _address(server)
        finally:
            server.terminate()


def _address(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    for line in server.stdout:
        found = re.match(r"\s*WebSocket\s+(ws://[^/]+)/", line)
        if found:
            return found[1]
    raise AssertionError(f"the server ended with {server.wait()} before it was ready")

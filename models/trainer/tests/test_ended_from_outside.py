"""A command that the system tells to end, as a container or a service that stops does, leaves nothing half-written."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with a name here")
def test_a_command_that_is_told_to_end_tidies_up(recordings: Path, tmp_path: Path) -> None:
    os.mkfifo(recordings / "6.wav")  # nobody writes into it, and so it is read for ever
    with (recordings / "manifest.csv").open("a", encoding="utf-8") as manifest:
        manifest.write("6.wav,open,caller-3\n")
    command = ["prepare", str(recordings / "manifest.csv"), "--out", str(tmp_path / "data")]
    trainer = [sys.executable, "-m", "trainer.main", *command]
    with subprocess.Popen(trainer, stderr=subprocess.PIPE, text=True) as process:
        while not (tmp_path / ".data.draft" / "rows").exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate()
    assert process.returncode == 130
    assert said.endswith("trainer prepare: interrupted\n")
    assert [each.name for each in tmp_path.iterdir()] == ["recordings"]

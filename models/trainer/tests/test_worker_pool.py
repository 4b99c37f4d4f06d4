"""Processes of a pool end with the process that they work for, however that ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from trainer.errors import TrainerError
from trainer.worker_pool import mapped, worker_pool

PROCESSES = 2


def begin(folder: Path) -> None:
    (folder / str(os.getpid())).touch()


def work(_: int) -> None:
    time.sleep(0.2)


def lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(sys.platform == "win32", reason="signals of a terminal")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=["ctrl-c", "term", "kill"])
def test_no_process_outlives_its_pool_or_complains(tmp_path: Path, sent: signal.Signals) -> None:
    command = [sys.executable, __file__, str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True, text=True) as caller:
        while len(begun := [int(file.name) for file in tmp_path.iterdir()]) < PROCESSES:
            time.sleep(0.05)
        # A terminal interrupts everyone in it, other signals are sent to one process.
        (os.killpg if sent is signal.SIGINT else os.kill)(caller.pid, sent)
        # Every process that still runs holds the other end of the pipe.
        _, said = caller.communicate(timeout=60)
    assert caller.returncode == (130 if sent is signal.SIGINT else -sent)
    assert "Traceback" not in said
    patience = time.monotonic() + 60
    while any(map(lives, begun)) and time.monotonic() < patience:
        time.sleep(0.05)
    assert not any(map(lives, begun))


@pytest.mark.skipif(sys.platform == "win32", reason="signals of a terminal")
def test_ctrl_c_while_processes_start_is_not_lost() -> None:
    masks = []

    class Starting(ProcessPoolExecutor):
        def map(self, *_: Any, **__: Any) -> Iterator[Any]:
            masks.append(signal.pthread_sigmask(signal.SIG_BLOCK, ()))
            os.kill(os.getpid(), signal.SIGINT)
            return iter(())

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    # Another thread of the tests may take the signal at once.
    with Starting(1) as pool, pytest.raises(KeyboardInterrupt):
        mapped(pool, work, [])
    signal.signal(signal.SIGINT, before)
    assert [signal.SIGINT in mask for mask in masks] == [True]
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_process_that_was_killed_is_one_sentence() -> None:
    said = "one of 2 processes was ended from outside, perhaps since memory ran out"
    started = worker_pool(PROCESSES, work, (0,))
    with pytest.raises(TrainerError, match=said), started as pool:
        list(mapped(pool, signal.raise_signal, [signal.SIGKILL]))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's job in the background ignores it
    try:
        with worker_pool(PROCESSES, begin, (Path(sys.argv[1]),)) as pool:
            for _ in mapped(pool, work, range(2_000)):
                pass
    except KeyboardInterrupt:
        sys.exit(130)

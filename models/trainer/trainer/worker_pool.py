"""Worker processes that print nothing when the main process is interrupted, and end when it is killed."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any

from trainer.errors import TrainerError


@contextmanager
def worker_pool(count: int, begin: Callable[..., None], arguments: tuple[Any, ...]) -> Iterator[ProcessPoolExecutor]:
    """A pool whose processes first call `begin(*arguments)`; an exception cancels the work not yet started."""
    # Forked processes would inherit locks that PyTorch's threads hold.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, context, _begin, (begin, arguments)) as pool:
        try:
            yield pool
        except BrokenProcessPool as error:
            raise TrainerError(
                f"one of {count} processes was ended from outside, perhaps since memory ran out: fewer --jobs take less"
            ) from error
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def mapped(pool: ProcessPoolExecutor, work: Callable[..., Any], *items: Iterable[Any]) -> Iterator[Any]:
    """The results of the work, in order.

    Except on Windows, the processes that start for it ignore Ctrl-C, so that only the main process handles it.
    """
    if sys.platform == "win32":
        return pool.map(work, *items, chunksize=4)
    # New processes inherit the blocked signal. One that arrives meanwhile still reaches this process: at once through
    # another of its threads, or after unblocking.
    heard = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return pool.map(work, *items, chunksize=4)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, heard)


def _begin(begin: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    Thread(target=_end_with, args=(parent,), daemon=True).start()
    begin(*arguments)


def _end_with(parent: BaseProcess) -> None:
    """Ends this process when its parent ends; otherwise it would wait for work forever."""
    parent.join()
    os._exit(1)

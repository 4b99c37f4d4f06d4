"""Processes that work for one that may be interrupted or killed: none of them says a word of it, or outlives it."""

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
    """A pool whose processes each begin with `begin(*arguments)`; an exception cancels what they have not begun yet."""
    # Forked ones would inherit locks that PyTorch's threads hold.
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
    """The results of the work in order; the processes that start for it do not hear Ctrl-C, which is the caller's."""
    if sys.platform == "win32":
        return pool.map(work, *items, chunksize=4)
    # They inherit that it is blocked.  What comes meanwhile reaches the caller: at once by another of its threads, or
    # afterwards.
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
    """Without this a process waits for work for ever when its parent was killed."""
    parent.join()
    os._exit(1)

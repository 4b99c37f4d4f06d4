"""Writing files and folders so that no reader ever finds an incomplete one."""

import errno
import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from trainer.errors import TrainerError

if sys.platform != "win32":
    import fcntl


def write_whole(file: Path, content: bytes) -> None:
    """Writes a file atomically, through a draft that is renamed."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.replace(file)
    except BaseException as error:
        draft.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(file)  # of a full disk the system does not say in which file it was noticed
        raise


def write_json(file: Path, value: Any) -> None:
    """Writes indented JSON with a final newline; a number that JSON does not have, such as NaN, is a ValueError."""
    write_whole(file, (json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode())


def read_json(file: Path, what: str) -> dict[str, Any]:
    """Reads a JSON object; if missing or malformed, the TrainerError says `what` the file should have been."""
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TrainerError(f"{file} is no {what} ({error})") from error
    if not isinstance(value, dict):
        raise TrainerError(f"{file} is no {what}: it holds no JSON object")
    return value


@contextmanager
def written_whole(folder: Path, mark: str, kept: tuple[str, ...] = ()) -> Iterator[Path]:
    """Gives an empty folder and renames it to `folder` at the end; an error leaves `folder` untouched.

    What was written there before is replaced: a folder that holds a file `mark`.  Any other is an error unless empty.
    What matches a pattern of `kept` in it stays.  Of a symbolic link the folder that it names is replaced.
    """
    folder = folder.resolve()
    require_replaceable(folder, mark)
    draft, old = (folder.with_name(f".{folder.name}.{what}") for what in ("draft", "old"))
    with claimed(draft, folder):
        _rescue(old, folder, mark, kept)
        _empty(draft)
        shutil.rmtree(old, ignore_errors=True)
        try:
            yield draft
            _put_in_place(draft, folder, old)
        except BaseException as error:
            shutil.rmtree(draft, ignore_errors=True)
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                raise TrainerError(f"the disk of {folder} is full: nothing was written there") from error
            raise
        finally:
            _rescue(old, folder, mark, kept)
            (old / mark).unlink(missing_ok=True)  # so that no reader takes its remains for a complete folder
            shutil.rmtree(old, ignore_errors=True)


def require_replaceable(folder: Path, mark: str) -> None:
    """A TrainerError if `written_whole` cannot replace a folder; call it before long work that it ends with."""
    folder = folder.resolve()
    require_folder(folder)
    if folder.is_mount():
        raise TrainerError(f"{folder} is a disk of its own, which cannot be replaced as a whole: name a folder in it")
    if folder.exists() and not (folder / mark).exists() and any(folder.iterdir()):
        raise TrainerError(f"{folder} holds other things (no {mark}), which would be lost: choose another --out")


@contextmanager
def claimed(place: Path, folder: Path) -> Iterator[None]:
    """Makes the folder `place` and locks it until the block ends; the lock ends with its process, even a killed one.

    Raises a TrainerError that names `folder` if another process holds the lock. Does nothing where there are no locks.
    """
    place.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":
        yield
        return
    opened = os.open(place, os.O_RDONLY)
    try:
        _lock(opened, folder)
        yield
    finally:
        os.close(opened)


def _lock(opened: int, folder: Path) -> None:
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise TrainerError(f"another command is writing {folder}: wait for it, or choose another --out") from error
    except OSError:  # a file system without locks
        return


def _empty(folder: Path) -> None:
    """Removes what a killed command left of its draft."""
    for leftover in folder.iterdir():
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink()


def _put_in_place(draft: Path, folder: Path, old: Path) -> None:
    """Renames what was there, and then the draft: deleting takes long where there is much, and may be interrupted."""
    if folder.exists():
        folder.rename(old)
    draft.rename(folder)


def _rescue(old: Path, folder: Path, mark: str, kept: tuple[str, ...]) -> None:
    """Puts back what was moved away, wherever a command was cut short: all of it, or what the new folder keeps."""
    if (old / mark).exists() and not folder.exists():
        old.rename(folder)
    elif folder.exists():
        for place in [each for pattern in kept for each in old.glob(pattern)]:
            if not (folder / place.name).exists():
                place.rename(folder / place.name)


def require_folder(folder: Path, option: str = "--out") -> None:
    """A TrainerError if the folder cannot be written: a file is in its place or above it, or rights are missing.

    Call it before long work whose result is written at the end. `option` is the argument that names another folder.
    """
    place = _existing(folder.absolute())
    if not place.is_dir():
        raise TrainerError(f"{place} is a file, no folder: choose another {option}")
    if not os.access(place, os.W_OK):
        raise TrainerError(f"nothing may be written to {place}: choose another {option}")


def require_outside(folder: Path, read: Iterable[Path]) -> None:
    """A TrainerError if something that is read lies in a folder that will be replaced as a whole."""
    require_folder(folder)
    replaced = folder.resolve()
    for place in read:
        if place.resolve().is_relative_to(replaced):
            raise TrainerError(f"{place} lies in {folder}, which is replaced as a whole: choose another --out")


def require_space(folder: Path, needed: float, what: str) -> None:
    """A TrainerError if the disk of `folder` has less than `needed` bytes free for `what`."""
    free = shutil.disk_usage(_existing(folder.absolute())).free
    if free < needed:
        raise TrainerError(
            f"{what} need about {needed / 1e9:.2f} GB, the disk of {folder} has {free / 1e9:.2f} GB free"
        )


def _existing(folder: Path) -> Path:
    """The folder, or its nearest parent that exists."""
    return next(place for place in (folder, *folder.parents) if place.exists())

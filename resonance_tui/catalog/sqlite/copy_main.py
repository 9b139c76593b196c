"""Copies a database that may be written to meanwhile; run as a process of its own.

In a process of its own because closing the descriptor that the copying needs would drop every lock that the
process holds on the file. It lives as long as the copy: when its standard input ends, by whatever death of the
one who wanted the copy, the copy is removed.

    python -m resonance_tui.catalog.sqlite.copy_main SOURCE FOLDER SECONDS
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from ..errors import CatalogBusyError, CatalogCopyError, CatalogDamagedError, CatalogError
from .connection import recover_copy

_BLOCK_BYTES = 4 * 2**20
_BETWEEN_TRIES_S = 0.05

Token = tuple[object, ...]


def state(source: Path) -> Token:
    """Return what moves with every commit: only where it is the same before and after, the copy is of one moment.

    The journal's and the log's random numbers are in it: a file system gives the same inode again at once.
    """
    real = Path(os.path.realpath(source))
    status = real.stat()
    header = _head(real, 100)
    journal = _head(real.with_name(real.name + "-journal"), 28)
    log = _head(real.with_name(real.name + "-wal"), 32)
    counters = (header[24:28], header[92:96]) if header else None
    return (status.st_dev, status.st_ino, counters, journal[12:28] if journal else None, log or None)


def _head(path: Path, size: int) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(size)
    except FileNotFoundError:
        return None


def copy_once(source: Path, target: Path, tell: Callable[[int], None] = lambda _: None) -> bool:
    """Copy the database, then its journal or log; whether nothing was committed meanwhile.

    In this order: whatever page was overwritten in the copied database stands in the journal that is copied
    after it.
    """
    real = Path(os.path.realpath(source))
    before = state(real)
    for suffix in ("", "-journal", "-wal"):
        place = target.with_name(target.name + suffix)
        place.unlink(missing_ok=True)
        with contextlib.suppress(FileNotFoundError):
            _copy_file(real.with_name(real.name + suffix), place, tell)
    return state(real) == before


def _copy_file(source: Path, target: Path, tell: Callable[[int], None]) -> None:
    with source.open("rb") as reading, target.open("xb") as writing:
        while block := reading.read(_BLOCK_BYTES):
            writing.write(block)
            tell(len(block))


def copy(source: Path, target: Path, seconds: float, tell: Callable[[int], None]) -> float:
    """Copy until a copy is sound, and give its time, Unix seconds.

    Raises
    ------
    CatalogCopyError
        Within these seconds the file never stood still for long enough.
    CatalogDamagedError
        It stood still, and still is not sound.
    """
    end = time.monotonic() + seconds
    unsound: CatalogError | None = None
    while True:
        taken = time.time()
        if copy_once(source, target, tell):
            try:
                recover_copy(target)
            except (CatalogDamagedError, CatalogBusyError) as error:
                if unsound is not None:
                    raise CatalogDamagedError(error.reason, path=source, hint=error.hint) from None
                unsound = error  # once more: a disk in trouble can look like it
            else:
                return taken
        if time.monotonic() > end:
            raise CatalogCopyError(
                f"it is written to too often to be copied within {seconds:.0f} s",
                path=source,
                hint="try again later",
            )
        time.sleep(_BETWEEN_TRIES_S)


def _remove_when_alone(folder: Path) -> None:
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _say(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Copy, say how it went, and wait until nobody needs the copy any more."""
    source, folder, seconds = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
    keeper = threading.Thread(target=_remove_when_alone, args=(folder,), daemon=True)
    keeper.start()
    if hasattr(os, "nice"):
        os.nice(5)  # it takes no lock on the original, so it may well be slow
    copied = 0

    def tell(size: int) -> None:
        nonlocal copied
        copied += size
        _say(copied=copied)

    try:
        _say(taken=copy(source, folder / source.name, seconds, tell))
    except BrokenPipeError:
        pass
    except CatalogError as error:
        _say(error=error.reason, hint=error.hint, kind=type(error).__name__)
    except OSError as error:
        _say(error=f"the file could not be copied ({error.strerror})", hint="", kind="CatalogCopyError")
    keeper.join()


if __name__ == "__main__":
    main()

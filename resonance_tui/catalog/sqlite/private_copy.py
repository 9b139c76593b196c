"""A private copy of a database that is locked, was left in the middle of a write, or must not be opened."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from .. import errors
from ..errors import CatalogCopyError, CatalogError
from .files import check_readable
from .subprocesses import start_helper

_SPARE_BYTES = 32 * 2**20
_PREFIX = "resonance-tui-copy-"
_LAST_WORD_S = 2.0

_kept: list[PrivateCopy] = []


class PrivateCopy:
    """A copy of a database in a folder that only this user can enter; made by `take_copy`.

    It is removed by `remove`, at the end of a ``with`` block, and whenever this process ends, however it does.

    Attributes
    ----------
    source : pathlib.Path
        The database it is a copy of.
    path : pathlib.Path
        The copy.
    taken : float
        When, Unix seconds: it holds what was committed then.
    """

    def __init__(self, source: Path, path: Path, taken: float, keeper: subprocess.Popen[bytes]) -> None:
        self.source = source
        self.path = path
        self.taken = taken
        self._keeper = keeper
        if not _kept:
            atexit.register(remove_all)
        _kept.append(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def __repr__(self) -> str:
        return f"<PrivateCopy of {self.source.name[:80]!r}, {self.age():.0f} s old>"

    def age(self, now: float | None = None) -> float:
        """Seconds since it was taken."""
        return max(0.0, (time.time() if now is None else now) - self.taken)

    def remove(self) -> None:
        """Remove it from the disk; done once, asked as often as one likes."""
        if self in _kept:
            _kept.remove(self)
        _end(self._keeper, self.path.parent)


def remove_all() -> None:
    """Remove every copy of this process; for ends that run no exit handlers, too."""
    for copy in _kept:
        copy.remove()


def take_copy(
    source: Path,
    *,
    seconds: float = 60.0,
    tell: Callable[[int, int], None] | None = None,
    wanted: Callable[[], bool] | None = None,
) -> PrivateCopy:
    """Copy a database while it may be written to; nothing beside it is created, no lock taken.

    The copy is verified. The frames are not copied: `Catalog.on_copy` reads them from where they are.

    Parameters
    ----------
    source : pathlib.Path
    seconds : float
        How long it is tried where commits come in between; copying itself takes what it takes.
    tell : callable, optional
        Called with the bytes copied so far and those to be copied.
    wanted : callable, optional
        Asked now and then; False breaks off.

    Raises
    ------
    CatalogCopyError
        There is no room for it, the file never stands still, or it is no longer wanted.
    CatalogError
        The file is missing, may not be read, is no database, or is damaged.
    """
    source = Path(source).absolute()
    check_readable(source)
    needed = _size(source)
    folder = _room(source, needed)
    try:
        keeper = _start(source, folder, seconds)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise CatalogCopyError(f"the file could not be copied ({error.strerror})", path=source) from None
    try:
        taken = _listen(keeper, source, needed, tell, wanted)
    except BaseException:
        _end(keeper, folder)
        raise
    return PrivateCopy(source, folder / source.name, taken, keeper)


def _start(source: Path, folder: Path, seconds: float) -> subprocess.Popen[bytes]:
    # it outlives the terminal, to tidy up
    return start_helper("resonance_tui.catalog.sqlite.copy_main", str(source), str(folder), str(seconds))


def _listen(
    keeper: subprocess.Popen[bytes],
    source: Path,
    needed: int,
    tell: Callable[[int, int], None] | None,
    wanted: Callable[[], bool] | None,
) -> float:
    output: IO[bytes] | None = keeper.stdout
    for line in output or ():
        said = json.loads(line)
        if "taken" in said:
            return float(said["taken"])
        if "error" in said:
            kind = getattr(errors, said["kind"], CatalogError)
            raise kind(said["error"], path=source, hint=said["hint"])
        if tell is not None:
            tell(said["copied"], needed)
        if wanted is not None and not wanted():
            raise CatalogCopyError("the copying was broken off", path=source)
    raise CatalogCopyError("the file could not be copied: the process that copies it died", path=source)


def _end(keeper: subprocess.Popen[bytes], folder: Path) -> None:
    for pipe in (keeper.stdin, keeper.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    try:
        keeper.wait(_LAST_WORD_S)
    except subprocess.TimeoutExpired:
        keeper.kill()
        keeper.wait()
    shutil.rmtree(folder, ignore_errors=True)


def _size(source: Path) -> int:
    real = Path(os.path.realpath(source))
    total = 0
    for suffix in ("", "-journal", "-wal"):
        with contextlib.suppress(OSError):
            total += real.with_name(real.name + suffix).stat().st_size
    return total


def _room(source: Path, needed: int) -> Path:
    why = "no folder for temporary files can be written"
    for place in rooms(source):
        with contextlib.suppress(OSError):
            free = shutil.disk_usage(place).free
            if free < needed + _SPARE_BYTES:
                why = f"{(needed + _SPARE_BYTES) / 1e6:,.0f} MB are needed in {place}, {free / 1e6:,.0f} MB are free"
                continue
            return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))  # mode 0700
    raise CatalogCopyError(
        f"there is no room for a copy: {why}", path=source, hint="set TMPDIR to another folder"
    )


def rooms(source: Path) -> list[Path]:
    """Folders for temporary files, the most fitting first; none of them in the folder of the data."""
    data = Path(os.path.realpath(source)).parent
    named = [tempfile.gettempdir(), "/var/tmp", os.environ.get("XDG_RUNTIME_DIR"), Path.home() / ".cache"]
    found = dict.fromkeys(Path(os.path.realpath(place)) for place in named if place)
    usable = [place for place in found if not place.is_relative_to(data) and os.access(place, os.W_OK)]
    # beside a folder of data nothing can be made where Landlock holds
    return sorted(usable, key=lambda place: data.is_relative_to(place))

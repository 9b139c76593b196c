"""A log file that never grows beyond its bounds, and may be shared by several programs."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import re
import stat
from pathlib import Path

from .atomic import UserFileError, plain_error

MAX_BYTES = 1_000_000
KEPT_FILES = 3
"""The newest, and two older ones (``….1``, ``….2``)."""

_BEGINS = rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"


class BoundedLogFile:
    """Appends to a file; before it grows too large it is renamed to ``….1``, and that one to ``….2``.

    Where nothing can be renamed (Landlock may have closed the folder) the file is emptied instead. Each text goes out
    in one write, so that those of several programs do not mix; a file that another one has renamed is left for the
    new one. Not for several threads.

    Parameters
    ----------
    path : pathlib.Path
    max_bytes : int
        Of each file.
    """

    def __init__(self, path: Path, max_bytes: int = MAX_BYTES) -> None:
        self.path = path
        self._max_bytes = max_bytes
        self._descriptor: int | None = None

    def open(self) -> None:
        """Make the file ready to be written, readable for this user only (mode 0600).

        Raises
        ------
        UserFileError
            It cannot be written, or is none of ours: nothing is appended to a file that does not begin as a log.
        """
        try:
            if not _is_log(self.path):
                raise UserFileError(
                    self.path, "it is there and no log of this program", "choose another name"
                )
            self._open()
        except (OSError, ValueError) as error:
            raise plain_error(self.path, error) from error

    def close(self) -> None:
        """Close the file; writing opens it again."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def write(self, text: str) -> None:
        """Append a text, which ends in a line break.

        Raises
        ------
        OSError
        """
        data = text.encode("utf-8", "backslashreplace")[: self._max_bytes]
        descriptor = self._current()
        if os.fstat(descriptor).st_size + len(data) > self._max_bytes:
            descriptor = self._make_room(descriptor)
        os.write(descriptor, data)

    def _open(self) -> int:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_BINARY"):
            flags |= getattr(os, name, 0)
        descriptor = os.open(self.path, flags, 0o600)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(errno.EINVAL, "it is no ordinary file")
        self._descriptor = descriptor
        return descriptor

    def _current(self) -> int:
        """Open the file that has the name now, unless it is open already."""
        if self._descriptor is not None and self._has_the_name(self._descriptor):
            return self._descriptor
        self.close()
        return self._open()

    def _has_the_name(self, descriptor: int) -> bool:
        try:
            named = self.path.lstat()
        except FileNotFoundError:
            return False
        return os.path.samestat(named, os.fstat(descriptor))

    def _make_room(self, descriptor: int) -> int:
        if self._rotate():
            return self._open()
        os.ftruncate(descriptor, 0)
        return descriptor

    def _rotate(self) -> bool:
        """Rename the files; False where that cannot be."""
        names = [self.path, *(Path(f"{self.path}.{number}") for number in range(1, KEPT_FILES))]
        try:
            if not all(_is_log(name) for name in names[1:]):  # a file of the user's that has this name
                return False
            for newer, older in reversed(list(itertools.pairwise(names))):
                with contextlib.suppress(FileNotFoundError):
                    newer.replace(older)
        except OSError:
            return False
        self.close()
        return True


def _is_log(path: Path) -> bool:
    """Whether a file is a log of ours, empty, or not there; it is opened only if it is an ordinary file."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return False
    except FileNotFoundError:
        return True
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        begins = file.read(20)
    return not begins or re.match(_BEGINS, begins) is not None

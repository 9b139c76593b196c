"""Files that are written whole or not at all, also where two programs write the same one."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from pathlib import Path

from .plain import one_line

_TEMPORARY = (".resonance-tui-", ".part")
"""How the names of temporary files begin and end."""
_LEFTOVER_S = 3600.0

_HINTS = {
    errno.ENOSPC: "free some space there",
    errno.EDQUOT: "free some space there",
    errno.EACCES: "check who may write there",
    errno.EPERM: "check who may write there",
    errno.EROFS: "choose another folder",
    errno.ENOENT: "make its folder first",
    errno.ENOTDIR: "choose another folder",
    errno.EISDIR: "choose another name",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EIO: "check the disk",
}


class UserFileError(Exception):
    """A file of the user's cannot be written or used; ``str(error)`` is one plain line.

    Attributes
    ----------
    path : pathlib.Path
    reason : str
        What is wrong with it.
    hint : str
        What can be done; empty where nothing is known.
    """

    def __init__(self, path: Path, reason: str, hint: str = "") -> None:
        super().__init__(path, reason, hint)
        self.path, self.reason, self.hint = path, reason, hint

    def __str__(self) -> str:
        """Say it in one line."""
        return one_line(f"{self.path}: {self.reason}" + (f"; {self.hint}" if self.hint else ""))


def plain_error(path: Path, error: OSError | ValueError) -> UserFileError:
    """Say in plain words why a file cannot be written."""
    if isinstance(error, UnicodeEncodeError):
        return UserFileError(path, "the text holds characters that UTF-8 cannot write")
    if isinstance(error, OSError):
        return UserFileError(path, error.strerror or type(error).__name__, _HINTS.get(error.errno or 0, ""))
    return UserFileError(path, "this cannot be the name of a file", "choose another name")


def write_text(path: Path, text: str) -> None:
    """Write a text file (UTF-8) whole or not at all; see `write_bytes`.

    Raises
    ------
    UserFileError
    """
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise plain_error(path, error) from error
    write_bytes(path, data)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, readable for this user only (mode 0600).

    The data is written to a temporary file in the same folder, flushed to the disk, and then takes the name of
    `path`, replacing what was there. Whatever fails, the old file stays, and no temporary file is left.

    Raises
    ------
    UserFileError
    """
    temporary = path.parent / os.urandom(8).hex().join(_TEMPORARY)
    try:
        _write_new(temporary, data)
        temporary.replace(path)
    except (OSError, ValueError) as error:
        _remove(temporary)
        raise plain_error(path, error) from error
    except BaseException:
        _remove(temporary)
        raise
    _flush_folder(path.parent)


def remove_leftovers(folder: Path) -> None:
    """Remove temporary files that a program left here when it was killed, more than an hour ago."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(_TEMPORARY[0]) and entry.name.endswith(_TEMPORARY[1]):
                with contextlib.suppress(OSError):
                    if time.time() - entry.stat(follow_symlinks=False).st_mtime > _LEFTOVER_S:
                        os.unlink(entry.path)  # noqa: PTH108 - an entry has no Path


def _write_new(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    except BaseException:
        with contextlib.suppress(OSError):
            os.close(descriptor)
        raise
    os.close(descriptor)  # file servers report a full disk only here


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError, ValueError):
        path.unlink()


def _flush_folder(folder: Path) -> None:
    """Have the new name survive a power cut, where the system can do that."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

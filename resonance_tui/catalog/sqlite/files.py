"""What a file is before SQLite touches it: found, readable, SQLite at all, and in which journal mode.

A descriptor on the database is never closed here. Closing any descriptor of a file drops all POSIX locks
the process holds on it (https://sqlite.org/howtocorrupt.html, section 2.2), and in a notebook that also
runs the acquisition this would be the writer's lock.
"""

from __future__ import annotations

import contextlib
import os
import stat
import threading
from dataclasses import dataclass
from pathlib import Path

from ..errors import (
    CatalogDamagedError,
    CatalogInterruptedError,
    CatalogIsFolderError,
    CatalogNotFoundError,
    CatalogPermissionError,
    NotACatalogError,
)

_MAGIC = b"SQLite format 3\0"
_HEADER_SIZE = 100

_KEPT_AT_EASE = 64

_kept: dict[tuple[int, int], int] = {}
_kept_lock = threading.Lock()

Identity = tuple[int, int, int, int]
"""(device, inode, size, mtime in ns): moves when a file is replaced or written."""


@dataclass(frozen=True, slots=True)
class DatabaseFile:
    """A readable SQLite file, and how it may be opened without a trace."""

    path: Path
    wal: bool
    has_wal_files: bool

    @property
    def query(self) -> str:
        """The URI parameters under which SQLite reads it and creates nothing."""
        if not self.wal:
            return "mode=ro"
        # a WAL database nobody has open: an ordinary read would leave -wal and -shm behind
        return "mode=ro&readonly_shm=1" if self.has_wal_files else "mode=ro&immutable=1"

    @property
    def immutable(self) -> bool:
        """Whether SQLite takes no locks, so that each read has to be checked for a change."""
        return self.wal and not self.has_wal_files


def identity(path: Path) -> Identity | None:
    """Device, inode, size and mtime of `path`; None where it is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def wal_sidecar(path: Path) -> Path:
    """Where the write-ahead log of `path` lies, if there is one."""
    real = path.resolve()  # SQLite puts it beside the file itself, not beside a link to it
    return real.with_name(real.name + "-wal")


def check_database_file(path: Path) -> DatabaseFile:
    """Say what `path` is, or why it cannot be a beamtime.

    Raises
    ------
    CatalogError
        The matching subclass; the message names the file and what to do.
    """
    wal = check_readable(path)
    has_log = wal and wal_sidecar(path).exists()
    sidecar = wal_sidecar(path)
    if has_log and not sidecar.with_name(sidecar.name.removesuffix("-wal") + "-shm").exists():
        raise CatalogInterruptedError(
            "left with a -wal file that no process has open",
            path=path,
            hint="it reads again once the acquisition opens it; until then copy the .db and the .db-wal to a "
            "folder of your own and open the copy",
        )
    return DatabaseFile(path, wal, has_log)


def check_readable(path: Path) -> bool:
    """Make sure that `path` is a SQLite file that can be read, by itself or by way of a copy.

    Returns
    -------
    bool
        Whether it has a write-ahead log.

    Raises
    ------
    CatalogError
        The matching subclass; the message names the file and what to do.
    """
    status = _status(path)
    if stat.S_ISDIR(status.st_mode):
        raise CatalogIsFolderError("this is a folder", path=path, hint="name the .db file inside it")
    if not stat.S_ISREG(status.st_mode):
        raise NotACatalogError(
            "a device or pipe, not a database file", path=path, hint="name the beamtime's .db file"
        )
    if status.st_size == 0:
        raise NotACatalogError(
            "an empty file, not a beamtime", path=path, hint="check the name, or wait for the first run"
        )
    header = _header(path, status)
    if not header.startswith(_MAGIC):
        raise NotACatalogError("not a SQLite file", path=path, hint="name the beamtime's .db file")
    if len(header) < _HEADER_SIZE or header[18] > 2 or header[19] > 2:
        raise NotACatalogError(
            "not a SQLite file this program can read", path=path, hint="check the name, or copy it again"
        )
    _check_length(path, header, status.st_size)
    return header[19] == 2


def _status(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except FileNotFoundError:
        if path.is_symlink():
            raise CatalogNotFoundError(
                "a link to a file that is not there", path=path, hint="check where it points"
            ) from None
        missing = next((p for p in reversed(path.absolute().parents) if not _is_there(p)), None)
        what = "no such file" if missing is None else f"there is no folder {missing}"
        raise CatalogNotFoundError(what, path=path, hint="check the name") from None
    except NotADirectoryError:
        raise CatalogNotFoundError(
            "a part of this path is a file, not a folder", path=path, hint="check the name"
        ) from None
    except PermissionError:
        raise CatalogPermissionError(
            "permission denied for a folder on the way to it", path=path, hint="ask its owner for access"
        ) from None
    except (OSError, ValueError) as error:
        raise CatalogNotFoundError(
            f"cannot be found ({_reason(error)})", path=path, hint="check the name"
        ) from None


def _is_there(path: Path) -> bool:
    try:
        path.stat()
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return True


def _header(path: Path, status: os.stat_result) -> bytes:
    try:
        if os.name == "nt":  # locks there belong to handles, so this one can be closed
            with path.open("rb") as file:
                return file.read(_HEADER_SIZE)
        return os.pread(_descriptor(path, status), _HEADER_SIZE, 0)
    except PermissionError:
        raise CatalogPermissionError(
            f"permission denied (the file belongs to {owner(status)}, mode {status.st_mode & 0o777:04o})",
            path=path,
            hint="ask its owner for read access",
        ) from None
    except OSError as error:
        raise CatalogDamagedError(
            f"could not be read ({_reason(error)})", path=path, hint="try again, or check the disk"
        ) from None


def _descriptor(path: Path, status: os.stat_result) -> int:
    key = (status.st_dev, status.st_ino)
    with _kept_lock:
        if key not in _kept:
            if len(_kept) >= _KEPT_AT_EASE:
                _close_deleted()
            _kept[key] = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        return _kept[key]


def kept_descriptor(path: Path) -> int:
    """Return a descriptor on `path` for lock probes; never to be closed."""
    return _descriptor(path, path.stat())


def _close_deleted() -> None:
    """Close the descriptor of a deleted file, which is nobody's catalog any more."""
    for key, descriptor in list(_kept.items()):
        if os.fstat(descriptor).st_nlink == 0:
            os.close(_kept.pop(key))


def _check_length(path: Path, header: bytes, size: int) -> None:
    page_size = int.from_bytes(header[16:18], "big")
    page_size = 65536 if page_size == 1 else page_size
    expected = page_size * int.from_bytes(header[28:32], "big")
    # the page count is valid only where it was written together with the change counter
    if header[24:28] == header[92:96] and size + page_size <= expected:
        raise CatalogDamagedError(
            f"cut short: {expected:,} bytes expected, {size:,} found",
            path=path,
            hint="was the copy complete?",
        )


def owner(status: os.stat_result) -> str:
    """Return the user's name a file belongs to, or its number."""
    with contextlib.suppress(ImportError, KeyError):
        import pwd

        return pwd.getpwuid(status.st_uid).pw_name
    return f"user {status.st_uid}"


def _reason(error: Exception) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)


def find_beamtimes(folder: Path) -> list[Path]:
    """Return the `.db` files of `folder`, most recently written first.

    Raises
    ------
    CatalogError
        The folder is missing or may not be listed.
    """
    try:
        found = [
            (p.stat().st_mtime, p) for p in folder.iterdir() if p.suffix.lower() == ".db" and p.is_file()
        ]
    except FileNotFoundError:
        raise CatalogNotFoundError("no such folder", path=folder, hint="check the name") from None
    except PermissionError:
        raise CatalogPermissionError(
            "permission denied", path=folder, hint="ask its owner for access"
        ) from None
    except OSError as error:
        raise CatalogDamagedError(f"could not be listed ({_reason(error)})", path=folder) from None
    return [path for _, path in sorted(found, key=lambda item: (-item[0], item[1].name))]

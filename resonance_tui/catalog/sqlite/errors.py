"""SQLite's errors as ours, with what to do: a file that is none of SQLite's, a lock, damage, a missing right."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ..errors import (
    CatalogBusyError,
    CatalogClosedError,
    CatalogDamagedError,
    CatalogError,
    CatalogInterruptedError,
    CatalogPermissionError,
    NotACatalogError,
)


def error_name(error: sqlite3.Error) -> str:
    """Return SQLite's own name of an error; empty where it has none."""
    return getattr(error, "sqlite_errorname", "") or ""


_KINDS: list[tuple[type[CatalogError], str, str, tuple[str, ...]]] = [
    (
        CatalogInterruptedError,
        "the acquisition stopped in the middle of a write",
        "finished runs are safe, it reads again once the acquisition opens it",
        ("SQLITE_READONLY_ROLLBACK", "SQLITE_READONLY_RECOVERY", "SQLITE_BUSY_RECOVERY"),
    ),
    (
        CatalogBusyError,
        "locked by the running scan",
        "it reads again when the scan ends",
        ("SQLITE_BUSY", "SQLITE_LOCKED"),
    ),
    (
        NotACatalogError,
        "not a SQLite file",
        "name the beamtime's .db file",
        ("SQLITE_NOTADB",),
    ),
    (
        CatalogDamagedError,
        "could not be read (disk error or damage)",
        "try again, or open a copy",
        ("SQLITE_CORRUPT", "SQLITE_FORMAT"),
    ),
    (
        CatalogDamagedError,
        "this file system has no file locks",
        "open a copy on a local disk",
        ("SQLITE_IOERR_LOCK",),
    ),
    (
        CatalogDamagedError,
        "could not be read from the disk",
        "try again",
        ("SQLITE_IOERR", "SQLITE_FULL", "SQLITE_NOLFS"),
    ),
    (
        CatalogPermissionError,
        "cannot be read without writing beside it",
        "open a copy",
        ("SQLITE_READONLY",),
    ),
    (
        CatalogPermissionError,
        "could not be opened",
        "check that you may read it and its folder",
        ("SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH"),
    ),
]
"""SQLite's names, or how they begin, to our error, its reason and its hint; the first that fits."""


def closed_error(path: Path) -> CatalogClosedError:
    """Return the error of one who reads from a catalog that was closed."""
    return CatalogClosedError("the catalog is closed", path=path, hint="open it again")


def translate(error: sqlite3.Error, path: Path) -> CatalogError:
    """SQLite's error as one of ours, naming the file and what to do."""
    name = error_name(error)
    if isinstance(error, sqlite3.ProgrammingError) and "closed" in str(error):
        return closed_error(path)
    for kind, reason, hint, names in _KINDS:
        if any(name == known or name.startswith(known + "_") for known in names):
            return kind(reason, path=path, hint=hint)
    return CatalogError(f"could not be read ({error})", path=path)

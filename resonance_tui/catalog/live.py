"""Whether somebody is writing, found out without taking a lock."""

from __future__ import annotations

import contextlib
import os
import struct
import sys
from pathlib import Path

from .files import kept_descriptor

_PENDING, _LENGTH = 0x40000000, 2  # the PENDING and RESERVED bytes (https://sqlite.org/lockingv3.html)
_FLOCK = "hhqqi"  # struct flock of 64-bit Linux


def writer_pid(db_path: Path) -> int | None:
    """The process that has a write transaction open on a rollback-journal database.

    Returns
    -------
    int or None
        None where nobody has, where the writer is this very process, and where the system cannot tell
        (it is asked on Linux only).
    """
    if not sys.platform.startswith("linux"):
        return None
    import fcntl

    with contextlib.suppress(OSError, struct.error):
        descriptor = kept_descriptor(db_path)
        ask = struct.pack(_FLOCK, fcntl.F_RDLCK, os.SEEK_SET, _PENDING, _LENGTH, 0)
        kind, _, _, _, pid = struct.unpack(_FLOCK, fcntl.fcntl(descriptor, fcntl.F_GETLK, ask))
        return pid if kind == fcntl.F_WRLCK else None
    return None


def last_change(db_path: Path, zarr_path: Path, uid: str) -> float | None:
    """When anything of a run was last written, Unix seconds: database, journal, or its frames."""
    places = [db_path, db_path.with_name(db_path.name + "-journal"), db_path.with_name(db_path.name + "-wal")]
    with contextlib.suppress(OSError, ValueError):
        if not uid.isalnum():
            raise ValueError(uid)
        places += [field / "zarr.json" for field in (zarr_path / "runs" / uid).iterdir()]
    times = []
    for place in places:
        with contextlib.suppress(OSError):
            times.append(place.stat().st_mtime)
    return max(times, default=None)

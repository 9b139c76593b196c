"""The files that are written as a run grows, and when that was."""

from __future__ import annotations

import contextlib
from pathlib import Path

from .sqlite.files import identity, wal_sidecar


def run_files(db_path: Path, zarr_path: Path, uid: str) -> list[Path]:
    """Return the files that are written as a run grows: the database, its journal or log, and its frames' metadata."""
    places = [db_path, db_path.with_name(db_path.name + "-journal"), wal_sidecar(db_path)]
    with contextlib.suppress(OSError, ValueError, RuntimeError):
        if uid.isalnum():
            places += sorted(field / "zarr.json" for field in (zarr_path / "runs" / uid).iterdir())
    return places


def last_change(db_path: Path, zarr_path: Path, uid: str) -> float | None:
    """When anything of a run was last written, Unix seconds: database, journal, or its frames."""
    found = [identity(path) for path in run_files(db_path, zarr_path, uid)]
    return max((one[3] / 1e9 for one in found if one is not None), default=None)

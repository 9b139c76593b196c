"""What a simulated beamtime holds, asked as another process does."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import numpy as np
import zarr


def rows(db: Path, query: str, *values: object) -> list[tuple]:
    """Ask as another process does: its own connection, read only, patience of a second."""
    connection = sqlite3.connect(f"file:{db}?mode=ro", uri=True, timeout=1.0)
    try:
        return connection.execute(query, values).fetchall()
    finally:
        connection.close()


def count(db: Path, table: str) -> int:
    return rows(db, f"SELECT count(*) FROM {table}")[0][0]


def events_of(db: Path, run: str) -> list[dict]:
    found = rows(
        db,
        "SELECT data FROM events JOIN streams ON streams.uid = stream_uid WHERE run_uid = ? ORDER BY seq_num",
        run,
    )
    return [json.loads(data) for (data,) in found]


def frames_of(db: Path, run: str) -> np.ndarray:
    return zarr.open_array(db.with_suffix(".zarr"), path=f"runs/{run}/detector_image", mode="r")[:]

"""A simulated beamtime, written the way the acquisition system writes a real one.

`BeamtimeWriter` writes the file format of the ALS RSoXS beamline (BL 11.0.1.2) and makes things visible to
other processes in the same order as the acquisition does. `write_demo` uses it for a beamtime of one day,
`simulate_live` for one in progress. None ever touches a beamtime that somebody else has made.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from resonance_tui.catalog.sqlite.files import kept_descriptor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import TracebackType

    import numpy.typing as npt
    import zarr

SCHEMA_VERSION = 2

_MARK = 0x52545549  # "RTUI" in the header's application id, where a real beamtime has 0
_MARK_AT = 68

_SCHEMA = """
CREATE TABLE IF NOT EXISTS samples (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    name         TEXT NOT NULL,
    formula      TEXT,
    serial       TEXT,
    tags         TEXT,
    beamline_pos TEXT,
    extra        TEXT
);
CREATE INDEX IF NOT EXISTS idx_samples_name ON samples(name);
CREATE TABLE IF NOT EXISTS runs (
    uid          TEXT PRIMARY KEY,
    sample_id    INTEGER REFERENCES samples(id) ON DELETE SET NULL,
    plan_name    TEXT NOT NULL,
    time_start   REAL NOT NULL,
    time_stop    REAL,
    exit_status  TEXT,
    num_events   INTEGER DEFAULT 0,
    operator     TEXT,
    metadata     TEXT
);
CREATE INDEX IF NOT EXISTS idx_runs_sample ON runs(sample_id);
CREATE INDEX IF NOT EXISTS idx_runs_plan   ON runs(plan_name);
CREATE INDEX IF NOT EXISTS idx_runs_tstart ON runs(time_start);
CREATE TABLE IF NOT EXISTS streams (
    uid          TEXT PRIMARY KEY,
    run_uid      TEXT NOT NULL REFERENCES runs(uid) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    data_keys    TEXT NOT NULL,
    time_created REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS idx_streams_run ON streams(run_uid);
CREATE UNIQUE INDEX IF NOT EXISTS idx_streams_run_name ON streams(run_uid, name);
CREATE TABLE IF NOT EXISTS events (
    uid        TEXT PRIMARY KEY,
    stream_uid TEXT NOT NULL REFERENCES streams(uid) ON DELETE CASCADE,
    seq_num    INTEGER NOT NULL,
    time       REAL NOT NULL,
    data       TEXT NOT NULL,
    timestamps TEXT
);
CREATE INDEX IF NOT EXISTS idx_events_stream ON events(stream_uid);
CREATE UNIQUE INDEX IF NOT EXISTS idx_events_seq ON events(stream_uid, seq_num);
CREATE TABLE IF NOT EXISTS image_refs (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    event_uid         TEXT NOT NULL REFERENCES events(uid) ON DELETE CASCADE,
    field_name        TEXT NOT NULL,
    zarr_group        TEXT NOT NULL,
    index_in_stack    INTEGER NOT NULL,
    shape_x           INTEGER NOT NULL,
    shape_y           INTEGER NOT NULL,
    dtype             TEXT NOT NULL,
    compression_codec TEXT
);
CREATE INDEX IF NOT EXISTS idx_image_refs_event ON image_refs(event_uid);
"""


@dataclass(frozen=True, slots=True)
class SimulatedSample:
    """One row of the table of samples."""

    name: str
    formula: str | None = None
    serial: str | None = None
    tags: tuple[str, ...] = ()
    beamline_pos: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


class NotSimulatedError(FileExistsError):
    """What is there was not written by this program, and is left alone."""


def require_ours(db_path: Path) -> None:
    """Make sure that a beamtime may be written to: there is nothing yet, or this program has made it.

    SQLite does not touch the file: opening somebody else's for writing could already change it.

    Raises
    ------
    NotSimulatedError
        Something is there that this program has not made.
    """
    if db_path.exists() or db_path.is_symlink():
        if not db_path.is_file() or _mark(db_path) != _MARK:
            raise NotSimulatedError(f"{db_path} was not written by resonance-tui: it is left alone")
        return
    beside = [
        db_path.with_suffix(".zarr"),
        *(db_path.with_name(db_path.name + s) for s in ("-journal", "-wal")),
    ]
    for path in beside:
        if path.exists():
            raise NotSimulatedError(f"{path} is there without its database: it is left alone")


def _mark(db_path: Path) -> int:
    if os.name == "nt":
        with db_path.open("rb") as file:
            header = file.read(100)
    else:  # a descriptor that is never closed: closing one would drop locks this process has on the file
        header = os.pread(kept_descriptor(db_path), 100, 0)
    return int.from_bytes(header[_MARK_AT : _MARK_AT + 4], "big")


def random_uid() -> str:
    """Return 32 hex digits that were not used before."""
    return uuid.uuid4().hex


class BeamtimeWriter:
    """Writes one beamtime: `db_path` and the Zarr store beside it.

    Another process sees a run and its stream at once, its frames as they are written, and its events and
    image references only when the run is closed.

    Parameters
    ----------
    db_path
        The SQLite file; the frames go to the same path with the suffix ``.zarr``. Both are made if missing.
    new_uid
        Gives the uids of runs, streams and events.
    commit_each
        Commit every event and image reference at once, as some people's scripts do.
    wal
        Make a new file with a write-ahead log instead of a rollback journal; one that is there keeps its own.

    Raises
    ------
    NotSimulatedError
        The beamtime that is there was not written by this program.
    """

    def __init__(
        self,
        db_path: Path,
        *,
        new_uid: Callable[[], str] = random_uid,
        commit_each: bool = False,
        wal: bool = False,
    ) -> None:
        import zarr  # slow to import: only who writes waits for it

        require_ours(db_path)
        self.db_path = db_path
        self.zarr_path = db_path.with_suffix(".zarr")
        self._new_uid = new_uid
        self._commit_each = commit_each
        if new := not db_path.exists():
            os.close(
                os.open(db_path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
            )  # nobody else's in between
        self._connection = sqlite3.connect(db_path)
        try:
            if new:
                self._connection.execute(f"PRAGMA application_id = {_MARK}")
                self._connection.execute(f"PRAGMA journal_mode = {'WAL' if wal else 'DELETE'}")
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._connection.executescript(_SCHEMA)
            self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            self._store = zarr.open_group(self.zarr_path, mode="a")
        except BaseException:
            self._connection.close()
            raise
        self._run: str | None = None
        self._stream: str | None = None
        self._seq_num = 0
        self._num_events = 0
        self._frames: dict[str, zarr.Array[Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add_sample(self, sample: SimulatedSample) -> int:
        """Add a sample, visible at once, and return its id."""
        cursor = self._connection.execute(
            "INSERT INTO samples (name, formula, serial, tags, beamline_pos, extra)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                sample.name,
                sample.formula,
                sample.serial,
                json.dumps(list(sample.tags)),
                sample.beamline_pos,
                json.dumps(dict(sample.extra)),
            ),
        )
        self._connection.commit()
        if cursor.lastrowid is None:
            raise RuntimeError("SQLite gave the new sample no id")
        return cursor.lastrowid

    def sample_id(self, sample: SimulatedSample) -> int:
        """Return the id of the sample of that name, which is added where there is none."""
        found = self._connection.execute("SELECT id FROM samples WHERE name = ?", (sample.name,)).fetchall()
        return int(found[0][0]) if found else self.add_sample(sample)

    def open_run(
        self,
        plan_name: str,
        sample_id: int | None,
        time_start: float,
        metadata: Mapping[str, Any] | None = None,
    ) -> str:
        """Start a run, visible at once, and return its uid.

        A run that is still open stays without an end, and its events become visible with this commit.
        """
        uid = self._new_uid()
        self._connection.execute(
            "INSERT INTO runs (uid, sample_id, plan_name, time_start, num_events, metadata)"
            " VALUES (?, ?, ?, ?, 0, ?)",
            (uid, sample_id, plan_name, time_start, json.dumps(dict(metadata or {}))),
        )
        self._connection.commit()
        self._forget_run()
        self._run = uid
        return uid

    def open_stream(
        self, data_keys: Mapping[str, Any], name: str = "primary", *, time_created: float | None = None
    ) -> str:
        """Start a stream of the open run, visible at once, and return its uid."""
        uid = self._new_uid()
        created = time.time() if time_created is None else time_created
        self._connection.execute(
            "INSERT INTO streams (uid, run_uid, name, data_keys, time_created) VALUES (?, ?, ?, ?, ?)",
            (uid, self._open_run(), name, json.dumps(dict(data_keys)), created),
        )
        self._connection.commit()
        self._stream, self._seq_num = uid, 0
        return uid

    def write_event(self, data: Mapping[str, Any], time: float) -> str:
        """Add an event to the open stream, hidden until the run is closed, and return its uid.

        Parameters
        ----------
        data
            Field to number, string, boolean or None; NaN is written as the bare token, as in a real beamtime.
        time
            Unix seconds, also noted as every field's time.
        """
        if self._stream is None:
            raise RuntimeError("no stream is open")
        uid = self._new_uid()
        self._connection.execute(
            "INSERT INTO events (uid, stream_uid, seq_num, time, data, timestamps) VALUES (?, ?, ?, ?, ?, ?)",
            (
                uid,
                self._stream,
                self._seq_num + 1,
                time,
                json.dumps(dict(data)),
                json.dumps(dict.fromkeys(data, time)),
            ),
        )
        self._seq_num += 1
        self._num_events += 1
        if self._commit_each:
            self._connection.commit()
        return uid

    def write_image(self, event_uid: str, field: str, frame: npt.NDArray[Any]) -> int:
        """Add a frame to the run's array of `field` and return its index.

        The frame is on disk at once (the array's new shape first, then the chunk), the reference to it is
        hidden until the run is closed.

        Parameters
        ----------
        event_uid
            The event the frame belongs to.
        field
            Name of the field, such as ``detector_image``.
        frame
            Shape (rows, columns), in counts.
        """
        run = self._open_run()
        rows, columns = frame.shape
        array = self._frames.get(field)
        if array is None:
            array = self._new_array(run, field, frame)
            self._frames[field] = array
        index = int(array.shape[0])
        array.resize((index + 1, rows, columns))
        array[index] = frame
        # the acquisition writes "blosc" here whatever the codec really is; a reader has to live with that
        self._connection.execute(
            "INSERT INTO image_refs (event_uid, field_name, zarr_group, index_in_stack, shape_x, shape_y,"
            " dtype, compression_codec) VALUES (?, ?, ?, ?, ?, ?, ?, 'blosc')",
            (event_uid, field, f"runs/{run}/{field}", index, rows, columns, str(frame.dtype)),
        )
        if self._commit_each:
            self._connection.commit()
        return index

    def close_run(self, exit_status: str | None, time_stop: float) -> None:
        """End the open run: its events, its image references and its end become visible together."""
        self._connection.execute(
            "UPDATE runs SET time_stop = ?, exit_status = ?, num_events = ? WHERE uid = ?",
            (time_stop, exit_status, self._num_events, self._open_run()),
        )
        self._connection.commit()
        self._forget_run()

    def abandon_run(self) -> None:
        """Leave the open run as a writer that died does: no end, no events, frames that nothing refers to."""
        self._connection.rollback()
        self._forget_run()

    def close(self) -> None:
        """Close the file; a run that is still open is abandoned."""
        self.abandon_run()
        self._connection.close()

    def _open_run(self) -> str:
        if self._run is None:
            raise RuntimeError("no run is open")
        return self._run

    def _forget_run(self) -> None:
        self._run = self._stream = None
        self._seq_num = self._num_events = 0
        self._frames = {}

    def _new_array(self, run: str, field: str, frame: npt.NDArray[Any]) -> zarr.Array[Any]:
        from zarr.codecs import ZstdCodec

        return self._store.require_group(f"runs/{run}").create_array(
            field,
            shape=(0, *frame.shape),
            chunks=(1, *frame.shape),
            dtype=frame.dtype,
            compressors=ZstdCodec(level=0, checksum=False),
        )

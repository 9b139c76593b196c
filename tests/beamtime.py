"""Writes beamtimes for tests with plain sqlite3 and zarr, the way the acquisition's writer leaves them."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import stat
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import zarr
from zarr import codecs

SCHEMA = """
CREATE TABLE samples (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, formula TEXT, serial TEXT, tags TEXT,
    beamline_pos TEXT, extra TEXT
);
CREATE INDEX idx_samples_name ON samples(name);
CREATE TABLE runs (
    uid TEXT PRIMARY KEY, sample_id INTEGER REFERENCES samples(id) ON DELETE SET NULL,
    plan_name TEXT NOT NULL, time_start REAL NOT NULL, time_stop REAL, exit_status TEXT,
    num_events INTEGER DEFAULT 0, operator TEXT, metadata TEXT
);
CREATE INDEX idx_runs_sample ON runs(sample_id);
CREATE INDEX idx_runs_plan ON runs(plan_name);
CREATE INDEX idx_runs_tstart ON runs(time_start);
CREATE TABLE streams (
    uid TEXT PRIMARY KEY, run_uid TEXT NOT NULL REFERENCES runs(uid) ON DELETE CASCADE,
    name TEXT NOT NULL, data_keys TEXT NOT NULL, time_created REAL NOT NULL
);
CREATE INDEX idx_streams_run ON streams(run_uid);
CREATE UNIQUE INDEX idx_streams_run_name ON streams(run_uid, name);
CREATE TABLE events (
    uid TEXT PRIMARY KEY, stream_uid TEXT NOT NULL REFERENCES streams(uid) ON DELETE CASCADE,
    seq_num INTEGER NOT NULL, time REAL NOT NULL, data TEXT NOT NULL, timestamps TEXT
);
CREATE INDEX idx_events_stream ON events(stream_uid);
CREATE UNIQUE INDEX idx_events_seq ON events(stream_uid, seq_num);
CREATE TABLE image_refs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_uid TEXT NOT NULL REFERENCES events(uid) ON DELETE CASCADE, field_name TEXT NOT NULL,
    zarr_group TEXT NOT NULL, index_in_stack INTEGER NOT NULL, shape_x INTEGER NOT NULL,
    shape_y INTEGER NOT NULL, dtype TEXT NOT NULL{codec}
);
CREATE INDEX idx_image_refs_event ON image_refs(event_uid);
"""

FIRST_START = 1_770_000_000.0

Event = dict[str, Any] | str | bytes
Frames = np.ndarray | Sequence[np.ndarray | None]


class _Auto:
    """The value a caller did not give (None has a meaning of its own here)."""


AUTO = _Auto()


class BeamtimeBuilder:
    """One beamtime: ``path`` and the Zarr store beside it. Every call commits; ``close`` when done."""

    def __init__(self, path: Path, version: int = 2) -> None:
        self.path = Path(path)
        self.zarr_path = self.path.with_suffix(".zarr")
        self.version = version
        self.conn = sqlite3.connect(str(self.path))
        self.conn.execute("PRAGMA synchronous = OFF")
        self.conn.executescript(SCHEMA.format(codec="" if version == 1 else ", compression_codec TEXT"))
        self.conn.execute(f"PRAGMA user_version = {version}")
        self._random = random.Random(20260211)
        self._next_start = FIRST_START

    @classmethod
    def reopened(cls, path: Path) -> Self:
        """A builder that goes on with a beamtime that is there already."""
        builder = cls.__new__(cls)
        builder.path = Path(path)
        builder.zarr_path = builder.path.with_suffix(".zarr")
        builder.conn = sqlite3.connect(str(path))
        builder.version = builder.conn.execute("PRAGMA user_version").fetchone()[0]
        builder._random = random.Random(20260212)
        newest = builder.conn.execute("SELECT max(time_start) FROM runs").fetchone()[0]
        builder._next_start = (newest or FIRST_START) + 3600.0
        return builder

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def new_uid(self) -> str:
        return uuid.UUID(int=self._random.getrandbits(128)).hex

    def sample(self, name: str, **columns: Any) -> int:
        """A sample; ``tags`` and ``extra`` may be values (stored as JSON) or the stored text itself."""
        row = {"formula": None, "serial": None, "tags": "[]", "beamline_pos": None, "extra": "{}"} | columns
        row = {key: _as_json(value) if key in ("tags", "extra") else value for key, value in row.items()}
        names = ", ".join(["name", *row])
        marks = ", ".join("?" * (len(row) + 1))
        cursor = self.conn.execute(f"INSERT INTO samples ({names}) VALUES ({marks})", [name, *row.values()])
        self.conn.commit()
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def run(
        self,
        sample: int | None = None,
        plan: str = "scan",
        start: Any = None,
        stop: Any = AUTO,
        status: str | _Auto | None = AUTO,
        events: Sequence[Event] | None = None,
        data_keys: Mapping[str, Any] | str | None = None,
        frames: Mapping[str, Frames] | None = None,
        stream: str | None = "primary",
        metadata: Mapping[str, Any] | str | None = "{}",
        uid: str | None = None,
        operator: str | None = None,
        num_events: int | _Auto | None = AUTO,
        seq_nums: Sequence[int] | None = None,
        refs: bool = True,
    ) -> str:
        """A run, closed unless ``stop=None``. Frame i belongs to event i; ``refs=False`` leaves them out of
        the catalog, as the writer does until the run is closed; ``stream=None`` leaves the stream out too."""
        uid = uid or self.new_uid()
        if start is None:
            start = self._next_start
        if isinstance(start, int | float) and abs(start) < 1e11:
            self._next_start = max(self._next_start, start + 1000.0)
        if isinstance(stop, _Auto):
            stop = start + 600.0 if isinstance(start, int | float) else FIRST_START
        if isinstance(status, _Auto):
            status = None if stop is None else "success"
        if events is None:
            n = max((len(stack) for stack in (frames or {}).values()), default=0) if refs else 0
            events = [{"energy_position": 270.0 + i} for i in range(n)]
        if isinstance(num_events, _Auto):
            num_events = 0 if stop is None else len(events)
        self.conn.execute(
            "INSERT INTO runs (uid, sample_id, plan_name, time_start, time_stop, exit_status, num_events, operator,"
            " metadata) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (uid, sample, plan, start, stop, status, num_events, operator, _as_json(metadata)),
        )
        if stream is not None:
            self.stream(uid, stream, events, data_keys, frames, seq_nums=seq_nums, refs=refs)
        self.conn.commit()
        return uid

    def stream(
        self,
        run_uid: str,
        name: str = "primary",
        events: Sequence[Event] = (),
        data_keys: Mapping[str, Any] | str | None = None,
        frames: Mapping[str, Frames] | None = None,
        *,
        seq_nums: Sequence[int] | None = None,
        refs: bool = True,
    ) -> str:
        """A stream of a run, with its events (times one second apart) and frames."""
        uid = self.new_uid()
        frames = frames or {}
        start = self.conn.execute("SELECT time_start FROM runs WHERE uid = ?", (run_uid,)).fetchone()[0]
        start = start if isinstance(start, float) and abs(start) < 1e11 else FIRST_START
        keys = _data_keys(events, frames) if data_keys is None else data_keys
        self.conn.execute(
            "INSERT INTO streams (uid, run_uid, name, data_keys, time_created) VALUES (?, ?, ?, ?, ?)",
            (uid, run_uid, name, _as_json(keys), start),
        )
        numbers = list(seq_nums) if seq_nums is not None else list(range(1, len(events) + 1))
        event_uids = [self.new_uid() for _ in events]
        self.conn.executemany(
            "INSERT INTO events (uid, stream_uid, seq_num, time, data, timestamps) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    event_uid,
                    uid,
                    number,
                    start + 1.0 + i,
                    _as_json(event),
                    _timestamps(event, start + 1.0 + i),
                )
                for i, (event_uid, number, event) in enumerate(zip(event_uids, numbers, events, strict=True))
            ],
        )
        for field, stack in frames.items():
            group = f"runs/{run_uid}/{field}"
            first = write_stack(self.zarr_path, group, stack)
            if not refs:
                continue
            for i, event_uid in enumerate(event_uids[: len(stack)]):
                self.image_ref(event_uid, field, group, i, first.shape, str(first.dtype))
        self.conn.commit()
        return uid

    def image_ref(
        self, event_uid: str, field: str, group: str, index: Any, shape: tuple[int, ...], dtype: str = "int32"
    ) -> None:
        columns = "event_uid, field_name, zarr_group, index_in_stack, shape_x, shape_y, dtype"
        values: list[Any] = [event_uid, field, group, index, shape[0], shape[1], dtype]
        if self.version != 1:
            columns += ", compression_codec"
            values.append("blosc")  # what the writer says, whatever the codec
        marks = ", ".join("?" * len(values))
        self.conn.execute(f"INSERT INTO image_refs ({columns}) VALUES ({marks})", values)

    def raw(self, sql: str, params: Sequence[Any] = ()) -> list[Any]:
        rows = self.conn.execute(sql, params).fetchall()
        self.conn.commit()
        return rows

    def close(self) -> None:
        self.conn.commit()
        self.conn.close()


def write_stack(
    store: Path, group: str, stack: Frames, *, chunk_frames: int = 1, compressors: Any = AUTO
) -> np.ndarray:
    """Write frames as one array of the store and give back the first; None leaves that chunk unwritten."""
    first = next((np.asarray(frame) for frame in stack if frame is not None), None)
    assert first is not None, "a stack needs one frame that is there"
    if not (store / "zarr.json").exists():
        zarr.create_group(store=store, zarr_format=3)  # a text would be taken for a URL
    array = zarr.create_array(
        store=store,
        name=group,
        shape=(len(stack), *first.shape),
        chunks=(chunk_frames, *first.shape),
        dtype=first.dtype,
        fill_value=0,
        compressors=codecs.ZstdCodec(level=0) if isinstance(compressors, _Auto) else compressors,
    )
    for i, frame in enumerate(stack):
        if frame is not None:
            array[i] = frame
    return first


def chunk_file(store: Path, group: str, index: int) -> Path:
    return store / group / "c" / str(index) / "0" / "0"


def _as_json(value: Any) -> Any:
    return value if value is None or isinstance(value, str | bytes | int | float) else json.dumps(value)


def _timestamps(event: Event, time: float) -> str:
    return json.dumps(dict.fromkeys(event, time)) if isinstance(event, dict) else "{}"


def _data_keys(events: Iterable[Event], frames: Mapping[str, Frames]) -> dict[str, Any]:
    keys: dict[str, Any] = {}
    for event in events:
        for name in event if isinstance(event, dict) else ():
            if name.endswith("_position"):
                keys[name] = {"dtype": "number", "units": "mm", "source": "motor"}
            elif name == "exposure":
                keys[name] = {"dtype": "number", "units": "s", "source": "plan"}
            else:
                keys[name] = {"dtype": "number", "units": "V", "source": "ai"}
    for name, stack in frames.items():
        first = next(np.asarray(frame) for frame in stack if frame is not None)
        keys[name] = {
            "dtype": str(first.dtype),
            "source": "detector",
            "external": True,
            "shape": list(first.shape),
        }
    return keys


# A typical little beamtime; its uids start differently, and two of them alike.
NEXAFS_UID = "a1" * 16
NEXAFS_55_UID = "a1a1b2b2" * 4
RSOXS_UID = "c3" * 16
ABORTED_UID = "d4" * 16
FAILED_UID = "e5" * 16
OPEN_UID = "f6" * 16
SMALL_UIDS = [OPEN_UID, FAILED_UID, ABORTED_UID, RSOXS_UID, NEXAFS_55_UID, NEXAFS_UID]  # newest first
SMALL_SHAPE = (32, 48)


def small_frames(n: int = 6, shape: tuple[int, int] = SMALL_SHAPE) -> np.ndarray:
    """Frames that differ from each other and from pixel to pixel; none of them is all zeros."""
    rows, columns = np.indices(shape, dtype=np.int32)
    return np.stack([(i + 1) * 1000 + rows * 50 + columns for i in range(n)]).astype(np.int32)


def nexafs_events(n: int, theta: float) -> list[Event]:
    return [
        {
            "energy_position": 270.0 + 0.5 * i,
            "sam_th_position": theta,
            "i0": 0.003 + 1e-5 * i,
            "tey_signal": 0.05 * np.sin(i / 7.0) + 0.1,
            "exposure": 1.0,
        }
        for i in range(n)
    ]


def small(path: Path, version: int = 2) -> Path:
    """Three samples and six runs: two nexafs, one rsoxs with 6 frames, one aborted, one failed, one open."""
    with BeamtimeBuilder(path, version) as b:
        ps = b.sample(
            "ps_100kd", formula="C8H8", serial="S1234", tags=["polymer", "reference"], extra={"nm": 40}
        )
        p3ht = b.sample("P3HT:PCBM 1:1", formula="C10H14S", tags=["opv"], beamline_pos="B1")
        grid = b.sample("µ-grid [blank]")
        b.run(ps, "nexafs", events=nexafs_events(30, 20.0), metadata={"operator": "user"}, uid=NEXAFS_UID)
        b.run(ps, "nexafs", events=nexafs_events(30, 55.0), metadata={"theta": 55.0}, uid=NEXAFS_55_UID)
        b.run(p3ht, "rsoxs", frames={"detector_image": small_frames()}, uid=RSOXS_UID)
        aborted = small_frames(2)
        b.run(p3ht, "rsoxs", frames={"detector_image": aborted}, status="aborted", uid=ABORTED_UID)
        b.run(grid, "line_up", events=[{"sam_z_position": 1.0, "i0": 0.1}], status="failed", uid=FAILED_UID)
        b.run(
            p3ht,
            "rsoxs",
            stop=None,
            frames={"detector_image": small_frames(3)},
            refs=False,
            uid=OPEN_UID,
        )
    return path


def many_runs(path: Path, n: int, n_samples: int = 20) -> list[str]:
    """n closed runs of three events each; their uids, oldest first."""
    with BeamtimeBuilder(path) as b:
        samples = [b.sample(f"sample {i:02d}") for i in range(n_samples)]
        keys = json.dumps(_data_keys([{"energy_position": 1.0, "i0": 1.0}], {}))
        uids = [b.new_uid() for _ in range(n)]
        starts = [FIRST_START + 30.0 * i for i in range(n)]
        b.conn.executemany(
            "INSERT INTO runs VALUES (?, ?, 'scan', ?, ?, 'success', 3, NULL, '{}')",
            (
                (uid, samples[i % n_samples], start, start + 20.0)
                for i, (uid, start) in enumerate(zip(uids, starts, strict=True))
            ),
        )
        b.conn.executemany(
            "INSERT INTO streams VALUES (?, ?, 'primary', ?, ?)",
            ((uid[::-1] + "s", uid, keys, start) for uid, start in zip(uids, starts, strict=True)),
        )
        b.conn.executemany(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, '{}')",
            (
                (
                    f"{uid}-{k}",
                    uid[::-1] + "s",
                    k,
                    start + k,
                    f'{{"energy_position": {270 + k}.0, "i0": 0.5}}',
                )
                for uid, start in zip(uids, starts, strict=True)
                for k in (1, 2, 3)
            ),
        )
    return uids


def long_run(path: Path, n_events: int = 100_000, n_fields: int = 20) -> str:
    """One run of many events; field k of event i (from 0) holds i + k / 100. Its uid."""
    with BeamtimeBuilder(path) as b:
        names = ["energy_position", *(f"ch_{k:02d}" for k in range(1, n_fields))]
        uid = b.run(b.sample("long"), events=[], data_keys=_data_keys([dict.fromkeys(names, 1.0)], {}))
        (stream_uid,) = b.raw("SELECT uid FROM streams")[0]
        data = "{" + ", ".join(f'"{name}": @.{k:02d}' for k, name in enumerate(names)) + "}"
        stamps = "{" + ", ".join(f'"{name}": @.25' for name in names) + "}"
        b.conn.executemany(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)",
            (
                (
                    f"{i:032x}",
                    stream_uid,
                    i + 1,
                    FIRST_START + i,
                    data.replace("@", str(i)),
                    stamps.replace("@", str(int(FIRST_START) + i)),
                )
                for i in range(n_events)
            ),
        )
        b.raw("UPDATE runs SET num_events = ?, time_stop = ?", (n_events, FIRST_START + n_events))
    return uid


def angle_run(path: Path, n_events: int, n_angles: int = 5, n_frames: int = 5) -> str:
    """One run: the energy swept at some angles, and a frame at some of its events, evenly spread. Its uid."""
    angles = np.linspace(20.0, 90.0, n_angles)
    per_angle = n_events // n_angles
    energy = np.linspace(270.0, 370.0, per_angle)
    with BeamtimeBuilder(path) as b:
        names = ["energy_position", "sam_th_position", "tey_signal", "i0"]
        frames = {"detector_image": small_frames(n_frames)}
        keys = _data_keys([dict.fromkeys(names, 1.0)], frames)
        uid = b.run(b.sample("angles"), events=[], data_keys=keys)
        (stream_uid,) = b.raw("SELECT uid FROM streams")[0]
        rows = (
            (i, FIRST_START + i, energy[i % per_angle], angles[min(i // per_angle, n_angles - 1)])
            for i in range(per_angle * n_angles)
        )
        b.conn.executemany(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, '{}')",
            (
                (
                    f"{i:032x}",
                    stream_uid,
                    i + 1,
                    time,
                    f'{{"energy_position": {e:.3f}, "sam_th_position": {th:.1f},'
                    f' "tey_signal": {0.1 + i % per_angle / per_angle:.6f}, "i0": 0.5}}',
                )
                for i, time, e, th in rows
            ),
        )
        group = f"runs/{uid}/detector_image"
        first = write_stack(b.zarr_path, group, frames["detector_image"])
        for index in range(n_frames):
            b.image_ref(f"{index * (n_events // n_frames):032x}", "detector_image", group, index, first.shape)
        b.raw("UPDATE runs SET num_events = ?, time_stop = ?", (n_events, FIRST_START + n_events))
    return uid


def tree_state(folder: Path) -> dict[str, tuple[Any, ...]]:
    """All that a change under a folder would show in. Only while no connection of this process is open on
    a file in it: closing the descriptor that reads it here would drop that connection's locks."""
    state: dict[str, tuple[Any, ...]] = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        info = path.lstat()
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if stat.S_ISREG(info.st_mode) else ""
        state[str(path)] = (info.st_ino, info.st_mode, info.st_size, info.st_mtime_ns, digest)
    return state

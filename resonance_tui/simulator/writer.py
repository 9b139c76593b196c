"""A simulated beamtime, written the way the acquisition system writes a real one.

`BeamtimeWriter` writes the file format of the ALS RSoXS beamline (BL 11.0.1.2) and makes things visible to
other processes in the same order as the acquisition does. `write_demo` uses it for a beamtime of one day,
`simulate_live` for one that is being taken. None ever touches a beamtime that somebody else has made.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from resonance_tui.catalog.sqlite.files import kept_descriptor
from resonance_tui.simulator import physics as physics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

    import numpy.typing as npt
    import zarr

    Floats = npt.NDArray[np.float64]

SCHEMA_VERSION = 2

_MARK = 0x52545549  # «RTUI» in the header's application id, where a real beamtime has 0
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
    """Return 32 hex digits nobody has used before."""
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
        """The id of the sample of that name, which is added where there is none."""
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
        # the acquisition writes «blosc» here whatever the codec really is; a reader has to live with that
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


SAMPLES: dict[str, tuple[SimulatedSample, physics.Material]] = {
    "ps": (
        SimulatedSample(
            "PS 100kd",
            "C8H8",
            "S1234",
            ("polymer", "reference"),
            "A3",
            {"thickness_nm": 40, "substrate": "Si"},
        ),
        physics.POLYSTYRENE,
    ),
    "p3ht": (
        SimulatedSample(
            "P3HT:PCBM 1:1", "C10H14S", "S1301", ("opv", "blend"), "B1", {"thickness_nm": 95, "solvent": "CB"}
        ),
        physics.P3HT_PCBM,
    ),
    "pm6": (
        SimulatedSample(
            "PM6:Y6 annealed [lot 7]",
            "C68H78F2O2S8",
            "S1347",
            ("opv", "annealed"),
            "B2",
            {"thickness_nm": 110, "anneal": {"temperature_c": 100, "minutes": 10}},
        ),
        physics.PM6_Y6,
    ),
    "blank": (
        SimulatedSample("Si3N4 blank", "Si3N4", "W0007", ("blank",), "C1", {"window_um": 1000}),
        physics.SILICON_NITRIDE,
    ),
    "grid": (SimulatedSample("µ-grid", "Au", None, ("alignment",)), physics.SILICON_NITRIDE),
}

_SERIES = (275, 278, 280, 282, 283, 283.6, 284.2, 284.6, 285, 285.4, 286, 287, 288.5, 290, 292.5, 300)
CHANNELS = ("photodiode", "tey_signal", "i0", "ai_6_beamstop", "beam_current")
IMAGE = "detector_image"
_LARGE = 2048


def write_demo(
    folder: Path,
    *,
    now: float | None = None,
    seed: int = 11,
    frame_size: int = 1024,
    tell: Callable[[str], None] | None = None,
) -> Path:
    """Write a simulated beamtime of one day: ``demo.db`` and ``demo.zarr``.

    Parameters
    ----------
    folder
        Where to; made if missing. It must not hold a ``demo.db`` yet.
    now
        Unix time at which the beamtime stands, the clock's by default; the newest run began 14 minutes ago.
    seed
        The same seed, time and size give the same beamtime, uids included.
    frame_size
        Rows and columns of a frame; of frames beyond 2048² there are fewer.
    tell
        Called with a short line of progress now and then.

    Returns
    -------
    Path
        The path of ``demo.db``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    db_path = folder / "demo.db"
    if db_path.exists():
        raise FileExistsError(f"{db_path} is there already")
    uids = random.Random(seed)
    with BeamtimeWriter(db_path, new_uid=lambda: f"{uids.getrandbits(128):032x}") as writer:
        _Demo(writer, time.time() if now is None else now, seed, frame_size, tell).write()
    return db_path


class _Demo:
    """The day's runs, in order."""

    def __init__(
        self,
        writer: BeamtimeWriter,
        now: float,
        seed: int,
        frame_size: int,
        tell: Callable[[str], None] | None,
    ) -> None:
        self._writer = writer
        self._now = now
        self._random = np.random.default_rng(seed)
        self._detector = physics.Detector(frame_size, seed)
        self._tell = tell or (lambda _: None)
        self._sample_ids = {key: writer.add_sample(sample) for key, (sample, _) in SAMPLES.items()}
        self._clock = now
        self._frames_done = 0
        self._few = frame_size > _LARGE
        self._frames_planned = 17 if self._few else 47  # two whole series, the aborted and the abandoned one

    def write(self) -> None:
        self._line_up(20.2, "ps", "sam_x", -6.0, 6.0, 61, "sample edge in x")
        self._line_up(20.0, "ps", "sam_z", -1.5, 1.5, 61, "half cut in z")
        self._line_up(19.8, "ps", "sam_th", -2.0, 2.0, 81, "zero of theta")
        for hours, angle in zip((19.4, 19.0, 18.6, 18.2, 17.8), (20.0, 40.0, 55.0, 70.0, 90.0), strict=True):
            self._nexafs(hours, "nexafs", "ps", (angle,), 370.0, f"theta series, {angle:g}°")
        self._count(11.6, "blank", 24)
        self._failed(11.3, "grid")
        self._line_up(11.0, "p3ht", "sam_x", -6.0, 6.0, 61, "sample edge in x, after the break")
        self._nexafs(10.6, "scan", "p3ht", (20.0, 40.0, 55.0, 70.0, 90.0), 340.0, "all angles in one run")
        self._rsoxs(6.5, "rsoxs", "p3ht", _SERIES, 100.0, "as cast")
        self._rsoxs(3.9, "scan", "pm6", _SERIES[:7], 190.0, "vertical polarization", status="aborted")
        self._rsoxs(2.9, "rsoxs", "pm6", _SERIES[:9], 190.0, "vertical polarization, again", status=None)
        self._rsoxs(0.24, "scan", "pm6", _SERIES[:-1], 100.0, "285.4 far too long, 286 hardly open", odd=True)

    def _open(
        self,
        hours_ago: float,
        plan: str,
        key: str,
        fields: tuple[str, ...],
        metadata: dict[str, Any],
        data_keys: dict[str, Any] | None = None,
    ) -> None:
        """Open a run and its stream; the clock stands at its start."""
        self._clock = self._now - 3600.0 * hours_ago
        operator = "owl shift" if 7.0 < hours_ago < 14.0 else "day shift"
        self._writer.open_run(plan, self._sample_ids[key], self._clock, {"operator": operator, **metadata})
        if data_keys is None:
            data_keys = {name: data_key(name, self._detector.size) for name in fields}
        self._writer.open_stream(data_keys, time_created=self._clock)

    def _close(self, status: str) -> None:
        self._writer.close_run(status, self._clock + 1.5)

    def _event(self, data: dict[str, Any], exposure: float) -> str:
        self._clock += exposure + float(self._random.uniform(1.6, 2.6))
        return self._writer.write_event({**data, "exposure": exposure}, round(self._clock, 6))

    def _readings(
        self, key: str, energy: Floats, theta: float, passing: Floats | float = 1.0
    ) -> Iterator[dict[str, Any]]:
        """What the channels read at each energy, shape (n,); `passing` is the beam that passes the sample."""
        columns = physics.channels(SAMPLES[key][1], energy, theta, self._random, passing)
        rows = zip(*(column.tolist() for column in columns.values()), strict=True)
        return (dict(zip(columns, row, strict=True)) for row in rows)

    def _line_up(
        self, hours_ago: float, key: str, motor: str, first: float, last: float, n: int, note: str
    ) -> None:
        """A motor scanned through the beam: a blade's edge, or a rocking curve for an angle."""
        self._tell(f"line-up {motor}")
        position = np.linspace(first, last, n)
        centre = float(self._random.uniform(-0.12, 0.12)) * (last - first)
        if motor == "sam_th":
            passing = physics.rocking_curve(position, centre, 0.22)
        else:
            passing = 0.015 + 0.985 * physics.knife_edge(position, centre, 0.02 * (last - first))
        # aligned well above the edge, where the beam is strong: the diode's edge stands clear of its noise
        energy = np.full(n, 320.0)
        name = f"{motor}_position"
        fields = (name, "energy_position", *CHANNELS, "exposure")
        self._open(hours_ago, "scan", key, fields, {"note": note, "lineup": motor})
        rows = self._readings(key, energy, 90.0, passing)
        for where, readings in zip(position.tolist(), rows, strict=True):
            self._event({name: round(where, 4), "energy_position": 320.0, **readings}, 0.5)
        self._close("success")

    def _nexafs(
        self, hours_ago: float, plan: str, key: str, angles: tuple[float, ...], last: float, note: str
    ) -> None:
        """The energy swept across the carbon edge at each of the angles."""
        metadata: dict[str, Any] = {"note": note, "edge": "C K"}
        metadata["theta"] = angles[0] if len(angles) == 1 else list(angles)
        fields = ("energy_position", "sam_th_position", "polarization_position", *CHANNELS, "exposure")
        self._open(hours_ago, plan, key, fields, metadata)
        grid = physics.energy_grid(last)
        for angle in angles:
            self._tell(f"nexafs at {angle:g}°")
            for energy, readings in zip(grid.tolist(), self._readings(key, grid, angle), strict=True):
                motors = {"energy_position": energy, "sam_th_position": angle, "polarization_position": 100.0}
                self._event({**motors, **readings}, 1.0)
        self._close("success")

    def _rsoxs(
        self,
        hours_ago: float,
        plan: str,
        key: str,
        energies: tuple[float, ...],
        polarization: float,
        note: str,
        *,
        status: str | None = "success",
        odd: bool = False,
    ) -> None:
        """A frame at each energy; without a status the run is abandoned. `odd` spoils two of the frames."""
        material = SAMPLES[key][1]
        motors = ("energy_position", "polarization_position", "sam_th_position", "det_th_position")
        fields = (*motors, *CHANNELS, "exposure", IMAGE)
        metadata = {"note": note, "energies_planned": len(_SERIES), "detector_distance_mm": 51.0}
        self._open(hours_ago, plan, key, fields, metadata)
        # the spoilt ones are among the last
        grid = np.array(energies[-8 if odd else -3 :] if self._few else energies, dtype=np.float64)
        for energy, readings in zip(grid.tolist(), self._readings(key, grid, 90.0), strict=True):
            exposure = 5.0 if energy < 284.0 else 2.0  # longer where the beam is weak, so the doses are alike
            if odd and energy == 285.4:
                exposure, frame = 200.0, self._detector.overexposed(material, energy)
            elif odd and energy == 286.0:
                exposure, frame = 0.01, self._detector.underexposed(material, energy)
            else:
                dose = float(self._random.uniform(0.92, 1.08))
                vertical = polarization > 145.0  # 100 and 190: the beamline's names for the two
                frame = self._detector.frame(material, energy, vertical=vertical, dose=dose)
            places = dict(zip(motors, (energy, polarization, 90.0, 0.0), strict=True))
            event = self._event({**places, **readings}, exposure)
            self._writer.write_image(event, IMAGE, frame)
            self._frames_done += 1
            self._tell(f"rsoxs frame {self._frames_done} of {self._frames_planned}")
        if status is None:
            self._writer.abandon_run()
        else:
            self._close(status)

    def _count(self, hours_ago: float, key: str, n: int) -> None:
        """Nothing moves; a script that declares no fields and writes texts and truth values too."""
        self._open(hours_ago, "count", key, (), {"note": "dark, then open"}, data_keys={})
        energy = np.full(n, 320.0)
        for number, readings in enumerate(self._readings(key, energy, 90.0)):
            is_open = number >= n // 2
            readings |= {"shutter_open": is_open, "filter": "Al 100 nm" if is_open else "none"}
            if not is_open:
                readings |= {"i0": 1.0e-4 * float(self._random.standard_normal()), "ai_6_beamstop": None}
            self._event(readings, 1.0)
        self._close("success")

    def _failed(self, hours_ago: float, key: str) -> None:
        """Three events, the last with channels that read nothing."""
        fields = ("sam_z_position", *CHANNELS, "exposure")
        error = "sam_z: no answer from the motor controller after 10 s"
        self._open(hours_ago, "scan", key, fields, {"note": "line-up in z", "error": error})
        for number, readings in enumerate(self._readings(key, np.full(3, 320.0), 90.0)):
            if number == 2:
                readings |= {"i0": float("nan"), "tey_signal": float("nan")}
            self._event({"sam_z_position": -1.5 + 0.05 * number, **readings}, 0.5)
        self._close("failed")


def data_key(name: str, frame_size: int) -> dict[str, Any]:
    """How a stream describes a field, the wrong unit of every motor included."""
    if name == IMAGE:
        return {"dtype": "int32", "source": "detector", "external": True, "shape": [frame_size, frame_size]}
    if name.endswith("_position"):
        return {"dtype": "number", "units": "mm", "source": "motor"}
    if name == "exposure":
        return {"dtype": "number", "units": "s", "source": "plan"}
    return {"dtype": "number", "units": "mA" if name == "beam_current" else "V", "source": "ai"}

"""A beamtime as a catalog of runs."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from .errors import (
    AmbiguousUidError,
    CatalogBusyError,
    CatalogDamagedError,
    CatalogError,
    RunNotFoundError,
    foreign_errors,
)
from .event_keys import EventKeys
from .models import EarlierRun, RunSummary, SampleCount
from .run import Run
from .run_files import last_change
from .run_state import RunState
from .run_summaries import (
    count_samples,
    last_summaries,
    named_summaries,
    summaries_after,
    summaries_of_sample,
    summary_pages,
)
from .run_witness import OpenRun, RunWitness
from .sqlite.locks import Locks, probe, probe_own
from .sqlite.paging import PAGE_ROWS, PagedReader, Row, columns_of, fetch
from .sqlite.reader_process import connect

if TYPE_CHECKING:
    from .sqlite.private_copy import PrivateCopy

_SHORTEST_PREFIX = 4
_KEPT_EVENT_KEYS = 100
_UNREADABLE = "the list of runs cannot be read"
_runs = foreign_errors(CatalogDamagedError, _UNREADABLE)


class Catalog:
    """Read-only access to one beamtime.

    It may be used from several threads, and while the acquisition is writing.

    Parameters
    ----------
    db_path : pathlib.Path
        The SQLite file; the frames are in the Zarr store beside it, ``db_path.with_suffix(".zarr")``.

    Raises
    ------
    CatalogError
        The file is missing, may not be read, is no beamtime, is locked, …

    Examples
    --------
    >>> with Catalog(Path("beamtime.db")) as catalog:     # doctest: +SKIP
    ...     for run in catalog.recent(3):
    ...         print(run.plan_name, run.sample_name)
    ...     table = catalog[-1].table()
    """

    def __init__(self, db_path: Path) -> None:
        self._open(Path(db_path), Path(db_path))

    @classmethod
    def on_copy(cls, copy: PrivateCopy) -> Catalog:
        """Return the beamtime as a private copy has it, with the frames from the original store.

        For a database that is locked, or that must not be opened. The copy remains its maker's to remove, after
        the catalog is closed.
        """
        catalog = cls.__new__(cls)
        catalog._open(copy.source, copy.path)
        catalog.copy = copy
        return catalog

    @classmethod
    def open_patiently(cls, db_path: Path, patience: float) -> Catalog:
        """As ``Catalog(db_path)``, with its own `patience` from the start: 0 for one who must not wait."""
        catalog = cls.__new__(cls)
        catalog._open(Path(db_path), Path(db_path), patience)
        return catalog

    def _open(self, db_path: Path, read_from: Path, patience: float | None = None) -> None:
        self._db_path = db_path
        self.copy: PrivateCopy | None = None
        """The private copy that is read instead of the database itself; usually None."""
        self._conn: PagedReader = connect(read_from, patience)
        self._zarr_path = store_beside(self._db_path)
        self._store = self._zarr_path.absolute()  # a notebook may change its folder later
        self.witness = RunWitness(self._db_path, self._store)
        """What was seen of the runs that have no end; catalogs of one beamtime may share it."""
        self._newest: str | None = None
        self._event_keys: dict[str, EventKeys] = {}

    def __enter__(self) -> Catalog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; frames already handed out can still be read."""
        self._conn.close()

    def interrupt(self) -> None:
        """Break off the read that another thread has under way."""
        self._conn.interrupt()

    @property
    def patience(self) -> float:
        """Seconds a read waits for a locked file before it raises `CatalogBusyError`."""
        return self._conn.patience

    @patience.setter
    def patience(self, seconds: float) -> None:
        self._conn.patience = seconds

    def __repr__(self) -> str:
        try:
            rows, _ = self._conn.page("SELECT count(*) FROM runs", (), patience=0.0)
        except CatalogError as error:
            return f"<Catalog {self._db_path.name[:80]!r}: {error.sentence[:200]}>"
        return f"<Catalog {self._db_path.name[:80]!r}: {rows[0][0] if rows else 'many'} runs>"

    def writer_pid(self) -> int | None:
        """Return the process that is writing to the database now; None where none is, or that cannot be told."""
        return self.locks().pid

    def locks(self) -> Locks:
        """Who writes to the database now, and whether it can be read; asked without taking a lock."""
        return probe(self._db_path)

    def last_change(self, uid: str) -> float | None:
        """When the database or the frames of that run were last written, Unix seconds."""
        return last_change(self._db_path, self._zarr_path, uid)

    @_runs
    def state(self, run: Run | RunSummary) -> RunState:
        """Return the state of a run now: known from its row, locks, files and newer runs.

        What was seen of it before counts, too: a process that wrote it and is gone, files that grow. Where the
        database is locked, the run in progress is the one that was newest when it could last be asked.
        """
        if run.time_stop is not None or run.exit_status is not None:
            return self.witness.state(run)
        if isinstance(run, RunSummary):
            run = self[run.uid]
        now: OpenRun = run
        newest = events = None
        # before the runs are read: else the lock of a run that was begun meanwhile would be taken for this one's
        locks = probe_own(self._db_path)
        try:
            found = self.summaries([run.uid])
            now = found[0][1] if found else run
            newest = self._is_newest(run.uid)
            events = sum(run.count_events(name) for name in run.streams)
        except CatalogBusyError:
            newest = run.uid == self._newest
        frames = max((len(run.live_images(field)) for field in run.live_fields), default=0)
        return self.witness.state(now, newest=newest, frames=frames, events=events, locks=locks)

    def _is_newest(self, uid: str) -> bool:
        rows = fetch(self._conn, "SELECT uid FROM runs ORDER BY rowid DESC LIMIT 1")
        self._newest = str(rows[0]["uid"]) if rows else None
        return uid == self._newest

    # -- one run -----------------------------------------------------------------------------------------

    def __getitem__(self, uid: str | int) -> Run:
        """Return the run of that uid, of a unique beginning of it, or by recency: ``catalog[-1]`` is the newest.

        Raises
        ------
        RunNotFoundError
            A KeyError: there is none, or the beginning is too short.
        AmbiguousUidError
            Several runs begin so.
        """
        if not isinstance(uid, str):
            return self._by_recency(uid)
        rows = fetch(self._conn, "SELECT * FROM runs WHERE uid = ?", (uid,))
        if not rows:
            rows = [self._by_prefix(uid)]
        run = Run(self._conn, rows[0], self._store)
        if run.time_stop is None:  # it grows: what is counted need not be counted again
            if len(self._event_keys) > _KEPT_EVENT_KEYS:
                self._event_keys.clear()
            run.share_event_keys(self._event_keys)
        return run

    def _by_prefix(self, prefix: str) -> Row:
        shown = prefix if len(prefix) <= 40 else prefix[:39] + "…"
        sql = "SELECT * FROM runs WHERE uid >= ? AND uid < ? ORDER BY uid LIMIT 3"
        rows = fetch(self._conn, sql, (prefix, prefix + "\U0010ffff")) if prefix else []
        if not rows:
            raise RunNotFoundError(f"no run {shown!r}", path=self._db_path)
        if len(prefix) < _SHORTEST_PREFIX:
            raise RunNotFoundError(
                f"{shown!r} is too short",
                path=self._db_path,
                hint=f"give at least {_SHORTEST_PREFIX} characters of the uid",
            )
        if len(rows) > 1:
            some = ", ".join(str(row["uid"])[:12] for row in rows)
            raise AmbiguousUidError(
                f"several runs begin with {shown!r} ({some}, …)",
                path=self._db_path,
                hint="give more of the uid",
            )
        return rows[0]

    def _by_recency(self, place: Any) -> Run:
        try:
            place = operator.index(place)
        except TypeError:
            raise TypeError(
                f"runs are found by uid or by recency (-1 is the newest), not by {type(place).__name__}"
            ) from None
        if place >= 0:
            raise RunNotFoundError(
                f"no run {place}", path=self._db_path, hint="runs count back from the newest, which is -1"
            )
        found = self.recent(-place)
        if len(found) < -place:
            raise RunNotFoundError(f"no run {place}: there are {len(found)}", path=self._db_path)
        return self[found[-1].uid]

    def __contains__(self, uid: object) -> bool:
        return isinstance(uid, str) and bool(fetch(self._conn, "SELECT 1 FROM runs WHERE uid = ?", (uid,)))

    # -- many runs ---------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return int(fetch(self._conn, "SELECT count(*) FROM runs")[0][0])

    def __bool__(self) -> bool:
        return True  # `catalog or …` must not depend on whether a run was taken yet

    def __iter__(self) -> Iterator[str]:
        for page in self.run_pages():
            for summary in page:
                yield summary.uid

    def recent(self, n: int = 10) -> list[RunSummary]:
        """Return the `n` most recently started runs, newest first."""
        n = operator.index(n)
        found: list[RunSummary] = []
        if n > 0:
            for page in self.run_pages(min(n, PAGE_ROWS)):
                found += page
                if len(found) >= n:
                    break
        return found[:n]

    def run_pages(self, page_rows: int = PAGE_ROWS) -> Iterator[list[RunSummary]]:
        """All runs, newest first, page by page; no lock is held between two pages.

        Those whose time is later than the year 2100, or no number, come last, so that a broken clock hides no run.
        """
        with foreign_errors(CatalogDamagedError, _UNREADABLE):
            yield from summary_pages(self._conn, page_rows)

    @_runs
    def runs_after(self, rowid: int, limit: int = PAGE_ROWS) -> list[tuple[int, RunSummary]]:
        """Return the runs that were started after the one of a rowid, in that order, each with its own rowid.

        0 comes before all. Short reads, whatever the number of runs.
        """
        return summaries_after(self._conn, rowid, limit)

    @_runs
    def last_started(self, limit: int = 20) -> list[tuple[int, RunSummary]]:
        """Return the runs that were started last, newest first, each with its rowid."""
        return last_summaries(self._conn, limit)

    @_runs
    def summaries(self, uids: Sequence[str]) -> list[tuple[int, RunSummary]]:
        """Return the named runs as they are now, each with its rowid; those that are gone are left out."""
        return named_summaries(self._conn, uids)

    @_runs
    def earlier_like(self, run: Run, limit: int = 20) -> list[EarlierRun]:
        """Successful runs of the same plan before this one, newest first, to estimate its length by.

        Of the 200 runs of that plan before it, the last `limit` that succeeded.
        """
        if not {"sample_id", "exit_status", "num_events"} <= columns_of(self._conn, "runs"):
            return []
        sql = (
            "SELECT uid, sample_id, exit_status, num_events FROM runs WHERE plan_name = ? AND rowid <"
            " (SELECT rowid FROM runs WHERE uid = ?) ORDER BY rowid DESC LIMIT 200"
        )
        rows = fetch(self._conn, sql, (run.plan_name, run.uid))
        done = [r for r in rows if r["exit_status"] == "success" and isinstance(r["num_events"], int)]
        found = []
        for row in done[:limit]:
            streams = self[str(row["uid"])].streams.values()
            motors = frozenset(name for stream in streams for name in stream.motors)
            same = row["sample_id"] is not None and row["sample_id"] == run.sample_id
            found.append(EarlierRun(str(row["uid"]), row["num_events"], same, motors))
        return found

    @_runs
    def by_sample(self, name: str) -> list[RunSummary]:
        """Return the runs of the sample of exactly that name, newest first; an empty list if there are none."""
        return summaries_of_sample(self._conn, name)

    @_runs
    def samples(self) -> list[SampleCount]:
        """Every sample name, how many runs it has, and when the newest of them started; by name."""
        return count_samples(self._conn)


def store_beside(db_path: Path) -> Path:
    """Return the Zarr store's path; for a linked database, beside the link or else beside its target."""
    store = db_path.with_suffix(".zarr")
    if db_path.is_symlink() and not store.exists():
        beside_target = db_path.resolve().with_suffix(".zarr")
        return beside_target if beside_target.exists() else store
    return store

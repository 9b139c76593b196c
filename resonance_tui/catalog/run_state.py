"""The state of a run: one rule, from all that can be seen of it, and a witness that remembers what was seen.

List, card, plot, frame, live news and ``doctor`` show this value; nobody else decides it. What it takes costs no lock:
the rows as they were read, the kernel's answer who holds one, and the times of files.
"""

from __future__ import annotations

import contextlib
import enum
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .sqlite.files import Identity, identity, wal_sidecar
from .sqlite.locks import Locks, probe_own, process_started, with_own

GROWTH_S = 10.0
"""Seconds of our own clock for which growth seen between two looks means that somebody writes."""

STARTING_S = 120.0
"""Seconds that a run may take to its first event: until then the acquisition holds no lock."""

SILENCE_S = 600.0
"""Seconds without growth after which a run that nobody holds does not go on any more."""

LONGEST_S = 2 * 24 * 3600.0
"""Seconds that a run takes at most."""

_AHEAD_S = 1.0  # a file's time may be that much later than ours
_KEPT_RUNS = 64


class Phase(enum.Enum):
    """The state of a run."""

    STARTING = "starting"
    """Begun, and no event was taken yet: the acquisition holds no lock before the first one."""
    RUNNING = "running"
    """A process writes it."""
    OPEN = "open"
    """It has no end, and no process writes right now; it may go on."""
    CLOSED = "closed"
    INTERRUPTED = "interrupted"
    """It has no end and will get none; frames are on disk, or events were lost."""
    ABANDONED = "abandoned"
    """It has no end and will get none."""
    UNKNOWN = "unknown"
    """It has no end, and here it cannot be told who writes."""


class Reason(enum.Enum):
    """Why a run is thought to be in its state, where that is worth telling."""

    GROWS = "grows"
    """It was seen to grow; no lock is held."""
    NEWER_RUN = "newer run"
    OTHER_WRITER = "other writer"
    """Another process than the one that wrote it holds the lock."""
    JOURNAL = "journal"
    """A transaction was left unfinished, and nobody writes."""
    WRITER_GONE = "writer gone"
    """The process that wrote it has ended."""
    SILENCE = "silence"
    """It has not grown for too long."""


GOES_ON = frozenset((Phase.STARTING, Phase.RUNNING, Phase.OPEN, Phase.UNKNOWN))
"""The states in which more of a run may come."""


@dataclass(frozen=True, slots=True)
class RunState:
    """The state of a run, and by what it is known.

    Attributes
    ----------
    phase : Phase
    exit_status : str or None
        Of a closed run.
    reason : Reason or None
    pid : int or None
        The process that writes or, of an interrupted run, that wrote; None where it cannot be seen from here.
    by_this_process : bool
        It is this very process that writes, as a notebook at the beamline does.
    frames, events : int or None
        On disk and in the database; None where that was not looked at or cannot be.
    changed : float or None
        When a file of it was last written, Unix seconds; None where that is not known, or the file's clock is ahead.
    """

    phase: Phase
    exit_status: str | None = None
    reason: Reason | None = None
    pid: int | None = None
    by_this_process: bool = False
    frames: int | None = None
    events: int | None = None
    changed: float | None = None

    @property
    def goes_on(self) -> bool:
        """Whether more of the run may come."""
        return self.phase in GOES_ON

    def __str__(self) -> str:
        return self.exit_status or self.phase.value if self.phase is Phase.CLOSED else self.phase.value


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a run without an end.

    Attributes
    ----------
    newest : bool
        No run was started after it, by rowid: the acquisition takes one at a time.
    locks : Locks
        Of its database, now.
    writer_seen : bool
        A process was seen to hold the writer's lock while this run was the newest.
    writer_is_other : bool
        The process that holds the lock now is another one than that.
    writer_gone : bool
        That process has ended.
    lost : bool
        It was found to be interrupted before.
    grew : float or None
        Seconds of our own clock since a file of it was seen to change; None where none was.
    watched : float
        Seconds of our own clock since the first look at it.
    file_age : float or None
        Seconds from the newest time of its files to our clock; negative where that lies ahead, None without files.
    age : float or None
        Seconds since it began; None where our clock cannot tell.
    frames, events : int or None
        On disk and in the database.
    """

    newest: bool
    locks: Locks
    writer_seen: bool = False
    writer_is_other: bool = False
    writer_gone: bool = False
    lost: bool = False
    grew: float | None = None
    watched: float = 0.0
    file_age: float | None = None
    age: float | None = None
    frames: int | None = None
    events: int | None = None


def classify_run(evidence: Evidence) -> tuple[Phase, Reason | None]:
    """Decide the state of a run that has neither a stop time nor an exit status; the first rule that fits.

    Parameters
    ----------
    evidence : Evidence
    """
    locks = evidence.locks
    lost = bool(evidence.frames) or evidence.lost or (evidence.writer_seen and not evidence.events)
    ended = Phase.INTERRUPTED if lost else Phase.ABANDONED
    if not evidence.newest:
        return ended, Reason.NEWER_RUN
    if locks.writer_active:
        if evidence.writer_is_other:
            return Phase.INTERRUPTED, Reason.OTHER_WRITER
        return Phase.RUNNING, None
    if evidence.writer_gone:
        return Phase.INTERRUPTED, Reason.WRITER_GONE
    if locks.interrupted or locks.leftover:
        return Phase.INTERRUPTED, Reason.JOURNAL
    if evidence.grew is not None and evidence.grew <= GROWTH_S:
        return Phase.RUNNING, Reason.GROWS
    young = evidence.age is not None and 0.0 <= evidence.age < STARTING_S
    if locks.supported and young and not evidence.events and not evidence.frames:
        return Phase.STARTING, None
    if _is_over(evidence):
        return ended, Reason.SILENCE
    return (Phase.OPEN if locks.supported else Phase.UNKNOWN), None


def _is_over(evidence: Evidence) -> bool:
    still = evidence.watched if evidence.grew is None else evidence.grew
    silent = evidence.file_age is not None and evidence.file_age >= SILENCE_S
    old = evidence.age is not None and evidence.age >= LONGEST_S
    return still >= SILENCE_S or silent or old


class OpenRun(Protocol):
    """What is asked of a run, or of its row."""

    @property
    def uid(self) -> str:
        """Its identifier."""

    @property
    def time_start(self) -> float:
        """When it started, Unix seconds."""

    @property
    def time_stop(self) -> float | None:
        """When it ended, Unix seconds."""

    @property
    def exit_status(self) -> str | None:
        """How it ended."""


@dataclass(slots=True)
class _Seen:
    """What was seen of one run."""

    since: float
    database: Identity | None = None
    files: tuple[Identity | None, ...] | None = None
    grew_at: float | None = None
    writer_seen: bool = False
    lost: bool = False
    writer: tuple[int, int] | None = None
    appeared_at: float | None = None


class RunWitness:
    """Remembers what was seen of the runs of one beamtime; for all who ask for a state, from any thread.

    Parameters
    ----------
    db_path, zarr_path : pathlib.Path
    clock, monotonic : callable
        Give Unix seconds, and seconds of our own clock.
    """

    def __init__(
        self,
        db_path: Path,
        zarr_path: Path,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._db_path, self._zarr_path = db_path, zarr_path
        self._clock, self._monotonic = clock, monotonic
        self._seen: dict[str, _Seen] = {}
        self._ends: dict[str, str | None] = {}
        self._newest: str | None = None
        self._guard = threading.Lock()

    @property
    def newest(self) -> str | None:
        """The run that was started last, as far as it is known here."""
        return self._newest

    def note_newest(self, uid: str | None, *, appeared: bool = False) -> None:
        """Note the run that was started last; `appeared` where it was not there at the look before."""
        with self._guard:
            self._newest = uid
            if appeared and uid is not None:
                self._of(uid).appeared_at = self._monotonic()

    def note_end(self, uid: str, exit_status: str | None) -> None:
        """Note that a run has come to its end; what is read from a copy may not know it."""
        with self._guard:
            self._ends[uid] = exit_status

    def forget(self) -> None:
        """Forget all that was seen: the beamtime is another one."""
        with self._guard:
            self._seen.clear()
            self._ends.clear()
            self._newest = None

    def state(
        self,
        run: OpenRun,
        *,
        newest: bool | None = None,
        frames: int | None = None,
        events: int | None = None,
        locks: Locks | None = None,
    ) -> RunState:
        """Return the state of a run now.

        Parameters
        ----------
        run : OpenRun
        newest : bool, optional
            Whether no run was started after it; what was noted last by default.
        frames, events : int, optional
            On disk and in the database.
        locks : Locks, optional
            Where they were just asked.
        """
        if run.time_stop is not None or run.exit_status is not None:
            return RunState(Phase.CLOSED, run.exit_status, frames=frames, events=events)
        with self._guard:
            if run.uid in self._ends:
                return RunState(Phase.CLOSED, self._ends[run.uid], frames=frames, events=events)
            if (
                self._newest is not None
            ):  # what one of two has read may be older: it is overtaken if either knows so
                newest = newest is not False and run.uid == self._newest
            if locks is None:
                locks = probe_own(self._db_path)
            elif newest and not (locks.writer_active or locks.interrupted):
                locks = with_own(locks, self._db_path)
            evidence = self._look(run, bool(newest), locks, frames, events)
            phase, reason = classify_run(evidence)
            known = self._of(run.uid)
            known.lost = phase is Phase.INTERRUPTED
            wrote = known.writer[0] if known.writer is not None and phase is Phase.INTERRUPTED else None
        running = phase is Phase.RUNNING and locks.writer_active
        age = evidence.file_age
        written = None if age is None or age < 0 or not evidence.newest else self._clock() - age
        return RunState(
            phase,
            reason=reason,
            pid=locks.pid if running else wrote,
            by_this_process=running and locks.by_this_process,
            frames=frames,
            events=events,
            changed=written,
        )

    def _of(self, uid: str) -> _Seen:
        if uid not in self._seen:
            while len(self._seen) >= _KEPT_RUNS:
                del self._seen[next(iter(self._seen))]
            self._seen[uid] = _Seen(self._monotonic())
        return self._seen[uid]

    def _look(
        self, run: OpenRun, newest: bool, locks: Locks, frames: int | None, events: int | None
    ) -> Evidence:
        known, now, clock = self._of(run.uid), self._monotonic(), self._clock()
        database, files, newest_time = self._files(run.uid)
        frames_grew = known.files is not None and files != known.files
        # without an event the database moves as the run's row and its streams are written: that is no event yet
        if frames_grew or (known.database is not None and database != known.database and events):
            known.grew_at = now
        known.database, known.files = database, files
        other = gone = False
        if newest:
            holder = _process(locks.pid)
            if locks.writer_active and (known.writer is None or frames_grew):
                known.writer = holder or known.writer  # whoever makes it grow writes it
            elif locks.writer_active and holder is not None:
                other = holder != known.writer
            known.writer_seen |= locks.writer_active and not other
            gone = known.writer is not None and _process(known.writer[0]) != known.writer
        ahead = newest_time is not None and newest_time > clock + _AHEAD_S
        return Evidence(
            newest=newest,
            locks=locks,
            writer_seen=known.writer_seen,
            writer_is_other=other,
            writer_gone=gone,
            lost=known.lost,
            grew=None if known.grew_at is None else now - known.grew_at,
            watched=now - known.since,
            file_age=None if newest_time is None else clock - newest_time,
            age=self._age(run, known, now, clock, ahead=ahead),
            frames=frames,
            events=events,
        )

    @staticmethod
    def _age(run: OpenRun, known: _Seen, now: float, clock: float, *, ahead: bool) -> float | None:
        if known.appeared_at is not None:
            return now - known.appeared_at
        if not isinstance(run.time_start, float | int):
            return None
        age = clock - run.time_start
        # where a file's time lies ahead of our clock, that clock says nothing of the last minutes
        return None if ahead and age < LONGEST_S else age

    def _files(self, uid: str) -> tuple[Identity | None, tuple[Identity | None, ...], float | None]:
        """Return what moves as the run grows: the database, and the rest; and the newest time of all."""
        database, *rest = (identity(path) for path in run_files(self._db_path, self._zarr_path, uid))
        times = [one[3] / 1e9 for one in (database, *rest) if one is not None]
        return database, tuple(rest), max(times, default=None)


def _process(pid: int | None) -> tuple[int, int] | None:
    """Return a process and when it started, so that its number is not taken for it; None where it is not there."""
    if pid is None:
        return None
    started = process_started(pid)
    return None if started is None else (pid, started)


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

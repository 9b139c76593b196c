"""What was seen of the runs without an end: by it the rule of `run_state` decides their state."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .run_files import run_files
from .run_state import LONGEST_S, Evidence, Phase, RunState, classify_run
from .sqlite.files import Identity, identity
from .sqlite.locks import Locks, probe_own, process_started, with_own

_AHEAD_S = 1.0  # a file's time may be that much later than ours
_KEPT_RUNS = 64


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

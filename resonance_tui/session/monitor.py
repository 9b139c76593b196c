"""A thread that watches the files of a beamtime, and delivers what has changed as values."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..catalog.errors import CatalogDamagedError, CatalogError, foreign_errors
from ..catalog.frames.growing import live_fields, live_images, newest_on_disk, run_folder
from ..catalog.models import RunSummary
from ..catalog.watch import Changes, FileState, Watch

if TYPE_CHECKING:
    from ..catalog.models import EarlierRun
    from ..catalog.run import Run
    from ..catalog.run_state import RunState
    from ..catalog.run_witness import RunWitness

_LOOK_EVERY_S, _AT_REST_EVERY_S = 0.3, 1.0
_AT_REST_AFTER_S = 60.0
_BEAT_S = 5.0
"""Seconds after which a run in progress is looked at though nothing of it has changed: it may have stalled."""


@dataclass(frozen=True, slots=True)
class LiveRun:
    """A run without an end, as far as it can be seen.

    Attributes
    ----------
    uid : str
    state : RunState
    field : str
        The field of its frames; empty where it has none yet.
    frames : int
    cadence : float or None
        Seconds from frame to frame.
    elapsed : float
        Seconds since it began.
    expected, expected_from : int
        How many events it may get, and from how many earlier runs that is known; 0 where there is nothing to go by.
    left : float or None
        Seconds it may still take.
    silent : float or None
        Seconds without a frame, where that is a stall.
    began : float
        When, Unix seconds.
    """

    uid: str
    state: RunState
    field: str = ""
    frames: int = 0
    cadence: float | None = None
    elapsed: float = 0.0
    expected: int = 0
    expected_from: int = 0
    left: float | None = None
    silent: float | None = None
    began: float = 0.0

    @property
    def goes_on(self) -> bool:
        """Whether more of it may come."""
        return self.state.goes_on


@dataclass(frozen=True, slots=True)
class BeamtimeChanged:
    """Something has changed in the beamtime."""

    changes: Changes
    live: LiveRun | None


@dataclass(slots=True)
class _OpenRun:
    """What is kept of the run in progress."""

    summary: RunSummary
    earlier: list[EarlierRun] | None = None
    motors: frozenset[str] = frozenset()
    longest: float = 0.0
    frames: int = 0


class BeamtimeMonitor:
    """Looks at the beamtime again and again, in a daemon thread of its own.

    Parameters
    ----------
    path : pathlib.Path
    deliver : callable
        Takes what has changed from any thread.
    witness : RunWitness
        Who is told what is seen of the runs.
    """

    def __init__(self, path: Path, deliver: Callable[[BeamtimeChanged], object], witness: RunWitness) -> None:
        self._path, self._deliver, self._witness = path, deliver, witness
        self._ends = threading.Event()
        self._now = threading.Event()
        self._run: _OpenRun | None = None
        self._said: object = None

    def start(self) -> None:
        """Begin to look."""
        threading.Thread(target=self._look_on, name="follow", daemon=True).start()

    def close(self) -> None:
        """Look no more."""
        self._ends.set()
        self._now.set()

    def look_now(self) -> None:
        """Look at once, not only when it is time again."""
        self._now.set()

    def _look_on(self) -> None:
        watch = Watch(self._path, witness=self._witness)
        changed = beat = time.monotonic()
        while not self._ends.is_set():
            changes, live, unlisted = self._look(watch)
            now = time.monotonic()
            new = self._is_news(changes, live if unlisted else None)
            if new:
                changed = now
            if new or (changes.open_run is not None and now - beat > _BEAT_S):
                beat = now
                self._deliver(BeamtimeChanged(changes, live))
            busy = changes.locks.readers_blocked or now - changed < _AT_REST_AFTER_S
            self._now.wait(_LOOK_EVERY_S if busy else _AT_REST_EVERY_S)
            self._now.clear()
        watch.close()

    def _look(self, watch: Watch) -> tuple[Changes, LiveRun | None, bool]:
        """Return what has changed, the run in progress, and whether that one is known by its frames only.

        Nothing that the data holds ends the thread: the next look may do better, and other runs are news all the same.
        """
        changes = Changes()
        try:
            with foreign_errors(CatalogDamagedError, f"{self._path.name} cannot be looked at"):
                changes = watch.poll()
            with foreign_errors(CatalogDamagedError, "the run in progress cannot be looked at"):
                unlisted = self._unlisted(watch, changes)
                return changes, unlisted or self._live(watch, changes), unlisted is not None
        except CatalogError as error:
            return replace(changes, error=changes.error or error), None, False

    def _is_news(self, changes: Changes, unlisted: LiveRun | None) -> bool:
        locks = changes.locks
        error = str(changes.error) if changes.error else ""
        open_run = changes.open_run.uid if changes.open_run else ""
        on_disk = (unlisted.uid, unlisted.frames, unlisted.state.phase) if unlisted else None
        said = (
            changes.file, locks.readers_blocked, locks.interrupted, locks.pid, error, open_run,
            dict(changes.frames), on_disk, changes.state and (changes.state.phase, changes.state.pid),
        )  # fmt: skip
        before, self._said = self._said, said
        return bool(
            said != before
            or changes.new_runs
            or changes.ended
            or changes.left
            or (changes.committed and changes.open_run is not None)
            or changes.file is not FileState.THERE
        )

    # -- the run in progress --------------------------------------------------------------------------------

    @staticmethod
    def _unlisted(watch: Watch, changes: Changes) -> LiveRun | None:
        """Return the run in progress in a catalog that was locked before it could be read: known by its frames."""
        if watch.catalog is not None or not (changes.locks.readers_blocked or changes.locks.interrupted):
            return None
        from ..analysis.live import cadence

        uid = newest_on_disk(watch.store)
        try:
            fields = live_fields(watch.store, uid) if uid else []
        except CatalogError:
            fields = []
        if uid is None or not fields:
            return None
        images = live_images(None, watch.store, uid, fields[0])
        began = watch.store.joinpath(*run_folder(uid).split("/")).stat().st_mtime
        run = RunSummary(uid, "", began)
        state = watch.witness.state(run, newest=True, frames=len(images), locks=changes.locks)
        return LiveRun(uid, state, fields[0], len(images), cadence(images.frame_times(16)), began=began)

    def _live(self, watch: Watch, changes: Changes) -> LiveRun | None:
        """Return what can be said of it; None where no run is open."""
        summary, state = changes.open_run, changes.state
        if summary is None or state is None:
            self._run = None
            return None
        from ..analysis.live import cadence, estimate_events, gaps, stalled, time_left

        if self._run is None or self._run.summary.uid != summary.uid:
            self._run = _OpenRun(summary)
        known, now = self._run, time.time()
        field, frames = max(changes.frames.items(), key=lambda item: item[1], default=("", 0))
        times = live_images(None, watch.store, summary.uid, field).frame_times(16) if frames else []
        known.longest = max([known.longest, *gaps(times)])
        if known.earlier is None and watch.catalog is not None:
            self._look_up(watch, known)
        estimate = estimate_events(known.earlier or (), known.motors, frames)
        return LiveRun(
            summary.uid,
            state,
            field,
            frames,
            cadence(times),
            max(0.0, now - summary.time_start),
            estimate.events if estimate else 0,
            estimate.runs if estimate else 0,
            time_left(estimate, frames, summary.time_start, now),
            stalled(times, now, known.longest) if times else None,
            summary.time_start,
        )

    @staticmethod
    def _look_up(watch: Watch, known: _OpenRun) -> None:
        """Return the earlier runs of the kind, once: where the database is locked, another time."""
        if watch.catalog is None:
            return
        try:
            run: Run = watch.catalog[known.summary.uid]
            streams = run.streams.values()
            known.motors = frozenset(name for stream in streams for name in stream.motors)
            known.earlier = watch.catalog.earlier_like(run) if streams else None
        except CatalogError:
            known.earlier = None

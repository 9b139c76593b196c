"""A thread that looks what has changed in the beamtime, and posts a message when something has."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

from ..catalog.errors import CatalogDamagedError, CatalogError, foreign_errors
from ..catalog.frames.growing import live_fields, live_images, newest_on_disk, run_folder
from ..catalog.models import RunSummary
from ..catalog.watch import Changes, FileState, Watch
from ..text.live import Taking

if TYPE_CHECKING:
    from ..catalog.models import EarlierRun
    from ..catalog.run import Run
    from ..catalog.run_state import RunWitness

_EVERY, _AT_REST = 0.3, 1.0
_RESTS_AFTER = 60.0
_BEAT = 5.0
"""Seconds after which a run that is being taken is looked at though nothing of it has changed: it may have stalled."""


class Looked(Message):
    """Something has changed."""

    def __init__(self, changes: Changes, taking: Taking | None) -> None:
        self.changes, self.taking = changes, taking
        super().__init__()


@dataclass(slots=True)
class _OpenRun:
    """What is kept of the run that is being taken."""

    summary: RunSummary
    earlier: list[EarlierRun] | None = None
    motors: frozenset[str] = frozenset()
    longest: float = 0.0
    frames: int = 0


class Follower:
    """Looks at the beamtime again and again, in a daemon thread of its own.

    Parameters
    ----------
    path : pathlib.Path
    post : callable
        Takes a message from any thread.
    witness : RunWitness
        Who is told what is seen of the runs.
    """

    def __init__(self, path: Path, post: Callable[[Message], object], witness: RunWitness) -> None:
        self._path, self._post, self._witness = path, post, witness
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
            changes, taking, unlisted = self._look(watch)
            now = time.monotonic()
            new = self._is_news(changes, taking if unlisted else None)
            if new:
                changed = now
            if new or (changes.open_run is not None and now - beat > _BEAT):
                beat = now
                self._post(Looked(changes, taking))
            busy = changes.locks.readers_blocked or now - changed < _RESTS_AFTER
            self._now.wait(_EVERY if busy else _AT_REST)
            self._now.clear()
        watch.close()

    def _look(self, watch: Watch) -> tuple[Changes, Taking | None, bool]:
        """What has changed, the run that is being taken, and whether that one is known by its frames only.

        Nothing that the data holds ends the thread: the next look may do better, and other runs are news all the same.
        """
        changes = Changes()
        try:
            with foreign_errors(CatalogDamagedError, f"{self._path.name} cannot be looked at"):
                changes = watch.poll()
            with foreign_errors(CatalogDamagedError, "the run in progress cannot be looked at"):
                unlisted = self._unlisted(watch, changes)
                return changes, unlisted or self._taking(watch, changes), unlisted is not None
        except CatalogError as error:
            return replace(changes, error=changes.error or error), None, False

    def _is_news(self, changes: Changes, unlisted: Taking | None) -> bool:
        locks = changes.locks
        error = str(changes.error) if changes.error else ""
        open_run = changes.open_run.uid if changes.open_run else ""
        on_disk = (unlisted.uid, unlisted.frames, unlisted.shown) if unlisted else None
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

    # -- the run that is being taken -----------------------------------------------------------------------

    @staticmethod
    def _unlisted(watch: Watch, changes: Changes) -> Taking | None:
        """The run that is being taken in a catalog that was locked before it could be read: known by its frames."""
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
        return Taking(uid, state, fields[0], len(images), cadence(images.frame_times(16)), began=began)

    def _taking(self, watch: Watch, changes: Changes) -> Taking | None:
        """What can be said of it; None where no run is open."""
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
        return Taking(
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
        """The earlier runs of the kind, once: where the database is locked, another time."""
        if watch.catalog is None:
            return
        try:
            run: Run = watch.catalog[known.summary.uid]
            streams = run.streams.values()
            known.motors = frozenset(name for stream in streams for name in stream.motors)
            known.earlier = watch.catalog.earlier_like(run) if streams else None
        except CatalogError:
            known.earlier = None

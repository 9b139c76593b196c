"""One open beamtime, for whoever asks: the screen, the command line, a script. No Textual, no Rich."""

from __future__ import annotations

import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ..catalog import Catalog, CatalogBusyError, CatalogInterruptedError, CatalogSlowError, Run, RunSummary
from ..catalog.catalog import store_beside
from ..catalog.run_state import RunState
from ..catalog.run_witness import RunWitness
from ..catalog.sqlite.files import Identity, identity
from .cache import DEFAULT_BYTES, ByteCache
from .columns import PRIMARY, EventColumns
from .frame_series import FrameSeries
from .frames import FrameLoader
from .run_parts import RunList, read_run_list
from .tasks import Progress, Task

if TYPE_CHECKING:
    from types import TracebackType

    from ..analysis.curves import PlotSpec
    from ..analysis.exposure import Thresholds
    from ..catalog.sqlite.private_copy import PrivateCopy
    from .description import ImageField, Part, Problem, RunDescription
    from .scan import Curve

T = TypeVar("T")

_RETRY_S = 2.0
_SLOW_TRIES = 2
_LOOK_EVERY_S = 0.1
_SHORT_PATIENCE_S = 0.1
SCRIPT_PATIENCE_S = 2.0
"""Seconds that a script waits for a locked file: a writer's commit takes less."""

_REPORT_EVERY_S = 0.3
_MAX_RUNS = 256
_DESCRIPTIONS_BYTES = 32 * 2**20


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task waits for the database to be unlocked."""

    reason: str


class BeamtimeSession:
    """A beamtime, opened when it is first needed; safe to use from several reader threads.

    Parameters
    ----------
    path : pathlib.Path
        The SQLite file.
    cache_bytes : int
        Frames kept in memory.
    thresholds : Thresholds, optional
        When a frame is over- or underexposed.
    patience_s : float
        Seconds that a read waits for a locked file.
    """

    def __init__(
        self,
        path: Path,
        cache_bytes: int = DEFAULT_BYTES,
        thresholds: Thresholds | None = None,
        patience_s: float = _SHORT_PATIENCE_S,
    ) -> None:
        self.path = path
        self._patience_s = patience_s
        self._store = store_beside(path).absolute()
        self.witness = RunWitness(path, self._store)
        """What was seen of the runs without an end, by whoever looked."""
        self.generation = 0
        """Changes with every reason to forget what was read."""
        self._catalog: Catalog | None = None
        self._seen: Identity | None = None
        self._copy: PrivateCopy | None = None
        self._free_since = 0.0
        self._opening = threading.Lock()
        self._runs: OrderedDict[str, Run] = OrderedDict()
        self.columns = EventColumns(self.run)
        self.frames = FrameLoader(self.run, self.columns, lambda: store_beside(path).absolute(), cache_bytes)
        self.series = FrameSeries(self.frames, self.columns, lambda: self.thresholds)
        self._thresholds = thresholds
        self._image_fields: OrderedDict[
            tuple[str, int], tuple[tuple[ImageField, ...], tuple[Problem, ...]]
        ] = OrderedDict()
        self._descriptions = ByteCache(_DESCRIPTIONS_BYTES)
        self._ui_thread: int | None = None
        self._pinned = threading.local()
        self._guard = threading.Lock()

    def __enter__(self) -> BeamtimeSession:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._catalog is not None:
            self._catalog.close()

    @property
    def thresholds(self) -> Thresholds:
        """When a frame is over- or underexposed."""
        from ..analysis.exposure import Thresholds

        return self._thresholds or Thresholds()

    def close(self) -> None:
        """Break off what is being read; on Windows close the file, too, so that it can be removed."""
        if self._catalog is None:
            return
        if sys.platform == "win32":  # an open file could not be removed there, as the demo does
            self._catalog.close()
        else:
            self._catalog.interrupt()

    def forget(self) -> None:
        """Read everything again from here on, the file opened again where it was written or replaced."""
        if self._copy is None and identity(self.path) != self._seen:
            with self._opening:
                self._catalog = None  # runs that are still being read keep their connection
        self._forget_all()

    def forget_run(self, uid: str) -> None:
        """Read one run again from here on."""
        with self._guard:
            self.generation += 1
            self._runs.pop(uid, None)
        self.columns.forget_run(uid)
        self.frames.forget_run(uid)

    def _forget_all(self) -> None:
        with self._guard:
            self.generation += 1
            self._runs.clear()
            self._image_fields.clear()
        self._descriptions.clear()
        self.columns.forget()
        self.frames.forget()

    def catalog(self) -> Catalog:
        """Return the catalog, opened when it is first needed.

        Raises
        ------
        CatalogError
        """
        with self._opening:
            if self._catalog is None:
                self._seen = identity(self.path)
                # an app waits for a locked file out here, where it can be said, and where nobody else has to wait
                catalog = Catalog.open_patiently(self.path, self._patience_s)
                catalog.witness = self.witness
                self._catalog = catalog
            return self._catalog

    # -- a locked database -------------------------------------------------------------------------------

    def when_unlocked(self, task: Task[Any], read: Callable[[], T]) -> T:
        """Read; where the database is locked, report it and try again until it is not, or the task is cancelled."""
        reported = False
        slow = 0
        while True:
            try:
                return read()
            except (CatalogBusyError, CatalogInterruptedError, CatalogSlowError) as error:
                slow += isinstance(error, CatalogSlowError)
                if slow > _SLOW_TRIES:
                    raise
                if not reported:
                    task.report(Waiting(error.sentence))
                reported = True
                until = time.monotonic() + _RETRY_S
                while time.monotonic() < until and self._free_since <= until - _RETRY_S:
                    task.wait(_LOOK_EVERY_S)

    def unlocked(self) -> None:
        """Let what waits for the database go on: it can be read again."""
        self._free_since = time.monotonic()

    # -- a private copy ----------------------------------------------------------------------------------

    @property
    def copied(self) -> float | None:
        """When the private copy that is read was taken, Unix seconds; None where the file itself is read."""
        return None if self._copy is None else self._copy.taken

    def take_copy(self, task: Task[Any]) -> float:
        """Read a private copy from here on; how far it is, in bytes, is reported."""
        from ..catalog.sqlite.private_copy import take_copy

        reported = 0.0

        def tell(done: int, total: int) -> None:
            nonlocal reported
            if time.monotonic() - reported > _REPORT_EVERY_S:
                reported = time.monotonic()
                task.report(Progress(done, total))

        copy = take_copy(self.path, tell=tell, wanted=lambda: task.wanted)
        catalog = Catalog.on_copy(copy)
        catalog.witness = self.witness
        with self._opening:
            before, self._copy, self._catalog = self._copy, copy, catalog
        if before is not None:
            before.remove()
        self._forget_all()
        return copy.taken

    def drop_copy(self) -> None:
        """Read the file itself again."""
        with self._opening:
            copy, self._copy, self._catalog = self._copy, None, None
        self._forget_all()
        if copy is not None:
            copy.remove()

    # -- runs --------------------------------------------------------------------------------------------

    def run_list(self) -> Iterator[RunList]:
        """All runs, newest first, in parts: the newest as soon as they are there."""
        yield from read_run_list(self.catalog(), self.witness, self._store)

    def run(self, uid: str) -> Run:
        """Return the run of a uid; of one that is still open what it was when it could last be asked.

        Raises
        ------
        CatalogError
        """
        pinned: tuple[Run, int] | None = getattr(self._pinned, "run", None)
        if pinned is not None and pinned[0].uid == uid and pinned[1] == self.generation:
            return pinned[0]
        while True:
            with self._guard:
                known, generation = self._runs.get(uid), self.generation
            if known is not None and known.time_stop is not None:
                return known
            try:
                run = self.catalog()[uid]
            except CatalogBusyError:
                if known is None:
                    raise
                return known
            with self._guard:
                if generation != self.generation:
                    continue  # it was told to forget meanwhile: this may be of the file that was there before
                self._runs[run.uid] = run
                while len(self._runs) > _MAX_RUNS:
                    self._runs.popitem(last=False)
            return run

    def state(self, run: Run | RunSummary) -> RunState:
        """Return the state of a run now; see `catalog.run_state`."""
        return self.catalog().state(run)

    # -- what is known of a run --------------------------------------------------------------------------

    def describe(
        self,
        uid: str | int,
        stream: str = PRIMARY,
        parts: Part | Collection[Part] = ("row", "scan"),
        *,
        task: Task[Any] | None = None,
        sampled: bool = False,
    ) -> RunDescription:
        """Describe a run, as deeply as the parts say; kept by run, generation and settings.

        Parameters
        ----------
        uid : str or int
            The run's uid, a unique beginning of it, or -1 for the newest.
        stream : str
            The stream that is described.
        parts : {"row", "scan", "frames"}, or a collection of them
            ``row``: what the database says of it; ``scan``: one read of its events, for axes, sweeps and curves;
            ``frames``: one read of its frames, for their exposure.
        task : Task, optional
            Asked whether the description is still wanted.
        sampled : bool
            Only what a label needs: no curves, and samples of a long run will do.

        Raises
        ------
        CatalogError
        TaskCancelledError
        ValueError
            There is no such part.
        """
        if threading.get_ident() == self._ui_thread:
            raise RuntimeError("a description is read: ask for it in a reader thread")
        from .description import PARTS, RunDescription, describe_run

        wanted: frozenset[Part] = frozenset((parts,) if isinstance(parts, str) else parts)
        if unknown := wanted - PARTS:
            raise ValueError(
                f"a description has the parts {', '.join(sorted(PARTS))}, not {sorted(unknown)[0]!r}"
            )
        generation = self.generation
        run = self.run(uid) if isinstance(uid, str) else self.catalog()[uid]
        task = task or Task("describe", run.uid, lambda _: None)
        key = (run.uid, stream, wanted, sampled, generation, self.thresholds)
        known = self._descriptions.get(key) if run.time_stop is not None else None
        if isinstance(known, RunDescription):
            return known
        self._pinned.run = (run, generation)  # what is told of it is of one moment
        try:
            made = describe_run(self, run.uid, stream, wanted, task, sampled=sampled)
        finally:
            self._pinned.run = None
        if run.time_stop is not None and generation == self.generation:
            self._descriptions.put(key, made)
        return made

    def image_fields(self, run: Run) -> tuple[tuple[ImageField, ...], tuple[Problem, ...]]:
        """Find the frames of a run, and what of them is missing; once, where it has its end."""
        key = (run.uid, self.generation)
        with self._guard:
            known = self._image_fields.get(key)
        if known is not None:
            return known
        from .description import find_image_fields

        found = find_image_fields(run)
        if run.time_stop is not None:
            with self._guard:
                self._image_fields[key] = found
                while len(self._image_fields) > _MAX_RUNS:
                    self._image_fields.popitem(last=False)
        return found

    def main_stream(self, uid: str | int) -> str:
        """Name the stream of a run that is looked at unasked: ``primary``, or where that has no event the longest one.

        Never a baseline.
        """
        run = self.run(uid) if isinstance(uid, str) else self.catalog()[uid]
        counts = {name: run.count_events(name) for name in run.streams if name != "baseline"}
        if counts.get(PRIMARY) or not any(counts.values()):
            return PRIMARY
        return max(counts, key=lambda name: counts[name])

    def curves(
        self,
        uid: str | int,
        spec: PlotSpec | None = None,
        stream: str = PRIMARY,
        *,
        task: Task[Any] | None = None,
    ) -> tuple[Curve, ...]:
        """Make the curves of a run; as a plot shows them at first where no spec is given.

        Raises
        ------
        CatalogError
        """
        from .scan import describe_curves

        run = self.run(uid) if isinstance(uid, str) else self.catalog()[uid]
        task = task or Task("curves", run.uid, lambda _: None)
        columns = self.columns.run_columns(run.uid, task, stream)
        if not len(columns):
            return ()
        return describe_curves(columns, self.columns.axes_of(columns, stream), stream, spec)

    def keep_off(self, thread: int) -> None:
        """Refuse to describe runs in a thread that must not wait: that of the user interface."""
        self._ui_thread = thread

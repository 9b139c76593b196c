"""What each load reads: from the catalog to values that are ready to be shown. Runs in reader threads."""

from __future__ import annotations

import sys
import threading
import time
import warnings
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..catalog import (
    Catalog,
    CatalogBusyError,
    CatalogError,
    CatalogInterruptedError,
    CatalogSlowError,
    CatalogWarning,
    EventPage,
    Run,
    RunSummary,
)
from ..catalog.catalog import store_beside
from ..catalog.errors import CatalogDamagedError, foreign_errors
from ..catalog.field_names import Field, describe_fields, field_labels, motors_of
from ..catalog.frames.growing import frames_on_disk
from ..catalog.run_state import RunWitness
from ..catalog.sqlite.files import Identity, identity
from ..present.runs import RunFacts, RunRow, run_row
from ..present.table import Layout, TablePage, table_page
from ..text import times
from ..text.details import Section, section
from ..text.scan_label import ScanLabel
from ..text.states import State, shown_state, state_lines
from .cache import DEFAULT_BYTES
from .columns_reading import ColumnsReader, run_columns, sort_out, stacked
from .frame_reading import FrameReader
from .loads import Progress

if TYPE_CHECKING:
    from ..analysis.axes import Axes
    from ..analysis.exposure import Thresholds
    from ..catalog.sqlite.private_copy import PrivateCopy
    from .loads import Ticket

PAGE = 200
"""Events in the table at a time."""

_STREAM = "primary"
_TRY_AGAIN = 2.0
_SLOW_TRIES = 2
_READ_WHOLE = 5000
"""Events up to which a run is read whole, for the list to say what was scanned."""

_LOOK_UP = 0.1
_SHORT_PATIENCE = 0.1
_TELL_EVERY = 0.3
_FEW = 40


@dataclass(frozen=True, slots=True)
class RunsPart:
    """Some more rows of the run list; `done` with the last ones."""

    rows: list[RunRow]
    first: bool
    done: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A load that waits for the database to be given free."""

    reason: str


class Reader:
    """Reads one beamtime for the screen; safe to use from several reader threads.

    Parameters
    ----------
    cache_bytes : int
        Frames kept in memory.
    thresholds : Thresholds, optional
        When a frame is over- or underexposed.
    """

    def __init__(
        self, path: Path, cache_bytes: int = DEFAULT_BYTES, thresholds: Thresholds | None = None
    ) -> None:
        self.path = path
        self._store = store_beside(path).absolute()
        self.witness = RunWitness(path, self._store)
        """What was seen of the runs without an end, by whoever looked."""
        self._catalog: Catalog | None = None
        self._seen: Identity | None = None
        self._copy: PrivateCopy | None = None
        self._free_since = 0.0
        self._opening = threading.Lock()
        self._runs: OrderedDict[str, Run] = OrderedDict()
        self.columns = ColumnsReader(self._run)
        self.frames = FrameReader(
            self._run, self._axes_of, lambda: store_beside(path).absolute(), cache_bytes, thresholds
        )
        self._guard = threading.Lock()
        warnings.simplefilter("ignore", CatalogWarning)  # a line on stderr would be drawn over the screen

    def close(self) -> None:
        """Break off what is under way; nothing can be read any more."""
        if self._catalog is None:
            return
        if sys.platform == "win32":  # an open file could not be removed there, as the demo does
            self._catalog.close()
        else:
            self._catalog.interrupt()

    def forget(self) -> None:
        """Read everything anew from here on, the file opened again where it was written or replaced."""
        if self._copy is None and identity(self.path) != self._seen:
            with self._opening:
                self._catalog = None  # runs that are still being read keep their connection
        self._forget_all()

    def _forget_all(self) -> None:
        with self._guard:
            self._runs.clear()
        self.columns.forget()
        self.frames.forget()

    def catalog(self) -> Catalog:
        """The catalog, opened when it is first needed.

        Raises
        ------
        CatalogError
        """
        with self._opening:
            if self._catalog is None:
                self._seen = identity(self.path)
                # a locked file is waited for out here, where it can be said, and where nobody else has to wait
                catalog = Catalog.open_patiently(self.path, _SHORT_PATIENCE)
                catalog.witness = self.witness
                self._catalog = catalog
            return self._catalog

    def patiently(self, ticket: Ticket, read: Callable[[], Any]) -> Any:
        """Read, and where the database is locked, say so and try again until it is free or nobody asks."""
        said = False
        slow = 0
        while True:
            try:
                return read()
            except (CatalogBusyError, CatalogInterruptedError, CatalogSlowError) as error:
                slow += isinstance(error, CatalogSlowError)
                if slow > _SLOW_TRIES:
                    raise
                if not said:
                    ticket.tell(Waiting(error.sentence))
                said = True
                until = time.monotonic() + _TRY_AGAIN
                while time.monotonic() < until and not self._woken(until - _TRY_AGAIN):
                    ticket.wait(_LOOK_UP)

    def wake(self) -> None:
        """The database was given free: who waits for it need not wait on."""
        self._free_since = time.monotonic()

    def _woken(self, since: float) -> bool:
        return self._free_since > since

    # -- a private copy ------------------------------------------------------------------------------------

    @property
    def copied(self) -> float | None:
        """When the private copy that is read was taken, Unix seconds; None where the file itself is read."""
        return None if self._copy is None else self._copy.taken

    def take_copy(self, ticket: Ticket) -> float:
        """Read a private copy from here on; told how far it is, in bytes."""
        from ..catalog.sqlite.private_copy import take_copy

        told = 0.0

        def tell(done: int, total: int) -> None:
            nonlocal told
            if time.monotonic() - told > _TELL_EVERY:
                told = time.monotonic()
                ticket.tell(Progress(done, total))

        copy = take_copy(self.path, tell=tell, wanted=lambda: ticket.wanted)
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

    # -- the run list ------------------------------------------------------------------------------------

    def runs(self, ticket: Ticket) -> RunsPart:
        """All runs, newest first; told in parts, the first as soon as it is there."""
        part: RunsPart = self.patiently(ticket, lambda: self._all_runs(ticket))
        return part

    def _all_runs(self, ticket: Ticket) -> RunsPart:
        catalog = self.catalog()
        gathered: list[RunRow] = []
        first = True
        newest = self._newest_open(catalog)
        for page in catalog.run_pages():
            ticket.check()
            gathered += [self.row(run, newest.get(run.uid, State.ABANDONED)) for run in page]
            if first or len(gathered) >= 5000:
                ticket.tell(RunsPart(gathered, first, done=False))
                gathered, first = [], False
        return RunsPart(gathered, first, done=True)

    def _newest_open(self, catalog: Catalog) -> dict[str, State]:
        """The run started last, by rowid, and its state; of no other run without an end more may come.

        Its events are not looked for: the first rows wait for this.
        """
        for _, run in catalog.last_started(1):
            if run.time_stop is None and run.exit_status is None:
                state = self.witness.state(run, newest=True, frames=frames_on_disk(self._store, run.uid))
                return {run.uid: shown_state(state)}
        return {}

    @staticmethod
    def row(run: RunSummary, state: State = State.ABANDONED) -> RunRow:
        """A run as a row of the list; `state` is that of one without an end."""
        return run_row(
            run.uid, run.plan_name, run.time_start, run.time_stop, run.sample_name, run.exit_status, state
        )

    def facts(self, uids: Sequence[str], ticket: Ticket) -> None:
        """What was scanned, and how many points and frames there are: told run by run."""
        for uid in uids:
            ticket.check()
            try:
                with foreign_errors(CatalogDamagedError, "the run cannot be read"):
                    facts = self._facts(uid, ticket)
            except CatalogBusyError:
                raise
            except CatalogError as error:  # this one only
                reason = f"unreadable: {error.sentence}"
                facts = RunFacts(ScanLabel(reason, reason, "unreadable"), None, None)
            ticket.tell((uid, facts))

    def _facts(self, uid: str, ticket: Ticket) -> RunFacts:
        run = self._run(uid)
        fields = run.image_fields
        frames = sum(run.count_images(field) for field in fields) if fields else 0
        events = run.num_events
        lost = 0
        if run.time_stop is None and not frames:  # what no event tells of may be on disk all the same
            lost = max((len(run.live_images(field)) for field in run.live_fields), default=0)
        state = shown_state(self.catalog().state(run)) if run.time_stop is None else None
        return RunFacts(self._scanned(run, ticket), events, frames or lost, state)

    def _scanned(self, run: Run, ticket: Ticket) -> ScanLabel:
        from ..analysis.axes import find_axes
        from ..text.scan_words import scan_label

        total = run.count_events(_STREAM)
        if total <= _READ_WHOLE:
            columns = self.columns.columns(run.uid, ticket)
            return scan_label(run.plan_name, columns.find_axes(), columns.fields, columns)
        step = max(1, (total - 1) // _FEW)
        parts = [run.event_page(0, PAGE)]
        parts += [run.event_page(at, 1) for at in (*range(PAGE, total - 1, step), total - 1)]
        numbers = stacked([sort_out(part.columns)[0] for part in parts], [len(part) for part in parts])
        axes = self.columns.known_axes(run.uid) or find_axes(numbers, motors_of(_data_keys(run), numbers))
        some = run_columns(run.uid, numbers, {}, _data_keys(run))
        return scan_label(run.plan_name, axes, numbers, some, whole=False)

    # -- one run -----------------------------------------------------------------------------------------

    def _run(self, uid: str) -> Run:
        with self._guard:
            known = self._runs.get(uid)
        if known is not None and known.time_stop is not None:
            return known
        try:
            run = self.catalog()[uid]
        except CatalogBusyError:
            if known is None:
                raise
            return known  # what it was when it could last be asked
        with self._guard:
            self._runs[uid] = run
            _keep(self._runs, 256)
        return run

    def forget_run(self, uid: str) -> None:
        """Read one run anew from here on."""
        with self._guard:
            self._runs.pop(uid, None)
        self.columns.forget_run(uid)
        self.frames.forget_run(uid)

    def card(self, uid: str) -> tuple[Section, ...]:
        """Sample, run, metadata and streams of a run, as headed lines."""
        run = self._run(uid)
        sample = run.sample
        state = self.catalog().state(run)
        ends = state_lines(state) if run.time_stop is None and run.exit_status is None else {}
        lines: list[tuple[str, Any]] = [
            ("", run.uid),
            ("plan", run.plan_name),
            ("started", times.full(run.time_start)),
            ("stopped", times.full(run.time_stop) if run.time_stop is not None else ends.get("stopped")),
            ("duration", times.duration(run.time_start, run.time_stop)),
            ("exit status", run.exit_status or state.exit_status or "none"),
            ("state", ends.get("state")),
            ("reason", ends.get("reason")),
            ("events", run.num_events),
            ("operator", run.operator),
        ]
        parts = []
        if sample is not None:
            about = [
                ("name", sample.name), ("formula", sample.formula), ("serial", sample.serial),
                ("position", sample.beamline_pos), ("tags", sample.tags), *sample.extra.items(),
            ]  # fmt: skip
            parts.append(section("Sample", about))
        parts.append(section("Run", lines))
        parts.append(section("Metadata", run.metadata))
        parts += [
            section(
                f"Stream {stream.name}",
                [(name, _field_text(field)) for name, field in describe_fields(stream.data_keys).items()],
            )
            for stream in run.streams.values()
        ]
        return tuple(part for part in parts if part.lines)

    def events(self, uid: str, offset: int) -> EventPage:
        """One page of a run's events, as they were taken."""
        return self._run(uid).event_page(offset, PAGE, _STREAM)

    def events_at(self, uid: str, seq_nums: Sequence[int], offset: int) -> EventPage:
        """These events, in this order: the page at the row `offset` of a table that is sorted."""
        page = self._run(uid).events_at(seq_nums, _STREAM)
        return replace(page, offset=offset)

    def table(
        self, uid: str, page: EventPage, layout: Layout, positions: Sequence[int] | None = None
    ) -> TablePage:
        """A page of events, formatted."""
        run = self._run(uid)
        axes = self._axes_of(run)
        scanned = [name for name in (axes.fast, *axes.slow) if name]
        motors = motors_of(_data_keys(run), page.columns)
        return table_page(
            page, scanned, motors, field_labels((*page.columns, *_data_keys(run))), layout, positions
        )

    def axes(self, uid: str) -> Axes:
        """What a run scanned: all of it where it was read, else its first events."""
        return self._axes_of(self._run(uid))

    def _axes_of(self, run: Run) -> Axes:
        from ..analysis.axes import find_axes

        known = self.columns.known_axes(run.uid)
        if known is not None:
            return known
        numbers, _ = sort_out(run.event_page(0, PAGE, _STREAM).columns)
        return find_axes(numbers, motors_of(_data_keys(run), numbers))


def _data_keys(run: Run) -> dict[str, dict[str, Any]]:
    stream = run.streams.get(_STREAM)
    return stream.data_keys if stream else {}


def _field_text(field: Field) -> str:
    shape = "×".join(map(str, field.shape[:4])) if field.shape else ""
    return "  ".join(word for word in (field.role, field.unit, field.dtype, shape) if word)


def _keep(cache: OrderedDict[Any, Any], most: int) -> None:
    while len(cache) > most:
        cache.popitem(last=False)

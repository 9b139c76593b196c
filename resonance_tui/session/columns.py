"""The events of runs as columns: read once, kept within bounds, shared by plot, table and frames."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..catalog.errors import CatalogBusyError
from ..catalog.field_names import (
    SEQ_NUM,
    TIME,
    DataKeys,
    Field,
    Role,
    describe_fields,
    field_labels,
    monitors_of,
    motors_of,
)
from ..catalog.models import EventPage
from .tasks import Progress, Task

if TYPE_CHECKING:
    import numpy as np

    from ..analysis.axes import Axes
    from ..analysis.curves import RunColumns
    from ..catalog import Run
    from ..catalog.columns import Column, StreamColumns

    Values = np.ndarray[Any, np.dtype[np.float64]]

PAGE_EVENTS = 200
"""Events of a page of the event table."""

PRIMARY = "primary"

_MAX_BYTES = 128 * 2**20
_MAX_AXES = 4096
_MAX_READINGS = 16
_REPORT_EVERY_S = 0.5
_LOOK_EVERY_S = 0.05
_GIVE_WAY_S = 0.0005
"""Seconds after a page in which another thread that wants a page gets its turn."""

Key = tuple[str, str]
"""A run's uid and the name of a stream."""


class _Reading:
    """A stream whose events were not all read yet, or that grows; one thread at a time reads on, page by page."""

    def __init__(self, run: Run, stream: str) -> None:
        from ..catalog.columns import ColumnsBuilder

        self.run, self._stream = run, stream
        self.builder = ColumnsBuilder()
        self.head = ColumnsBuilder()
        self.columns: StreamColumns | None = None
        self.total = 0
        self._pages: Iterator[EventPage] | None = None
        self._finished = False
        self._while_open = run.time_stop is None
        self._turn = threading.Lock()
        self._waiting = 0

    @contextmanager
    def turn(self, check: Callable[[], object]) -> Iterator[None]:
        """Have the right to read; who waits for it gives up where `check` raises."""
        self._waiting += 1
        try:
            while not self._turn.acquire(timeout=_LOOK_EVERY_S):
                check()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turn.release()
            if self._waiting:
                time.sleep(_GIVE_WAY_S)

    def begin(self, run: Run) -> None:
        """Go on with what the run is by now; all of it again where what was read may not come first any more."""
        if run is not self.run:
            self._pages = None  # what it is by now is read, not what it was
        self._finished = False
        if not len(self.builder):
            self._while_open = run.time_stop is None
        elif self._while_open:
            ended = run.time_stop is not None  # events may have been rewritten till then
            last = [] if ended else run.event_page(len(self.builder) - 1, 1, self._stream).seq_num
            if last != [self.builder.last_seq_num]:  # a repeated number lands between older ones
                self._start_over()
                self._while_open = not ended
        self.run = run

    def _start_over(self) -> None:
        self.builder, self.head, self.columns = type(self.builder)(), type(self.head)(), None
        self._pages = None

    @property
    def is_whole(self) -> bool:
        """Whether all events of a run that has its end were read, none of them while it was still written."""
        return (
            self.run.time_stop is not None
            and not self._while_open
            and len(self.builder) == self.run.count_events(self._stream)
        )

    def advance(self) -> bool:
        """Read the next page; False where there is none."""
        if self._finished:
            return False
        if self._pages is None:
            self._pages = self.run.event_pages(self._stream, start=len(self.builder))
        try:
            page = next(self._pages, None)
        except BaseException:
            self._pages = None  # an iterator that raised would seem to be at its end
            raise
        if page is None:
            self._pages, self._finished = None, True
            return False
        self.total = page.total
        self.builder.add(page)
        if len(self.head) < PAGE_EVENTS:
            self.head.add(page)
        return True

    def joined(self) -> StreamColumns:
        """All that was read."""
        if self.columns is None or len(self.columns) != len(self.builder):
            self.columns = self.builder.columns()
        return self.columns


class EventColumns:
    """Reads the events of runs, each once; safe to use from several reader threads.

    Parameters
    ----------
    run_of : callable
        Gives the run of a uid.
    max_bytes : int
        Kept in memory of all runs together, the last one always.
    """

    def __init__(self, run_of: Callable[[str], Run], max_bytes: int = _MAX_BYTES) -> None:
        self._run_of = run_of
        self._max_bytes = max_bytes
        self._kept: OrderedDict[Key, StreamColumns] = OrderedDict()
        self._reading: OrderedDict[Key, _Reading] = OrderedDict()
        self._axes: OrderedDict[Key, Axes] = OrderedDict()
        self._keys: OrderedDict[Key, DataKeys] = OrderedDict()
        self.generation = 0
        """Changes with every reason to forget."""
        self._guard = threading.Lock()

    def forget(self) -> None:
        """Read everything again from here on."""
        with self._guard:
            self.generation += 1
            self._kept.clear()
            self._reading.clear()
            self._axes.clear()

    def forget_run(self, uid: str) -> None:
        """Read one run again from here on."""
        with self._guard:
            self.generation += 1
            for cache in (self._kept, self._reading, self._axes):
                for key in [key for key in cache if key[0] == uid]:
                    del cache[key]

    # -- columns -----------------------------------------------------------------------------------------

    def stream(
        self, uid: str, task: Task[Any], stream: str = PRIMARY, *, report: bool = False
    ) -> StreamColumns:
        """All events of a stream; those of a run without an end are read on where they were left.

        Parameters
        ----------
        report : bool
            Whether the task reports how far the reading is.

        Raises
        ------
        CatalogError
        TaskCancelledError
        """
        key = (uid, stream)
        if (known := self._known(key)) is not None:
            return known
        generation = self.generation
        reading = self._reading_of(key)
        reported = time.monotonic()
        with reading.turn(task.check):
            reading.begin(self._run_of(uid))
        more = True
        while more:
            task.check()
            with reading.turn(task.check):
                if (known := self._known(key)) is not None:  # somebody else was faster
                    return known
                more = reading.advance()
            if report and time.monotonic() - reported > _REPORT_EVERY_S:
                reported = time.monotonic()
                task.report(Progress(len(reading.builder), reading.total))
        with reading.turn(task.check):
            columns = reading.joined()
            self._keep(key, reading, columns)
        self.axes_of(run_columns(uid, columns, self._data_keys(uid, stream)), stream, generation)
        return columns

    def _keep(self, key: Key, reading: _Reading, columns: StreamColumns) -> None:
        if not reading.is_whole:
            return
        with self._guard:
            if self._reading.get(key) is not reading:
                return  # it was told to forget the run
            del self._reading[key]
            self._axes.pop(key, None)  # those of a run that has grown since
            self._kept[key] = columns
            while len(self._kept) > 1 and sum(one.nbytes for one in self._kept.values()) > self._max_bytes:
                self._kept.popitem(last=False)

    def run_columns(
        self, uid: str, task: Task[Any], stream: str = PRIMARY, *, report: bool = False
    ) -> RunColumns:
        """All events of a stream as `analysis` takes them; nothing is copied but what is no float."""
        columns = self.stream(uid, task, stream, report=report)
        return run_columns(uid, columns, self._data_keys(uid, stream))

    def page(self, uid: str, offset: int, limit: int = PAGE_EVENTS, stream: str = PRIMARY) -> EventPage:
        """Return some events: from memory where they were read; else read on to them, or them alone."""
        key = (uid, stream)
        if (known := self._known(key)) is not None:
            return known.page(offset, limit)
        run = self._run_of(uid)
        reading = self._reading_of(key)
        try:
            total = run.count_events(stream)
        except CatalogBusyError:
            columns = reading.columns  # of a run that grows, what is known of it still counts
            if columns is None or not len(columns):
                raise
            return columns.page(offset, limit)
        end = min(offset + limit, total)
        with reading.turn(_go_on):
            if (known := self._known(key)) is not None:
                return known.page(offset, limit)
            columns = None
            if end <= PAGE_EVENTS or offset <= len(reading.builder):
                reading.begin(run)
                while len(reading.builder) < end and reading.advance():
                    pass
                columns = reading.head.columns() if end <= PAGE_EVENTS else reading.joined()
        if columns is None or len(columns) < end:  # far from what was read, of a long run
            return run.event_page(offset, limit, stream)
        page = columns.page(offset, limit)
        return EventPage(offset, total, page.seq_num, page.time, page.columns, page.unreadable)

    def axes(self, uid: str, stream: str = PRIMARY) -> Axes:
        """Return what a run scanned: by all of its events where they were read, else by the first page of them."""
        from ..analysis.axes import find_axes

        if (known := self.known_axes(uid, stream)) is not None:
            return known
        columns = self.read_so_far(uid, stream)
        if columns is None:
            numbers = numbers_of(self.page(uid, 0, PAGE_EVENTS, stream))
            return find_axes(numbers, motors_of(self._data_keys(uid, stream), numbers))
        return self.axes_of(run_columns(uid, columns, self._data_keys(uid, stream)), stream)

    def axes_of(self, columns: RunColumns, stream: str = PRIMARY, generation: int | None = None) -> Axes:
        """Find what a run scanned, from all of its events; worked out once.

        Parameters
        ----------
        generation : int, optional
            That in which the columns were asked for: what is older than now is not kept.
        """
        key = (columns.uid, stream)
        with self._guard:
            known, kept = self._axes.get(key), key in self._kept
        if known is not None and kept:
            return known
        axes = columns.find_axes()
        with self._guard:
            if generation in (None, self.generation):
                self._axes[key] = axes
            while len(self._axes) > _MAX_AXES:
                self._axes.popitem(last=False)
        return axes

    def known_axes(self, uid: str, stream: str = PRIMARY) -> Axes | None:
        """Return what a run scanned, where all of it was read before."""
        with self._guard:
            return self._axes.get((uid, stream))

    def event_indices(self, uid: str, seq_nums: Sequence[int], stream: str = PRIMARY) -> list[int]:
        """For each ``seq_num``, rising, how many events of the stream come before it."""
        known = self._known((uid, stream))
        if known is None or known.seq_num.values.dtype.kind != "i":
            return self._run_of(uid).event_indices(seq_nums, stream)
        found: list[int] = known.seq_num.values.searchsorted(list(seq_nums)).tolist()
        return found

    def known(self, uid: str, stream: str = PRIMARY) -> StreamColumns | None:
        """All events of a stream, where they were read before."""
        return self._known((uid, stream))

    def read_so_far(self, uid: str, stream: str = PRIMARY) -> StreamColumns | None:
        """As `known`; of a run that grows those that were there when it was last read."""
        with self._guard:
            reading = self._reading.get((uid, stream))
            return self._kept.get((uid, stream)) or (reading.columns if reading is not None else None)

    def _known(self, key: Key) -> StreamColumns | None:
        with self._guard:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
            return known

    def _data_keys(self, uid: str, stream: str) -> DataKeys:
        key = (uid, stream)
        try:
            found = self._run_of(uid).streams.get(stream)
        except CatalogBusyError:
            if key not in self._keys:
                raise
            return self._keys[key]  # what they were when they could last be asked
        keys = found.data_keys if found is not None else {}
        with self._guard:
            self._keys[key] = keys
            while len(self._keys) > _MAX_AXES:
                self._keys.popitem(last=False)
        return keys

    def _reading_of(self, key: Key) -> _Reading:
        while True:
            generation = self.generation
            run = self._run_of(key[0])
            with self._guard:
                if generation != self.generation:
                    continue  # it was told to forget meanwhile: what the run was is no more
                reading = self._reading.get(key)
                if reading is None:
                    reading = self._reading[key] = _Reading(run, key[1])
                self._reading.move_to_end(key)
                while len(self._reading) > 1 and (
                    len(self._reading) > _MAX_READINGS
                    or sum(one.builder.nbytes for one in self._reading.values()) > self._max_bytes
                ):
                    self._reading.popitem(last=False)
            return reading


def _go_on() -> None:
    """Wait on: a page is soon read."""


# -- what analysis takes -----------------------------------------------------------------------------------


class FloatColumns(Mapping[str, "Values"]):
    """Typed columns seen as float64: those that are, as they are; integers when they are asked for.

    A column of mixed kinds is converted once; so is the number of the event.
    """

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self._columns = columns
        self._converted: dict[str, Values] = {}

    def __getitem__(self, name: str) -> Values:
        column = self._columns[name]
        if column.values.dtype.kind == "f":
            values: Values = column.values
            return values
        if name in self._converted:
            return self._converted[name]
        if column.values.dtype.kind == "i":
            values = column.values.astype(float)
        else:
            from ..analysis.values import as_floats

            values = as_floats(column.take(slice(None)))
        if name == SEQ_NUM or column.values.dtype == object:
            self._converted[name] = values
        return values

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __contains__(self, name: object) -> bool:
        return name in self._columns


class Words(Mapping[str, "list[Any]"]):
    """The columns that hold no numbers, as lists when they are asked for; None where there is no value."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self._columns = columns

    def __getitem__(self, name: str) -> list[Any]:
        return self._columns[name].take(slice(None))

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def run_columns(uid: str, columns: StreamColumns, data_keys: DataKeys) -> RunColumns:
    """Return the columns of a stream as `analysis` takes them, with what each field is."""
    numbers = {name: column for name, column in columns.columns.items() if _holds_numbers(column)}
    words = {
        name: column
        for name, column in columns.columns.items()
        if name not in numbers and not _is_empty(column)
    }
    dtypes = {name: column.dtype for name, column in columns.columns.items()}
    own = {SEQ_NUM: columns.seq_num, TIME: columns.time}
    return columns_of(uid, FloatColumns({**numbers, **own}), data_keys, Words(words), dtypes)


def columns_of(
    uid: str,
    numbers: Mapping[str, Values],
    data_keys: DataKeys,
    words: Mapping[str, list[Any]] | None = None,
    dtypes: Mapping[str, str | None] | None = None,
) -> RunColumns:
    """Numbers and words of events as `analysis` takes them, with what each field is."""
    from ..analysis.curves import RunColumns

    names = [name for name in (*numbers, *(words or {})) if name not in (SEQ_NUM, TIME)]
    fields = describe_fields(data_keys, dtypes if dtypes is not None else dict.fromkeys(names))
    own = field_labels((SEQ_NUM, TIME, *fields))
    for name, unit in ((SEQ_NUM, ""), (TIME, "s")):
        fields.setdefault(name, Field(name, own[name], unit, Role.TIME))
    return RunColumns(uid, numbers, words or {}, fields, monitors_of(numbers))


def _holds_numbers(column: Column) -> bool:
    from ..analysis.values import is_number

    kind = column.values.dtype.kind
    return kind in "if" or (kind == "O" and any(map(is_number, column.values.tolist())))


def _is_empty(column: Column) -> bool:
    return column.values.dtype == object and all(value is None for value in column.values.tolist())


def numbers_of(page: EventPage) -> dict[str, Values]:
    """Return the fields of a page that hold numbers, as float64, shape (n,)."""
    from ..analysis.values import as_floats, is_number

    return {name: as_floats(values) for name, values in page.columns.items() if any(map(is_number, values))}


def stacked(pages: list[EventPage]) -> dict[str, Values]:
    """Return the numbers of several pages, one below the other; NaN where a page lacks a field."""
    import numpy as np

    parts = [numbers_of(page) for page in pages]
    names = dict.fromkeys(name for part in parts for name in part)
    return {
        name: np.concatenate(
            [part.get(name, np.full(len(page), np.nan)) for part, page in zip(parts, pages, strict=True)]
        )
        for name in names
    }

"""The events of runs as columns: read once, kept within bounds, shared by plot, table and frames."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..catalog.errors import CatalogBusyError
from ..catalog.field_names import DataKeys, motors_of
from ..catalog.models import EventPage
from .run_columns import numbers_of, run_columns
from .stream_reading import StreamReading
from .tasks import Progress, Task

if TYPE_CHECKING:
    from ..analysis.axes import Axes
    from ..analysis.curves import RunColumns
    from ..catalog import Run
    from ..catalog.columns import StreamColumns

PAGE_EVENTS = 200
"""Events of a page of the event table."""

PRIMARY = "primary"

_MAX_BYTES = 128 * 2**20
_MAX_AXES = 4096
_MAX_READINGS = 16
_REPORT_EVERY_S = 0.5

Key = tuple[str, str]
"""A run's uid and the name of a stream."""


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
        self._reading: OrderedDict[Key, StreamReading] = OrderedDict()
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

    def _keep(self, key: Key, reading: StreamReading, columns: StreamColumns) -> None:
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

    def _reading_of(self, key: Key) -> StreamReading:
        while True:
            generation = self.generation
            run = self._run_of(key[0])
            with self._guard:
                if generation != self.generation:
                    continue  # it was told to forget meanwhile: what the run was is no more
                reading = self._reading.get(key)
                if reading is None:
                    reading = self._reading[key] = StreamReading(run, key[1], PAGE_EVENTS)
                self._reading.move_to_end(key)
                while len(self._reading) > 1 and (
                    len(self._reading) > _MAX_READINGS
                    or sum(one.builder.nbytes for one in self._reading.values()) > self._max_bytes
                ):
                    self._reading.popitem(last=False)
            return reading


def _go_on() -> None:
    """Wait on: a page is soon read."""

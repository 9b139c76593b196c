"""The reading of one stream: page by page, by one thread at a time, taken up where it was left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..catalog import Run
    from ..catalog.columns import StreamColumns
    from ..catalog.models import EventPage

_LOOK_EVERY_S = 0.05
_GIVE_WAY_S = 0.0005
"""Seconds after a page in which another thread that wants a page gets its turn."""


class StreamReading:
    """A stream whose events were not all read yet, or that grows; one thread at a time reads on, page by page.

    Parameters
    ----------
    run : Run
    stream : str
    head_events : int
        The least number of first events that are kept by themselves.
    """

    def __init__(self, run: Run, stream: str, head_events: int) -> None:
        from ..catalog.columns import ColumnsBuilder

        self.run, self._stream, self._head_events = run, stream, head_events
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
        if len(self.head) < self._head_events:
            self.head.add(page)
        return True

    def joined(self) -> StreamColumns:
        """Return all that was read."""
        if self.columns is None or len(self.columns) != len(self.builder):
            self.columns = self.builder.columns()
        return self.columns

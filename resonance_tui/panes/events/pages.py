"""Pages of the event table: read around the cursor, laid out again from memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from ...session.columns import PAGE_EVENTS
from . import reads
from .reads import ReadPage
from .tasks import EventsTask

if TYPE_CHECKING:
    from ...session.beamtime import BeamtimeSession
    from ...session.tasks import Task
    from ..host import Host
    from ..pane_reads import PaneReads
    from .table_page import Layout, RowOrder


class Pages:
    """Has pages read and formatted.

    Parameters
    ----------
    take : callable
        Takes a page that was read.
    """

    def __init__(
        self,
        host: Host,
        session: BeamtimeSession,
        pane_reads: PaneReads,
        take: Callable[[ReadPage], object],
    ) -> None:
        self._host, self._session, self._reads, self._take = host, session, pane_reads, take
        self._read: ReadPage | None = None
        self._serial = 0

    def clear(self) -> None:
        """Another run."""
        self._read = None

    @property
    def fields(self) -> Iterable[str]:
        """The fields of the page that is shown."""
        return self._read.raw.columns if self._read is not None else ()

    def keep(self, read: ReadPage, wanted: Layout) -> bool:
        """Keep a page that is shown; whether it would look otherwise in the layout that is wanted by now."""
        self._read = read
        return not wanted.is_alike(read.layout, read.events)

    def request(self, offset: int, order: RowOrder | None, layout: Layout) -> None:
        """Read the page that begins at a row."""
        uid, session = self._host.selection.uid, self._session
        if uid is None:
            return

        def work(task: Task[ReadPage]) -> ReadPage:
            positions: tuple[int, ...] | None = None
            if order is None:
                raw = reads.read_page(session, uid, offset)
            else:
                wanted = order.positions[offset : offset + PAGE_EVENTS].tolist()
                raw, positions = reads.read_sorted_page(session, uid, wanted, offset, task)
            shown = reads.table_of(session, uid, raw, layout, positions)
            return ReadPage(raw, shown, positions, order, layout)

        self._host.cancel(EventsTask.LAYOUT)
        self._submit(
            EventsTask.PAGE, uid, offset, work, slow="Reading the events…" if self._read is None else ""
        )

    def lay_out(self, layout: Layout) -> None:
        """Show the page in another layout, from memory; a page that is being read is laid out when it comes."""
        uid, read, session = self._host.selection.uid, self._read, self._session
        if uid is None or read is None or self._host.busy(EventsTask.PAGE):
            return
        if layout.is_alike(read.layout, read.events) and not self._host.busy(EventsTask.LAYOUT):
            return

        def work(_: Task[ReadPage]) -> ReadPage:
            shown = reads.table_of(session, uid, read.raw, layout, read.positions)
            return replace(read, shown=shown, layout=layout)

        self._submit(EventsTask.LAYOUT, uid, read.raw.offset, work)

    def _submit(
        self,
        kind: EventsTask,
        uid: str,
        offset: int,
        work: Callable[[Task[ReadPage]], ReadPage],
        *,
        slow: str = "",
    ) -> None:
        self._serial += 1
        self._reads.read(kind, (uid, offset, self._serial), work, self._take, slow=slow)

"""Sorting the event table by a column: rising, falling, as taken; of several keys in a row each counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...session.tasks import Task
from ..type_ahead import STILL_READ
from .queries import ranks, sorted_rows
from .state import SEQ_NUM
from .tasks import EventsTask

if TYPE_CHECKING:
    from ..host import Host
    from ..pane_reads import PaneReads
    from .column_values import ShownColumns
    from .pane import EventsPane
    from .table_page import RowOrder


class Sorting:
    """Has the events put in order.

    Parameters
    ----------
    columns : ShownColumns
        What the columns of the table hold.
    use : callable
        Takes the order; None for the events as they were taken.
    """

    def __init__(
        self,
        host: Host,
        pane_reads: PaneReads,
        pane: EventsPane,
        columns: ShownColumns,
        use: Callable[[RowOrder | None], object],
    ) -> None:
        self._host, self._reads, self._pane, self._columns, self._use = host, pane_reads, pane, columns, use
        self._asked: tuple[str, bool] | None = None

    def clear(self) -> None:
        """Forget what is still being sorted: another run."""
        self._asked = None

    def next(self, key: str | None, order: RowOrder | None) -> None:
        """Sort by a column; by the same one, the other way round, then as taken.

        Parameters
        ----------
        order : RowOrder, optional
            The one that is shown; one that was asked for since counts instead.
        """
        if key is None:
            return
        if self._columns.run is None:
            self._pane.prompt(STILL_READ)
            return
        by = self._asked or (order.by if order is not None else None)
        if by == (key, True):
            self._host.cancel(EventsTask.ORDER)
            self._taken(None)
        else:
            self.sort(key, descending=by == (key, False) or (key == SEQ_NUM and by is None))

    def sort(self, key: str, *, descending: bool) -> None:
        """Sort by a column."""
        columns, uid = self._columns.run, self._host.selection.uid
        if columns is None or uid is None:
            return
        values, texts = self._columns.values(key), columns.words.get(key)
        name = self._columns.heading(key)
        if values is None and texts is None:
            self._pane.prompt(f"{name} cannot be sorted")
            return
        self._asked = (key, descending)

        def work(_: Task[RowOrder]) -> RowOrder:
            return sorted_rows(name, key, values if values is not None else ranks(texts or []), descending)

        self._reads.read(EventsTask.ORDER, (uid, key), work, self._taken, failed=self._fail)

    def _taken(self, order: RowOrder | None) -> None:
        self._asked = None
        self._use(order)

    def _fail(self, reason: str) -> None:
        self._asked = None
        self._pane.prompt(reason)

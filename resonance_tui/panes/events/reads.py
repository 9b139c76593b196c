"""What a reader thread reads for the event table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...catalog import EventPage
from ...catalog.field_names import DataKeys, field_labels, motors_of
from ...session.columns import PAGE_EVENTS, PRIMARY
from .table_page import Layout, RowOrder, TablePage, table_page

if TYPE_CHECKING:
    from ...session.beamtime import BeamtimeSession
    from ...session.tasks import Task


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page as it was read, and as it is shown in a layout."""

    raw: EventPage
    shown: TablePage
    positions: tuple[int, ...] | None
    order: RowOrder | None
    layout: Layout

    @property
    def events(self) -> Sequence[int]:
        """The places of its events within the stream."""
        first = self.raw.offset
        return range(first, first + len(self.raw)) if self.positions is None else self.positions


def read_page(session: BeamtimeSession, uid: str, offset: int) -> EventPage:
    """Read one page of a run's events, as they were taken."""
    return session.columns.page(uid, offset, PAGE_EVENTS)


def read_sorted_page(
    session: BeamtimeSession, uid: str, positions: Sequence[int], offset: int, task: Task[Any]
) -> tuple[EventPage, tuple[int, ...]]:
    """Read the events at these positions, in this order: the page at the row `offset` of a sorted table.

    Where the run is shorter by now than it was when it was sorted, those that are left.
    """
    stream = session.columns.stream(uid, task)
    left = tuple(position for position in positions if position < len(stream))
    return stream.page_at(left, offset), left


def table_of(
    session: BeamtimeSession,
    uid: str,
    page: EventPage,
    layout: Layout,
    positions: Sequence[int] | None = None,
) -> TablePage:
    """Format a page of events."""
    axes, keys = session.columns.axes(uid), _data_keys(session, uid)
    scanned = [name for name in (axes.fast, *axes.slow) if name]
    known = session.columns.known(uid)  # a page may lack fields that others have
    labels = field_labels((*page.columns, *keys, *(known.columns if known is not None else ())))
    return table_page(page, scanned, motors_of(keys, page.columns), labels, layout, positions)


def _data_keys(session: BeamtimeSession, uid: str) -> DataKeys:
    stream = session.run(uid).streams.get(PRIMARY)
    return stream.data_keys if stream is not None else {}

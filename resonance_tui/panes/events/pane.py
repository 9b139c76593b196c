"""Events: a page of a run's events around the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static

from ...text.printable import plural
from ..literal import literal
from ..pane import Pane
from .event_table import EventTable
from .table_page import TablePage

if TYPE_CHECKING:
    from .table_page import RowOrder

_THE_END = 10**9
_TALL = 7  # lines from which on there is room for what a column holds


class EventsPane(Pane):
    """The event table; one event is under the cursor, and it is always on the page."""

    TITLE = "Events"

    class Moved(Message):
        """The user wants the cursor on the event at the pane's `position`."""

        def __init__(self, pane: EventsPane) -> None:
            self.pane = pane
            super().__init__()

    class PageWanted(Message):
        """The cursor left the page; the page that begins at the row `offset` is needed."""

        def __init__(self, offset: int) -> None:
            self.offset = offset
            super().__init__()

    class ColumnChanged(Message):
        """Another column is under the cursor."""

    def __init__(self, *, page_rows: int, id: str | None = None) -> None:
        super().__init__(id=id)
        self._page_rows = page_rows
        self._page: TablePage | None = None
        self._order: RowOrder | None = None
        self._position = 0
        self._foot = ""
        self._prompt = ""
        self.with_foot = True

    def compose_content(self) -> ComposeResult:
        """The table, and below it what its column holds, or a line that is typed."""
        yield EventTable(id="event-table")
        yield Static("", id="events-foot", markup=False)

    @property
    def table(self) -> EventTable:
        """The table."""
        return self.query_one(EventTable)

    @property
    def page(self) -> TablePage | None:
        """The page that is shown."""
        return self._page

    @property
    def position(self) -> int:
        """The event under the cursor, by its place in the stream, from 0."""
        return self._position

    @property
    def foot(self) -> str:
        """The line below the table, as plain text."""
        return str(self.query_one("#events-foot", Static).render())

    # -- data --------------------------------------------------------------------------------------------

    def clear(self) -> None:
        """Show nothing."""
        self._page = self._order = None
        self._position = 0
        self._foot = self._prompt = ""
        self.table.clear()
        self._draw_foot()
        self.caption("")
        self.say("")

    def show_page(self, page: TablePage, order: RowOrder | None = None) -> None:
        """Show a page of the events in some order, or as they were taken."""
        if not page.total:
            self._page = page
            self.caption("")
            self.say("No events are saved for this run.")
            return
        self._page, self._order = page, order
        if self._position >= page.total:
            self._position = page.total - 1
            self.post_message(self.Moved(self))
        row = page.row_of(self._position)
        self.table.show_page(page, row or 0, sorted_by=order.by if order else None)
        self._describe(page)
        self.show_content()
        self.post_message(self.ColumnChanged())
        if row is None:
            self.show_cursor(self._position)

    def _describe(self, page: TablePage) -> None:
        text = page.caption
        if self._order is not None:
            text += f" · by {self._order.name} {'↓' if self._order.by[1] else '↑'}"
        if page.unreadable:
            text += f" · {plural(len(page.unreadable), 'event')} unreadable here"
        if page.hidden:
            text += f" · {plural(page.hidden, 'column')} hidden"
        if page.left_out:
            text += f" · {plural(page.left_out, 'column')} not shown"
        self.caption(text)

    def count_from(self, position: int) -> None:
        """Move on from this event, though it is not shown yet: the terminal may still draw what came before."""
        self._position = position

    def show_cursor(self, position: int) -> None:
        """Put the cursor on the event at `position`, asking for its page where it is on another."""
        self._position = position
        if self._page is None:
            return
        row = self._page.row_of(position)
        if row is not None:
            self.table.move_cursor(row)
        elif 0 <= position < self._page.total:
            self.post_message(self.PageWanted(self.page_offset(position)))

    def page_offset(self, position: int) -> int:
        """The row at which the page begins that has `position` in its middle, a round number."""
        return self.offset_of(self._row_of(position), self._page.total if self._page else 0)

    def offset_of(self, row: int, total: int) -> int:
        """The row at which the page begins that has `row` in its middle, of a table of `total`."""
        half = self._page_rows // 2
        last = max(0, -(-(total - self._page_rows) // half) * half)
        return max(0, min(last, (row - half // 2) // half * half))

    def _row_of(self, position: int) -> int:
        return position if self._order is None else self._order.row_of(position)

    # -- the line below ----------------------------------------------------------------------------------

    def show_foot(self, text: str) -> None:
        """What the column under the cursor holds."""
        self._foot = text
        self._draw_foot()

    def prompt(self, text: str) -> None:
        """A line that is typed, or a hint, in place of it."""
        self._prompt = text
        self._draw_foot()

    def on_resize(self) -> None:
        """There may be room for the line below now, or no longer."""
        self._draw_foot()

    def _draw_foot(self) -> None:
        line = self.query_one("#events-foot", Static)
        shown = bool(self._prompt) or (self.with_foot and bool(self._foot) and self.size.height > _TALL)
        line.set_class(not shown, "-away")
        line.update(literal(self._prompt, "$accent") if self._prompt else literal(self._foot), layout=False)

    # -- keys --------------------------------------------------------------------------------------------

    def move(self, where: str) -> None:
        """Ask for the event that a key leads to; sideways, go to another column."""
        if self._page is None:  # not read yet: the steps are kept for when it is
            rows = self.table.rows_in_view
            step = {"down": 1, "up": -1, "page_down": rows, "page_up": -rows}.get(where, 0)
            self._position = max(0, {"first": 0, "last": _THE_END}.get(where, self._position + step))
            self.post_message(self.Moved(self))
            return
        if not self._page.total:
            return
        self.prompt("")
        if where in ("left", "right"):
            self.table.move_column(1 if where == "right" else -1)
            self.post_message(self.ColumnChanged())
            return
        rows = self.table.rows_in_view
        step = {"down": 1, "up": -1, "page_down": rows, "page_up": -rows}.get(where, 0)
        last = self._page.total - 1
        row = max(0, min(last, {"first": 0, "last": last}.get(where, self._row_of(self._position) + step)))
        self.go_to(row if self._order is None else self._order.position_at(row))

    def go_to(self, position: int) -> None:
        """Ask for an event."""
        if position != self._position:
            self.show_cursor(position)  # at once: the next key counts from here
            self.post_message(self.Moved(self))

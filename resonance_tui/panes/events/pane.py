"""Events: a page of a run's events around the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from ...text.printable import plural
from ..literal import literal
from ..pane import Pane
from .event_table import EventTable
from .table_page import TablePage

if TYPE_CHECKING:
    from .table_page import RowOrder

_LINES_FOR_TOTALS = 7  # lines from which on there is room for what a column holds


class EventsPane(Pane):
    """The event table, and a line below it."""

    TITLE = "Events"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._page: TablePage | None = None
        self._totals = ""
        self._prompt = ""

    def compose_content(self) -> ComposeResult:
        """Compose the table, and below it what its column holds, or a line that is typed."""
        yield EventTable(id="event-table")
        yield Static("", id="events-foot", markup=False)

    @on(EventTable.RowHighlighted)
    def keep_message(self, event: EventTable.RowHighlighted) -> None:
        """Let no message about the row under the cursor out: who has moved it knows."""
        event.stop()

    @property
    def table(self) -> EventTable:
        """The table."""
        return self.query_one(EventTable)

    @property
    def page(self) -> TablePage | None:
        """The page that is shown."""
        return self._page

    @property
    def foot(self) -> str:
        """The line below the table, as plain text."""
        return str(self.query_one("#events-foot", Static).render())

    def clear(self) -> None:
        """Show nothing."""
        self._page = None
        self._totals = self._prompt = ""
        self.table.clear()
        self._draw_foot()
        self.caption("")
        self.say("")

    def show_empty(self, page: TablePage, why: str) -> None:
        """Say why there is no event."""
        self._page = page
        self.caption("")
        self.say(why)

    def show_page(self, page: TablePage, row: int, order: RowOrder | None = None) -> None:
        """Show a page of the events in some order, or as they were taken, with the cursor on a row of it."""
        self._page = page
        self.table.show_page(page, row, sorted_by=order.by if order else None)
        self._describe(page, order)
        self.show_content()

    def show_cursor(self, row: int) -> None:
        """Put the cursor on a row of the page."""
        table = self.table
        table.move_cursor(row=row, scroll=row == table.cursor_row)  # a move scrolls by itself

    def _describe(self, page: TablePage, order: RowOrder | None) -> None:
        text = page.caption
        if order is not None:
            text += f" · by {order.name} {'↓' if order.by[1] else '↑'}"
        if page.unreadable:
            text += f" · {plural(len(page.unreadable), 'event')} unreadable here"
        if page.hidden:
            text += f" · {plural(page.hidden, 'column')} hidden"
        if page.left_out:
            text += f" · {plural(page.left_out, 'column')} not shown"
        self.caption(text)

    def show_totals(self, text: str) -> None:
        """Say what the column under the cursor holds."""
        self._totals = text
        self._draw_foot()

    def prompt(self, text: str) -> None:
        """Show a line that is typed, or a hint, in place of it."""
        self._prompt = text
        self._draw_foot()

    def take_back(self, text: str) -> None:
        """Say this no longer, if it is what stands there."""
        if self._prompt == text:
            self.prompt("")

    def on_resize(self) -> None:
        """Draw the line below where there is room for it now."""
        self._draw_foot()

    def _draw_foot(self) -> None:
        line = self.query_one("#events-foot", Static)
        shown = bool(self._prompt) or (bool(self._totals) and self.size.height > _LINES_FOR_TOTALS)
        line.set_class(not shown, "-away")
        line.update(literal(self._prompt, "$accent") if self._prompt else literal(self._totals), layout=False)

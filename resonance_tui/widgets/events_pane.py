"""Events: a page of a run's events around the cursor."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import DataTable

from ..present.table import TablePage
from ..present.text import plural, right
from .pane import Pane

_UNREADABLE = Style(dim=True, italic=True)


class Cell:
    """One cell's text, literally; cheaper than a Text by half, since a page has thousands that are never seen."""

    __slots__ = ("plain", "style")

    def __init__(self, plain: str, style: Style | None = None) -> None:
        self.plain = plain
        self.style = style

    def __str__(self) -> str:
        return self.plain

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        yield Segment(self.plain, self.style)


class EventsPane(Pane):
    """The event table; one event is under the cursor, and it is always on the page."""

    TITLE = "Events"

    class Moved(Message):
        """The user wants the cursor on the event at the pane's `position`."""

        def __init__(self, pane: EventsPane) -> None:
            self.pane = pane
            super().__init__()

    class PageWanted(Message):
        """The cursor left the page; the page that begins at `offset` is needed."""

        def __init__(self, offset: int) -> None:
            self.offset = offset
            super().__init__()

    def __init__(self, *, page_rows: int, id: str | None = None) -> None:
        super().__init__(id=id)
        self._page_rows = page_rows
        self._page: TablePage | None = None
        self._position = 0
        self._room_behind = False

    def compose_content(self) -> ComposeResult:
        """The table, which leaves the keys to the pane."""
        table: DataTable[Cell] = DataTable(cursor_type="row", cell_padding=1, id="event-table")
        table.can_focus = False
        yield table

    @property
    def table(self) -> DataTable[Cell]:
        """The table."""
        return self.query_one("#event-table", DataTable)

    @property
    def page(self) -> TablePage | None:
        """The page that is shown."""
        return self._page

    @property
    def position(self) -> int:
        """The event under the cursor, by its place in the stream, from 0."""
        return self._position

    def clear(self) -> None:
        """Show nothing."""
        self._page = None
        self._position = 0
        self.caption("")
        self.say("")

    def show_page(self, page: TablePage) -> None:
        """Show a page; its columns stay where they are the same as before."""
        if not page.total:
            self._page = page
            self.caption("")
            self.say("No events are saved for this run. Those of a run in progress come when it is closed.")
            return
        table = self.table
        same = self._page is not None and self._page.columns == page.columns
        line = table.cursor_row - round(table.scroll_offset.y) if self._page else page.total
        sideways = table.scroll_offset.x if same else 0
        self._page = page
        if self._position >= page.total:
            self._position = page.total - 1
            self.post_message(self.Moved(self))
        with self.app.batch_update():
            table.clear(columns=not same)
            if not same:
                table.fixed_columns = page.pinned
                for column in page.columns:
                    label = Text(right(column.label, column.width), end="")
                    table.add_column(label, width=column.width, key=column.key)
                self._room_behind = False
            for seq, row in zip(page.seq_nums, page.cells, strict=True):
                style = _UNREADABLE if seq in page.unreadable else None
                shown = (*row, "") if self._room_behind else row
                table.add_row(*(Cell(cell, style) for cell in shown), height=1)
            self._place_cursor()
            top = max(0, table.cursor_row - max(0, line))
            table.scroll_to(x=sideways, y=top, animate=False, force=True)
        text = page.caption
        if page.unreadable:
            text += f" · {plural(len(page.unreadable), 'event')} unreadable here"
        if page.left_out:
            text += f" · {plural(page.left_out, 'column')} not shown"
        self.caption(text)
        self.show_content()

    def show_cursor(self, position: int) -> None:
        """Put the cursor on the event at `position`, asking for its page where it is on another."""
        self._position = position
        if self._page is None:
            return
        if self._page.holds(position):
            self._place_cursor()
        elif 0 <= position < self._page.total:
            self.post_message(self.PageWanted(self.page_offset(position)))

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self.call_after_refresh(self._scroll_to_cursor)

    def _scroll_to_cursor(self) -> None:
        table = self.table
        rows = max(1, table.scrollable_content_region.height - table.header_height)
        top = round(table.scroll_offset.y)
        target = min(max(top, table.cursor_row - rows + 1), table.cursor_row)
        if self._page is not None and target != top:
            table.scroll_to(y=target, animate=False, force=True)

    def page_offset(self, position: int) -> int:
        """Where the page begins that has `position` in its middle, on a round number."""
        half = self._page_rows // 2
        total = self._page.total if self._page else 0
        last = max(0, -(-(total - self._page_rows) // half) * half)
        return max(0, min(last, (position - half // 2) // half * half))

    def _place_cursor(self) -> None:
        if self._page is not None and self._page.holds(self._position):
            self.table.move_cursor(row=self._position - self._page.offset, animate=False)

    def _scroll_columns(self, step: int) -> None:
        # by whole columns: half a number can lose its sign
        table, page = self.table, self._page
        edges = [0]
        for column in page.columns[page.pinned :] if page else ():
            edges.append(edges[-1] + column.width + 2 * table.cell_padding)
        at = round(table.scroll_offset.x)
        pinned = sum(c.width + 2 * table.cell_padding for c in page.columns[: page.pinned]) if page else 0
        hidden = edges[-1] + pinned - table.scrollable_content_region.width
        last = next((x for x in edges if x >= hidden), 0)  # from there on, nothing more would come into sight
        further = [x for x in edges if at < x <= last] if step > 0 else [x for x in edges if x < at]
        if further and step > 0 and not self._room_behind and page:
            # room behind the last column, so that the table can always stop at the border of one
            self._room_behind = True
            table.add_column("", width=max(c.width for c in page.columns), default=Cell("", None))
        if further:
            table.scroll_to(x=further[0] if step > 0 else further[-1], animate=False, force=True)

    def move(self, where: str) -> None:
        """Ask for the event that a key leads to; sideways, scroll the columns."""
        if self._page is None:  # not read yet: the steps are kept for when it is
            step = {"down": 1, "up": -1}.get(where, 0)
            self._position = max(0, self._position + step)
            self.post_message(self.Moved(self))
            return
        if not self._page.total:
            return
        if where in ("left", "right"):
            self._scroll_columns(1 if where == "right" else -1)
            return
        rows = max(1, self.table.size.height - self.table.header_height - 1)
        step = {"down": 1, "up": -1, "page_down": rows, "page_up": -rows}.get(where, 0)
        last = self._page.total - 1
        target = {"first": 0, "last": last}.get(where, self._position + step)
        target = max(0, min(last, target))
        if target != self._position:
            self.show_cursor(target)  # at once: the next key counts from here
            self.post_message(self.Moved(self))

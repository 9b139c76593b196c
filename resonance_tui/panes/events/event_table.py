"""The table of events: Textual's `DataTable`, given the rows of a page and the columns that are in view."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

from rich.style import Style
from rich.text import Text
from textual import events
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widgets import DataTable

from ..literal import cell_text, segment
from .columns_in_view import (
    ASCENDING,
    DESCENDING,
    MARGINS,
    CellKind,
    ColumnWindow,
    cell_of,
    column_window,
    heading_of,
)
from .table_page import TablePage


class EventTable(DataTable[Text], can_focus=False):
    """Shows a page of events: a cursor on a row, another on a column, and marks in the cells.

    It is given whole columns only, those that fit beside the pinned ones, so that it never scrolls sideways:
    measuring and drawing cells costs too much for columns out of view. Where the column cursor leaves
    them, it is filled again.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "event-table--nan",
        "event-table--outlier",
        "event-table--unreadable",
    }

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(
            id=id,
            show_row_labels=False,
            cursor_type="row",
            cell_padding=0,  # the mark of a cell stands in its margin
            cursor_foreground_priority="renderable",
            cursor_background_priority="css",
        )
        self._page: TablePage | None = None
        self._sorted: tuple[str, bool] | None = None
        self._column = 0
        self._window = ColumnWindow()
        self._lines: dict[int, Strip] = {}
        """Lines of rows without the cursor, as they were drawn: where it has been they are not drawn again."""

    # -- data --------------------------------------------------------------------------------------------

    @property
    def page(self) -> TablePage | None:
        """The page that is shown."""
        return self._page

    @property
    def column_key(self) -> str | None:
        """The field under the column cursor."""
        if self._page is None or not self._page.columns:
            return None
        return self._page.columns[self._column].key

    @property
    def rows_in_view(self) -> int:
        """Lines there are for events."""
        return max(1, self.size.height - self.header_height)

    def show_page(self, page: TablePage, row: int, *, sorted_by: tuple[str, bool] | None = None) -> None:
        """Show a page with the cursor on a row; the cursor keeps its line and its column."""
        line = self.cursor_row - self.scroll_offset.y
        key = self.column_key
        keys = [column.key for column in page.columns]
        if key in keys:
            self._column = keys.index(key)
        elif key is None:  # the first time: what was scanned
            self._column = 1
        self._column = max(0, min(self._column, len(keys) - 1))
        self._page, self._sorted = page, sorted_by
        self._fill(row, line)

    def notify_style_update(self) -> None:
        """Draw all lines again, in other colours."""
        self._lines.clear()
        super().notify_style_update()

    def clear(self, columns: bool = True) -> Self:
        """Show nothing, not even headings."""
        self._lines.clear()
        self._page = self._sorted = None
        self._window = ColumnWindow()
        return super().clear(columns=True)

    def _fill(self, row: int, line: int) -> None:
        """Give the columns in view of the page to the table, with the cursor on a row and that on a line."""
        page = self._page
        self._lines.clear()
        super().clear(columns=True)
        if page is None or not page.columns:
            return
        self._window = window = self._window_at_cursor(page)
        self.fixed_columns = window.pinned
        for at, width in zip(window.columns, window.widths, strict=True):
            key = page.columns[at].key
            self.add_column(
                cell_text(heading_of(page, window, at, self._sorted)),
                width=width,
                key=key if key not in self.columns else None,  # a field may be called `time`, too
            )
        self.add_rows(self._rows(page, window))
        # now, not once it is idle: otherwise it could not be scrolled yet, and would be drawn twice
        self.virtual_size = Size(sum(window.widths), len(page.cells) + self.header_height)
        self.move_cursor(row=row, column=window.columns.index(self._column), scroll=False)
        self.scroll_to(y=row - line, animate=False, force=True)

    def _rows(self, page: TablePage, window: ColumnWindow) -> Iterator[list[Text]]:
        styles: dict[CellKind, Style] = {"": Style.null()}
        for kind in ("nan", "outlier", "unreadable"):
            styles[kind] = self.get_component_rich_style(f"event-table--{kind}")
        styles["unreadable"] += Style(bold=False)  # where it is pinned, too
        for row in range(len(page.cells)):
            cells = (cell_of(page, row, at) for at in window.columns)
            yield [cell_text(text, styles[kind]) for text, kind in cells]

    # -- moving ------------------------------------------------------------------------------------------

    def move_column(self, step: int) -> None:
        """Put the column cursor on the next column, or the one before."""
        if self._page is None or not self._page.columns:
            return
        self._column = max(0, min(len(self._page.columns) - 1, self._column + step))
        if self._window == self._window_at_cursor(self._page):
            with self.prevent(DataTable.RowHighlighted):
                self.move_cursor(column=self._window.columns.index(self._column))
            self._refresh_headings()
        else:
            self.call_later(self._follow_column)  # once for all steps that came meanwhile

    def go_to_column(self, key: str) -> None:
        """Put the column cursor on a field."""
        keys = [column.key for column in self._page.columns] if self._page else []
        if key in keys:
            self.move_column(keys.index(key) - self._column)

    def _window_at_cursor(self, page: TablePage) -> ColumnWindow:
        return column_window(page.columns, page.pinned, self._column, self._window.first, self.size.width)

    def _follow_column(self) -> None:
        """Fill the table again where other columns are in view now."""
        if self._page is not None and self._window != self._window_at_cursor(self._page):
            self._fill_again()

    def _fill_again(self) -> None:
        """Fill the table with what it shows; no row comes under the cursor that was not."""
        with self.prevent(DataTable.RowHighlighted):
            self._fill(self.cursor_row, self.cursor_row - self.scroll_offset.y)

    def _refresh_headings(self) -> None:
        self.refresh(Region(0, 0, self.size.width, self.header_height))

    # -- events ------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Draw marked cells in the colours of another theme: they are part of their texts."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._fill_again())

    def on_resize(self) -> None:
        """Keep both cursors in view."""
        self._lines.clear()
        self._follow_column()
        self.move_cursor(row=self.cursor_row)
        self._refresh_headings()  # and what Textual keeps to draw of the former size, not at the next key

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Leave the row under the mouse as it is."""
        event.prevent_default()

    def on_click(self, event: events.Click) -> None:
        """Leave the cursor where the keys have put it: it is the one of all panes."""
        event.prevent_default()

    # -- drawing -----------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """Return a line of the table in as few pieces as it has styles."""
        row = y - self.header_height + round(self.scroll_offset.y)
        is_plain = y >= self.header_height and row != self.cursor_row
        if is_plain and row in self._lines:
            return self._lines[row]
        strip = self._joined(y)
        if is_plain:
            self._lines[row] = strip
        return strip

    def _joined(self, y: int) -> Strip:
        strip = super().render_line(y)
        # each cell says in its style where it is, for the mouse; without that, equal ones can be joined
        pieces = [segment(piece.text, _plain(piece.style)) for piece in strip]
        strip = Strip(pieces, strip.cell_length)
        if y < self.header_height and self._page is not None:
            strip = self._marked(strip, self._page)
        return strip.simplify()

    def _marked(self, strip: Strip, page: TablePage) -> Strip:
        """Return the headings with the column cursor and the mark of sorting in another style."""
        style = self.get_component_rich_style("datatable--header-cursor")
        x = 0
        for at, width in zip(self._window.columns, self._window.widths, strict=True):
            mark = x + page.columns[at].width + MARGINS - 1
            if at == self._column:
                strip = _restyled(strip, x + 1, min(mark, x + width - 1), style)
            if strip.crop(mark, mark + 1).text in (ASCENDING, DESCENDING):
                strip = _restyled(strip, mark, mark + 1, style)
            x += width
        return strip


def _plain(style: Style | None) -> Style | None:
    return style.clear_meta_and_links() if style else None


def _restyled(strip: Strip, start: int, end: int, style: Style) -> Strip:
    """Return a line with another style from one cell to another."""
    part = segment(strip.crop(start, end).text, style)
    return Strip.join([strip.crop(0, start), Strip([part]), strip.crop(end)])

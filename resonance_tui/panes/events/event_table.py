"""The table of events, drawn line by line: a cursor on a row, another on a column, and marks in the cells."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from ...terminal.text_width import right
from ..literal import segment
from .table_page import TablePage

_HEAD_ROWS = 1
_GUTTER = 2  # one cell before each column, and one behind it for a mark
_UP, _DOWN, _OUTLIER, _NO_BEAM = "↑", "↓", "!", "▾"
_MORE_LEFT, _MORE_RIGHT = "‹", "›"


class EventTable(Widget, can_focus=False):
    """Shows a page of events; only whole columns are shown, and one says where there are more."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "event-table--head", "event-table--column", "event-table--row", "event-table--cursor",
        "event-table--pinned", "event-table--nan", "event-table--outlier", "event-table--unreadable",
    }  # fmt: skip

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._page: TablePage | None = None
        self._row = 0
        self._top = 0
        self._column = 0
        self._first = 0
        self._sorted: tuple[str, bool] | None = None

    # -- data --------------------------------------------------------------------------------------------

    @property
    def page(self) -> TablePage | None:
        """The page that is shown."""
        return self._page

    @property
    def cursor_row(self) -> int:
        """The row under the cursor, on the page, from 0."""
        return self._row

    @property
    def column_key(self) -> str | None:
        """The field under the column cursor."""
        if self._page is None or not self._page.columns:
            return None
        return self._page.columns[min(self._column, len(self._page.columns) - 1)].key

    @property
    def rows_in_view(self) -> int:
        """Lines there are for events."""
        return max(1, self.size.height - _HEAD_ROWS)

    def show_page(self, page: TablePage, row: int, *, sorted_by: tuple[str, bool] | None = None) -> None:
        """Show a page with the cursor on a row; the cursor keeps its line and its column."""
        line = self._row - self._top
        key = self.column_key
        self._page, self._sorted = page, sorted_by
        keys = [column.key for column in page.columns]
        if key in keys:
            self._column = keys.index(key)
        elif key is None:  # the first time: what was scanned
            self._column = min(1, max(0, len(keys) - 1))
        self._column = min(self._column, max(0, len(keys) - 1))
        self._row = row
        self._top = row - line
        self._keep_in_sight()
        self._show_column()
        self.call_after_refresh(
            self._show_column
        )  # where it was hidden meanwhile, its width is known only then
        self.refresh()

    def clear(self) -> None:
        """Show nothing."""
        self._page = None
        self._row = self._top = self._first = 0
        self._sorted = None
        self.refresh()

    def move_cursor(self, row: int) -> None:
        """Put the cursor on a row of the page."""
        before, self._row = self._row, row
        if self._keep_in_sight():
            self.refresh()
            return
        for line in (before, row):
            self.refresh(Region(0, line - self._top + _HEAD_ROWS, self.size.width, 1))

    def move_column(self, step: int) -> None:
        """Put the column cursor on the next column, or the one before."""
        if self._page is None or not self._page.columns:
            return
        self._column = max(0, min(len(self._page.columns) - 1, self._column + step))
        self._show_column()
        self.refresh()

    def go_to_column(self, key: str) -> None:
        """Put the column cursor on a field."""
        keys = [column.key for column in self._page.columns] if self._page else []
        if key in keys:
            self.move_column(keys.index(key) - self._column)

    def on_resize(self) -> None:
        """Keep both cursors in sight."""
        self._keep_in_sight()
        self._show_column()
        self.refresh()

    def _keep_in_sight(self) -> bool:
        """Scroll to the row under the cursor; whether that was needed."""
        rows = len(self._page.cells) if self._page else 0
        top = min(max(self._top, self._row - self.rows_in_view + 1), self._row)
        top = max(0, min(top, rows - self.rows_in_view)) if rows else 0
        changed, self._top = top != self._top, top
        return changed

    # -- columns -----------------------------------------------------------------------------------------

    def _pinned_width(self, page: TablePage) -> int:
        return sum(column.width + _GUTTER for column in page.columns[: page.pinned])

    def _visible(self, page: TablePage) -> list[int]:
        """The columns that have room: the pinned ones, and from the first on as many as are whole."""
        room = self.size.width - self._pinned_width(page)
        shown = list(range(min(page.pinned, len(page.columns))))
        for at in range(max(self._first, page.pinned), len(page.columns)):
            room -= page.columns[at].width + _GUTTER
            if room < 0 and len(shown) > page.pinned:
                break
            shown.append(at)
            if room < 0:
                break
        return shown

    def _show_column(self) -> None:
        """Scroll to the column under the cursor, and no further than needed."""
        page = self._page
        if page is None or self.size.width == 0:
            return
        self._first = max(page.pinned, min(self._first, len(page.columns) - 1))
        if self._column < page.pinned:
            self._first = page.pinned
        elif self._column < self._first:
            self._first = self._column
        while self._column not in self._visible(page) and self._first < self._column:
            self._first += 1
        while self._first > page.pinned:  # no room left empty at the right
            self._first -= 1
            visible = self._visible(page)
            if visible[-1] < len(page.columns) - 1 or self._column not in visible:
                self._first += 1
                break

    # -- drawing -----------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """The heading, or a row."""
        page, width = self._page, self.size.width
        if page is None:
            return Strip.blank(width, self.rich_style)
        if y == 0:
            return self._heading(page, width)
        row = y - _HEAD_ROWS + self._top
        if not 0 <= row < len(page.cells):
            return Strip.blank(width, self.get_component_rich_style("event-table--row"))
        return self._line(page, row, width)

    def _heading(self, page: TablePage, width: int) -> Strip:
        head = self.get_component_rich_style("event-table--head")
        here = self.get_component_rich_style("event-table--column")
        visible = self._visible(page)
        segments = []
        for at in visible:
            column = page.columns[at]
            mark = " "
            if self._sorted is not None and self._sorted[0] == column.key:
                mark = _DOWN if self._sorted[1] else _UP
            more = at == page.pinned or (len(visible) > page.pinned and at == visible[page.pinned])
            before = _MORE_LEFT if more and self._first > page.pinned else " "
            label = right(column.label, column.width)
            segments += [
                segment(before, head), segment(label, here if at == self._column else head),
                segment(mark, here if mark != " " else head),
            ]  # fmt: skip
        strip = Strip(segments)
        if visible and visible[-1] < len(page.columns) - 1:
            strip = Strip([*strip.crop(0, min(strip.cell_length, width - 1)).adjust_cell_length(width - 1, head),
                           segment(_MORE_RIGHT, head)])  # fmt: skip
        return strip.adjust_cell_length(width, head)

    def _line(self, page: TablePage, row: int, width: int) -> Strip:
        under = row == self._row
        base = self.get_component_rich_style("event-table--row")
        pinned = self.get_component_rich_style("event-table--pinned")
        over = self.get_component_rich_style("event-table--cursor") if under else Style()
        unreadable = page.seq_nums[row] in page.unreadable
        if unreadable:
            base = base + self.get_component_rich_style("event-table--unreadable")
        nan = self.get_component_rich_style("event-table--nan")
        outlier = self.get_component_rich_style("event-table--outlier")
        segments = []
        for at in self._visible(page):
            text = page.cells[row][at]
            style, mark = pinned if at < page.pinned and not unreadable else base, " "
            if (row, at) in page.outliers:
                style, mark = outlier, _NO_BEAM if at == 0 else _OUTLIER
            elif text.strip() == "NaN":
                style = nan
            if under:
                style = over if style in (base, pinned) else style + Style(bgcolor=over.bgcolor)
            gap = over if under else base
            segments += [
                segment(" ", gap),
                segment(text, style),
                segment(mark, style if mark != " " else gap),
            ]
        end = over if under else base
        return Strip(segments).adjust_cell_length(width, end).simplify()

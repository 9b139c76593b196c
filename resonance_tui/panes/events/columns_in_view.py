"""What of a page is in view, as texts: whole columns, headings and cells with their marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ...terminal.text_width import left, right, width_of
from .table_page import TableColumn, TablePage

MARGINS = 2
"""Cells of a column beside its text: one before it, and one behind it for a mark."""

ASCENDING, DESCENDING = "↑", "↓"
OUTLIER, NO_BEAM = "!", "▾"
MORE_LEFT, MORE_RIGHT = "‹", "›"

CellKind = Literal["", "nan", "outlier", "unreadable"]


@dataclass(frozen=True, slots=True)
class ColumnWindow:
    """The columns in view: the pinned ones, and whole ones from `first` on.

    Attributes
    ----------
    columns, widths : tuple of int
        Their places on the page, and how many cells each takes. The last one takes what is left of the line; one
        that is wider than that stands alone, and is cut.
    total : int
        Columns of the page.
    """

    pinned: int = 0
    first: int = 0
    columns: tuple[int, ...] = ()
    widths: tuple[int, ...] = ()
    total: int = 0

    @property
    def more_left(self) -> bool:
        """Whether there are columns between the pinned ones and the others in view."""
        return self.first > self.pinned

    @property
    def more_right(self) -> bool:
        """Whether there are columns after the last one in view."""
        return bool(self.columns) and self.columns[-1] < self.total - 1


def column_window(
    columns: Sequence[TableColumn], pinned: int, cursor: int, first: int, room: int
) -> ColumnWindow:
    """Return the columns in view once it is scrolled to the cursor: no further than needed, no room left empty.

    Parameters
    ----------
    cursor : int
        The column under the cursor, by its place on the page.
    first : int
        The first one in view until now, pinned ones not counted.
    room : int
        Cells of a line.
    """
    total = len(columns)
    pinned = min(pinned, total)
    widths = [column.width + MARGINS for column in columns]
    room -= sum(widths[:pinned])
    if total == pinned:
        return _window(pinned, pinned, widths, total, room)

    def first_up_to(last: int) -> int:
        rest, at = room - widths[last], last
        while at > pinned and widths[at - 1] <= rest:
            at -= 1
            rest -= widths[at]
        return at

    first = pinned if cursor < pinned else max(min(first, cursor), first_up_to(cursor))
    first = max(pinned, min(first, first_up_to(total - 1)))
    end, rest = first + 1, room - widths[first]
    while end < total and widths[end] <= rest:
        rest -= widths[end]
        end += 1
    return _window(pinned, first, widths, end, rest)


def _window(pinned: int, first: int, widths: Sequence[int], end: int, rest: int) -> ColumnWindow:
    columns = (*range(pinned), *range(first, end))
    taken = [widths[at] for at in columns]
    if taken:
        taken[-1] = max(1, taken[-1] + rest)
    return ColumnWindow(pinned, first, columns, tuple(taken), len(widths))


def heading_of(page: TablePage, window: ColumnWindow, at: int, sorted_by: tuple[str, bool] | None) -> str:
    """Return the heading of a column in view: its label, how it is sorted, and at which side there are more columns."""
    column = page.columns[at]
    mark = " "
    if sorted_by is not None and sorted_by[0] == column.key:
        mark = DESCENDING if sorted_by[1] else ASCENDING
    before = MORE_LEFT if window.more_left and at == window.first else " "
    text = before + right(column.label, column.width) + mark
    if window.more_right and at == window.columns[-1]:
        room = window.widths[-1] - 1
        return left(text if width_of(text) <= room else text[:-1], room) + MORE_RIGHT
    return text


def cell_of(page: TablePage, row: int, at: int) -> tuple[str, CellKind]:
    """Return the text of a cell with its mark, and what is special about it."""
    text = page.cells[row][at]
    if (row, at) in page.outliers:
        return f" {text}{NO_BEAM if at == 0 else OUTLIER}", "outlier"
    if text.endswith("NaN") and text.strip() == "NaN":
        return f" {text} ", "nan"
    return f" {text} ", "unreadable" if page.seq_nums[row] in page.unreadable else ""

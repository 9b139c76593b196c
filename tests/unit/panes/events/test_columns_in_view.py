"""What of a page is in view: whole columns, headings, and the marks of cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonance_tui.panes.events.columns_in_view import (
    MARGINS,
    ColumnWindow,
    cell_of,
    column_window,
    heading_of,
)
from resonance_tui.panes.events.table_page import TableColumn, TablePage
from resonance_tui.terminal.text_width import width_of


def columns(*widths: int) -> list[TableColumn]:
    return [TableColumn(f"c{at}", f"c{at}", width) for at, width in enumerate(widths)]


def page(*texts: str, **more: object) -> TablePage:
    """A page of one row."""
    heads = tuple(TableColumn(f"c{at}", f"c{at}", max(2, width_of(text))) for at, text in enumerate(texts))
    rest = {"pinned": 1, "scanned": (), "unreadable": {}, **more}
    return TablePage(0, 1, (1,), heads, (texts,), **rest)  # type: ignore[arg-type]


def test_whole_columns_are_in_view_and_the_last_takes_the_rest_of_the_line() -> None:
    window = column_window(columns(3, 4, 4, 4, 4), pinned=1, cursor=1, first=0, room=20)
    assert window.columns == (0, 1, 2)
    assert window.widths == (5, 6, 9)
    assert (window.more_left, window.more_right) == (False, True)


def test_it_scrolls_no_further_than_to_the_column_under_the_cursor() -> None:
    heads = columns(3, 4, 4, 4, 4)
    assert column_window(heads, 1, 3, 1, 20).columns == (0, 2, 3)
    assert column_window(heads, 1, 3, 2, 20).columns == (0, 2, 3)
    assert column_window(heads, 1, 2, 2, 20).columns == (0, 2, 3)
    assert column_window(heads, 1, 1, 2, 20).columns == (0, 1, 2)
    assert column_window(heads, 1, 0, 3, 20).columns == (0, 1, 2)  # on a pinned one: back to the first


def test_no_room_is_left_empty_at_the_right() -> None:
    heads = columns(3, 4, 4, 4, 4)
    assert column_window(heads, 1, 4, 4, 20).columns == (0, 3, 4)
    assert column_window(heads, 1, 4, 4, 100).columns == (0, 1, 2, 3, 4)


def test_a_column_that_is_too_wide_stands_alone() -> None:
    window = column_window(columns(3, 40, 4), 1, 1, 1, 20)
    assert window.columns == (0, 1)
    assert window.widths == (5, 15)


@pytest.mark.parametrize("room", [0, 3, 5, 80])
def test_a_page_of_pinned_columns_only_and_one_of_none(room: int) -> None:
    assert column_window(columns(3), 2, 0, 7, room).columns == (0,)
    assert column_window([], 1, 0, 0, room).columns == ()


@given(
    st.lists(st.integers(1, 24), min_size=1, max_size=30),
    st.integers(0, 2),
    st.integers(0, 29),
    st.integers(0, 40),
    st.integers(0, 200),
)
def test_whatever_the_widths_the_cursor_is_in_view_and_nothing_is_cut_but_what_stands_alone(
    widths: list[int], pinned: int, cursor: int, first: int, room: int
) -> None:
    heads = columns(*widths)
    cursor = min(cursor, len(heads) - 1)
    window = column_window(heads, pinned, cursor, first, room)
    shown = window.columns
    pinned = min(pinned, len(heads))
    assert cursor in shown
    assert shown[:pinned] == tuple(range(pinned))
    assert shown[pinned:] == tuple(range(window.first, window.first + len(shown) - pinned))
    taken = [heads[at].width + MARGINS for at in shown]
    if len(shown) > pinned + 1:
        assert sum(taken) <= room
    if sum(taken) <= room:
        assert sum(window.widths) == room
    assert window.widths[:-1] == tuple(taken[:-1])
    assert column_window(heads, pinned, cursor, window.first, room) == window  # it rests


def test_a_page_of_2000_columns_gives_few() -> None:
    heads = columns(*[6] * 2000)
    for cursor in (1, 999, 1999):
        window = column_window(heads, 2, cursor, 2, 118)
        assert len(window.columns) == 14
        assert cursor in window.columns


def test_headings_say_where_there_are_more_and_how_it_is_sorted() -> None:
    shown = page("1", "0.25", "0.5", "7.125", "2")
    window = ColumnWindow(1, 2, (0, 2, 3), (4, 5, 12), 5)
    headings = [heading_of(shown, window, at, ("c2", True)) for at in window.columns]
    assert headings == [" c0 ", "‹ c2↓", "    c3     ›"]
    assert heading_of(shown, window, 2, ("c2", False)) == "‹ c2↑"
    assert heading_of(shown, window, 2, None) == "‹ c2 "


def test_where_the_line_is_full_the_arrow_takes_the_place_of_a_mark() -> None:
    shown = page("1", "0.25", "0.5")
    window = ColumnWindow(1, 1, (0, 1), (3, 6), 3)
    assert heading_of(shown, window, 1, None) == "   c1›"
    assert heading_of(shown, window, 1, ("c1", True)) == "   c1›"


def test_the_heading_of_a_column_that_is_cut_is_as_wide_as_there_is_room() -> None:
    shown = page("1", " " * 20, "0.5")
    window = ColumnWindow(1, 1, (0, 1), (3, 6), 3)
    assert width_of(heading_of(shown, window, 1, None)) == 6


def test_cells_have_a_mark_where_they_stand_out() -> None:
    shown = page("1", "9.0", " NaN", "ok", outliers=frozenset({(0, 0), (0, 1)}))
    assert [cell_of(shown, 0, at) for at in range(4)] == [
        (" 1▾", "outlier"),
        (" 9.0!", "outlier"),
        ("  NaN ", "nan"),
        (" ok ", ""),
    ]
    assert cell_of(page("1", " NaN", "·", unreadable={1: "broken"}), 0, 2) == (" · ", "unreadable")

"""The event table as a widget: what it gives to Textual's DataTable, and what is drawn of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console
from rich.text import Text
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import DataTable

from resonance_tui.app.stylesheets import sheet_paths
from resonance_tui.app.theme import DARK, LIGHT, THEMES
from resonance_tui.panes.events.event_table import EventTable
from resonance_tui.panes.events.table_page import TableColumn, TablePage

SIZE = (120, 40)


class Harness(App[None]):
    """The table alone, as large as the terminal."""

    def __init__(self) -> None:
        super().__init__(css_path=[*sheet_paths()])
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK.name
        self.highlighted: list[int] = []

    def compose(self) -> ComposeResult:
        yield EventTable(id="event-table")

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        self.highlighted.append(event.cursor_row)


class Table:
    """The table under test, and what was asked of it."""

    def __init__(self, pilot: Pilot[None], monkeypatch: pytest.MonkeyPatch) -> None:
        self.pilot = pilot
        self.widget = pilot.app.query_one(EventTable)
        self.fills = 0
        self.drawn: list[int] = []
        add_rows, render_line = EventTable.add_rows, EventTable.render_line

        def filled(table: EventTable, rows: Any) -> Any:
            self.fills += 1
            return add_rows(table, rows)

        def drawn(table: EventTable, y: int) -> Strip:
            self.drawn.append(y)
            return render_line(table, y)

        monkeypatch.setattr(EventTable, "add_rows", filled)
        monkeypatch.setattr(EventTable, "render_line", drawn)

    async def show(self, page: TablePage, row: int = 0, **how: Any) -> None:
        self.widget.show_page(page, row, **how)
        await self.settled()

    async def settled(self) -> None:
        await self.pilot.pause()
        await self.pilot.pause()
        self.drawn.clear()

    async def move_column(self, step: int) -> None:
        self.widget.move_column(step)
        await self.settled()

    def line(self, y: int) -> str:
        return self.widget.render_line(y).text

    def styles(self, y: int, text: str) -> list[Any]:
        """The styles of the pieces of a line that hold a text."""
        return [part.style for part in self.widget.render_line(y) if text in part.text]

    def style(self, name: str) -> Any:
        return self.widget.get_component_rich_style(name)

    @property
    def underlined(self) -> str:
        """What of the headings is drawn as being under the column cursor."""
        pieces = [part for part in self.widget.render_line(0) if part.style and part.style.underline]
        return "".join(part.text for part in pieces).strip()

    def bytes_of(self, *lines: int) -> int:
        """Bytes that these lines take on their way to the terminal."""
        console = Console(force_terminal=True, color_system="truecolor", width=self.widget.size.width)
        return sum(len(self.widget.render_line(y).render(console).encode()) for y in lines)


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Any:
    @asynccontextmanager
    async def opened(size: tuple[int, int] = SIZE) -> AsyncIterator[Table]:
        async with Harness().run_test(size=size) as pilot:
            yield Table(pilot, monkeypatch)

    return opened


def page_of(
    rows: int = 200,
    fields: int = 20,
    *,
    offset: int = 0,
    total: int | None = None,
    width: int = 7,
    **more: Any,
) -> TablePage:
    """Event number, energy and channels; channel k of event i holds i + k / 100."""
    names = ["energy", *(f"ch_{k:02d}" for k in range(1, fields))]
    heads = [TableColumn("seq_num", "#", 5), *(TableColumn(name, name, width) for name in names)]
    cells = tuple(
        (f"{i + 1:5d}", *(f"{i + k / 100:{width}.2f}"[:width] for k in range(fields)))
        for i in range(offset, offset + rows)
    )
    numbers = tuple(range(offset + 1, offset + rows + 1))
    rest = {"pinned": 2, "scanned": ("energy",), "unreadable": {}, **more}
    return TablePage(
        offset,
        total or offset + rows,
        numbers,
        tuple(heads),
        cells,
        positions=tuple(n - 1 for n in numbers),
        **rest,
    )


# -- it is a DataTable -------------------------------------------------------------------------------------


async def test_it_is_a_data_table_of_texts_with_a_row_cursor_and_column_keys(table: Any) -> None:
    async with table() as t:
        await t.show(page_of(), 3)
        widget = t.widget
        assert isinstance(widget, DataTable)
        assert (widget.cursor_type, widget.fixed_columns, widget.row_count) == ("row", 2, 200)
        assert widget.cursor_coordinate == (3, 1)
        assert [column.key.value for column in widget.ordered_columns[:3]] == ["seq_num", "energy", "ch_01"]
        assert all(not column.auto_width for column in widget.ordered_columns)
        assert all(isinstance(cell, Text) for cell in widget.get_row_at(0))
        assert all(isinstance(column.label, Text) for column in widget.ordered_columns)
        assert not widget.can_focus


async def test_its_message_names_the_row_that_comes_under_the_cursor_and_no_other(table: Any) -> None:
    async with table() as t:
        await t.show(page_of(), 3)
        highlighted = t.pilot.app.highlighted
        assert highlighted[-1] == 3
        highlighted.clear()
        t.widget.move_cursor(row=4)
        await t.settled()
        assert highlighted == [4]
        await t.move_column(1)
        await t.move_column(15)  # other columns come into view
        assert highlighted == [4]


async def test_of_2000_columns_it_is_given_those_in_view(table: Any) -> None:
    async with table() as t:
        await t.show(page_of(200, 2000))
        for step in (0, 1, 500, 5000, -5000):
            await t.move_column(step)
            assert len(t.widget.columns) <= 14
            assert t.widget.virtual_size.width == t.widget.size.width  # nothing to scroll sideways
            assert t.widget.column_key in [column.key.value for column in t.widget.ordered_columns]


async def test_two_columns_of_the_same_name_are_both_shown(table: Any) -> None:
    page = page_of(3, 3)
    twice = TableColumn("seq_num", "seq_num", 7)
    async with table() as t:
        await t.show(replace(page, columns=(*page.columns[:3], twice)))
        assert t.line(0).split() == ["#", "energy", "ch_01", "seq_num"]


async def test_it_shows_nothing_once_it_is_cleared_and_begins_at_what_was_scanned(table: Any) -> None:
    async with table() as t:
        await t.show(page_of(), 150)
        await t.move_column(7)
        t.widget.clear()
        await t.settled()
        assert t.widget.page is None
        assert t.widget.column_key is None
        assert t.widget.cursor_row == 0
        assert not any(t.line(y).strip() for y in range(40))
        await t.move_column(1)
        await t.show(page_of())
        assert t.widget.column_key == "energy"
        assert t.line(1).split()[0] == "1"


# -- columns -----------------------------------------------------------------------------------------------


async def test_arrows_say_where_there_are_more_columns(table: Any) -> None:
    async with table() as t:
        await t.show(page_of())
        assert t.line(0).endswith("›")
        assert "‹" not in t.line(0)
        await t.move_column(13)
        assert t.line(0).split()[2].startswith("‹")
        assert t.line(0).endswith("›")
        await t.move_column(100)
        assert not t.line(0).rstrip().endswith("›")
        assert "‹" in t.line(0)
        await t.move_column(-100)
        assert "‹" not in t.line(0)
        for y in range(40):
            assert len(t.line(y)) == t.widget.size.width


async def test_the_column_cursor_is_drawn_in_the_heading_and_moving_it_within_the_view_fills_nothing(
    table: Any,
) -> None:
    async with table() as t:
        await t.show(page_of())
        assert t.underlined == "energy"
        fills = t.fills
        await t.move_column(3)
        assert (t.underlined, t.widget.column_key, t.fills) == ("ch_03", "ch_03", fills)
        assert t.widget.cursor_column == 4
        t.widget.go_to_column("seq_num")
        await t.settled()
        assert t.underlined == "#"
        t.widget.go_to_column("ch_19")
        await t.settled()
        assert t.underlined == "ch_19"
        t.widget.go_to_column("nowhere")
        assert t.widget.column_key == "ch_19"


async def test_many_steps_at_once_fill_it_once(table: Any) -> None:
    async with table() as t:
        await t.show(page_of(200, 2000))
        fills = t.fills
        for _ in range(100):
            t.widget.move_column(1)
        assert t.widget.column_key == "ch_100"
        await t.settled()
        assert t.fills == fills + 1
        assert t.underlined == "ch_100"


async def test_columns_that_find_room_come_into_view_when_it_is_resized(table: Any) -> None:
    async with table((60, 12)) as t:
        await t.show(page_of(), 120)
        assert len(t.line(0).split()) < 10
        await t.pilot.resize_terminal(*SIZE)
        await t.settled()
        assert len(t.line(0).split()) > 10
        assert any(t.line(y).split()[0] == "121" for y in range(1, 40))
        await t.pilot.resize_terminal(40, 8)
        await t.settled()
        assert len(t.line(0)) == 40
        assert any(t.line(y).split()[0] == "121" for y in range(1, 8))


async def test_the_cursor_stays_in_view_when_there_are_fewer_lines(table: Any) -> None:
    async with table() as t:
        await t.show(page_of())
        t.widget.move_cursor(row=38)
        await t.settled()
        await t.pilot.resize_terminal(SIZE[0], 10)
        await t.settled()
        assert t.line(9).split()[0] == "39"
        await t.pilot.resize_terminal(*SIZE)
        t.widget.move_cursor(row=199)
        await t.pilot.resize_terminal(SIZE[0], 60)
        await t.settled()
        assert t.line(59).split()[0] == "200"  # no line is left empty


# -- rows and pages ----------------------------------------------------------------------------------------


async def test_moving_the_cursor_draws_two_lines_and_fills_nothing(table: Any) -> None:
    async with table() as t:
        await t.show(page_of())
        fills = t.fills
        t.widget.move_cursor(row=1)
        await t.pilot.pause()
        assert set(t.drawn) == {1, 2}
        assert t.fills == fills
        assert t.bytes_of(1, 2) <= 700


async def test_a_page_stays_small_on_its_way_to_the_terminal(table: Any) -> None:
    async with table() as t:
        await t.show(page_of(width=5))
        assert len(t.widget.columns) > 15
        assert t.bytes_of(*range(40)) <= 10_000
        t.widget.move_cursor(row=t.widget.rows_in_view)
        await t.settled()
        assert t.bytes_of(*range(40)) <= 10_000
        assert all(len([*t.widget.render_line(y)]) <= 3 for y in range(1, 40))


async def test_the_cursor_stays_in_view_and_on_its_line_when_the_next_page_comes(table: Any) -> None:
    async with table() as t:
        await t.show(page_of(total=1000))
        t.widget.move_cursor(row=100)
        await t.settled()
        assert t.widget.scroll_offset.y == 100 - 39 + 1
        await t.move_column(4)
        await t.show(page_of(offset=100, total=1000), 1)  # no room above it: it keeps what it can
        assert t.widget.scroll_offset.y == 0
        t.widget.move_cursor(row=120)
        t.widget.move_cursor(row=110)
        await t.settled()
        line = t.widget.cursor_row - t.widget.scroll_offset.y
        await t.show(page_of(offset=150, total=1000), 60)
        assert t.widget.cursor_row - t.widget.scroll_offset.y == line
        assert t.line(1 + line).split()[0] == "211"
        assert t.widget.column_key == "ch_04"


async def test_a_page_that_comes_is_drawn_once_where_it_belongs(table: Any) -> None:
    async with table() as t:
        await t.show(page_of(total=1000), 150)
        t.widget.show_page(page_of(offset=100, total=1000), 50)
        await t.pilot.pause()
        await t.pilot.pause()
        assert len(t.drawn) <= 40


async def test_a_page_that_grows_keeps_the_line_and_the_column_of_the_cursor(table: Any) -> None:
    async with table() as t:
        await t.show(page_of(60), 50)
        await t.move_column(15)
        top, heads = t.widget.scroll_offset.y, t.line(0)
        for rows in (61, 90, 200):
            await t.show(page_of(rows), 50)
            assert (t.widget.cursor_row, t.widget.scroll_offset.y) == (50, top)
            assert t.line(0) == heads
            assert t.widget.column_key == "ch_15"
        await t.show(page_of(52), 50)  # and one that is shorter leaves no lines empty
        assert t.widget.scroll_offset.y == 52 - 39


async def test_a_column_that_is_gone_leaves_the_cursor_near_it(table: Any) -> None:
    async with table() as t:
        await t.show(page_of(5, 6))
        t.widget.go_to_column("ch_05")
        await t.show(page_of(5, 4))
        assert t.widget.column_key == "ch_03"


# -- marks -------------------------------------------------------------------------------------------------


async def test_the_column_it_is_sorted_by_has_an_arrow(table: Any) -> None:
    async with table() as t:
        await t.show(page_of(), sorted_by=("ch_02", False))
        assert "ch_02↑" in t.line(0)
        arrow = next(part for part in t.widget.render_line(0) if "↑" in part.text)
        assert arrow.style == t.style("datatable--header-cursor")
        await t.show(page_of(), sorted_by=("ch_02", True))
        assert "ch_02↓" in t.line(0)
        await t.show(page_of())
        assert "↓" not in t.line(0)


async def test_outliers_missing_values_and_unreadable_events_are_told_apart(table: Any) -> None:
    page = page_of(10, 6, outliers=frozenset({(2, 3), (4, 0)}), unreadable={7: "broken"})
    cells = [list(row) for row in page.cells]
    cells[1][4] = "    NaN"
    cells[6] = ["    7", *["      ·"] * 6]
    page = replace(page, cells=tuple(map(tuple, cells)))
    async with table() as t:
        await t.show(page, 9)
        assert "2.02!" in t.line(3)
        assert [y for y in range(1, 11) if "!" in t.line(y)] == [3]
        assert "5▾" in t.line(5)
        assert t.styles(3, "!") == [t.style("event-table--outlier")]
        assert t.styles(5, "▾") == [t.style("event-table--outlier")]
        assert t.styles(2, "NaN") == [t.style("event-table--nan")]
        (unreadable,) = {(style.color, style.italic, bool(style.bold)) for style in t.styles(7, "·")}
        look = t.style("event-table--unreadable")
        assert unreadable == (look.color, look.italic, False)
        t.widget.move_cursor(row=2)
        await t.settled()
        (under,) = t.styles(3, "!")
        assert under.color == t.style("event-table--outlier").color
        assert under.bgcolor == t.style("datatable--cursor").bgcolor


async def test_marks_take_the_colours_of_another_theme(table: Any) -> None:
    async with table() as t:
        await t.show(page_of(10, 6, outliers=frozenset({(2, 3)})))
        dark = t.style("event-table--outlier")
        t.pilot.app.theme = LIGHT.name
        await t.settled()
        light = t.style("event-table--outlier")
        assert light != dark
        assert t.styles(3, "!") == [light]


async def test_what_comes_from_data_shows_literally(table: Any) -> None:
    hostile = "a\x1b[2J[red]b[/x]\u202e"
    page = page_of(3, 2)
    heads = (*page.columns[:2], TableColumn(hostile, hostile, 24))
    cells = tuple((*row[:2], f"{hostile:>24}") for row in page.cells)
    async with table() as t:
        await t.show(replace(page, columns=heads, cells=cells))
        await t.move_column(1)
        for y in range(4):
            assert "\x1b" not in t.line(y)
            assert "\u202e" not in t.line(y)
            assert "a␛[2J[red]b[/x]\ufffd" in t.line(y)


async def test_the_mouse_changes_nothing(table: Any) -> None:
    async with table() as t:
        await t.show(page_of())
        t.widget.move_cursor(row=5)
        await t.settled()
        before = [t.line(y) for y in range(40)], [[*t.widget.render_line(y)] for y in range(40)]
        t.drawn.clear()
        await t.pilot.hover(EventTable, offset=(10, 20))
        await t.pilot.click(EventTable, offset=(10, 20))
        await t.pilot.click(EventTable, offset=(10, 0))
        await t.pilot.pause()
        assert set(t.drawn) <= {0, 20}  # where Textual itself looks what is under the mouse
        assert t.widget.cursor_row == 5
        assert ([t.line(y) for y in range(40)], [[*t.widget.render_line(y)] for y in range(40)]) == before


async def test_lines_are_kept_where_the_cursor_has_been_and_are_as_they_would_be_drawn(table: Any) -> None:
    async with table() as t:
        await t.show(page_of())
        for row in (1, 5, 2, 0, 30, 3):
            t.widget.move_cursor(row=row)
            await t.settled()
            kept = [t.widget.render_line(y) for y in range(SIZE[1])]
            t.widget._lines.clear()
            assert [t.widget.render_line(y) for y in range(SIZE[1])] == kept


async def test_lines_that_are_kept_have_the_colours_of_another_theme(table: Any) -> None:
    async with table() as t:
        await t.show(page_of(), 3)
        dark = t.widget.render_line(8)
        t.pilot.app.theme = "textual-light"
        await t.settled()
        light = t.widget.render_line(8)
        assert light.text == dark.text
        assert light != dark

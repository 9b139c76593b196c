"""A page of events as the cells of a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonance_tui.catalog.field_names import field_labels
from resonance_tui.panes.events import table_page as table_module
from resonance_tui.panes.events.table_page import MOST_COLUMNS, TablePage, heading
from resonance_tui.terminal.text_width import width_of

START = 1_770_715_648.0


@dataclass
class Page:
    columns: dict[str, list[Any]]
    rows: int = 3
    offset: int = 0
    total: int = 3
    unreadable: dict[int, str] = field(default_factory=dict)

    @property
    def seq_num(self) -> list[int]:
        return list(range(self.offset + 1, self.offset + self.rows + 1))

    @property
    def time(self) -> list[float]:
        return [START + i for i in range(self.rows)]


def nexafs(rows: int = 3, **more: Any) -> Page:
    return Page(
        {
            "i0": [0.5] * rows,
            "sam_th_position": [20.0] * rows,
            "tey_signal": [0.25 * i for i in range(rows)],
            "energy_position": [270.0 + i for i in range(rows)],
        },
        rows,
        **more,
    )


def table_page(page: Page, scanned: Any = (), motors: Any = (), **more: Any) -> TablePage:
    return table_module.table_page(page, scanned, motors, field_labels(page.columns), **more)


MOTORS = ["sam_th_position", "energy_position"]


def keys(table: TablePage) -> list[str]:
    return [column.key for column in table.columns]


def test_the_number_and_what_was_swept_come_first_then_motors_then_the_rest_then_the_time() -> None:
    table = table_page(nexafs(), ["energy_position"], MOTORS)
    assert keys(table) == ["seq_num", "energy_position", "sam_th_position", "i0", "tey_signal", "time"]
    assert [column.label for column in table.columns] == ["#", "energy", "sam_th", "i0", "tey_signal", "time"]
    assert table.pinned == 2


def test_without_a_sweep_only_the_number_stays_in_sight() -> None:
    table = table_page(nexafs())
    assert keys(table) == ["seq_num", "i0", "sam_th_position", "tey_signal", "energy_position", "time"]
    assert table.pinned == 1
    assert table.scanned == ()


def test_what_was_swept_but_is_not_on_the_page_is_passed_over() -> None:
    table = table_page(nexafs(), ["hos_position"], ["hos_position"])
    assert table.pinned == 1
    assert set(table.scanned_texts.values()) == {""}
    assert "hos_position" not in keys(table)


def test_every_row_has_a_cell_for_every_column() -> None:
    table = table_page(nexafs(), ["energy_position"], MOTORS)
    assert len(table.cells) == 3
    assert {len(row) for row in table.cells} == {len(table.columns)}
    assert [cell.strip() for cell in table.cells[2][:3]] == ["3", "272", "20"]


def test_the_cells_of_a_column_are_as_wide_as_it_and_right_aligned() -> None:
    table = table_page(Page({"v": [1.5, 100.25, -2.0], "name": ["a", "bcd", ""]}))
    for place, column in enumerate(table.columns):
        assert {width_of(row[place]) for row in table.cells} == {column.width}
        assert width_of(column.label) <= column.width
    assert [row[1] for row in table.cells] == ["  1.50", "100.25", " -2.00"]


def test_a_wide_text_is_cut_to_the_widest_column() -> None:
    table = table_page(
        Page({"note": ["x" * 5000, "", None], "a_very_long_name_of_a_channel_position": [1.0] * 3})
    )
    assert [column.width for column in table.columns[1:3]] == [24, 24]
    assert table.cells[0][1] == "x" * 23 + "…"
    assert table.columns[2].label == "a_very_long_name_of_a_c…"


@pytest.mark.parametrize(
    ("offset", "rows", "total", "caption"),
    [
        (200, 200, 100_000, "201–400 of 100,000"),
        (0, 200, 100_000, "1–200 of 100,000"),
        (99_800, 200, 100_000, "99,801–100,000 of 100,000"),
        (0, 3, 3, "3"),
        (0, 0, 0, "no events"),
    ],
)
def test_the_caption_says_which_events_of_how_many(offset: int, rows: int, total: int, caption: str) -> None:
    assert table_page(nexafs(rows, offset=offset, total=total)).caption == caption


def test_a_page_knows_which_events_are_on_it() -> None:
    table = table_page(nexafs(200, offset=200, total=1000))
    assert [table.holds(position) for position in (199, 200, 399, 400, -1)] == [
        False,
        True,
        True,
        False,
        False,
    ]


def test_the_scanned_values_of_an_event_name_the_motors() -> None:
    table = table_page(nexafs(200, offset=200, total=1000), ["energy_position", "sam_th_position"], MOTORS)
    texts = table.scanned_texts
    assert list(texts) == list(range(200, 400))
    assert texts[215] == "energy 285  sam_th 20"


def test_a_missing_scanned_value_is_shown_as_missing() -> None:
    page = Page({"energy_position": [270.0, None, float("nan")]})
    table = table_page(page, ["energy_position"], ["energy_position"])
    assert list(table.scanned_texts.values()) == ["energy 270", "energy ·", "energy NaN"]


def test_more_fields_than_can_be_shown_are_counted() -> None:
    page = Page({f"c{i}": [float(i)] * 3 for i in range(700)} | {"energy_position": [1.0, 2.0, 3.0]})
    table = table_page(page, ["energy_position"], ["energy_position"])
    assert len(table.columns) == MOST_COLUMNS + 2
    assert table.left_out == 201
    assert keys(table)[:2] == ["seq_num", "energy_position"]
    assert keys(table)[-1] == "time"
    assert table.scanned_texts[1] == "energy 2"


def test_as_many_fields_as_can_be_shown_leave_none_out() -> None:
    assert table_page(Page({f"c{i}": [1.0] * 3 for i in range(MOST_COLUMNS)})).left_out == 0


def test_what_could_not_be_read_is_kept_by_event_number() -> None:
    page = nexafs(unreadable={2: "no object"})
    table = table_page(page)
    page.unreadable.clear()
    assert table.unreadable == {2: "no object"}


def test_a_page_without_events_has_its_columns_and_no_cells() -> None:
    table = table_page(nexafs(0, total=0), ["energy_position"], MOTORS)
    assert table.cells == ()
    assert table.caption == "no events"
    assert keys(table)[:2] == ["seq_num", "energy_position"]
    assert not table.holds(0)


def test_a_hostile_field_has_a_printable_heading_and_keeps_its_key() -> None:
    table = table_page(Page({"\x1b[2J[/]_position": ["a\nb", "\x9b", 1]}))
    assert table.columns[1].key == "\x1b[2J[/]_position"
    assert table.columns[1].label == "␛[2J[/]"
    assert [row[1].strip() for row in table.cells] == ["a␊b", "\ufffd", "1"]


def test_the_heading_of_a_field_is_short_and_never_empty() -> None:
    labels = field_labels(["energy_position", "_position", "i0"])
    assert heading(labels["energy_position"]) == "energy"
    assert heading(labels["_position"]) == "_position"
    assert heading(labels["i0"]) == "i0"


cells = st.floats() | st.integers(-(10**400), 10**400) | st.none() | st.booleans() | st.text(max_size=40)


@settings(max_examples=100)
@given(st.dictionaries(st.text(max_size=12), st.lists(cells, min_size=3, max_size=3), max_size=6), st.data())
def test_any_page_has_aligned_cells(columns: dict[str, list[Any]], data: st.DataObject) -> None:
    names = st.lists(st.sampled_from([*columns, "missing"]), unique=True, max_size=3)
    scanned, motors = data.draw(names), data.draw(names)
    table = table_page(Page(columns), scanned, motors)
    assert sorted(keys(table)) == sorted(["seq_num", "time", *columns])
    for place, column in enumerate(table.columns):
        assert {width_of(row[place]) for row in table.cells} == {column.width}
        assert width_of(column.label) <= column.width <= 24
    assert all(len(text.splitlines()) <= 1 for text in table.scanned_texts.values())
    assert table.pinned <= len(table.columns)

"""How the event table is looked at, and where a page begins."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonance_tui.panes.actions import EventsAction
from resonance_tui.panes.events.state import (
    MAX_DIGITS,
    MIN_DIGITS,
    SEQ_NUM,
    TIME,
    EventsState,
    page_offset,
    step,
)
from resonance_tui.panes.events.table_page import DIGITS, RowOrder

ORDER = RowOrder.of("i0", ("i0", False), np.array([2, 0, 1]))


def after(*actions: EventsAction, key: str | None = "i0") -> EventsState:
    state = EventsState()
    for action in actions:
        state = step(state, action, key)
    return state


def test_a_column_is_hidden() -> None:
    assert after(EventsAction.HIDE).hidden == {"i0"}
    assert after(EventsAction.HIDE, key=TIME).hidden == {"time"}


@pytest.mark.parametrize("key", [SEQ_NUM, None])
def test_the_number_is_never_hidden(key: str | None) -> None:
    assert after(EventsAction.HIDE, key=key) == EventsState()


def test_digits_are_those_of_a_column_and_stay_within_reason() -> None:
    assert after(EventsAction.MORE_DIGITS).digits == {"i0": DIGITS + 1}
    assert after(*[EventsAction.FEWER_DIGITS] * 30).digits_of("i0") == MIN_DIGITS
    assert after(*[EventsAction.MORE_DIGITS] * 30).digits_of("i0") == MAX_DIGITS
    assert after(EventsAction.MORE_DIGITS).digits_of("tey") == DIGITS
    assert after().digits_of(None) == DIGITS


@pytest.mark.parametrize("key", [SEQ_NUM, TIME, None])
def test_number_and_time_have_no_digits_to_choose(key: str | None) -> None:
    assert after(EventsAction.MORE_DIGITS, key=key) == EventsState()


def test_totals_and_computed_columns_come_and_go() -> None:
    assert not after(EventsAction.TOTALS).with_totals
    assert after(EventsAction.TOTALS, EventsAction.TOTALS) == EventsState()
    assert after(EventsAction.COMPUTED).with_computed
    assert after(EventsAction.COMPUTED, EventsAction.COMPUTED) == EventsState()


def test_a_key_that_is_no_setting_changes_nothing() -> None:
    assert after(EventsAction.FIND) == EventsState()


def test_only_the_order_goes_with_the_run() -> None:
    state = after(EventsAction.HIDE, EventsAction.MORE_DIGITS).ordered(ORDER)
    assert state.for_next_run() == after(EventsAction.HIDE, EventsAction.MORE_DIGITS)


def test_only_the_columns_that_were_offered_are_shown_or_hidden() -> None:
    state = EventsState(hidden=frozenset({"a", "of another run"}))
    assert state.showing(["a", "b", "c"], ("a", "c")).hidden == {"b", "of another run"}


def test_rows_are_those_of_the_order() -> None:
    assert [EventsState().row_of(position) for position in range(3)] == [0, 1, 2]
    assert EventsState().position_at(2) == 2
    state = EventsState().ordered(ORDER)
    assert [state.position_at(row) for row in range(3)] == [2, 0, 1]
    assert [state.row_of(position) for position in range(3)] == [1, 2, 0]


def test_an_event_that_came_after_the_table_was_sorted_stands_in_the_last_row() -> None:
    assert ORDER.row_of(17) == 2
    assert ORDER.position_at(17) == 1


def test_an_order_of_no_events_leads_nowhere() -> None:
    empty = RowOrder.of("i0", ("i0", False), np.array([], dtype=np.intp))
    assert (empty.row_of(0), empty.position_at(0)) == (0, 0)


@pytest.mark.parametrize(
    ("row", "offset"),
    [(0, 0), (149, 0), (150, 100), (249, 100), (250, 200), (849, 700), (850, 800), (999, 800)],
)
def test_a_page_begins_at_a_round_number_with_the_row_in_its_middle(row: int, offset: int) -> None:
    assert page_offset(row, 1000, 200) == offset


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_the_row_is_always_on_its_page(row: int, total: int) -> None:
    row = min(row, total - 1)
    offset = page_offset(row, total, 200)
    assert offset <= row < offset + 200
    assert offset >= 0

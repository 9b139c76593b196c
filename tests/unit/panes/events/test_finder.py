"""Finding events in the table, and going to them."""

from __future__ import annotations

import pytest

from resonance_tui.panes.actions import EventsAction
from resonance_tui.panes.events.tasks import EventsTask
from resonance_tui.panes.signals import RunSettled
from resonance_tui.panes.type_ahead import STILL_READ
from tests.unit.panes.events.event_run import (
    INFINITE,
    LONG_UID,
    LOST,
    MISSING,
    N_EVENTS,
    SHORT_UID,
    SPIKE,
    Events,
)


def test_the_line_says_which_column_is_searched(whole: Events) -> None:
    whole.on_column("sam_th_position")
    whole.press(EventsAction.FIND)
    assert whole.pane.prompted == "find in sam_th ▸ _   ⏎ esc"


def test_the_nearest_value_is_gone_to_and_then_that_of_the_next_sweep(whole: Events) -> None:
    whole.on_column("energy_position")
    whole.find("285.1")
    assert whole.position == 30
    assert whole.pane.prompted == "energy nearest to 285.1: 285: event 31 · n: the next (1 of 5)"
    whole.press(EventsAction.NEXT)
    assert whole.position == 130
    assert whole.pane.prompted == "energy nearest to 285.1: 285: event 131 · n: the next (2 of 5)"
    for _ in range(4):
        whole.press(EventsAction.NEXT)
    assert whole.position == 30  # and from the last one to the first


def test_what_is_at_the_cursor_or_behind_it_is_found_first(whole: Events) -> None:
    whole.on_column("energy_position")
    whole.go_to(130)
    whole.find("285")
    assert whole.position == 130
    assert whole.pane.prompted.startswith("energy nearest to 285: event 131")
    whole.go_to(431)
    whole.find("285")
    assert whole.position == 30


def test_a_column_is_named_before_the_value_and_the_cursor_goes_there(whole: Events) -> None:
    whole.on_column("i0")
    whole.find("tey 25")
    assert whole.position == 100
    assert whole.pane.table.column_key == "tey"


@pytest.mark.parametrize(
    ("column", "text", "position", "said"),
    [
        ("i0", "nan", MISSING, f"i0 is NaN: event {MISSING + 1}"),
        ("tey", "INF", INFINITE, f"tey is infinite: event {INFINITE + 1}"),
        ("i0", "!", SPIKE, f"outlier in i0: event {SPIKE + 1}"),
        ("sam_th_position", "i0 nan", MISSING, f"i0 is NaN: event {MISSING + 1}"),
    ],
)
def test_odd_values_are_found(whole: Events, column: str, text: str, position: int, said: str) -> None:
    whole.on_column(column)
    whole.find(text)
    assert (whole.position, whole.pane.prompted) == (position, said)


def test_events_without_beam_are_found_by_their_number(whole: Events) -> None:
    whole.on_column("seq_num")
    whole.find("!")
    assert whole.position == LOST[0]
    assert whole.pane.prompted.endswith(f"n: the next (1 of {len(LOST)})")


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("sam_th_position", "nan", "no nan in sam_th"),
        ("sam_th_position", "inf", "no inf in sam_th"),
        ("sam_th_position", "!", "no outlier in sam_th"),
        ("note", "nan", "no nan in note"),
        ("note", "xyz", 'no column is called "xyz", and no event holds it'),
        ("note", "xyz 5", 'no column is called "xyz 5", and no event holds it'),
    ],
)
def test_what_is_not_there_is_said(whole: Events, column: str, text: str, said: str) -> None:
    whole.on_column(column)
    whole.find(text)
    assert (whole.position, whole.pane.prompted) == (0, said)


@pytest.mark.parametrize("text", ["xyz nan", "xyz !"])
def test_an_odd_value_of_a_column_that_is_not_there_says_which_column(whole: Events, text: str) -> None:
    whole.find(text)
    assert "xyz" in whole.pane.prompted


@pytest.mark.parametrize("text", ["-inf", "+inf", "infinity"])
def test_infinity_in_other_words_is_not_taken_for_a_column_without_values(whole: Events, text: str) -> None:
    whole.on_column("tey")
    whole.find(text)
    assert whole.pane.prompted != "tey has no value"


def test_a_column_without_a_value_says_so(whole: Events) -> None:
    whole.show(SHORT_UID)
    columns = whole.columns(SHORT_UID)
    columns.columns["i0"][:] = float("nan")
    whole.read_all(columns)
    whole.on_column("i0")
    whole.find("5")
    assert whole.pane.prompted == "i0 has no value"


def test_words_are_found_in_any_column(whole: Events) -> None:
    whole.find("MOVED")
    assert whole.position == 42
    assert whole.pane.prompted == '"MOVED": event 43 · n: the next (1 of 2)'
    whole.press(EventsAction.NEXT)
    assert whole.position == 342


def test_the_name_of_a_column_leads_to_it(whole: Events) -> None:
    whole.find("tey")
    assert whole.pane.table.column_key == "tey"
    assert whole.pane.totals.startswith("tey  min 0")
    assert whole.position == 0


def test_what_goes_wrong_while_words_are_looked_for_is_said(whole: Events) -> None:
    whole.press(EventsAction.FIND)
    for key in "moved":
        whole.controller.line.take_key(key, key)
    whole.controller.line.take_key("enter", None)
    whole.host.fail(EventsTask.FIND, "this cannot be shown")
    assert whole.pane.prompted == "this cannot be shown"
    assert whole.pane.note is None


def test_before_all_events_were_read_the_search_waits_for_them(table: Events) -> None:
    table.on_column("energy_position")
    table.find("285")
    assert table.pane.prompted == STILL_READ
    assert table.position == 0
    table.read_all()
    assert table.position == 30


def test_without_a_search_there_is_no_next(whole: Events) -> None:
    whole.press(EventsAction.NEXT)
    assert whole.pane.prompted == "nothing to find yet: / searches"


def test_what_was_found_is_forgotten_with_the_run(whole: Events) -> None:
    whole.find("moved")
    whole.show(SHORT_UID)
    whole.press(EventsAction.NEXT)
    assert whole.pane.prompted == "nothing to find yet: / searches"


@pytest.mark.parametrize(
    ("text", "position"), [("8", 7), ("-1", N_EVENTS - 1), ("0,250", 249), ("-500", 0), ("1", 0)]
)
def test_an_event_is_gone_to_by_its_place(table: Events, text: str, position: int) -> None:
    table.go_to(3)
    table.press(EventsAction.GO_TO)
    table.type(text)
    assert table.position == position
    assert table.pane.seq_num_here == position + 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0", "there is no event 0: 1 to 500"),
        ("501", "there is no event 501: 1 to 500"),
        ("-501", "there is no event -501: 1 to 500"),
        ("285.1", "285.1 is no number of an event: 1 to 500"),
        ("first", "first is no number of an event: 1 to 500"),
    ],
)
def test_an_event_that_is_not_there_is_said(table: Events, text: str, said: str) -> None:
    table.press(EventsAction.GO_TO)
    table.type(text)
    assert (table.position, table.pane.prompted) == (0, said)


def test_a_place_that_was_typed_before_the_events_are_there_is_gone_to_once_they_are(pane: Events) -> None:
    pane.select(LONG_UID)
    pane.host.publish(RunSettled(LONG_UID))
    pane.controller.handle(EventsAction.GO_TO)
    for key in "8":
        pane.controller.line.take_key(key, key)
    pane.controller.line.take_key("enter", None)
    assert pane.pane.prompted == STILL_READ
    pane.host.do()
    assert (pane.position, pane.pane.prompted) == (7, ""), "it is no longer said that they are read"


@pytest.mark.parametrize("text", ["5,5", "1,2,3", "1_0", "٣", "9" * 60])
def test_an_odd_number_is_no_place_and_is_not_said_in_full(table: Events, text: str) -> None:
    table.press(EventsAction.GO_TO)
    table.type(text)
    assert table.position == 0
    assert "event" in table.pane.prompted
    assert len(table.pane.prompted) < 70

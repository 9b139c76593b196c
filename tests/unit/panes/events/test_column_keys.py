"""The columns of the event table: what they hold, their order, digits, which are shown, what is computed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from resonance_tui.panes.actions import EventsAction, FrameAction, Move
from resonance_tui.panes.events.state import MAX_DIGITS, MIN_DIGITS
from resonance_tui.panes.events.tasks import EventsTask
from resonance_tui.panes.signals import BeamLost, ChoiceWanted, Computed, CurvesShown, RunReread
from resonance_tui.panes.type_ahead import STILL_READ
from tests.unit.panes.events.event_run import LONG_UID, LOST, N_EVENTS, SHORT_UID, SPIKE, Events
from tests.unit.session.reads import EventReads

RATIO = Computed("tey / i0", np.linspace(0.0, 1.0, N_EVENTS))


# -- what a column holds ---------------------------------------------------------------------------------------


def test_what_the_column_under_the_cursor_holds_is_said_once_all_events_were_read(table: Events) -> None:
    table.on_column("sam_th_position")
    assert table.pane.totals == ""
    table.read_all()
    assert table.pane.totals.startswith("sam_th  min 20  max 60  mean 40 ")
    table.press(Move.RIGHT)
    assert table.pane.totals.startswith("i0  min 1")
    assert table.pane.totals.endswith("NaN 1  outliers (!) 1")
    table.press(Move.LEFT, Move.LEFT)
    assert table.pane.totals.startswith("energy  min 270")


def test_of_the_number_the_time_and_of_words_nothing_is_said(whole: Events) -> None:
    for key in ("seq_num", "time", "note"):
        whole.on_column(key)
        whole.press(Move.DOWN)
        whole.controller._describe_column()
        assert whole.pane.totals == ""


def test_a_key_takes_the_line_below_away_and_gives_it_back(whole: Events) -> None:
    whole.on_column("i0")
    whole.press(EventsAction.TOTALS)
    assert whole.pane.totals == ""
    whole.press(EventsAction.TOTALS)
    assert whole.pane.totals.startswith("i0  min")


def test_what_stands_out_is_marked_and_what_was_taken_without_beam_is_told(whole: Events) -> None:
    page = whole.pane.page
    assert page is not None
    i0 = [column.key for column in page.columns].index("i0")
    assert (SPIKE, i0) in page.outliers
    (told,) = whole.host.signals(BeamLost)
    assert told.lost is not None
    assert np.flatnonzero(told.lost).tolist() == list(LOST)


def test_what_cannot_be_worked_out_is_not_said(table: Events) -> None:
    table.read_all()
    table.host.publish(RunReread(LONG_UID))
    columns = table.columns(LONG_UID)
    table.controller._take_columns(columns)
    table.host.fail(EventsTask.OUTLIERS, "no")
    assert table.pane.note is None
    assert table.pane.prompted == ""


# -- order -----------------------------------------------------------------------------------------------------


def test_a_column_is_sorted_upwards_then_downwards_then_no_longer(whole: Events) -> None:
    whole.on_column("sam_th_position")
    whole.press(EventsAction.SORT)
    assert whole.rows[:2] == (1, 2)
    assert whole.pane.order is not None
    assert (whole.pane.order.name, whole.pane.order.by) == ("sam_th", ("sam_th_position", False))
    whole.press(EventsAction.SORT, Move.FIRST)
    assert whole.rows[:2] == (401, 402)  # equal ones as they were taken
    assert whole.pane.column_of("sam_th")[0] == "60"
    whole.press(EventsAction.SORT)
    assert whole.pane.order is None
    assert whole.pane.seq_num_here == 401  # the cursor stays on its event


def test_in_a_sorted_table_the_keys_lead_to_the_next_row_and_the_cursor_of_all_panes_to_its_event(
    whole: Events,
) -> None:
    whole.on_column("energy_position")
    whole.press(EventsAction.SORT, Move.FIRST, Move.DOWN)
    assert whole.rows[:6] == (1, 101, 201, 301, 401, 2)
    assert whole.position == 100
    whole.press(Move.LAST)
    assert whole.position == N_EVENTS - 1
    whole.go_to(300)
    assert whole.pane.seq_num_here == 301


def test_the_number_of_the_event_is_sorted_downwards_at_once(whole: Events) -> None:
    whole.on_column("seq_num")
    whole.press(EventsAction.SORT, Move.FIRST)
    assert whole.rows[:3] == (500, 499, 498)
    whole.press(EventsAction.SORT)
    assert whole.pane.order is None


def test_the_number_of_the_event_is_called_as_its_column_is_headed(whole: Events) -> None:
    whole.on_column("seq_num")
    whole.press(EventsAction.SORT)
    assert whole.pane.order is not None
    assert whole.pane.order.name == whole.pane.headings[0]


def test_words_are_sorted_by_the_alphabet_and_those_without_stand_last(whole: Events) -> None:
    whole.on_column("note")
    whole.press(EventsAction.SORT, Move.FIRST)
    assert whole.pane.column_of("note")[:3] == ["moved back", "sample moved", "·"]
    assert whole.rows[:3] == (343, 43, 1)


def test_before_all_events_were_read_it_is_said_that_they_are(table: Events) -> None:
    table.press(EventsAction.SORT)
    assert table.pane.prompted == STILL_READ
    assert table.pane.order is None


def test_what_holds_nothing_to_sort_by_is_said(table: Events) -> None:
    columns = table.columns(LONG_UID)
    table.read_all(replace(columns, words={}))
    table.on_column("note")
    table.press(EventsAction.SORT)
    assert table.pane.prompted == "note cannot be sorted"


def test_a_table_without_a_column_under_the_cursor_is_not_sorted(whole: Events) -> None:
    whole.pane.table.page = None
    asked = len(whole.host.asked)
    whole.press(EventsAction.SORT)
    assert len(whole.host.asked) == asked


def test_more_events_are_put_in_the_order_too(table: Events) -> None:
    columns = table.columns(LONG_UID)
    fewer = {name: values[:400] for name, values in columns.columns.items()}
    table.read_all(replace(columns, columns=fewer))
    table.on_column("sam_th_position")
    table.press(EventsAction.SORT, EventsAction.SORT, Move.FIRST)
    assert table.rows[0] == 301
    table.read_all()
    table.press(Move.FIRST)
    assert table.rows[0] == 401
    assert table.pane.order is not None
    assert table.pane.order.by == ("sam_th_position", True)


def test_a_page_in_an_order_that_is_not_wanted_any_more_is_not_shown(whole: Events) -> None:
    whole.on_column("sam_th_position")
    whole.host.publish(RunReread(LONG_UID))  # a page, as the events were taken, is on its way
    late = whole.host.waiting[0]
    whole.press(EventsAction.SORT)
    order = whole.pane.order
    late.then(late.task.work(late.task))
    assert whole.pane.order is order


def test_another_run_is_shown_as_it_was_taken(whole: Events) -> None:
    whole.on_column("seq_num")
    whole.press(EventsAction.SORT)
    whole.show(SHORT_UID)
    assert whole.rows == (1, 2, 3)
    assert whole.pane.order is None


# -- which columns, and how ------------------------------------------------------------------------------------


def test_a_column_is_hidden_and_picked_again_from_the_list(table: Events) -> None:
    table.on_column("i0")
    table.press(EventsAction.HIDE)
    assert "i0" not in table.pane.headings
    assert table.pane.prompted == "i0 is hidden: c shows it again"
    table.press(EventsAction.CHOOSE_COLUMNS)
    (wanted,) = table.host.signals(ChoiceWanted)
    assert [choice.name for choice in wanted.choices] == [
        "energy", "sam_th", "i0", "tey", "beam_current", "note", "time",
    ]  # fmt: skip
    assert list(wanted.marked) == [
        "energy_position", "sam_th_position", "tey", "beam_current", "note", "time",
    ]  # fmt: skip
    assert wanted.several
    wanted.done(("energy_position", "i0"))
    table.host.do()
    assert table.pane.headings == ["#", "energy", "i0"]


def test_a_column_that_is_hidden_stays_hidden_in_the_next_run(table: Events) -> None:
    table.on_column("tey")
    table.press(EventsAction.HIDE)
    table.show(SHORT_UID)
    assert "tey" not in table.pane.headings
    assert table.pane.page is not None
    assert table.pane.page.hidden == 1


def test_the_number_of_the_event_stays(table: Events) -> None:
    table.on_column("seq_num")
    table.press(EventsAction.HIDE)
    assert table.pane.prompted == "this column stays"
    assert table.pane.headings[0] == "#"


def test_a_column_is_shown_with_more_or_fewer_digits_within_reason(table: Events) -> None:
    table.on_column("i0")
    assert table.pane.column_of("i0")[1] == "1.001"
    table.press(EventsAction.FEWER_DIGITS, EventsAction.FEWER_DIGITS, EventsAction.FEWER_DIGITS)
    fewer = table.pane.column_of("i0")[1]
    assert len(fewer) < len("1.001")
    for _ in range(20):
        table.press(EventsAction.FEWER_DIGITS)
    assert table.controller.state.digits["i0"] == MIN_DIGITS
    for _ in range(20):
        table.press(EventsAction.MORE_DIGITS)
    assert table.controller.state.digits["i0"] == MAX_DIGITS
    assert table.pane.column_of("energy")[1] == "270.5"  # another column


def test_a_layout_is_made_from_memory_and_nothing_is_read_for_it(
    table: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = EventReads(monkeypatch)
    table.on_column("i0")
    table.press(EventsAction.HIDE)
    assert "i0" not in table.pane.headings
    assert reads.pages == 0


def test_a_page_that_comes_while_the_layout_is_changed_is_shown_in_the_new_one(table: Events) -> None:
    table.on_column("i0")
    table.host.publish(RunReread(LONG_UID))
    table.controller.handle(EventsAction.HIDE)
    assert table.host.kinds_asked().count(EventsTask.PAGE) == 2  # the page that is read is waited for
    table.host.do()
    assert "i0" not in table.pane.headings


def test_a_key_of_another_pane_changes_nothing(table: Events) -> None:
    asked = len(table.host.asked)
    table.controller.handle(FrameAction.MARK)
    assert len(table.host.asked) == asked


# -- what is computed ------------------------------------------------------------------------------------------


def test_what_the_plot_works_out_stands_beside_what_was_measured(whole: Events) -> None:
    whole.press(EventsAction.COMPUTED)
    assert whole.pane.prompted == STILL_READ
    whole.host.publish(CurvesShown((RATIO,)))
    assert "tey / i0" not in whole.pane.headings
    whole.press(EventsAction.COMPUTED)
    assert whole.pane.headings[:4] == ["#", "energy", "sam_th", "tey / i0"]
    whole.on_column("tey / i0")
    whole.press(EventsAction.HIDE)
    assert whole.pane.prompted == "this column stays"
    assert whole.pane.totals.startswith("tey / i0  min 0")
    whole.press(EventsAction.SORT, EventsAction.SORT, Move.FIRST)
    assert whole.rows[0] == N_EVENTS
    whole.press(EventsAction.COMPUTED)
    assert "tey / i0" not in whole.pane.headings


def test_other_curves_take_their_place_at_once_and_in_the_next_run(whole: Events) -> None:
    whole.host.publish(CurvesShown((RATIO,)))
    whole.press(EventsAction.COMPUTED)
    whole.host.publish(CurvesShown((replace(RATIO, label="absorbance"),)))
    whole.host.do()
    assert whole.pane.headings[3] == "absorbance"
    whole.show(SHORT_UID)
    assert "absorbance" not in whole.pane.headings
    whole.host.publish(CurvesShown((Computed("absorbance", np.zeros(3)),)))
    whole.host.do()
    assert "absorbance" in whole.pane.headings


def test_a_plot_of_the_fields_as_they_are_says_how_they_are_divided(whole: Events) -> None:
    whole.host.publish(CurvesShown())
    whole.press(EventsAction.COMPUTED)
    assert whole.pane.prompted == "the plot shows the fields as they are: i in Plot divides by i0"


def test_keys_that_come_before_the_order_count_each(whole: Events) -> None:
    whole.on_column("energy_position")
    whole.controller.handle(EventsAction.SORT)
    whole.controller.handle(EventsAction.SORT)
    whole.host.do()
    assert whole.pane.order is not None
    assert whole.pane.order.by == ("energy_position", True)
    for _ in range(3):  # as taken, rising, falling
        whole.controller.handle(EventsAction.SORT)
    whole.host.do()
    assert whole.pane.order is not None
    assert whole.pane.order.by == ("energy_position", True)
    whole.press(EventsAction.SORT)
    assert whole.pane.order is None

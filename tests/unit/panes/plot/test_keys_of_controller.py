"""What the keys of the plot do: at once, or as soon as the curves they need are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from resonance_tui.panes.actions import Move, PlotAction, RunsAction
from resonance_tui.panes.plot.tasks import PlotTask
from resonance_tui.panes.signals import (
    ChoiceWanted,
    CurvesShown,
    EventSelected,
    RunReread,
    RunSelected,
    ThemeChanged,
)
from resonance_tui.panes.type_ahead import STILL_READ
from resonance_tui.session.beamtime import BeamtimeSession
from tests.beamtime import ABORTED_UID, FAILED_UID, NEXAFS_55_UID, NEXAFS_UID, OPEN_UID
from tests.unit.panes.plot.recorded_pane import Bench, row_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.beamtime import BeamtimeBuilder


@pytest.fixture
def shown(bench: Bench) -> Bench:
    """The curve of a nexafs run is shown: 30 events from 270 eV on, half an eV apart."""
    bench.show(NEXAFS_UID)
    return bench


# -- keys that come early --------------------------------------------------------------------------------


def test_a_key_typed_before_the_curves_are_there_is_done_once_they_come(bench: Bench) -> None:
    bench.host.publish(RunSelected(row_of(NEXAFS_UID)))
    bench.controller.handle(PlotAction.SCALE)
    bench.controller.handle(PlotAction.DERIVATIVE)
    assert bench.pane.hint == STILL_READ
    bench.settle(NEXAFS_UID)
    assert (bench.plot.spec.scale, bench.plot.spec.derivative) == ("log", True)
    assert STILL_READ not in bench.pane.hint


def test_keys_for_a_run_that_was_left_are_not_done_on_the_next_one(bench: Bench) -> None:
    bench.host.publish(RunSelected(row_of(NEXAFS_UID)))
    bench.controller.handle(PlotAction.SCALE)
    bench.show(NEXAFS_55_UID)
    assert bench.plot.spec.scale == "linear"


def test_where_no_run_is_selected_a_key_waits_for_nothing(bench: Bench) -> None:
    bench.host.publish(RunSelected(None))
    bench.controller.handle(PlotAction.SCALE)
    assert bench.pane.hint == ""
    bench.show(NEXAFS_UID)
    assert bench.plot.spec.scale == "linear"


def test_the_peak_of_curves_that_are_being_drawn_is_gone_to_once_they_are(shown: Bench) -> None:
    shown.controller.handle(PlotAction.SCALE)
    shown.controller.handle(PlotAction.PEAK)
    assert shown.host.signals(EventSelected) == []
    assert shown.pane.hint == "", "it is drawn at once: nothing is worth saying"
    shown.host.do()
    assert shown.host.selection.position == 11


def test_a_key_that_only_changes_what_is_drawn_needs_not_wait_for_the_drawing(shown: Bench) -> None:
    shown.controller.handle(PlotAction.DERIVATIVE)
    shown.controller.handle(PlotAction.SCALE)
    assert shown.times_drawn() == 3
    shown.host.do()
    assert (shown.plot.spec.derivative, shown.plot.spec.scale) == (True, "log")


def test_an_x_typed_before_the_curves_are_there_is_gone_to_once_they_come(bench: Bench) -> None:
    bench.select(NEXAFS_UID)
    bench.controller.handle(PlotAction.GO_TO)
    bench.type("275")
    assert bench.pane.hint == STILL_READ
    bench.host.do()
    assert bench.host.selection.position == 10
    assert bench.pane.hint == ""


def test_an_x_typed_where_there_is_nothing_to_draw_does_not_wait_for_events(bench: Bench) -> None:
    bench.show(OPEN_UID)
    bench.controller.handle(PlotAction.GO_TO)
    bench.type("275")
    assert bench.pane.hint != STILL_READ


def test_a_key_that_waited_for_curves_that_failed_is_not_done_with_later_ones(shown: Bench) -> None:
    shown.controller.handle(PlotAction.SCALE)
    shown.controller.handle(PlotAction.PEAK)
    shown.host.fail(PlotTask.CURVES, "out of memory")
    shown.host.publish(ThemeChanged())
    shown.host.do()
    assert shown.host.signals(EventSelected) == []


# -- going along the curve -------------------------------------------------------------------------------


def test_the_nearest_event_to_an_x_is_gone_to(shown: Bench) -> None:
    shown.controller.handle(PlotAction.GO_TO)
    assert shown.pane.hint == "go to x, or show a range: 283 292 ▸ _   ⏎ esc"
    shown.type("280.3")
    assert shown.host.selection.position == 21


def test_an_x_beyond_the_curve_leads_to_its_end_and_that_is_said(shown: Bench) -> None:
    shown.controller.handle(PlotAction.GO_TO)
    shown.type("500")
    assert shown.host.selection.position == 29
    assert shown.pane.hint == "500 lies outside of 270…284.5: the nearest"


def test_a_range_of_x_is_shown_and_its_numbers_are_read(shown: Bench) -> None:
    shown.controller.handle(PlotAction.GO_TO)
    shown.type("276-280")
    shown.host.do()
    assert shown.pane.view.drawing is not None
    assert shown.pane.view.drawing.x == (276.0, 280.0)
    assert "at 276 eV" in shown.pane.readings
    assert shown.host.signals(EventSelected) == []


def test_what_is_no_x_is_said_to_be_none(shown: Bench) -> None:
    shown.controller.handle(PlotAction.GO_TO)
    shown.type("the edge")
    assert shown.pane.hint == "the edge is neither an x nor a range such as 283 292"


def test_the_peak_is_the_highest_point_of_the_curve_under_the_cursor(angles: Bench) -> None:
    angles.controller.move(Move.DOWN)
    angles.press(PlotAction.PEAK)
    assert angles.host.selection.position == 19


def test_on_the_peak_already_the_key_selects_nothing(angles: Bench) -> None:
    angles.press(PlotAction.PEAK, PlotAction.PEAK)
    assert len(angles.host.signals(EventSelected)) == 1


# -- zoom ------------------------------------------------------------------------------------------------


def test_zooming_halves_the_range_around_the_cursor_and_doubles_it_again(shown: Bench) -> None:
    shown.host.publish(EventSelected(14))
    shown.press(PlotAction.ZOOM_IN)
    assert shown.controller.state.window == (277 - 3.625, 277 + 3.625)
    shown.press(PlotAction.ZOOM_OUT)
    assert shown.controller.state.window == (270, 277 + 7.25)
    shown.press(PlotAction.ZOOM_OUT)
    assert shown.controller.state.window is None


def test_the_whole_range_is_shown_again(shown: Bench) -> None:
    shown.press(PlotAction.ZOOM_IN, PlotAction.ZOOM_IN, PlotAction.WHOLE)
    assert shown.pane.view.drawing is not None
    assert shown.pane.view.drawing.x == (270.0, 284.5)


def test_a_range_that_is_as_small_as_can_be_is_not_drawn_again(shown: Bench) -> None:
    shown.press(*[PlotAction.ZOOM_IN] * 20)
    drawn, window = shown.times_drawn(), shown.controller.state.window
    shown.press(PlotAction.ZOOM_IN)
    assert (shown.times_drawn(), shown.controller.state.window) == (drawn, window)


# -- what is drawn ---------------------------------------------------------------------------------------


def test_another_x_is_picked_and_shown_as_a_whole(shown: Bench) -> None:
    shown.press(PlotAction.ZOOM_IN)
    shown.controller.handle(PlotAction.X)
    (wanted,) = shown.host.signals(ChoiceWanted)
    assert (wanted.title, wanted.marked, wanted.several) == ("x axis", ("energy_position",), False)
    wanted.done(("seq_num",))
    shown.host.do()
    assert (shown.plot.x_name, shown.plot.whole) == ("event", (1.0, 30.0))
    assert shown.controller.state.window is None


def test_other_fields_are_picked_and_drawn(shown: Bench) -> None:
    shown.press(PlotAction.NORMALISATION)
    shown.pick(PlotAction.Y, "i0", "tey_signal")
    assert shown.plot.spec.ys == ("i0", "tey_signal")
    assert len(shown.plot.curves) == 2


def test_curves_are_put_together_and_told_apart_again(angles: Bench) -> None:
    angles.pick(PlotAction.GROUP_BY, "")
    assert len(angles.plot.curves) == 1
    angles.pick(PlotAction.GROUP_BY, "sam_th_position")
    assert [curve.label for curve in angles.plot.curves] == ["20", "37.5", "55", "72.5", "90"]


def test_where_no_motor_tells_curves_apart_it_is_said(shown: Bench) -> None:
    shown.press(PlotAction.GROUP_BY)
    assert shown.host.signals(ChoiceWanted) == []
    assert shown.pane.hint == "no motor stood at few places: there is one curve"


def test_what_is_picked_after_the_run_was_left_is_for_nothing(shown: Bench) -> None:
    shown.controller.handle(PlotAction.X)
    (wanted,) = shown.host.signals(ChoiceWanted)
    shown.host.publish(RunSelected(row_of(NEXAFS_55_UID)))
    wanted.done(("seq_num",))
    shown.settle(NEXAFS_55_UID)
    assert shown.plot.x_name == "energy"


def test_scale_and_slope_are_changed_at_once(shown: Bench) -> None:
    shown.press(PlotAction.SCALE, PlotAction.DERIVATIVE)
    assert "log" in shown.plot.notes
    assert shown.plot.y_name == "d(tey_signal ÷ i0)/d energy"


def test_all_is_drawn_as_at_first_again(shown: Bench) -> None:
    first = shown.plot.spec
    shown.press(PlotAction.SCALE, PlotAction.DERIVATIVE, PlotAction.ZOOM_IN, PlotAction.RESET)
    assert shown.plot.spec == first
    assert shown.controller.state.window is None


def test_a_key_without_effect_says_why_and_draws_nothing(bench: Bench) -> None:
    bench.show(FAILED_UID)
    bench.press(PlotAction.CUT_OFF)
    assert bench.pane.hint == "nothing is divided by i0: i does that"
    bench.press(PlotAction.COMPARE)
    assert bench.pane.hint == "only overlaid runs are compared: space marks runs, = overlays them"
    assert bench.times_drawn() == 1


def test_a_key_of_another_pane_does_nothing(shown: Bench) -> None:
    shown.press(RunsAction.MARK)
    assert shown.times_drawn() == 1


def test_a_run_without_a_monitor_draws_as_measured_what_is_divided_for_others_of_its_kind(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    builder = beamtime()
    events = [{"energy_position": 270.0 + i, "tey_signal": 1.0 + i} for i in range(8)]
    divided = builder.run(events=[{**event, "i0": 0.5} for event in events])
    plain = builder.run(events=events)
    with BeamtimeSession(builder.path) as session:
        bench = Bench(session)
        bench.show(divided)
        bench.press(*[PlotAction.NORMALISATION] * 4)
        assert bench.plot.spec.normalisation == "ratio"
        bench.show(plain)
        assert bench.plot.formulas == ("tey_signal",)
        assert not bench.plot.is_empty
        bench.press(PlotAction.NORMALISATION)
        assert bench.pane.hint == "this run has no i0 to divide by"


# -- numbers of the curve --------------------------------------------------------------------------------


def test_the_next_number_stands_out_and_is_the_one_that_is_copied(shown: Bench) -> None:
    shown.press(PlotAction.NEXT_READ_OUT)
    assert shown.pane.readings[shown.pane.chosen] == "half height at 281.82 eV"
    shown.press(PlotAction.COPY)
    assert shown.pane.copied == ["281.82"]
    assert shown.pane.hint == "281.82 sent to the terminal's clipboard (where it allows it)"


def test_after_the_last_number_comes_the_first(shown: Bench) -> None:
    shown.press(*[PlotAction.NEXT_READ_OUT] * len(shown.pane.readings))
    assert shown.pane.readings[shown.pane.chosen] == "at 275.5 eV"


def test_where_numbers_have_no_room_the_one_that_stands_out_is_said(shown: Bench) -> None:
    shown.pane.has_room_for_readings = False
    shown.press(PlotAction.NEXT_READ_OUT)
    assert shown.pane.hint == "half height at 281.82 eV"


def test_of_curves_without_numbers_there_is_nothing_to_copy(bench: Bench) -> None:
    bench.select(ABORTED_UID)
    bench.host.do(PlotTask.COLUMNS, PlotTask.CURVES)
    bench.host.answer(PlotTask.READ_OUTS, ())
    bench.press(PlotAction.NEXT_READ_OUT, PlotAction.COPY)
    assert bench.pane.copied == []
    assert bench.pane.hint == ""


def test_a_new_reading_of_the_run_is_what_early_keys_wait_for(shown: Bench) -> None:
    shown.host.publish(RunReread(NEXAFS_UID))
    shown.controller.handle(PlotAction.ZOOM_IN)
    assert shown.controller.state.window is None
    shown.host.do()
    assert shown.controller.state.window is not None
    assert len(shown.host.signals(CurvesShown)) == 3

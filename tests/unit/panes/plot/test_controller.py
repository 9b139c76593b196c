"""What the plot shows of the selected run, what it reads for that, and how its cursor follows the selection."""

from __future__ import annotations

import numpy as np
import pytest

from resonance_tui.catalog.run_state import Phase, RunState
from resonance_tui.panes.actions import Move, PlotAction
from resonance_tui.panes.host import STILL_READING_S
from resonance_tui.panes.plot.tasks import PlotTask
from resonance_tui.panes.signals import (
    BeamLost,
    BeamtimeReplaced,
    ColumnsReady,
    CurvesShown,
    EventSelected,
    EventsGrown,
    LastWanted,
    LiveRunChanged,
    LockReleased,
    RunReread,
    RunSelected,
    RunSettled,
    TerminalReady,
    ThemeChanged,
)
from resonance_tui.session.beamtime import Waiting
from resonance_tui.session.monitor import LiveRun
from resonance_tui.session.tasks import Progress
from tests.beamtime import NEXAFS_55_UID, NEXAFS_UID, OPEN_UID, RSOXS_UID
from tests.unit.panes.plot.recorded_pane import NOTHING_TO_DRAW, SETTLE_S, Bench, row_of

# -- the selected run ------------------------------------------------------------------------------------


def test_nothing_is_read_before_the_cursor_rests_on_a_run(bench: Bench) -> None:
    bench.host.publish(RunSelected(row_of(NEXAFS_UID)))
    assert bench.host.kinds_asked() == []
    bench.host.publish(RunSettled(NEXAFS_UID))
    assert bench.host.kinds_asked() == [PlotTask.COLUMNS]


def test_the_curves_of_the_selected_run_are_shown_as_a_scientist_would_draw_them(bench: Bench) -> None:
    bench.show(NEXAFS_UID)
    assert bench.plot.title == "tey_signal ÷ i0 over energy (eV)"
    assert bench.pane.view.drawing is not None
    assert bench.pane.has_content


def test_the_events_are_handed_to_other_panes_with_what_was_scanned(bench: Bench) -> None:
    bench.show(NEXAFS_UID)
    (ready,) = bench.host.signals(ColumnsReady)
    assert (ready.columns.uid, len(ready.columns), ready.axes.fast) == (NEXAFS_UID, 30, "energy_position")
    assert ready.label.full == "energy 270→284.5 (30) nexafs"


def test_what_is_made_of_the_signals_is_handed_to_other_panes(bench: Bench) -> None:
    bench.show(NEXAFS_UID)
    (shown,) = bench.host.signals(CurvesShown)
    (computed,) = shown.computed
    assert computed.label == "tey_signal ÷ i0"
    np.testing.assert_array_equal(computed.values, bench.plot.ys[0])


def test_numbers_are_read_from_the_curve_and_the_main_one_stands_out(bench: Bench) -> None:
    bench.show(NEXAFS_UID)
    assert bench.pane.readings[0] == "max 48.23"
    assert bench.pane.readings[bench.pane.chosen] == "at 275.5 eV"


def test_another_run_clears_the_pane_and_nothing_of_the_last_one_comes_any_more(bench: Bench) -> None:
    bench.select(NEXAFS_UID)
    bench.host.publish(RunSelected(row_of(NEXAFS_55_UID)))
    assert bench.host.waiting == []
    assert bench.pane.plot is None
    bench.settle(NEXAFS_55_UID)
    assert bench.plot.uid == NEXAFS_55_UID


def test_a_run_without_events_has_nothing_to_draw_and_that_is_told(bench: Bench) -> None:
    bench.show(OPEN_UID)
    assert bench.pane.note == NOTHING_TO_DRAW
    assert bench.host.signals(CurvesShown) == [CurvesShown()]


def test_where_reading_takes_long_it_is_said_and_then_how_far_it_is(bench: Bench) -> None:
    bench.select(NEXAFS_UID)
    assert bench.pane.note == ""
    bench.host.pass_time(STILL_READING_S)
    assert bench.pane.note == "Reading the events…"
    bench.host.tell(PlotTask.COLUMNS, Progress(10_000, 50_000))
    assert bench.pane.note == "Reading the events… 10,000 of 50,000"
    bench.host.do()
    assert bench.pane.note == ""


def test_a_run_read_again_says_nothing_of_it_while_its_curves_are_shown(bench: Bench) -> None:
    bench.show(NEXAFS_UID)
    bench.host.publish(RunReread(NEXAFS_UID))
    bench.host.pass_time(1.0)
    assert bench.pane.has_content
    bench.host.tell(PlotTask.COLUMNS, Waiting("database is locked"))
    assert bench.pane.has_content


def test_a_run_read_again_keeps_what_was_chosen_and_where_the_cursor_is(bench: Bench) -> None:
    bench.show(NEXAFS_UID)
    bench.press(PlotAction.SCALE)
    bench.host.publish(EventSelected(7))
    bench.host.publish(RunReread(NEXAFS_UID))
    bench.host.do()
    assert bench.plot.spec.scale == "log"
    assert bench.pane.position == 7


def test_what_was_chosen_for_a_kind_of_scan_holds_for_the_next_run_of_the_kind(bench: Bench) -> None:
    bench.show(NEXAFS_UID)
    bench.press(PlotAction.SCALE, PlotAction.ZOOM_IN)
    bench.show(NEXAFS_55_UID)
    assert bench.plot.spec.scale == "log"
    assert bench.controller.state.window is None, "but another run is shown as a whole"


def test_events_that_cannot_be_read_are_an_error_in_the_pane(bench: Bench) -> None:
    bench.select(NEXAFS_UID)
    bench.host.fail(PlotTask.COLUMNS, "the file is damaged")
    assert (bench.pane.note, bench.pane.note_is_error) == ("the file is damaged", True)
    assert bench.times_drawn() == 0


def test_after_reading_failed_keys_are_not_kept(bench: Bench) -> None:
    bench.select(NEXAFS_UID)
    bench.controller.handle(PlotAction.SCALE)
    bench.host.fail(PlotTask.COLUMNS, "the file is damaged")
    bench.controller.handle(PlotAction.OFFSET)
    bench.host.publish(RunReread(NEXAFS_UID))
    bench.host.do()
    assert (bench.plot.spec.scale, bench.plot.spec.offset) == ("linear", False)


def test_a_beamtime_that_was_replaced_is_read_anew_where_a_run_is_selected(bench: Bench) -> None:
    bench.host.publish(BeamtimeReplaced())
    assert bench.times_read() == 0
    bench.show(NEXAFS_UID)
    bench.host.publish(BeamtimeReplaced())
    assert bench.times_read() == 2


def test_new_events_of_the_selected_run_are_read_unless_they_are_being_read(bench: Bench) -> None:
    bench.show(NEXAFS_UID)
    bench.host.publish(EventsGrown(NEXAFS_UID, 31))
    bench.host.publish(EventsGrown(NEXAFS_UID, 32))
    assert bench.times_read() == 2


def test_new_events_of_a_run_that_was_not_yet_read_are_not_read_twice(bench: Bench) -> None:
    bench.host.publish(RunSelected(row_of(NEXAFS_UID)))
    bench.host.publish(EventsGrown(NEXAFS_UID, 31))
    assert bench.times_read() == 0


def test_what_does_not_concern_the_plot_leaves_it_alone(bench: Bench) -> None:
    bench.show(NEXAFS_UID)
    asked = bench.host.kinds_asked()
    bench.host.publish(LockReleased())
    bench.host.publish(EventsGrown(NEXAFS_55_UID, 5))
    assert bench.host.kinds_asked() == asked


# -- its place -------------------------------------------------------------------------------------------


def test_curves_are_drawn_in_another_size_once_it_rests(bench: Bench) -> None:
    bench.show(NEXAFS_UID)
    bench.resize(80)
    bench.host.pass_time(SETTLE_S / 2)
    bench.resize(100)
    bench.host.pass_time(SETTLE_S / 2)
    assert bench.times_drawn() == 1
    bench.host.pass_time(SETTLE_S / 2)
    bench.host.do()
    assert bench.times_drawn() == 2
    assert bench.pane.view.drawing is not None
    assert bench.pane.view.drawing.width == 100


def test_the_same_size_again_draws_nothing(bench: Bench) -> None:
    bench.show(NEXAFS_UID)
    bench.resize(60)
    bench.host.pass_time(SETTLE_S)
    assert bench.times_drawn() == 1


def test_out_of_sight_curves_are_made_but_not_drawn(bench: Bench) -> None:
    bench.resize(0)
    bench.show(NEXAFS_UID)
    assert bench.plot.title == "tey_signal ÷ i0 over energy (eV)"
    assert bench.pane.view.drawing is None
    bench.press(PlotAction.ZOOM_IN)
    assert bench.controller.state.window is None
    bench.resize(60)
    bench.host.pass_time(SETTLE_S)
    bench.host.do()
    assert bench.pane.view.drawing is not None


def test_other_colours_have_the_curves_drawn_again(bench: Bench) -> None:
    bench.host.publish(ThemeChanged())
    assert bench.times_drawn() == 0
    bench.show(NEXAFS_UID)
    bench.host.publish(ThemeChanged())
    assert bench.times_drawn() == 2


def test_events_without_beam_are_marked(bench: Bench) -> None:
    bench.show(NEXAFS_UID)
    lost = np.arange(30) > 20
    bench.host.publish(BeamLost(lost))
    assert bench.pane.lost is lost


# -- the cursor ------------------------------------------------------------------------------------------


def test_the_cursor_follows_the_selected_event_and_no_curve_is_drawn_for_that(bench: Bench) -> None:
    bench.show(NEXAFS_UID)
    bench.host.publish(EventSelected(5))
    assert bench.pane.position == 5
    assert bench.times_drawn() == 1


def test_while_the_terminal_is_busy_the_cursor_stays_and_then_goes_to_the_newest_event(
    many_angles: Bench,
) -> None:
    bench = many_angles
    before = bench.times_drawn()
    bench.host.flow.busy = True
    bench.controller.move(Move.DOWN)
    bench.controller.move(Move.DOWN)
    bench.host.flow.busy = False
    assert bench.pane.position == 0
    bench.host.publish(TerminalReady())
    assert bench.pane.position == 20
    assert bench.times_drawn() == before + 1, "the curve in sight is another than before all moves"


def test_the_window_follows_the_cursor_that_leaves_it(bench: Bench) -> None:
    bench.show(NEXAFS_UID)
    bench.controller.line.begin("", bench.controller._go_to_x)
    bench.type("270 272")
    bench.host.do()
    bench.host.publish(EventSelected(20))
    assert bench.controller.state.window == (279.0, 281.0)
    bench.host.do()
    assert bench.pane.view.drawing is not None
    assert bench.pane.view.drawing.x == (279.0, 281.0)


def test_on_another_of_few_curves_only_its_numbers_are_read(angles: Bench) -> None:
    before = angles.host.kinds_asked().count(PlotTask.READ_OUTS)
    angles.host.publish(EventSelected(25, 0))
    assert angles.times_drawn() == 1
    assert angles.host.kinds_asked().count(PlotTask.READ_OUTS) == before + 1
    angles.host.do()
    angles.host.publish(EventSelected(26, 25))
    assert angles.host.kinds_asked().count(PlotTask.READ_OUTS) == before + 1


def test_of_many_curves_the_one_under_the_cursor_is_drawn(many_angles: Bench) -> None:
    bright, _ = many_angles.plot.in_sight(0)
    assert [curve.trace for curve in bright] == [0]
    before = many_angles.times_drawn()
    many_angles.host.publish(EventSelected(105, 0))
    assert many_angles.times_drawn() == before + 1


def test_curves_that_were_drawn_for_another_cursor_are_drawn_again(many_angles: Bench) -> None:
    bench = many_angles
    bench.controller.request()
    bench.pane.plot = None  # as before the first drawing: no move asks for another
    bench.host.publish(EventSelected(105, 0))
    bench.host.do()
    drawn = bench.pane.view.drawing
    bench.controller.request()
    bench.host.do()
    assert drawn == bench.pane.view.drawing, "it is what is drawn at rest"


def test_arrows_go_along_the_curve_and_across_to_the_next_one(angles: Bench) -> None:
    angles.controller.move(Move.RIGHT)
    angles.controller.move(Move.DOWN)
    assert [(one.before, one.position) for one in angles.host.signals(EventSelected)] == [(0, 1), (1, 11)]


def test_the_end_is_told_even_where_the_cursor_is_there_already(angles: Bench) -> None:
    angles.controller.move(Move.LAST)
    angles.controller.move(Move.LAST)
    assert angles.host.selection.position == 49
    assert len(angles.host.signals(LastWanted)) == 2
    assert len(angles.host.signals(EventSelected)) == 1


def test_without_curves_there_is_nowhere_to_go(bench: Bench) -> None:
    bench.show(OPEN_UID)
    bench.controller.move(Move.RIGHT)
    assert bench.host.signals(EventSelected) == []


# -- a run in progress -----------------------------------------------------------------------------------


def live(uid: str, *, frames: int = 0, events: int | None = None) -> LiveRunChanged:
    run = LiveRun(uid, RunState(Phase.RUNNING, events=events), frames=frames)
    return LiveRunChanged(run, {uid: run})


def test_where_there_is_nothing_to_draw_yet_it_is_said_how_far_the_run_is(bench: Bench) -> None:
    bench.show(OPEN_UID)
    bench.host.publish(live(OPEN_UID, frames=3))
    assert "3 frames" in bench.pane.note
    assert bench.pane.note.endswith("Its events are saved when it is closed; then they are drawn here.")


def test_how_far_it_is_is_said_as_soon_as_there_is_known_to_be_nothing_to_draw(bench: Bench) -> None:
    bench.host.publish(live(OPEN_UID, frames=3))
    bench.show(OPEN_UID)
    assert "3 frames" in bench.pane.note


@pytest.mark.parametrize("uid", [RSOXS_UID, NEXAFS_55_UID])
def test_curves_are_worth_more_than_how_far_a_run_is(bench: Bench, uid: str) -> None:
    bench.show(RSOXS_UID)
    bench.host.publish(live(uid, events=3))
    assert bench.pane.has_content


def test_events_that_are_being_read_are_awaited_in_silence(bench: Bench) -> None:
    bench.select(RSOXS_UID)
    bench.host.publish(live(RSOXS_UID, events=3))
    assert bench.pane.note == ""

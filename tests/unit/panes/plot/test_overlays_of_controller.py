"""Runs over one another in the plot: which are drawn, how they are compared, and when that ends."""

from __future__ import annotations

from resonance_tui.catalog.models import RunSummary
from resonance_tui.panes.actions import PlotAction
from resonance_tui.panes.host import STILL_READING_S
from resonance_tui.panes.plot.tasks import PlotTask
from resonance_tui.panes.signals import (
    CurvesShown,
    EventsGrown,
    MarksChanged,
    OverlaidRun,
    OverlayChosen,
    OverlayWanted,
    PaneWanted,
    RunEnded,
)
from tests.beamtime import FAILED_UID, NEXAFS_55_UID, NEXAFS_UID, RSOXS_UID
from tests.unit.panes.plot.recorded_pane import Bench

FIRST = OverlaidRun(NEXAFS_UID, ("ps_100kd", "a day"), 4)
SECOND = OverlaidRun(NEXAFS_55_UID, ("ps_100kd", "another day"))
OTHER_KIND = OverlaidRun(FAILED_UID, ("grid", "a day"))


def overlaid(bench: Bench, *runs: OverlaidRun, alike: bool = False) -> Bench:
    """The first nexafs run is selected, and these are overlaid."""
    bench.show(NEXAFS_UID)
    bench.host.publish(OverlayChosen(runs, alike))
    bench.host.do()
    return bench


def test_the_key_asks_for_runs_to_overlay_and_for_the_plot_beside(bench: Bench) -> None:
    bench.show(NEXAFS_UID)
    bench.controller.toggle_overlay()
    assert bench.host.signals(OverlayWanted) == [OverlayWanted()]
    assert bench.host.signals(PaneWanted) == [PaneWanted("plot", beside=True)]


def test_runs_are_drawn_over_one_another_each_in_its_colour(bench: Bench) -> None:
    overlaid(bench, FIRST, SECOND)
    assert bench.plot.title == "tey_signal ÷ i0 over energy (eV) · 2 runs"
    assert bench.host.signals(CurvesShown)[-1].colours == {NEXAFS_UID: 4, NEXAFS_55_UID: 0}
    assert bench.pane.hint == "2 runs overlaid · D difference/ratio · = end overlay"


def test_while_their_events_are_read_that_is_said(bench: Bench) -> None:
    bench.show(NEXAFS_UID)
    bench.host.publish(OverlayChosen((FIRST, SECOND), alike=False))
    bench.host.pass_time(STILL_READING_S)
    assert bench.pane.note == "Reading the runs…"


def test_the_key_ends_the_overlay_and_what_was_said_of_it(bench: Bench) -> None:
    overlaid(bench, FIRST, SECOND)
    bench.controller.toggle_overlay()
    bench.host.do()
    assert bench.plot.over == 0
    assert bench.pane.hint == ""
    assert bench.host.signals(OverlayWanted) == []


def test_overlaid_runs_are_compared_in_turn(bench: Bench) -> None:
    overlaid(bench, FIRST, SECOND)
    seen = []
    for _ in range(3):
        bench.press(PlotAction.COMPARE)
        seen.append(bench.plot.y_name)
    made = "tey_signal ÷ i0"
    assert seen == [f"{made} − first run", f"{made} ÷ first run", made]


def test_what_is_chosen_for_overlaid_runs_holds_for_the_selected_one_of_their_kind(bench: Bench) -> None:
    overlaid(bench, FIRST, SECOND)
    bench.press(PlotAction.SCALE)
    bench.controller.toggle_overlay()
    bench.host.do()
    assert bench.plot.spec.scale == "log"


def test_a_run_of_another_kind_is_not_drawn_among_those_alike(bench: Bench) -> None:
    overlaid(bench, FIRST, OTHER_KIND, SECOND, alike=True)
    assert bench.plot.over == bench.plot.wanted == 2
    assert {curve.colour_index for curve in bench.plot.curves} == {4, 0}


def test_a_run_that_cannot_be_read_is_said_to_be_missing(bench: Bench) -> None:
    overlaid(bench, FIRST, SECOND, OverlaidRun("0" * 32, ("gone", "")))
    assert bench.plot.over == 2
    assert "1 run cannot be read" in bench.plot.notes


def test_other_marks_are_other_runs_of_the_overlay_and_a_single_one_ends_it(bench: Bench) -> None:
    overlaid(bench, FIRST, SECOND)
    bench.host.publish(MarksChanged((SECOND, FIRST)))
    bench.host.do()
    assert [curve.label for curve in bench.plot.curves] == ["another day sam_th 55", "a day sam_th 20"]
    bench.host.publish(MarksChanged((SECOND,)))
    bench.host.do()
    assert bench.plot.over == 0


def test_marks_change_nothing_where_none_are_overlaid_or_those_alike(bench: Bench) -> None:
    bench.show(NEXAFS_UID)
    bench.host.publish(MarksChanged((FIRST, SECOND)))
    assert bench.times_drawn() == 1
    bench.host.publish(OverlayChosen((FIRST, SECOND), alike=True))
    bench.host.do()
    bench.host.publish(MarksChanged((FIRST,)))
    assert (bench.times_drawn(), bench.plot.over) == (2, 2)


def test_marked_runs_stay_overlaid_when_another_run_is_selected_those_alike_do_not(bench: Bench) -> None:
    overlaid(bench, FIRST, SECOND)
    bench.show(RSOXS_UID)
    assert (bench.plot.uid, bench.plot.over) == (RSOXS_UID, 2)
    bench.host.publish(OverlayChosen((FIRST, SECOND), alike=True))
    bench.host.do()
    bench.show(NEXAFS_55_UID)
    assert bench.plot.over == 0


def test_an_overlaid_run_that_grows_or_ends_has_the_curves_drawn_again(bench: Bench) -> None:
    overlaid(bench, FIRST, SECOND)
    bench.host.publish(EventsGrown(NEXAFS_55_UID, 31))
    bench.host.publish(RunEnded(RunSummary(NEXAFS_55_UID, "nexafs", 1.77e9)))
    assert bench.times_drawn() == 4
    assert bench.times_read() == 1


def test_the_end_of_a_run_that_is_not_overlaid_draws_nothing(bench: Bench) -> None:
    overlaid(bench, FIRST, SECOND)
    bench.host.publish(RunEnded(RunSummary(RSOXS_UID, "rsoxs", 1.77e9)))
    bench.host.publish(
        RunEnded(RunSummary(NEXAFS_UID, "nexafs", 1.77e9))
    )  # which is selected: `RunReread` comes for it
    assert bench.times_drawn() == 2


def test_numbers_of_the_run_alone_do_not_come_up_in_an_overlay_without_it(bench: Bench) -> None:
    bench.select(NEXAFS_UID)
    bench.host.do(PlotTask.COLUMNS, PlotTask.CURVES)
    bench.host.publish(OverlayChosen((SECOND, OverlaidRun(RSOXS_UID, ("P3HT", ""))), alike=False))
    bench.host.do(PlotTask.CURVES)
    assert bench.plot.curve_at(0) is None, "the selected run is not among them"
    bench.host.do()
    assert bench.pane.readings == []

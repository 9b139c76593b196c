"""Marked runs, and which runs are overlaid."""

from __future__ import annotations

import pytest

from resonance_tui.panes.actions import RunsAction
from resonance_tui.panes.signals import CurvesShown, MarksChanged, OverlayChosen, OverlayWanted
from resonance_tui.session.beamtime import BeamtimeSession
from tests.unit.panes.fake_host import FakeHost
from tests.unit.panes.runs.listing_rows import Runs, row, rows


@pytest.fixture
def runs(host: FakeHost, no_session: BeamtimeSession) -> Runs:
    """Five runs of two samples; the cursor is on the newest."""
    made = Runs(host, no_session)
    made.fill([row("e"), row("d", "p3ht"), row("c"), row("b", "", "line_up"), row("a")])
    return made


def mark(runs: Runs, *uids: str) -> None:
    for uid in uids:
        runs.controller._go_to(uid)
        runs.controller.handle(RunsAction.MARK)


def marked(runs: Runs) -> list[tuple[str, int | None]]:
    """What the other panes know of the marks."""
    told = runs.host.signals(MarksChanged)[-1]
    return [(run.uid, run.colour_index) for run in told.runs]


def overlaid(runs: Runs) -> tuple[list[str], bool]:
    """Which runs are to be overlaid, and whether only those alike."""
    runs.host.publish(OverlayWanted())
    chosen = runs.host.signals(OverlayChosen)[-1]
    return [run.uid for run in chosen.runs], chosen.alike


def test_a_key_marks_the_run_and_goes_on_to_the_next(runs: Runs) -> None:
    runs.controller.handle(RunsAction.MARK)
    runs.controller.handle(RunsAction.MARK)
    assert runs.pane.run_list.marks == {"e": 0, "d": 1}
    assert runs.pane.current == row("c")
    assert runs.pane.caption == "5 runs · 2 marked"
    assert marked(runs) == [("e", 0), ("d", 1)]


def test_the_same_key_takes_the_mark_away(runs: Runs) -> None:
    mark(runs, "c", "c")
    assert runs.pane.run_list.marks == {}
    assert runs.pane.caption == "5 runs"
    assert marked(runs) == []


def test_a_marked_run_is_called_by_its_sample_or_else_its_plan(runs: Runs) -> None:
    mark(runs, "e", "b")
    told = runs.host.signals(MarksChanged)[-1]
    assert [run.label[0] for run in told.runs] == ["ps", "line_up"]
    assert told.runs[0].label[1] == row("e").when


def test_without_a_run_nothing_is_marked(host: FakeHost, no_session: BeamtimeSession) -> None:
    empty = Runs(host, no_session)
    empty.controller.handle(RunsAction.MARK)
    empty.host.publish(OverlayWanted())
    assert host.signals(MarksChanged) == []
    assert host.signals(OverlayChosen) == []


def test_esc_takes_the_marks_away_before_the_search(runs: Runs) -> None:
    runs.search("ps")
    mark(runs, "c")
    assert runs.controller.back()
    assert runs.pane.run_list.marks == {}
    assert runs.pane.caption == "3 of 5 runs: sample ~ ps"
    assert runs.controller.back()
    assert runs.pane.caption == "5 runs"


def test_a_mark_goes_with_its_run(runs: Runs) -> None:
    mark(runs, "e", "a")
    runs.fill(rows("edcb"))
    assert runs.pane.run_list.marks == {"e": 0}
    assert runs.pane.caption == "4 runs · 1 marked"


def test_unmarked_the_runs_of_the_sample_are_overlaid_the_current_one_first(runs: Runs) -> None:
    runs.controller._go_to("c")
    assert overlaid(runs) == (["c", "e", "a"], True)


def test_several_marked_runs_are_overlaid_in_the_order_of_their_marks(runs: Runs) -> None:
    mark(runs, "a", "d")
    runs.controller._go_to("d")
    assert overlaid(runs) == (["a", "d"], False)
    assert runs.pane.current == row("d", "p3ht")


def test_the_cursor_goes_to_one_of_the_runs_that_are_overlaid(runs: Runs) -> None:
    mark(runs, "a", "d")
    runs.controller._go_to("e")
    assert overlaid(runs) == (["a", "d"], False)
    assert runs.selected[-1] == ("d", True)


def test_one_marked_run_is_overlaid_with_the_one_under_the_cursor(runs: Runs) -> None:
    mark(runs, "a")
    runs.controller._go_to("d")
    assert overlaid(runs) == (["a", "d"], False)
    runs.controller._go_to("a")
    assert overlaid(runs) == (["a", "e", "c"], True)


def test_overlaid_runs_are_shown_in_the_colours_of_their_curves(runs: Runs) -> None:
    runs.host.publish(CurvesShown(colours={"c": 3, "a": 0}))
    assert runs.pane.run_list.colours == {"c": 3, "a": 0}
    mark(runs, "c", "d")
    assert runs.pane.run_list.marks == {"c": 3, "d": 1}  # as its curve; and one that no curve has

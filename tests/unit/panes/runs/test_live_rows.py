"""The run list while the experiment runs: new runs, states, ends, and what is told of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from resonance_tui.catalog.models import RunSummary
from resonance_tui.catalog.run_state import Phase
from resonance_tui.panes.actions import Move
from resonance_tui.panes.runs.reads import ReadDetails
from resonance_tui.panes.runs.tasks import RunsTask
from resonance_tui.panes.signals import (
    ColumnsReady,
    EventsGrown,
    FollowNewest,
    FramesGrown,
    LiveRunChanged,
    LockReleased,
    RunEnded,
    RunOvertaken,
    RunReread,
    RunsListed,
    RunsStarted,
)
from resonance_tui.session.beamtime import BeamtimeSession, Waiting
from resonance_tui.text.labels import ScanLabel
from resonance_tui.text.run_overview import RowDetails
from resonance_tui.text.states import State
from tests.unit.panes.fake_host import FakeHost
from tests.unit.panes.runs.listing_rows import START, Runs, live, open_row, rows

ENERGY = ScanLabel("energy 270→290 (40)", "energy 270→290", "energy")


@pytest.fixture
def runs(host: FakeHost, no_session: BeamtimeSession) -> Runs:
    """Three runs; the newest, c, goes on, and it is known what it scans."""
    made = Runs(host, no_session)
    made.fill([open_row("c"), *rows("ba")])
    made.pane.run_list.add_details("c", RowDetails(ENERGY, 3, 0, State.RUNNING))
    return made


def ended(uid: str, status: str = "success") -> RunEnded:
    return RunEnded(RunSummary(uid, "scan", START, "ps", START + 90, status))


def state_of(runs: Runs, uid: str) -> str:
    return next(one.status for one in runs.pane.run_list.rows if one.uid == uid)


def changed(uid: str, phase: Phase = Phase.RUNNING, **how: bool) -> LiveRunChanged:
    seen = live(uid, phase)
    return LiveRunChanged(seen, {uid: seen}, **how)


# -- runs that begin -------------------------------------------------------------------------------------------


def test_a_run_that_begins_stands_above_and_the_cursor_stays(runs: Runs) -> None:
    runs.host.publish(RunsStarted([open_row("e"), *rows("d")]))
    assert runs.pane.uids == ["e", "d", "c", "b", "a"]
    assert runs.selected == [("c", False)]
    assert runs.host.signals(RunsListed)[-1] == RunsListed("e", shows_any=True)


def test_a_run_that_is_listed_already_is_no_news(runs: Runs) -> None:
    before = len(runs.host.signals(RunsListed))
    runs.host.publish(RunsStarted(rows("b")))
    assert runs.pane.uids == ["c", "b", "a"]
    assert len(runs.host.signals(RunsListed)) == before


def test_a_run_that_the_search_hides_is_listed_once_the_search_is_cleared(runs: Runs) -> None:
    runs.search("p3ht")
    runs.host.publish(RunsStarted(rows("d")))
    assert runs.pane.uids == []
    assert runs.host.signals(RunsListed)[-1] == RunsListed("d", shows_any=False)
    runs.controller.back()
    assert runs.pane.uids == ["d", "c", "b", "a"]


def test_follow_mode_puts_the_cursor_on_the_newest(runs: Runs) -> None:
    runs.host.publish(RunsStarted(rows("d")))
    runs.host.publish(FollowNewest("d", frames=False))
    assert runs.selected == [("c", False), ("d", False)]
    runs.host.publish(FollowNewest("d", frames=False))
    assert len(runs.selected) == 2


def test_follow_mode_leaves_a_search_that_hides_the_newest(runs: Runs) -> None:
    runs.controller.move(Move.DOWN)
    runs.host.publish(FollowNewest("x", frames=False))
    assert runs.pane.current is not None
    assert runs.pane.current.uid == "b"


# -- runs that end ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "text", "is_error"),
    [
        ("success", "energy 270→290 ps finished", False),
        ("aborted", "energy 270→290 ps was aborted", False),
        ("failed", "energy 270→290 ps failed", True),
    ],
)
def test_how_a_run_ended_is_shown_and_told(runs: Runs, status: str, text: str, is_error: bool) -> None:
    runs.host.publish(ended("c", status))
    assert state_of(runs, "c") == status
    (said,) = runs.host.said
    assert (said.text, said.error, said.is_news) == (text, is_error, True)


def test_what_is_known_of_a_run_is_read_again_at_its_end_and_stays_until_then(runs: Runs) -> None:
    runs.rest()
    runs.host.publish(ended("c"))
    assert runs.pane.run_list.details["c"].points == 3
    asked = len(runs.host.asked)
    runs.host.pass_time(0.1)
    (task,) = runs.host.asked[asked:]
    assert task.kind == RunsTask.DETAILS
    assert "c" in tuple(task.key)  # type: ignore[arg-type]


def test_the_end_of_a_run_that_is_not_listed_is_no_news(runs: Runs) -> None:
    runs.host.publish(ended("x"))
    assert runs.said == []


# -- runs that get no end --------------------------------------------------------------------------------------


def test_a_run_that_no_longer_goes_on_is_told_once(runs: Runs) -> None:
    runs.host.publish(changed("c", Phase.INTERRUPTED))
    runs.host.publish(changed("c", Phase.INTERRUPTED))
    assert state_of(runs, "c") == "interrupted"
    runs.host.publish(RunOvertaken(live("c", Phase.ABANDONED), is_news=True))
    assert state_of(runs, "c") == "abandoned"
    (said,) = runs.host.said
    assert (said.text, said.error, said.is_news) == ("energy 270→290 ps was interrupted", True, True)


def test_a_run_that_was_overtaken_is_told_where_it_was_thought_to_go_on(runs: Runs) -> None:
    runs.host.publish(RunOvertaken(live("c", Phase.ABANDONED), is_news=False))
    assert (state_of(runs, "c"), runs.said) == ("abandoned", [])
    runs.host.publish(RunOvertaken(live("x", Phase.ABANDONED), is_news=True))
    assert runs.said == ["the run was abandoned"]  # not listed: no more is known of it


def test_a_run_that_goes_on_in_another_way_is_shown_so_and_not_told(runs: Runs) -> None:
    runs.host.publish(changed("c", Phase.OPEN))
    assert (state_of(runs, "c"), runs.said) == ("open", [])
    runs.host.publish(LiveRunChanged(None))
    assert state_of(runs, "c") == "open"


# -- what is filled in -----------------------------------------------------------------------------------------


def test_events_and_frames_are_counted_as_they_come(runs: Runs) -> None:
    runs.host.publish(EventsGrown("c", 5))
    runs.host.publish(FramesGrown("c", 4))
    assert (runs.pane.run_list.details["c"].points, runs.pane.run_list.details["c"].frames) == (5, 4)


def test_what_was_scanned_is_said_better_once_all_events_were_read(runs: Runs) -> None:
    class Columns:
        uid = "c"

    columns: Any = Columns()
    better = ScanLabel("energy 270→300 (60)", "energy 270→300", "energy")
    runs.host.publish(ColumnsReady(columns, None, better))  # type: ignore[arg-type]
    assert runs.pane.run_list.scanned("c") == "energy 270→300"


def read_details(runs: Runs, uid: str, state: State) -> None:
    """Have the state of a run read with what it scanned."""
    runs.pane.run_list.forget_details()
    runs.controller.read_details_soon()
    runs.host.pass_time(0.1)
    (reading,) = [one for one in runs.host.waiting if one.task.kind == RunsTask.DETAILS]
    reading.then(ReadDetails(uid, RowDetails(ENERGY, 3, 7, state)))
    reading.then(None)  # the end of it


def test_a_state_that_was_read_with_a_look_at_its_frames_is_shown(runs: Runs) -> None:
    read_details(runs, "c", State.INTERRUPTED)
    assert state_of(runs, "c") == "interrupted"
    assert runs.pane.run_list.details["c"].frames == 7


def test_what_was_seen_of_a_run_counts_more_than_what_was_read(runs: Runs) -> None:
    runs.host.publish(changed("c"))
    read_details(runs, "c", State.INTERRUPTED)
    assert state_of(runs, "c") == "running"


def test_a_failure_to_fill_in_is_not_said(runs: Runs) -> None:
    runs.host.pass_time(0.1)
    runs.host.fail(RunsTask.DETAILS, "no")
    assert (runs.said, runs.pane.note) == ([], None)


# -- a catalog that nobody can read ----------------------------------------------------------------------------


@pytest.fixture
def locked(host: FakeHost, no_session: BeamtimeSession) -> Runs:
    """A list that is still waited for: another process has the catalog locked."""
    made = Runs(host, no_session)
    made.controller.read_runs()
    return made


def test_the_run_in_progress_is_listed_though_nobody_can_read_the_catalog(locked: Runs) -> None:
    locked.host.publish(changed("f", unread=True, readers_blocked=True))
    (shown,) = locked.pane.run_list.rows
    assert (shown.uid, shown.plan, shown.status) == ("f", "not read yet", "running")
    assert locked.selected == [("f", False)]
    assert locked.host.signals(RunsListed) == [RunsListed("f", shows_any=False)], (
        "the catalog itself shows none"
    )


def test_once_the_lock_is_released_that_run_is_read(locked: Runs) -> None:
    locked.host.publish(changed("f", unread=True))
    locked.host.publish(LockReleased())
    locked.host.publish(LockReleased())
    assert locked.host.signals(RunReread) == [RunReread("f")]


def test_a_run_that_is_not_selected_any_more_is_not_read_again(locked: Runs) -> None:
    locked.host.publish(changed("f", unread=True))
    locked.host.selection = replace(locked.host.selection, uid="other")
    locked.host.publish(LockReleased())
    assert locked.host.signals(RunReread) == []


def test_with_runs_listed_the_unread_one_is_not_made_up(runs: Runs) -> None:
    runs.host.publish(changed("f", unread=True))
    assert runs.pane.uids == ["c", "b", "a"]
    assert runs.said == []


def test_that_readers_are_kept_out_is_not_said_twice(runs: Runs) -> None:
    runs.host.publish(changed("c", readers_blocked=True))
    runs.controller.read_runs()
    runs.host.tell(RunsTask.RUNS, Waiting("the database is locked"))
    assert runs.said == []  # it stands in the title bar

"""What changes in a beamtime, as the panes are told it; the keys that concern all of it."""

from __future__ import annotations

from typing import Any

import pytest

from resonance_tui.analysis.exposure import Exposure
from resonance_tui.catalog.run_state import Phase, RunState
from resonance_tui.catalog.watch import FileState
from resonance_tui.panes.actions import LiveAction
from resonance_tui.panes.host import Selection
from resonance_tui.panes.live.controller import MAX_OVERTAKEN, SHORTLY_S, LiveTask
from resonance_tui.panes.live.news import LOCKED_AFTER_S
from resonance_tui.panes.signals import (
    BeamtimeReplaced,
    EventsGrown,
    FramesGrown,
    LiveRunChanged,
    LockReleased,
    Notice,
    RunEnded,
    RunOvertaken,
    RunReread,
    RunsListed,
    RunsStarted,
    StatisticsToggled,
    ThemeChanged,
)
from resonance_tui.session.beamtime import BeamtimeSession
from resonance_tui.session.frame_series import NewestExposure
from resonance_tui.session.tasks import Lane
from resonance_tui.text.states import State
from tests.beamtime import RSOXS_UID
from tests.unit.panes.fake_host import FakeHost
from tests.unit.panes.live.beamtime_news import (
    FREE,
    HALF_WRITTEN,
    LOCKED,
    START,
    WRITING,
    Live,
    live,
    run,
)
from tests.unit.panes.runs.listing_rows import Runs


@pytest.fixture
def seen(host: FakeHost, no_session: BeamtimeSession) -> Live:
    """A beamtime of runs a and b, of which nothing was seen yet."""
    made = Live(host, no_session)
    made.list_runs("b")
    return made


# -- runs ------------------------------------------------------------------------------------------------------


def test_new_runs_are_told_newest_first_the_last_one_in_its_state(seen: Live) -> None:
    seen.see_open(live("d"), new_runs=(run("c"), run("d")))
    (started,) = seen.told(RunsStarted)
    assert [(row.uid, row.state) for row in started.runs] == [("d", State.RUNNING), ("c", State.ABANDONED)]


def test_a_new_run_that_has_its_end_already_is_told_as_it_ended(seen: Live) -> None:
    seen.see(new_runs=(run("c", "failed"),))
    (started,) = seen.told(RunsStarted)
    assert [(row.uid, row.state) for row in started.runs] == [("c", State.FAILED)]


def test_a_run_without_a_look_at_it_is_told_as_one_that_gets_no_end(seen: Live) -> None:
    seen.see(open_run=run("c"), new_runs=(run("c"),))
    (started,) = seen.told(RunsStarted)
    assert started.runs[0].state is State.ABANDONED


def test_the_end_of_a_run_is_told(seen: Live) -> None:
    seen.see(ended=(run("b", "success"),))
    assert [told.run.uid for told in seen.told(RunEnded)] == ["b"]
    assert seen.told(RunReread) == []


def test_the_selected_run_is_read_again_at_its_end(seen: Live) -> None:
    seen.host.selection = Selection("b")
    generation = seen.session.generation
    seen.see(ended=(run("a", "success"), run("b", "success")))
    assert seen.told(RunReread) == [RunReread("b")]
    assert seen.session.generation > generation  # nothing of it is taken from memory


def test_all_panes_know_the_run_in_progress_and_those_that_were_overtaken(seen: Live) -> None:
    seen.see_open(live("c"), left=((run("b"), RunState(Phase.ABANDONED, frames=3)),))
    (told,) = seen.told(LiveRunChanged)
    assert told.live == live("c")
    assert {uid: (one.state.phase, one.frames) for uid, one in told.seen.items()} == {
        "b": (Phase.ABANDONED, 3),
        "c": (Phase.RUNNING, 0),
    }
    assert (told.unread, told.readers_blocked) == (False, False)
    seen.see(ended=(run("b", "aborted"),))
    (told,) = seen.told(LiveRunChanged)
    assert (told.live, dict(told.seen)) == (None, {})


def test_of_many_overtaken_runs_the_last_ones_are_remembered(seen: Live) -> None:
    for number in range(MAX_OVERTAKEN + 3):
        seen.see(left=((run(f"run {number}"), RunState(Phase.ABANDONED)),))
    told = seen.told(LiveRunChanged)[-1]
    assert list(told.seen) == [f"run {number}" for number in range(3, MAX_OVERTAKEN + 3)]


def test_that_a_run_was_overtaken_is_news_where_it_was_thought_to_go_on(seen: Live) -> None:
    seen.see_open(live("b"))
    seen.see_open(live("c"), left=((run("b"), RunState(Phase.ABANDONED)),))
    (told,) = seen.told(RunOvertaken)
    assert (told.run.uid, told.run.began, told.is_news) == ("b", START, True)
    seen.see_open(live("c"), left=((run("b"), RunState(Phase.ABANDONED)),))
    assert [told.is_news for told in seen.told(RunOvertaken)] == [False]  # known by now


def test_that_a_run_was_overtaken_is_no_news_where_it_did_not_go_on_anyway(seen: Live) -> None:
    seen.see_open(live("b", Phase.INTERRUPTED))
    seen.see_open(live("c"), left=((run("b"), RunState(Phase.INTERRUPTED)),))
    assert [told.is_news for told in seen.told(RunOvertaken)] == [False]


# -- events and frames -----------------------------------------------------------------------------------------


def test_events_that_were_committed_are_told(seen: Live) -> None:
    state = RunState(Phase.RUNNING, events=7)
    seen.see(live("c"), open_run=run("c"), state=state, committed=True)
    seen.see(live("c"), open_run=run("c"), state=None, committed=True)
    seen.see(live("c"), open_run=run("c"), state=state)
    seen.see(committed=True)
    assert seen.told(EventsGrown) == [EventsGrown("c", 7), EventsGrown("c", 0)]


def test_frames_are_told_as_they_come_and_the_newest_is_looked_at(seen: Live) -> None:
    seen.see_open(live("c", frames=2))
    assert seen.told(FramesGrown) == [FramesGrown("c", 2)]
    (assessing,) = seen.host.waiting
    assert (assessing.task.kind, assessing.task.key) == (LiveTask.NEWEST, ("c", 1))
    assert (assessing.task.lane, assessing.finish) == (Lane.BACKGROUND, True)
    seen.see_open(live("c", frames=2))
    assert seen.told(FramesGrown) == []
    seen.see_open(live("c", frames=5))
    seen.see_open(live("d", frames=1))  # another run
    assert seen.told(FramesGrown) == [FramesGrown("c", 5), FramesGrown("d", 1)]


def exposure(verdict: str, saturated: int = 0, dim: int = 0) -> Exposure:
    return Exposure(verdict, 1000, saturated, dim, 0, 0, 0.0, 3e5, 0.0, 3e5)  # type: ignore[arg-type]


def test_a_badly_exposed_frame_is_told_once(seen: Live) -> None:
    seen.controller.notifies = True
    seen.host.selection = Selection("c")
    for index in range(3):
        seen.controller.take_newest(NewestExposure("c", index, exposure("over", 900 + index)))
    assert seen.bar.news == "frame 1: OVEREXPOSED 900 px"
    assert seen.bar.is_error
    assert seen.rung == ["frame 1: OVEREXPOSED 900 px"]
    seen.controller.take_newest(NewestExposure("c", 3, exposure("under", dim=990)))
    assert seen.bar.news == "frame 4: UNDEREXPOSED 99% dim"
    seen.controller.take_newest(NewestExposure("c", 4, exposure("good")))
    seen.controller.take_newest(NewestExposure("c", 5, exposure("under", dim=980)))
    assert seen.bar.news == "frame 6: UNDEREXPOSED 98% dim"
    assert len(seen.rung) == 3


def test_a_badly_exposed_frame_of_a_run_that_nobody_looks_at_says_whose_it_is(seen: Live) -> None:
    seen.controller.take_newest(NewestExposure("c", 0, exposure("zero")))
    assert seen.bar.news == "the running scan, frame 1: ALL ZERO"


def test_a_frame_that_cannot_be_assessed_is_not_told(seen: Live) -> None:
    seen.see_open(live("c", frames=1))
    seen.host.answer(LiveTask.NEWEST, None)
    seen.see_open(live("c", frames=2))
    seen.host.fail(LiveTask.NEWEST, "it cannot be read")
    assert seen.bar.news == ""


def test_the_newest_frame_is_read_and_assessed(host: FakeHost, session: BeamtimeSession) -> None:
    made = Live(host, session)
    made.see_open(live(RSOXS_UID, frames=6))
    host.do()
    assert made.bar.news == ""  # it is well exposed
    assert host.waiting == []


def test_a_scan_that_stalls_is_told_once_and_no_longer_when_it_goes_on(seen: Live) -> None:
    seen.controller.notifies = True
    for _ in range(2):
        seen.see_open(live("c", silent=90.0))
    assert (seen.bar.news, seen.bar.is_error) == ("stalled: no frame for 1 min", True)
    assert seen.rung == ["stalled: no frame for 1 min"]
    seen.see_open(live("c"))
    assert seen.bar.news == ""
    seen.see_open(live("c", silent=30.0))
    assert seen.bar.news == "stalled: no frame for 30 s"


def test_a_run_that_does_not_go_on_has_not_stalled(seen: Live) -> None:
    seen.see_open(live("c", Phase.INTERRUPTED, silent=90.0))
    assert seen.bar.news == ""


def test_what_was_said_since_a_scan_stalled_stays_when_it_goes_on(seen: Live) -> None:
    seen.see_open(live("c", silent=90.0))
    seen.host.publish(Notice("energy 270→290 ps finished", is_news=True))
    seen.see()
    assert seen.bar.news == "energy 270→290 ps finished"


# -- the file and its locks ------------------------------------------------------------------------------------


def test_once_the_lock_is_released_the_panes_are_told(seen: Live) -> None:
    seen.see(locks=LOCKED, shut_since=START)
    assert seen.told(LiveRunChanged)[-1].readers_blocked
    seen.see(locks=WRITING)
    seen.see(locks=WRITING)
    assert seen.told(LockReleased) == [LockReleased()]


@pytest.mark.parametrize(
    "still", [{"locks": LOCKED}, {"locks": HALF_WRITTEN}, {"file": FileState.DELETED, "locks": FREE}]
)
def test_while_nobody_can_read_the_lock_is_not_released(seen: Live, still: dict[str, Any]) -> None:
    seen.see(locks=LOCKED, shut_since=START)
    seen.see(**still)
    assert seen.told(LockReleased) == []


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (FileState.REPLACED, "the beamtime's file was replaced and reloaded"),
        (FileState.RETURNED, "the beamtime's file is back"),
    ],
)
def test_another_file_is_read_anew_and_told_once(seen: Live, state: FileState, text: str) -> None:
    generation = seen.session.generation
    seen.see(file=state)
    seen.see(file=state)
    assert seen.told(BeamtimeReplaced) == [BeamtimeReplaced()]
    assert seen.session.generation > generation
    assert seen.bar.news == text


def test_a_file_that_is_gone_is_said_as_long_as_it_is(seen: Live) -> None:
    seen.see(file=FileState.DELETED)
    assert list(seen.bar.standing) == ["the beamtime's file was deleted or moved; this is its last state"]
    assert seen.told(BeamtimeReplaced) == []
    seen.see()
    assert not seen.bar.stands


def unlisted(frames: int) -> dict[str, Any]:
    return {"seen": live("f", frames=frames), "locks": LOCKED, "shut_since": START}


def test_a_run_of_a_catalog_that_nobody_can_read_is_told_as_unread(
    host: FakeHost, no_session: BeamtimeSession
) -> None:
    made = Live(host, no_session)
    made.see(**unlisted(1))
    (told,) = made.told(LiveRunChanged)
    assert (told.unread, told.readers_blocked) == (True, True)
    host.pass_time(LOCKED_AFTER_S)
    assert made.bar.standing[0].startswith("B: browse a private copy · the running scan (PID 4711)")


def test_a_copy_is_offered_as_long_as_nobody_can_read_the_catalog(
    host: FakeHost, no_session: BeamtimeSession
) -> None:
    Runs(host, no_session).controller.read_runs()
    made = Live(host, no_session)
    for frames in range(1, 5):
        made.see(**unlisted(frames))
    host.pass_time(LOCKED_AFTER_S)
    assert made.bar.standing[0].startswith("B: browse a private copy")


# -- keys and notices ------------------------------------------------------------------------------------------


def test_what_goes_to_the_terminal_is_shown_and_no_longer(seen: Live) -> None:
    seen.controller.handle(LiveAction.STATISTICS)
    seen.controller.handle(LiveAction.STATISTICS)
    assert [told.shown for told in seen.told(StatisticsToggled)] == [True, False]


def test_news_ring_where_the_user_wants_that(seen: Live) -> None:
    seen.host.publish(Notice("one", is_news=True))
    seen.controller.handle(LiveAction.NOTIFICATIONS)
    assert seen.bar.news == "notifications on"
    seen.host.pass_time(SHORTLY_S)
    assert seen.bar.news == ""
    seen.host.publish(Notice("two", error=True, is_news=True))
    seen.host.publish(Notice("a hint"))
    seen.controller.handle(LiveAction.NOTIFICATIONS)
    assert seen.bar.news == "notifications off"
    assert seen.rung == ["two"]


def test_a_notice_is_said_and_taken_back(seen: Live) -> None:
    seen.host.publish(Notice("no run is called x", error=True))
    assert (seen.bar.news, seen.bar.is_error) == ("no run is called x", True)
    seen.host.publish(Notice("", instead_of="something else"))
    assert seen.bar.news == "no run is called x"
    seen.host.publish(Notice("", instead_of="no run is called x"))
    assert seen.bar.news == ""


def test_what_is_none_of_its_business_changes_nothing(seen: Live) -> None:
    seen.told(RunsListed)
    seen.host.publish(ThemeChanged())
    assert seen.host.published == [ThemeChanged()]

"""The event table: its pages, the one cursor, and what happens while the experiment runs."""

from __future__ import annotations

from pathlib import Path

from resonance_tui.catalog.run_state import Phase, RunState
from resonance_tui.panes.actions import EventsAction, Move
from resonance_tui.panes.events.tasks import EventsTask
from resonance_tui.panes.signals import (
    BeamtimeReplaced,
    EventSelected,
    EventsGrown,
    FollowNewest,
    FramesReady,
    LastWanted,
    LiveRunChanged,
    PageShown,
    PaneWanted,
    RunReread,
    RunSettled,
    TerminalReady,
    ThemeChanged,
)
from resonance_tui.session.beamtime import Waiting
from resonance_tui.session.frames import Frames
from resonance_tui.session.monitor import LiveRun
from tests.beamtime import BeamtimeBuilder
from tests.unit.panes.events.event_run import EMPTY_UID, LONG_UID, N_EVENTS, SHORT_UID, Events

# -- pages -----------------------------------------------------------------------------------------------------


def test_once_the_cursor_rests_on_a_run_its_first_events_are_shown(pane: Events) -> None:
    pane.select(LONG_UID)
    assert pane.host.asked == []
    pane.host.publish(RunSettled(LONG_UID))
    pane.host.do()
    assert pane.rows == tuple(range(1, 201))
    assert pane.pane.headings == ["#", "energy", "sam_th", "i0", "tey", "beam_current", "note", "time"]
    assert (pane.pane.row, pane.pane.note) == (0, None)
    assert pane.shown.total == N_EVENTS
    assert pane.shown.scanned[3] == "energy 271.5  sam_th 20"


def test_a_page_that_takes_long_says_so_and_one_of_a_run_that_is_shown_does_not(pane: Events) -> None:
    pane.select(LONG_UID)
    pane.host.publish(RunSettled(LONG_UID))
    pane.host.pass_time(1.0)
    assert pane.pane.note == "Reading the events…"
    pane.host.do()
    pane.host.publish(RunReread(LONG_UID))
    pane.host.pass_time(1.0)
    assert pane.pane.note is None


def test_a_run_without_events_says_so(pane: Events) -> None:
    pane.show(EMPTY_UID)
    assert pane.pane.note == "No events are saved for this run."
    assert pane.shown == PageShown(0)


def test_a_run_in_progress_without_events_says_that_they_come(pane: Events) -> None:
    live = LiveRun(EMPTY_UID, RunState(Phase.RUNNING))
    pane.show(EMPTY_UID)
    pane.host.publish(LiveRunChanged(live, {EMPTY_UID: live}))
    assert pane.pane.note == "No events are saved yet: they come when the run is closed."
    pane.host.publish(RunReread(EMPTY_UID))
    pane.host.do()
    assert pane.pane.note == "No events are saved yet: they come when the run is closed."


def test_what_another_run_does_says_nothing_of_this_one(pane: Events) -> None:
    live = LiveRun(LONG_UID, RunState(Phase.RUNNING))
    pane.host.publish(LiveRunChanged(live, {LONG_UID: live}))
    pane.show(EMPTY_UID)
    assert pane.pane.note == "No events are saved for this run."
    pane.show(LONG_UID)
    pane.host.publish(LiveRunChanged(live, {LONG_UID: live}))
    assert pane.pane.note is None  # it has events


def test_events_that_cannot_be_read_say_why(pane: Events) -> None:
    pane.show("no such run")
    assert pane.pane.is_error
    assert "no such run" in (pane.pane.note or "")


def test_a_locked_catalog_is_said_where_nothing_is_shown(pane: Events) -> None:
    pane.select(LONG_UID)
    pane.host.publish(RunSettled(LONG_UID))
    pane.host.tell(EventsTask.PAGE, Waiting("the database is locked"))
    assert pane.pane.note == "the database is locked. Trying again…"


def test_another_run_leaves_nothing_of_the_one_before(whole: Events) -> None:
    whole.host.publish(RunReread(LONG_UID))
    whole.press(EventsAction.FIND)
    whole.select(SHORT_UID)
    assert (whole.pane.page, whole.pane.note, whole.pane.totals, whole.pane.prompted) == (None, "", "", "")
    assert not whole.controller.line.is_open
    assert whole.host.waiting == []


def test_without_a_run_nothing_is_read_and_no_key_is_kept(pane: Events) -> None:
    pane.select(None)
    pane.host.publish(BeamtimeReplaced())
    pane.press(Move.DOWN, EventsAction.TOTALS)
    assert pane.host.asked == []
    assert not pane.controller.type_ahead


# -- the cursor ------------------------------------------------------------------------------------------------


def test_each_key_puts_the_one_cursor_on_an_event(table: Events) -> None:
    seen = []
    for key in (Move.DOWN, Move.PAGE_DOWN, Move.UP, Move.PAGE_UP, Move.PAGE_UP, Move.UP):
        table.press(key)
        seen.append((table.position, table.pane.row))
    assert seen == [(1, 1), (11, 11), (10, 10), (0, 0), (0, 0), (0, 0)]
    assert table.host.signals(EventSelected)[1] == EventSelected(11, 1, by_user=True)
    assert len(table.host.signals(EventSelected)) == 4  # a key that leads nowhere is no news


def test_the_last_event_is_read_where_it_is_on_another_page(table: Events) -> None:
    table.press(Move.LAST)
    assert table.host.signals(LastWanted) == [LastWanted()]
    assert (table.position, table.pane.seq_num_here) == (N_EVENTS - 1, N_EVENTS)
    assert table.rows[-1] == N_EVENTS
    table.press(Move.DOWN)
    assert table.position == N_EVENTS - 1
    table.press(Move.FIRST)
    assert (table.pane.seq_num_here, table.rows[0]) == (1, 1)


def test_keys_that_come_before_the_events_are_done_once_they_are_there(pane: Events) -> None:
    pane.select(LONG_UID)
    pane.host.publish(RunSettled(LONG_UID))
    for _ in range(3):
        pane.controller.move(Move.DOWN)
    pane.controller.handle(EventsAction.GO_TO)
    assert (pane.position, pane.pane.prompted) == (0, "go to event ▸ _   ⏎ esc"), (
        "the line is typed meanwhile"
    )
    pane.host.do()
    assert pane.pane.prompted == "go to event ▸ _   ⏎ esc"
    assert (pane.position, pane.pane.row) == (3, 3)


def test_keys_that_came_before_another_run_are_not_done_in_it(pane: Events) -> None:
    pane.select(LONG_UID)
    pane.controller.move(Move.DOWN)
    pane.show(SHORT_UID)
    assert pane.position == 0


def test_an_event_that_another_pane_selects_is_marked_here(table: Events) -> None:
    table.go_to(150)
    assert table.pane.row == 150
    asked = len(table.host.asked)
    table.go_to(299)  # on another page
    assert table.pane.seq_num_here == 300
    assert len(table.host.asked) == asked + 1


def test_an_event_that_is_not_there_is_not_looked_for(table: Events) -> None:
    asked = len(table.host.asked)
    table.go_to(N_EVENTS + 10)
    assert len(table.host.asked) == asked
    assert table.pane.row == 0


def test_while_the_terminal_draws_the_cursor_waits_and_then_goes_to_the_newest(table: Events) -> None:
    table.host.flow.busy = True
    table.go_to(5)
    table.go_to(9)
    assert table.pane.row == 0
    table.host.flow.busy = False
    table.host.publish(TerminalReady())
    assert table.pane.row == 9


def test_a_terminal_that_is_ready_changes_nothing_where_nothing_waited(table: Events) -> None:
    table.pane.row = 3
    table.host.publish(TerminalReady())
    table.host.publish(ThemeChanged())
    assert table.pane.row == 3


def test_keys_in_a_table_without_events_lead_nowhere(pane: Events) -> None:
    pane.show(EMPTY_UID)
    pane.press(Move.DOWN, EventsAction.SORT, Move.LAST)
    pane.host.publish(EventSelected(0, 0))
    assert pane.position == 0
    assert pane.host.signals(LastWanted) == [LastWanted()]
    assert pane.pane.prompted == ""


def test_enter_leads_to_the_frame_of_the_event(table: Events) -> None:
    assert table.controller.enter()
    assert table.host.signals(PaneWanted) == [PaneWanted("frame")]


# -- while the experiment runs ---------------------------------------------------------------------------------


def grow(table: Events, path: Path, uid: str, count: int) -> None:
    """Save more events of a run, numbered on."""
    with BeamtimeBuilder.reopened(path) as b:
        (stream,) = b.raw("SELECT uid FROM streams WHERE run_uid = ?", (uid,))[0]
        (n,) = b.raw("SELECT count(*) FROM events WHERE stream_uid = ?", (stream,))[0]
        for k in range(n + 1, n + count + 1):
            b.raw(
                "INSERT INTO events VALUES (?, ?, ?, ?, ?, '{}')",
                (b.new_uid(), stream, k, 1.77e9 + k, f'{{"energy_position": {k}.0}}'),
            )
    table.session.forget()


def test_events_that_come_are_shown_once_those_before_were_read(pane: Events, events_path: Path) -> None:
    pane.show(SHORT_UID)
    asked = len(pane.host.asked)
    pane.host.publish(EventsGrown(SHORT_UID, 5))
    assert len(pane.host.asked) == asked  # the plot reads them: it is waited for that
    pane.read_all()
    grow(pane, events_path, SHORT_UID, 2)
    pane.host.publish(EventsGrown(LONG_UID, 5))
    pane.host.publish(EventsGrown(SHORT_UID, 5))
    pane.host.do()
    assert pane.rows == (1, 2, 3, 4, 5)
    assert pane.shown.total == 5


def test_follow_mode_goes_to_the_newest_event_and_is_no_move_of_the_user(table: Events) -> None:
    table.host.publish(FollowNewest(SHORT_UID, frames=False))
    table.host.publish(FollowNewest(LONG_UID, frames=True))  # its frames come first
    assert table.position == 0
    table.host.publish(FollowNewest(LONG_UID, frames=False))
    table.host.do()
    assert table.host.signals(EventSelected) == [EventSelected(N_EVENTS - 1, 0, by_user=False)]
    assert table.pane.seq_num_here == N_EVENTS


def test_follow_mode_waits_for_the_events(pane: Events) -> None:
    pane.select(LONG_UID)
    pane.host.publish(FollowNewest(LONG_UID, frames=False))
    pane.show(EMPTY_UID)
    pane.host.publish(FollowNewest(EMPTY_UID, frames=False))
    assert pane.host.signals(EventSelected) == []


def shorten(table: Events, path: Path, count: int) -> None:
    """Another file is put in the place of this one, with fewer events."""
    with BeamtimeBuilder.reopened(path) as b:
        b.raw("DELETE FROM events WHERE seq_num > ?", (count,))
    table.session.forget()
    table.host.publish(BeamtimeReplaced())
    table.host.do()


def test_in_a_run_that_is_shorter_by_now_the_cursor_goes_to_its_last_event(
    table: Events, events_path: Path
) -> None:
    table.press(Move.LAST)
    shorten(table, events_path, 50)
    assert (table.position, table.pane.seq_num_here) == (49, 50)
    assert table.shown.total == 50


def test_a_cursor_that_is_put_right_is_no_move_of_the_user(table: Events, events_path: Path) -> None:
    table.press(Move.LAST)
    shorten(table, events_path, 50)
    assert table.host.signals(EventSelected)[-1] == EventSelected(49, N_EVENTS - 1, by_user=False)


def test_a_sorted_table_of_a_run_that_is_shorter_by_now_is_no_error(whole: Events, events_path: Path) -> None:
    whole.on_column("energy_position")
    whole.press(EventsAction.SORT)
    shorten(whole, events_path, 50)
    assert not whole.pane.is_error


def test_a_sorted_table_of_a_run_that_is_shorter_by_now_is_sorted_anew(
    whole: Events, events_path: Path
) -> None:
    whole.on_column("energy_position")
    whole.press(EventsAction.SORT)
    shorten(whole, events_path, 50)
    whole.read_all()
    assert whole.rows == tuple(range(1, 51))
    assert whole.pane.order is not None
    assert (whole.pane.order.rows.size, whole.pane.note) == (50, None)


def test_frames_of_a_run_in_progress_may_be_ahead_of_its_events(table: Events) -> None:
    ahead = Frames("detector_image", list(range(N_EVENTS + 7)), (N_EVENTS + 7, 8, 8), "int32", live=True)
    table.host.publish(FramesReady(ahead))
    table.go_to(N_EVENTS + 6)
    table.host.publish(RunReread(LONG_UID))
    table.host.do()
    assert table.position == N_EVENTS + 6
    table.host.publish(FramesReady(None))  # they were lost
    table.host.publish(RunReread(LONG_UID))
    table.host.do()
    assert table.position == N_EVENTS - 1


def test_frames_of_a_closed_run_are_not_ahead_of_its_events(table: Events) -> None:
    frames = Frames("detector_image", list(range(N_EVENTS + 7)), (N_EVENTS + 7, 8, 8), "int32")
    table.host.publish(FramesReady(frames))
    table.go_to(N_EVENTS + 6)
    table.host.publish(RunReread(LONG_UID))
    table.host.do()
    assert table.position == N_EVENTS - 1


def test_read_again_the_page_around_the_cursor_stays(table: Events) -> None:
    table.go_to(420)
    rows = table.rows
    assert rows[0] > 1
    table.host.publish(RunReread(LONG_UID))
    table.host.do()
    assert table.rows == rows
    assert table.pane.seq_num_here == 421

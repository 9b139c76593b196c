"""The details of the selected run: what is shown at once, what is read, and what is kept true meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from resonance_tui.catalog.run_state import Phase, Reason, RunState
from resonance_tui.panes.actions import Move
from resonance_tui.panes.detail.controller import DetailController, DetailTask
from resonance_tui.panes.host import Selection
from resonance_tui.panes.signals import (
    BeamtimeReplaced,
    LiveRunChanged,
    PaneWanted,
    RunOvertaken,
    RunReread,
    RunSelected,
    RunSettled,
    ThemeChanged,
)
from resonance_tui.session.beamtime import BeamtimeSession, Waiting
from resonance_tui.session.monitor import LiveRun
from resonance_tui.text.run_overview import RunRow, run_row
from resonance_tui.text.states import State
from tests.beamtime import FIRST_START, NEXAFS_UID, OPEN_UID, RSOXS_UID, BeamtimeBuilder
from tests.unit.panes.fake_host import FakeHost
from tests.unit.panes.recorded_panes import RecordedDetail

if TYPE_CHECKING:
    from resonance_tui.panes.detail.pane import DetailPane


@dataclass
class Details:
    """The pane, and what the screen would tell it."""

    host: FakeHost
    session: BeamtimeSession

    def __post_init__(self) -> None:
        self.pane = RecordedDetail()
        self.controller = DetailController(self.host, self.session, cast("DetailPane", self.pane))
        self.host.receivers.append(self.controller)

    def select(self, row: RunRow | None) -> None:
        """Put the cursor of the list on a run."""
        self.host.publish(RunSelected(row))

    def read(self, uid: str) -> None:
        """Select a run, rest on it, and have it read."""
        self.select(a_row(uid))
        self.host.publish(RunSettled(uid))
        self.host.do()

    @property
    def run(self) -> dict[str, str]:
        """What is said of the run itself."""
        return self.pane.lines("Run")


def a_row(uid: str, state: State = State.SUCCESS) -> RunRow:
    stop, status = (None, None) if state is not State.SUCCESS else (FIRST_START + 60, "success")
    return run_row(uid, "nexafs", FIRST_START, stop, "ps_100kd", status, state)


def live(phase: Phase = Phase.RUNNING, *, uid: str = OPEN_UID, pid: int | None = 4711) -> LiveRun:
    reason = None if phase is Phase.RUNNING else Reason.WRITER_GONE
    return LiveRun(uid, RunState(phase, reason=reason, pid=pid, frames=3, events=0))


@pytest.fixture
def details(host: FakeHost, session: BeamtimeSession) -> Details:
    """The pane of the little beamtime."""
    return Details(host, session)


# -- another run -----------------------------------------------------------------------------------------------


def test_what_the_list_knows_of_a_run_is_shown_before_anything_is_read(details: Details) -> None:
    details.select(a_row(NEXAFS_UID))
    assert details.run["plan"] == "nexafs"
    assert details.run["state"] == "success"
    assert details.run[""] == NEXAFS_UID
    assert details.host.asked == []  # while a key is held down nothing is read


def test_once_the_cursor_rests_sample_metadata_and_streams_are_shown(details: Details) -> None:
    details.read(RSOXS_UID)
    assert [part.title for part in details.pane.sections] == ["Sample", "Run", "Stream primary"]
    assert details.pane.lines("Sample")["name"] == "P3HT:PCBM 1:1"
    assert details.run["events"] == "6"
    assert details.pane.keeps_scroll


def test_fields_that_nothing_announces_are_told_as_the_events_have_them(
    tmp_path: Path, host: FakeHost
) -> None:
    with BeamtimeBuilder(tmp_path / "one.db") as b:
        uid = b.run(events=[{"unannounced": 1.5}], data_keys={})
    with BeamtimeSession(tmp_path / "one.db") as session:
        details = Details(host, session)
        details.read(uid)
        assert "unannounced" in details.pane.lines("Stream primary")


def test_another_run_is_shown_from_its_first_line_and_nothing_of_the_one_before(details: Details) -> None:
    details.read(RSOXS_UID)
    details.select(a_row(NEXAFS_UID))
    assert [part.title for part in details.pane.sections] == ["Run"]
    assert not details.pane.keeps_scroll


def test_what_was_being_read_of_the_run_before_is_given_up(details: Details) -> None:
    details.select(a_row(RSOXS_UID))
    details.host.publish(RunSettled(RSOXS_UID))
    details.select(a_row(NEXAFS_UID))
    assert details.host.waiting == []
    assert not details.host.asked[0].wanted


def test_without_a_run_nothing_is_shown(details: Details) -> None:
    details.read(RSOXS_UID)
    details.select(None)
    assert details.pane.note == ""
    details.host.publish(BeamtimeReplaced())
    assert details.host.waiting == []


def test_what_cannot_be_read_is_said(details: Details) -> None:
    details.read("no such run")
    assert details.pane.is_error
    assert "no such run" in (details.pane.note or "")


def test_a_locked_catalog_leaves_in_sight_what_the_list_knows(details: Details) -> None:
    details.select(a_row(NEXAFS_UID))
    details.host.publish(RunSettled(NEXAFS_UID))
    details.host.tell(DetailTask.DETAILS, Waiting("the database is locked"))
    assert details.pane.note is None
    assert details.run["plan"] == "nexafs"


# -- read again ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("signal", [RunReread(RSOXS_UID), BeamtimeReplaced()])
def test_a_run_that_is_another_now_is_read_again_where_it_is_scrolled_to(
    details: Details, small_beamtime: Path, signal: RunReread | BeamtimeReplaced
) -> None:
    details.read(RSOXS_UID)
    with BeamtimeBuilder.reopened(small_beamtime) as b:
        b.raw("UPDATE runs SET operator = 'someone else' WHERE uid = ?", (RSOXS_UID,))
    details.session.forget()
    details.host.publish(signal)
    assert details.run["events"] == "6"  # what was read stays until then
    details.host.do()
    assert details.run["operator"] == "someone else"
    assert details.pane.keeps_scroll


# -- a run without an end --------------------------------------------------------------------------------------


def test_how_a_run_in_progress_stands_is_said_at_once_and_the_rest_is_read(details: Details) -> None:
    details.select(a_row(OPEN_UID, State.RUNNING))
    details.host.publish(LiveRunChanged(live()))
    assert details.run["state"] == "running (PID 4711)"
    assert details.run["stopped"] == "still open"
    assert details.pane.keeps_scroll
    assert details.host.kinds_asked() == [DetailTask.DETAILS]


def test_the_same_state_is_not_read_again_and_again(details: Details) -> None:
    details.select(a_row(OPEN_UID, State.RUNNING))
    for _ in range(3):
        details.host.publish(LiveRunChanged(live()))
    assert len(details.host.asked) == 1
    details.host.publish(LiveRunChanged(live(pid=4712)))
    assert len(details.host.asked) == 2
    assert details.run["state"] == "running (PID 4712)"


def test_a_run_that_was_overtaken_says_why_it_gets_no_end(details: Details) -> None:
    details.select(a_row(OPEN_UID, State.RUNNING))
    details.host.publish(RunOvertaken(live(Phase.INTERRUPTED), is_news=True))
    assert details.run["state"] == "interrupted: 3 frames on disk, no events saved"
    assert details.run["reason"] == "process 4711 ended without closing it"
    assert details.run["stopped"] == "never"


def test_what_happens_to_another_run_changes_nothing(details: Details) -> None:
    details.select(a_row(NEXAFS_UID))
    before = details.pane.sections
    details.host.publish(LiveRunChanged(live()))
    details.host.publish(LiveRunChanged(None))
    details.host.publish(RunOvertaken(live(Phase.INTERRUPTED), is_news=True))
    details.host.publish(ThemeChanged())
    assert details.pane.sections == before
    assert details.host.asked == []


def test_the_state_is_taken_anew_when_the_run_is_selected_again(details: Details) -> None:
    details.select(a_row(OPEN_UID, State.RUNNING))
    details.host.publish(LiveRunChanged(live()))
    details.select(a_row(NEXAFS_UID))
    details.select(a_row(OPEN_UID, State.RUNNING))
    details.host.publish(LiveRunChanged(live()))
    assert details.run["state"] == "running (PID 4711)"


def test_a_run_of_which_nothing_is_shown_yet_is_only_read(
    host: FakeHost, no_session: BeamtimeSession
) -> None:
    details = Details(host, no_session)
    host.selection = Selection(OPEN_UID)
    host.publish(LiveRunChanged(live()))
    assert details.pane.sections == ()
    assert host.kinds_asked() == [DetailTask.DETAILS]


# -- keys ------------------------------------------------------------------------------------------------------


def test_enter_leads_to_the_events(details: Details) -> None:
    assert details.controller.enter()
    assert details.host.published == [PaneWanted("events")]


def test_the_keys_that_move_scroll(details: Details) -> None:
    details.controller.move(Move.PAGE_DOWN)
    details.controller.move(Move.LAST)
    assert details.pane.moves == ["page_down", "last"]


def test_there_is_nothing_to_leave(details: Details) -> None:
    assert not details.controller.back()

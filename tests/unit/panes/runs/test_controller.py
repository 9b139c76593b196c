"""The run list: what is listed and selected, the keys, the search, going to a run."""

from __future__ import annotations

import pytest

from resonance_tui.panes.actions import DetailAction, Move, RunsAction
from resonance_tui.panes.host import STILL_READING_S
from resonance_tui.panes.runs.controller import DETAILS_AFTER_S
from resonance_tui.panes.runs.reads import RunsPart
from resonance_tui.panes.runs.tasks import RunsTask
from resonance_tui.panes.signals import BeamtimeReplaced, PaneWanted, RunsListed, ThemeChanged
from resonance_tui.session.beamtime import BeamtimeSession, Waiting
from resonance_tui.session.tasks import Progress
from tests.beamtime import (
    ABORTED_UID,
    NEXAFS_55_UID,
    NEXAFS_UID,
    OPEN_UID,
    RSOXS_UID,
    SMALL_UIDS,
)
from tests.unit.panes.fake_host import FakeHost
from tests.unit.panes.runs.listing_rows import Runs, row, rows


@pytest.fixture
def runs(host: FakeHost, no_session: BeamtimeSession) -> Runs:
    """A list in which nothing was read yet."""
    return Runs(host, no_session)


@pytest.fixture
def small(host: FakeHost, session: BeamtimeSession) -> Runs:
    """The list of the little beamtime, read."""
    made = Runs(host, session)
    made.controller.read_runs()
    host.do(RunsTask.RUNS)
    return made


# -- reading the list ------------------------------------------------------------------------------------------


def test_the_runs_are_listed_newest_first_and_the_newest_is_selected(small: Runs) -> None:
    assert small.pane.uids == SMALL_UIDS
    assert small.pane.caption == "6 runs"
    assert small.selected == [(OPEN_UID, False)]
    assert small.host.signals(RunsListed)[-1] == RunsListed(OPEN_UID, shows_any=True)


def test_once_the_list_rests_what_is_in_view_is_filled_in(small: Runs) -> None:
    small.pane.run_list.in_view = 4
    small.host.pass_time(DETAILS_AFTER_S - 0.01)
    assert RunsTask.DETAILS not in small.host.kinds_asked()
    small.rest()
    assert list(small.pane.run_list.details) == SMALL_UIDS[:4]
    assert small.pane.run_list.details[RSOXS_UID].frames == 6


def test_what_is_known_already_is_not_read_again(small: Runs) -> None:
    small.rest()
    asked = len(small.host.asked)
    small.controller.move(Move.DOWN)
    small.rest()
    assert len(small.host.asked) == asked


def test_a_long_list_is_shown_as_it_comes(runs: Runs) -> None:
    runs.controller.read_runs()
    runs.part(rows("fe"), first=True)
    assert (runs.pane.uids, runs.pane.caption) == (["f", "e"], "2 runs…")
    assert runs.selected == [("f", False)]
    runs.part(rows("dc"))
    assert runs.pane.uids == ["f", "e", "d", "c"]
    runs.host.answer(RunsTask.RUNS, RunsPart(rows("ba"), first=False, done=True))
    assert (runs.pane.uids, runs.pane.caption) == (list("fedcba"), "6 runs")
    assert runs.selected == [("f", False)]
    assert runs.host.signals(RunsListed) == [RunsListed("f", shows_any=True)] * 2


def test_a_beamtime_without_runs_says_so(runs: Runs) -> None:
    runs.fill([])
    assert runs.pane.note == "No run was taken yet. r looks again."
    assert runs.host.signals(RunsListed) == [RunsListed(None, shows_any=False)]
    assert runs.selected == []


def test_read_again_the_cursor_stays_on_its_run(runs: Runs) -> None:
    runs.fill(rows("cba"))
    runs.controller.move(Move.DOWN)
    runs.host.publish(BeamtimeReplaced())
    runs.part(rows("dc"), first=True)
    assert runs.pane.uids == ["c", "b", "a"]  # as it was, until the new list is whole
    runs.host.answer(RunsTask.RUNS, RunsPart(rows("ba"), first=False, done=True))
    assert runs.pane.uids == ["d", "c", "b", "a"]
    assert runs.pane.current == row("b")
    assert runs.selected == [("c", False), ("b", True)]


def test_where_the_selected_run_is_gone_the_newest_is_selected(runs: Runs) -> None:
    runs.fill(rows("cba"))
    runs.controller.move(Move.DOWN)
    runs.fill(rows("ca"))
    assert runs.selected[-1] == ("c", False)


def test_where_no_run_is_left_none_is_selected(runs: Runs) -> None:
    runs.fill(rows("a"))
    runs.fill([])
    assert runs.selected == [("a", False), (None, False)]


def test_read_again_what_is_in_view_is_filled_in_anew(small: Runs) -> None:
    small.rest()
    small.host.publish(BeamtimeReplaced())
    assert small.pane.run_list.details == {}
    small.host.do(RunsTask.RUNS)
    small.rest()
    assert list(small.pane.run_list.details) == SMALL_UIDS


# -- what keeps the list from being read -----------------------------------------------------------------------


def test_a_slow_list_says_that_it_is_read(runs: Runs) -> None:
    runs.controller.read_runs()
    runs.host.pass_time(STILL_READING_S)
    assert runs.pane.note == "Reading the runs…"
    assert runs.said == []


def test_a_list_that_is_read_in_time_says_nothing_of_it(runs: Runs) -> None:
    runs.fill(rows("a"))
    runs.host.pass_time(1.0)
    assert runs.pane.notes == []


def test_a_list_that_nobody_reads_any_more_says_nothing_of_it(runs: Runs) -> None:
    runs.controller.read_runs()
    runs.host.cancel(RunsTask.RUNS)
    runs.host.pass_time(1.0)
    assert runs.pane.notes == []


def test_where_runs_are_listed_the_title_bar_says_that_they_are_read_again_until_they_are(runs: Runs) -> None:
    runs.fill(rows("a"))
    runs.controller.read_runs()
    runs.host.pass_time(STILL_READING_S)
    assert runs.said == ["Reading the runs…"]
    assert runs.pane.note is None
    runs.host.answer(RunsTask.RUNS, RunsPart(rows("a"), first=True, done=True))
    assert (runs.host.said[-1].text, runs.host.said[-1].instead_of) == ("", "Reading the runs…")


def test_a_locked_catalog_says_what_is_waited_for(runs: Runs) -> None:
    runs.controller.read_runs()
    runs.host.tell(RunsTask.RUNS, Waiting("the database is locked"))
    assert runs.pane.note == "the database is locked. Trying again…"


def test_where_runs_are_listed_a_locked_catalog_says_that_they_are_older(runs: Runs) -> None:
    runs.fill(rows("a"))
    runs.controller.read_runs()
    runs.host.tell(RunsTask.RUNS, Waiting("the database is locked"))
    runs.host.tell(RunsTask.RUNS, Progress(1, 2))  # is not said
    assert runs.said == ["the database is locked; what is shown is older"]


def test_a_list_that_cannot_be_read_says_why(runs: Runs) -> None:
    runs.controller.read_runs()
    runs.host.fail(RunsTask.RUNS, "the file is damaged")
    assert (runs.pane.note, runs.pane.is_error) == ("the file is damaged", True)
    runs.host.pass_time(1.0)
    assert runs.pane.note == "the file is damaged"


def test_a_list_that_cannot_be_read_again_stays_and_the_title_bar_says_why(runs: Runs) -> None:
    runs.fill(rows("a"))
    runs.controller.read_runs()
    runs.host.fail(RunsTask.RUNS, "the file is damaged")
    assert runs.pane.uids == ["a"]
    assert (runs.host.said[-1].text, runs.host.said[-1].error) == ("the file is damaged", True)


# -- moving ----------------------------------------------------------------------------------------------------


def test_each_key_selects_the_run_under_the_cursor_at_once(runs: Runs) -> None:
    runs.fill(rows("cba"))
    runs.controller.move(Move.DOWN)
    runs.controller.move(Move.LAST)
    runs.controller.move(Move.DOWN)  # there is none below
    runs.controller.move(Move.FIRST)
    assert runs.selected == [("c", False), ("b", True), ("a", True), ("c", True)]


def test_while_a_key_is_held_down_nothing_is_read(small: Runs) -> None:
    for _ in range(5):
        small.host.pass_time(DETAILS_AFTER_S / 2)
        small.controller.move(Move.DOWN)
    assert RunsTask.DETAILS not in small.host.kinds_asked()
    small.rest()
    assert RunsTask.DETAILS in small.host.kinds_asked()


def test_enter_leads_to_the_events_of_the_selected_run(runs: Runs) -> None:
    assert runs.controller.enter()
    assert runs.host.signals(PaneWanted) == []
    runs.fill(rows("a"))
    assert runs.controller.enter()
    assert runs.host.signals(PaneWanted) == [PaneWanted("events")]


def test_what_is_none_of_its_business_changes_nothing(runs: Runs) -> None:
    runs.fill(rows("ba"))
    before = len(runs.host.published)
    runs.host.publish(ThemeChanged())
    runs.controller.handle(DetailAction.GO_TO)
    assert runs.host.published[before:] == [ThemeChanged()]


# -- the search ------------------------------------------------------------------------------------------------


def test_a_search_narrows_the_list_with_every_key(small: Runs) -> None:
    small.controller.handle(RunsAction.SEARCH)
    assert small.pane.search.prompt == "_"
    small.type("p")
    assert small.pane.uids == [OPEN_UID, ABORTED_UID, RSOXS_UID, NEXAFS_55_UID, NEXAFS_UID]
    small.type("s_")
    assert small.pane.uids == [NEXAFS_55_UID, NEXAFS_UID]
    assert small.pane.caption == "2 of 6 runs: sample ~ ps_"
    assert small.pane.search.prompt == "ps__"
    assert small.selected == [(OPEN_UID, False), (NEXAFS_55_UID, True)]


def test_enter_keeps_a_search_and_esc_ends_it(small: Runs) -> None:
    small.search("ps")
    assert (small.pane.search.text, small.pane.search.prompt) == ("ps", None)
    assert len(small.pane.uids) == 2
    assert small.controller.back()
    assert not small.pane.search.is_shown
    assert small.pane.uids == SMALL_UIDS
    assert not small.controller.back()


def test_esc_while_it_is_typed_clears_the_search(small: Runs) -> None:
    small.search("ps")
    small.controller.handle(RunsAction.SEARCH)
    assert small.pane.search.prompt == "ps_"  # it goes on from there
    small.type("", "escape")
    assert not small.pane.search.is_shown
    assert small.pane.uids == SMALL_UIDS


def test_leaving_the_list_closes_a_line_in_which_nothing_was_typed(small: Runs) -> None:
    small.controller.handle(RunsAction.SEARCH)
    assert small.controller.back()
    assert not small.controller.line.is_open
    assert not small.pane.search.is_shown


def test_a_search_that_finds_nothing_says_so_and_selects_none(small: Runs) -> None:
    small.search("xyz")
    assert small.pane.note == 'No run matches "xyz". esc clears the search.'
    assert small.pane.caption == "0 of 6 runs: sample ~ xyz"
    assert small.selected[-1] == (None, False)
    small.controller.back()
    assert small.pane.note is None


def test_after_a_search_that_found_nothing_the_cursor_is_where_it_was(small: Runs) -> None:
    small.go_to("-3")
    small.search("xyz")
    small.controller.back()
    assert small.selected[-1] == (ABORTED_UID, True)


def test_with_a_search_parts_that_come_are_searched_too(runs: Runs) -> None:
    runs.controller.read_runs()
    runs.part([row("d", "p3ht"), row("c")], first=True)
    runs.search("p3ht")
    runs.host.answer(RunsTask.RUNS, RunsPart([row("b", "P3HT"), row("a")], first=False, done=True))
    assert runs.pane.uids == ["d", "b"]
    assert runs.pane.caption == "2 of 4 runs: sample ~ p3ht"


# -- going to a run --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "uid"), [("-2", SMALL_UIDS[1]), ("0", NEXAFS_UID), ("c3c3", RSOXS_UID), ("A1A1B", NEXAFS_55_UID)]
)
def test_a_run_is_gone_to_by_place_or_uid(small: Runs, text: str, uid: str) -> None:
    small.go_to(text)
    assert small.selected[-1] == (uid, True)
    assert not small.pane.search.is_shown
    assert small.said == []


def test_what_is_typed_to_go_to_a_run_is_shown_where_the_search_stands(small: Runs) -> None:
    small.controller.handle(RunsAction.GO_TO)
    assert small.pane.search.prompt == "go to run: uid or -1 ▸ _   ⏎ esc"


@pytest.mark.parametrize("text", ["beef", "a1", "-7", "6"])
def test_a_run_that_is_not_there_or_not_the_only_one_is_said(small: Runs, text: str) -> None:
    small.go_to(text)
    assert small.selected == [(OPEN_UID, False)]
    assert (small.said, small.host.said[-1].error) == ([f"no run is called {text}"], True)


def test_a_run_that_the_search_hides_is_said_to_be_hidden(small: Runs) -> None:
    small.search("ps")
    small.go_to("c3c3")
    assert small.said == ["run c3c3c3c3 is hidden by the search: esc clears it"]
    assert small.selected[-1] == (NEXAFS_55_UID, True)
    assert small.pane.search.text == "ps"

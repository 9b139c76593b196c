"""Going to a run that is typed, also while the list is being read."""

from __future__ import annotations

import pytest

from resonance_tui.panes.actions import Move, RunsAction
from resonance_tui.panes.runs.reads import RunsPart
from resonance_tui.panes.runs.tasks import RunsTask
from resonance_tui.session.beamtime import BeamtimeSession
from tests.unit.panes.fake_host import FakeHost
from tests.unit.panes.runs.listing_rows import Runs, rows


@pytest.fixture
def partly(host: FakeHost, no_session: BeamtimeSession) -> Runs:
    """A list of six runs of which the newest two are there."""
    made = Runs(host, no_session)
    made.controller.read_runs()
    made.part(rows("fe"), first=True)
    return made


def type_run(runs: Runs, text: str) -> None:
    runs.controller.handle(RunsAction.GO_TO)
    for key in text:
        runs.controller.line.take_key(key, key)
    runs.controller.line.take_key("enter", None)


def the_rest(runs: Runs) -> None:
    runs.host.answer(RunsTask.RUNS, RunsPart(rows("dcba"), first=False, done=True))


@pytest.mark.parametrize(("typed", "uid"), [("0", "a"), ("1", "b"), ("-4", "c")])
def test_a_place_in_a_list_that_is_being_read_is_gone_to_once_it_is_whole(
    partly: Runs, typed: str, uid: str
) -> None:
    type_run(partly, typed)
    assert [one.text for one in partly.host.said] == ["the runs are still being read"]
    assert not partly.host.said[0].error
    assert partly.selected == [("f", False)]
    the_rest(partly)
    assert partly.selected[-1] == (uid, True)
    assert partly.host.said[-1].instead_of == "the runs are still being read", "that is taken back"


def test_whoever_moves_meanwhile_is_not_taken_elsewhere(partly: Runs) -> None:
    type_run(partly, "0")
    partly.controller.move(Move.DOWN)
    the_rest(partly)
    assert partly.selected[-1] == ("e", True)


def test_of_two_that_were_typed_the_last_counts(partly: Runs) -> None:
    type_run(partly, "0")
    type_run(partly, "1")
    the_rest(partly)
    assert [uid for uid, _ in partly.selected] == ["f", "b"]


def test_where_the_list_cannot_be_read_nothing_is_kept(partly: Runs) -> None:
    type_run(partly, "0")
    partly.host.fail(RunsTask.RUNS, "the disk is gone")
    partly.controller.read_runs()
    partly.part(rows("fe"), first=True)
    the_rest(partly)
    assert partly.selected == [("f", False)]


def test_what_was_said_of_a_run_that_is_not_there_is_taken_back_with_the_next(partly: Runs) -> None:
    the_rest(partly)
    type_run(partly, "nowhere")
    assert partly.host.said[-1].text == "no run is called nowhere"
    type_run(partly, "-2")
    assert partly.selected[-1] == ("e", True)
    assert partly.host.said[-1].instead_of == "no run is called nowhere"

"""A private copy of the database, and reading all of it again."""

from __future__ import annotations

import pytest

from resonance_tui.panes.actions import LiveAction
from resonance_tui.panes.host import Selection
from resonance_tui.panes.live.controller import LiveTask
from resonance_tui.panes.signals import BeamtimeReplaced, LockReleased, RunsStarted
from resonance_tui.session.beamtime import BeamtimeSession, Waiting
from resonance_tui.session.tasks import Progress
from tests.beamtime import OPEN_UID, RSOXS_UID
from tests.unit.panes.fake_host import FakeHost
from tests.unit.panes.live.beamtime_news import FREE, LOCKED, START, WRITING, Live, run


@pytest.fixture
def small(host: FakeHost, session: BeamtimeSession) -> Live:
    """The little beamtime."""
    made = Live(host, session)
    made.list_runs(OPEN_UID)
    return made


def test_a_private_copy_is_taken_read_and_given_up_again(small: Live) -> None:
    small.host.selection = Selection(RSOXS_UID)
    small.controller.handle(LiveAction.COPY)
    assert small.bar.standing == ("taking a private copy of the database…",)
    small.host.do(LiveTask.COPY)
    assert small.session.copied is not None
    assert small.bar.standing[0].startswith("private copy of the database, taken ")
    assert small.told(BeamtimeReplaced) == [BeamtimeReplaced()]
    small.controller.handle(LiveAction.COPY)
    assert small.session.copied is None
    assert small.bar.standing == ()
    assert small.told(BeamtimeReplaced) == [BeamtimeReplaced()]


def test_how_far_the_copy_is_stands_there_whatever_changes_meanwhile(small: Live) -> None:
    small.controller.handle(LiveAction.COPY)
    small.host.tell(LiveTask.COPY, Progress(120_000_000, 480_000_000))
    small.host.tell(LiveTask.COPY, Waiting("a moment"))
    small.see(locks=WRITING)
    assert small.bar.standing == ("taking a private copy: 120 of 480 MB",)


def test_a_copy_that_fails_is_told(small: Live) -> None:
    small.controller.handle(LiveAction.COPY)
    small.host.fail(LiveTask.COPY, "there is no room for a copy")
    assert (small.bar.news, small.bar.is_error) == ("there is no room for a copy", True)
    assert small.bar.standing == ()


def test_runs_that_the_copy_has_not_are_counted_and_not_listed(small: Live) -> None:
    small.controller.handle(LiveAction.COPY)
    small.host.do(LiveTask.COPY)
    small.see(new_runs=(run("x"), run("y")))
    small.see()
    assert small.told(RunsStarted) == []
    assert "2 runs newer" in small.bar.standing[0]


def test_a_copy_is_given_up_once_the_catalog_can_be_read(small: Live) -> None:
    small.see(locks=LOCKED, shut_since=START)
    small.controller.handle(LiveAction.COPY)
    small.host.do(LiveTask.COPY)
    small.told(BeamtimeReplaced)
    small.see(locks=FREE)
    assert small.session.copied is None
    assert small.told(BeamtimeReplaced) == [BeamtimeReplaced()]
    assert small.told(LockReleased) == [LockReleased()]


def test_all_is_read_again_when_the_user_wants_it(small: Live) -> None:
    generation = small.session.generation
    small.controller.handle(LiveAction.RELOAD)
    assert small.told(BeamtimeReplaced) == [BeamtimeReplaced()]
    assert small.session.generation > generation

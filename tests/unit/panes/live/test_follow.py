"""Follow mode: where it goes, what pauses it, and when it waits."""

from __future__ import annotations

import pytest

from resonance_tui.panes.actions import LiveAction
from resonance_tui.panes.host import Selection
from resonance_tui.panes.signals import (
    EventSelected,
    FollowNewest,
    FramesReady,
    LastWanted,
    PageShown,
    RunSelected,
    RunsListed,
)
from resonance_tui.session.beamtime import BeamtimeSession
from tests.unit.panes.fake_host import FakeHost
from tests.unit.panes.live.beamtime_news import Live, live, run


@pytest.fixture
def following(host: FakeHost, no_session: BeamtimeSession) -> Live:
    """Follow mode is on, and went to the newest run, b."""
    made = Live(host, no_session)
    made.list_runs("b")
    made.controller.handle(LiveAction.FOLLOW)
    assert made.told(FollowNewest) == [FollowNewest("b", frames=False)]
    return made


def test_it_is_off_until_it_is_asked_for(host: FakeHost, no_session: BeamtimeSession) -> None:
    made = Live(host, no_session)
    made.list_runs("b")
    made.host.publish(PageShown(3))
    made.see_open(live("b", frames=3))
    assert made.told(FollowNewest) == []
    assert made.bar.badge_text == ""


def test_it_goes_to_the_newest_run_and_to_every_newer_one(following: Live) -> None:
    assert following.bar.badge_text == "FOLLOWING"
    following.list_runs("c")
    assert following.told(FollowNewest) == [FollowNewest("c", frames=False)]


def test_the_key_ends_it(following: Live) -> None:
    following.controller.handle(LiveAction.FOLLOW)
    following.list_runs("c")
    assert following.told(FollowNewest) == []
    assert following.bar.badge_text == ""


def test_it_goes_to_the_newest_frame_where_there_are_frames(following: Live) -> None:
    following.see_open(live("b", frames=3))
    assert following.told(FollowNewest) == [FollowNewest("b", frames=True)]
    following.host.publish(FramesReady(None))
    assert following.told(FollowNewest) == [FollowNewest("b", frames=True)]
    following.host.publish(PageShown(3))  # its frames are ahead of its events
    assert following.told(FollowNewest) == []


def test_without_frames_it_goes_to_the_newest_event_once_that_is_shown(following: Live) -> None:
    following.see_open(live("b"))
    following.host.publish(PageShown(3))
    assert following.told(FollowNewest) == [FollowNewest("b", frames=False)]
    following.see()
    following.host.publish(PageShown(3))
    assert following.told(FollowNewest) == [FollowNewest("b", frames=False)]


def test_frames_of_a_run_that_is_not_the_newest_are_not_gone_to(following: Live) -> None:
    following.see_open(live("a", frames=3))
    assert following.told(FollowNewest) == [FollowNewest("b", frames=False)]


def test_without_any_run_there_is_nothing_to_follow(host: FakeHost, no_session: BeamtimeSession) -> None:
    made = Live(host, no_session)
    made.controller.handle(LiveAction.FOLLOW)
    assert made.bar.badge_text == "FOLLOWING"
    assert made.told(FollowNewest) == []
    made.host.publish(RunsListed("a", shows_any=True))
    assert made.told(FollowNewest) == [FollowNewest("a", frames=False)]


def test_while_the_user_types_nothing_is_followed(following: Live) -> None:
    following.occupied = True
    following.list_runs("c")
    assert following.told(FollowNewest) == []
    assert following.bar.badge_text == "FOLLOWING"


@pytest.mark.parametrize("move", [RunSelected(None), EventSelected(3)])
def test_a_move_of_the_user_pauses_it_and_what_comes_is_counted(
    following: Live, move: RunSelected | EventSelected
) -> None:
    following.host.publish(move)
    assert following.bar.badge_text == "PAUSED: 0 newer"
    following.see_open(live("d", frames=2), new_runs=(run("c"), run("d")))
    assert following.bar.badge_text == "PAUSED: 4 newer"
    assert following.told(FollowNewest) == []
    following.controller.handle(LiveAction.FOLLOW)
    assert following.bar.badge_text == "FOLLOWING"
    assert len(following.told(FollowNewest)) == 1


@pytest.mark.parametrize("move", [RunSelected(None, by_user=False), EventSelected(3, by_user=False)])
def test_its_own_moves_do_not_pause_it(following: Live, move: RunSelected | EventSelected) -> None:
    following.host.publish(move)
    assert following.bar.badge_text == "FOLLOWING"


def test_going_to_the_end_of_the_newest_run_goes_on_with_it(following: Live) -> None:
    following.host.publish(EventSelected(0, 1))
    following.host.selection = Selection("a")
    following.host.publish(LastWanted())
    assert following.bar.badge_text == "PAUSED: 0 newer"
    following.host.selection = Selection("b")
    following.host.publish(LastWanted())
    assert following.bar.badge_text == "FOLLOWING"


def test_going_to_the_end_does_not_turn_it_on(host: FakeHost, no_session: BeamtimeSession) -> None:
    made = Live(host, no_session)
    made.list_runs("b")
    host.selection = Selection("b")
    host.publish(LastWanted())
    assert made.bar.badge_text == ""

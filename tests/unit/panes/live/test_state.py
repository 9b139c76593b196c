"""Follow mode: on, paused by a move of the user, on again, off."""

from __future__ import annotations

from resonance_tui.panes.live.state import FollowState

ON, OFF = FollowState(is_on=True), FollowState()


def test_a_key_turns_it_on_and_off() -> None:
    assert OFF.toggled() == ON
    assert ON.toggled() == OFF
    assert (ON.badge, OFF.badge) == ("FOLLOWING", "")


def test_a_move_of_the_user_pauses_it_and_the_key_goes_on() -> None:
    paused = ON.paused()
    assert paused.is_paused
    assert not paused.is_on
    assert paused.toggled() == ON
    assert paused.paused() == paused


def test_what_is_off_is_not_paused() -> None:
    assert OFF.paused() == OFF
    assert not OFF.is_paused


def test_while_it_is_paused_what_comes_is_counted() -> None:
    paused = ON.paused()
    assert paused.badge == "PAUSED: 0 newer"
    assert paused.with_newer(3).with_newer(1997).badge == "PAUSED: 2,000 newer"
    assert ON.with_newer(3) == ON
    assert OFF.with_newer(3) == OFF

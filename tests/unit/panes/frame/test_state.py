"""How frames are looked at: what keys change, what stays for the next run, and what a picture is drawn with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resonance_tui.analysis.profiles import Region
from resonance_tui.panes.actions import FrameAction, Move, RunsAction
from resonance_tui.panes.frame.state import FrameState, move_crosshair, step
from resonance_tui.picture.view import View

SHAPE, ROOM = (32, 48), (60, 40)
LIMITS = (1.0, 9.0)


def test_before_anything_was_set_a_frame_is_looked_at_as_at_first() -> None:
    assert FrameState().view == View()


@pytest.mark.parametrize("kind", ["difference", "sum"])
def test_what_is_in_other_counts_is_drawn_with_limits_of_its_own(kind: str) -> None:
    state = FrameState(View(fixed=LIMITS), kind=kind)  # type: ignore[arg-type]
    assert state.drawn_view.fixed is None
    assert state.view.fixed == LIMITS


def test_frames_that_blink_share_their_limits_unless_others_are_locked() -> None:
    state = FrameState(View(), blinking=True, blink_limits=LIMITS)
    assert state.drawn_view.fixed == LIMITS
    assert replace(state, own_view=View(fixed=(0.0, 1.0))).drawn_view.fixed == (0.0, 1.0)
    assert state.at_rest().drawn_view.fixed is None


def test_for_the_next_run_only_the_look_and_the_kind_of_curves_stay() -> None:
    state = FrameState(View(stretch="log"), "mean", 3, playing=True, on_sheet=True, side="cuts")
    assert state.for_next_run() == FrameState(View(stretch="log"), side="cuts")


def test_without_a_mark_nothing_blinks_or_plays() -> None:
    state = FrameState(marked=2, blinking=True, on_marked=True, playing=True).without_mark()
    assert (state.marked, state.blinking, state.on_marked, state.playing) == (None, False, False, False)


def test_for_pixels_of_another_shape_a_look_that_was_never_changed_stays_so() -> None:
    assert FrameState().for_other_shape() == FrameState()


@pytest.mark.parametrize(
    ("kind", "following"),
    [("frame", "mean"), ("mean", "max"), ("max", "sum"), ("sum", "frame"), ("difference", "mean")],
)
def test_all_frames_together_are_shown_in_turn_then_the_frame_again(kind: str, following: str) -> None:
    assert FrameState(kind=kind).next_stack() == following  # type: ignore[arg-type]


def test_maps_go_on_and_back() -> None:
    there = step(FrameState(), FrameAction.NEXT_MAP, SHAPE, ROOM)
    assert there.view.map == "inferno"
    assert step(there, FrameAction.PREVIOUS_MAP, SHAPE, ROOM).view.map == "viridis"


@pytest.mark.parametrize(
    ("action", "axis", "sign"),
    [
        (FrameAction.PAN_UP, 0, -1), (FrameAction.PAN_DOWN, 0, 1), (FrameAction.PAN_LEFT, 1, -1),
        (FrameAction.PAN_RIGHT, 1, 1),
    ],
)  # fmt: skip
def test_the_part_that_is_seen_moves_as_the_key_says(action: FrameAction, axis: int, sign: int) -> None:
    near = step(FrameState(View(zoom=1, view_centre=(16.0, 24.0))), FrameAction.ZOOM_IN, SHAPE, ROOM)
    before, after = near.view.view_centre, step(near, action, SHAPE, ROOM).view.view_centre
    assert before is not None
    assert after is not None
    assert (after[axis] - before[axis]) * sign > 0
    assert after[1 - axis] == before[1 - axis]


def test_further_ends_at_the_whole_frame() -> None:
    near = step(FrameState(), FrameAction.ZOOM_IN, SHAPE, ROOM)
    far = step(near, FrameAction.ZOOM_OUT, SHAPE, ROOM)
    assert (far.view.zoom, far.view.view_centre) == (0, None)


@pytest.mark.parametrize("action", [FrameAction.PLAY, RunsAction.MARK])
def test_other_keys_change_nothing_of_the_look(action: FrameAction | RunsAction) -> None:
    state = FrameState()
    assert step(state, action, SHAPE, ROOM) is state


@pytest.mark.parametrize(
    ("where", "cross"),
    [
        (Move.UP, (15, 24)), (Move.RIGHT, (16, 25)), (Move.PAGE_DOWN, (26, 24)), (Move.FIRST, (16, 14)),
        (Move.PAGE_UP, (6, 24)), (Move.LAST, (16, 34)),
    ],
)  # fmt: skip
def test_the_crosshair_moves_by_a_pixel_or_far(where: Move, cross: tuple[int, int]) -> None:
    assert move_crosshair(FrameState(View(crosshair=(16, 24))), where, SHAPE, ROOM).view.crosshair == cross


def test_the_corner_of_a_region_that_is_being_set_goes_with_the_crosshair() -> None:
    state = FrameState(View(crosshair=(16, 24), region_anchor=(10, 20)))
    assert move_crosshair(state, Move.DOWN, SHAPE, ROOM).view.region == Region.between((10, 20), (17, 24))

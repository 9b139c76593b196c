"""What the keys of the frame pane do."""

from __future__ import annotations

import pytest

from resonance_tui.panes.actions import FrameAction, Move, RunsAction
from resonance_tui.panes.frame.controller import PAGE_FRAMES
from resonance_tui.panes.frame.tasks import FrameTask
from resonance_tui.panes.signals import EventSelected, LastWanted
from tests.beamtime import NEXAFS_UID, RSOXS_UID
from tests.unit.panes.frame.recorded_pane import Bench

# -- moving ----------------------------------------------------------------------------------------------


def test_arrows_go_from_frame_to_frame(shown: Bench) -> None:
    for where, position in [(Move.RIGHT, 1), (Move.DOWN, 2), (Move.LEFT, 1), (Move.UP, 0), (Move.LAST, 5)]:
        shown.controller.move(where)
        assert shown.host.selection.position == position
    assert shown.host.signals(LastWanted) == [LastWanted()]
    shown.controller.move(Move.FIRST)
    assert shown.host.selection.position == 0
    assert shown.pane.words == "", "the ends are asked for, not missed"


def test_beyond_the_last_frame_it_is_said_how_many_there_are(shown: Bench) -> None:
    shown.controller.move(Move.PAGE_DOWN)
    assert PAGE_FRAMES > 6
    assert shown.host.selection.position == 5
    assert shown.pane.words == "there are frames 1 to 6"
    shown.controller.move(Move.LEFT)
    assert shown.pane.words == "", "the next key takes it away"


def test_with_the_crosshair_arrows_move_that_and_the_frame_stays(shown: Bench) -> None:
    shown.press(FrameAction.CROSSHAIR)
    assert shown.picture.view.crosshair == (16, 24)
    shown.controller.move(Move.DOWN)
    shown.controller.move(Move.LEFT)
    shown.do()
    assert shown.picture.view.crosshair == (17, 23)
    assert shown.host.signals(EventSelected) == []


def test_a_step_taken_before_the_frames_are_known_is_done_once_they_are(bench: Bench) -> None:
    bench.select(RSOXS_UID)
    bench.controller.move(Move.RIGHT)
    bench.controller.move(Move.RIGHT)
    assert bench.host.signals(EventSelected) == []
    bench.do()
    assert bench.host.selection.position == 2
    assert bench.pane.first == "3 of 6"


def test_in_a_run_without_frames_a_step_leads_nowhere(bench: Bench) -> None:
    bench.show(NEXAFS_UID)
    bench.controller.move(Move.RIGHT)
    assert bench.host.signals(EventSelected) == []


# -- how a frame is looked at ----------------------------------------------------------------------------


def test_contrast_and_colours_are_changed_in_the_picture(shown: Bench) -> None:
    shown.press(FrameAction.STRETCH, FrameAction.PERCENTILES, FrameAction.NEXT_MAP, FrameAction.REDUCTION)
    view = shown.picture.view
    assert (view.stretch, view.limits, view.map, view.reduction) == ("log", 1, "inferno", "max")


def test_nearer_shows_a_part_and_panning_moves_it(shown: Bench) -> None:
    shown.press(FrameAction.ZOOM_IN)
    before = shown.picture.window
    assert not before.whole((32, 48))
    shown.press(FrameAction.PAN_RIGHT)
    assert shown.picture.window.left > before.left
    shown.press(FrameAction.WHOLE)
    assert shown.picture.window.whole((32, 48))


def test_a_key_of_another_pane_changes_nothing(shown: Bench) -> None:
    view = shown.picture.view
    shown.press(RunsAction.MARK)
    assert shown.picture.view == view


@pytest.mark.parametrize("action", [FrameAction.STRETCH, FrameAction.CROSSHAIR, FrameAction.MARK])
def test_without_frames_a_key_does_nothing_and_says_nothing(bench: Bench, action: FrameAction) -> None:
    bench.show(NEXAFS_UID)
    state = bench.scene.state
    bench.press(action)
    assert bench.scene.state == state
    assert bench.pane.words == ""


@pytest.mark.parametrize(
    "action",
    [FrameAction.GO_TO, FrameAction.CONTACT_SHEET, FrameAction.PLAY, FrameAction.STACK],
)
def test_without_frames_there_is_nowhere_to_go_and_nothing_to_put_together(
    bench: Bench, action: FrameAction
) -> None:
    bench.show(NEXAFS_UID)
    bench.press(action)
    assert not bench.controller.line.is_open
    assert (bench.scene.state.on_sheet, bench.scene.state.playing, bench.scene.state.kind) == (
        False,
        False,
        "frame",
    )
    assert bench.times(FrameTask.PICTURE) == 0


def test_what_is_typed_stands_below_the_picture(shown: Bench) -> None:
    shown.controller.handle(FrameAction.GO_TO)
    assert shown.pane.words == "go to 8 · row,col · 284.5 eV ▸ _   ⏎ esc"
    assert shown.pane.is_typed
    shown.type("4")
    assert shown.host.selection.position == 3
    assert (shown.pane.words, shown.pane.is_typed) == ("", False)


# -- on the contact sheet --------------------------------------------------------------------------------


def test_a_key_for_one_frame_says_on_the_contact_sheet_that_it_needs_one(shown: Bench) -> None:
    shown.press(FrameAction.CONTACT_SHEET, FrameAction.CROSSHAIR)
    assert shown.pane.words == "on a frame only: enter opens this one"
    assert shown.scene.state.view.crosshair is None


def test_enter_opens_the_frame_under_the_cursor_of_the_contact_sheet(shown: Bench) -> None:
    assert not shown.controller.enter(), "of a frame it leads out of the pane"
    shown.press(FrameAction.CONTACT_SHEET)
    shown.controller.move(Move.RIGHT)
    assert shown.controller.enter()
    shown.do()
    assert shown.pane.first == "2 of 6"
    assert shown.picture.lowest == 2000


# -- leaving ---------------------------------------------------------------------------------------------


def test_what_is_on_is_left_one_after_the_other_the_innermost_first(shown: Bench) -> None:
    shown.press(FrameAction.ZOOM_IN, FrameAction.HISTOGRAM, FrameAction.MARK)
    shown.press(FrameAction.REGION, FrameAction.REGION, FrameAction.REGION)
    shown.press(FrameAction.DIFFERENCE)
    left: list[tuple[object, object, object, object, int]] = []
    while len(left) < 9 and shown.controller.back():
        shown.do()
        state = shown.scene.state
        left.append((state.kind, state.view.crosshair, state.view.region, state.side, state.view.zoom))
    assert [
        [kind, crosshair is not None, region is not None, side, zoom > 0]
        for kind, crosshair, region, side, zoom in left
    ] == [
        ["frame", True, True, "histogram", True],
        ["frame", False, True, "histogram", True],
        ["frame", False, False, "histogram", True],
        ["frame", False, False, None, True],
        ["frame", False, False, None, False],
    ]


def test_where_nothing_is_on_esc_is_for_the_screen(shown: Bench) -> None:
    assert not shown.controller.back()

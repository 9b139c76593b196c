"""Several frames at once: the contact sheet, playing, blinking, differences, and all of them together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from resonance_tui.panes.actions import FrameAction, Move
from resonance_tui.panes.frame.playback import BLINK_EVERY_S, PLAY_EVERY_S
from resonance_tui.panes.frame.tasks import FrameTask
from resonance_tui.panes.signals import TerminalReady
from resonance_tui.session.beamtime import BeamtimeSession
from resonance_tui.session.tasks import Progress
from tests.beamtime import small_frames
from tests.unit.panes.frame.recorded_pane import Bench

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.beamtime import BeamtimeBuilder

# -- the contact sheet -----------------------------------------------------------------------------------


def test_the_contact_sheet_shows_all_frames_and_says_which(shown: Bench) -> None:
    shown.press(FrameAction.HISTOGRAM, FrameAction.CONTACT_SHEET)
    assert shown.pane.sheet is not None
    assert shown.pane.words == "1–6 of 6, scaled individually"
    assert not shown.pane.side_is_open


def test_thumbnails_that_were_read_are_not_read_again(shown: Bench) -> None:
    shown.press(FrameAction.CONTACT_SHEET)
    read, drawn = shown.times(FrameTask.SHEET), shown.pane.sheets
    shown.controller.move(Move.RIGHT)
    shown.do()
    assert (shown.times(FrameTask.SHEET), shown.pane.sheets) == (read, drawn + 1)
    assert shown.host.selection.position == 1


def test_keys_go_by_rows_and_sheets(shown: Bench) -> None:
    shown.pane.room = (24, 12)
    shown.press(FrameAction.CONTACT_SHEET)
    seen = []
    for where in (Move.DOWN, Move.UP, Move.LAST, Move.FIRST, Move.PAGE_DOWN, Move.PAGE_UP):
        shown.controller.move(where)
        shown.do()
        seen.append(shown.host.selection.position)
    columns = seen[0]
    assert columns > 1
    assert seen[1:4] == [0, 5, 0]
    assert seen[4] > columns
    assert seen[5] == 0


def test_locked_limits_hold_for_all_thumbnails(shown: Bench) -> None:
    shown.press(FrameAction.LOCK_LIMITS, FrameAction.CONTACT_SHEET)
    assert shown.pane.words == "1–6 of 6"


def test_contrast_is_changed_on_the_sheet_without_drawing_a_frame(shown: Bench) -> None:
    shown.press(FrameAction.CONTACT_SHEET)
    pictures, sheets = shown.times(FrameTask.PICTURE), shown.pane.sheets
    shown.press(FrameAction.STRETCH)
    assert (shown.times(FrameTask.PICTURE), shown.pane.sheets) == (pictures, sheets + 1)


def test_a_sheet_that_had_to_wait_for_the_terminal_is_drawn_once_that_is_ready(shown: Bench) -> None:
    shown.host.flow.busy = True
    shown.press(FrameAction.CONTACT_SHEET)
    assert shown.pane.sheets == 0
    shown.host.flow.busy = False
    shown.host.publish(TerminalReady())
    assert shown.pane.sheets == 1


def test_the_key_leads_back_to_the_frame(shown: Bench) -> None:
    shown.press(FrameAction.CONTACT_SHEET, FrameAction.CONTACT_SHEET)
    assert shown.pane.first == "1 of 6"
    assert shown.pane.sheet is None


def test_a_picture_that_comes_when_the_sheet_is_open_is_not_shown(shown: Bench) -> None:
    shown.press(FrameAction.CONTACT_SHEET)
    shown.controller.show_kind("mean")
    shown.press(FrameAction.CONTACT_SHEET)
    assert shown.pane.picture is None
    assert shown.scene.state.kind == "frame"


def test_from_an_event_without_a_frame_the_sheet_goes_to_one_that_has(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    builder = beamtime()
    events = [{"energy_position": 270.0 + i} for i in range(4)]
    uid = builder.run(events=events, frames={"detector_image": small_frames(2)})
    with BeamtimeSession(builder.path) as session:
        bench = Bench(session)
        bench.show(uid)
        bench.go(3)
        bench.press(FrameAction.CONTACT_SHEET)
        assert bench.host.selection.position == 1
        assert bench.pane.sheet is not None


# -- playing ---------------------------------------------------------------------------------------------


def play(bench: Bench, steps: int) -> None:
    for _ in range(steps):
        bench.host.pass_time(PLAY_EVERY_S)
        bench.do()


def test_frames_are_played_to_the_last_and_then_no_longer(shown: Bench) -> None:
    shown.press(FrameAction.PLAY)
    assert shown.pane.first == "▶ 2 of 6"
    play(shown, 3)
    assert shown.pane.first == "▶ 5 of 6"
    play(shown, 3)
    assert shown.pane.first == "6 of 6"


def test_from_the_last_frame_they_are_played_from_the_first(shown: Bench) -> None:
    shown.go(5)
    shown.press(FrameAction.PLAY)
    assert shown.pane.first == "▶ 1 of 6"
    play(shown, 2)
    assert shown.pane.first == "▶ 3 of 6"


def test_the_key_stops_playing(shown: Bench) -> None:
    shown.press(FrameAction.PLAY, FrameAction.PLAY)
    play(shown, 3)
    assert shown.pane.first == "2 of 6"


def test_no_frame_is_played_before_the_terminal_has_drawn_the_last(shown: Bench) -> None:
    shown.press(FrameAction.PLAY)
    shown.host.flow.busy = True
    play(shown, 3)
    assert shown.host.selection.position == 1
    shown.host.flow.busy = False
    play(shown, 1)
    assert shown.host.selection.position == 2


# -- a marked frame --------------------------------------------------------------------------------------


def test_a_frame_is_marked_and_its_mark_taken_away_by_the_same_key(shown: Bench) -> None:
    shown.press(FrameAction.MARK)
    assert shown.pane.title.startswith("marked 1 · ")
    shown.press(FrameAction.MARK)
    assert "marked" not in shown.pane.title


@pytest.mark.parametrize("action", [FrameAction.DIFFERENCE, FrameAction.BLINK])
def test_without_a_mark_it_is_said_what_sets_one(shown: Bench, action: FrameAction) -> None:
    shown.press(action)
    assert shown.pane.words == "d marks a frame to compare with"


def test_the_difference_from_the_marked_frame_is_shown_and_the_frame_again(shown: Bench) -> None:
    shown.press(FrameAction.MARK)
    shown.go(2)
    shown.press(FrameAction.DIFFERENCE)
    assert shown.pane.first == "3 − 1 of 6"
    assert (shown.picture.lowest, shown.picture.highest) == (2000, 2000)
    shown.press(FrameAction.DIFFERENCE)
    assert shown.picture.lowest == 3000


def test_another_mark_ends_the_difference(shown: Bench) -> None:
    shown.press(FrameAction.MARK)
    shown.go(2)
    shown.press(FrameAction.DIFFERENCE, FrameAction.MARK)
    assert (shown.scene.state.kind, shown.scene.state.marked) == ("frame", 2)


def test_frame_and_marked_one_blink_with_the_same_limits(shown: Bench) -> None:
    shown.press(FrameAction.MARK)
    shown.go(2)
    limits = shown.picture.limits
    shown.press(FrameAction.BLINK)
    seen = []
    for _ in range(3):
        seen.append((shown.pane.first, shown.picture.lowest, shown.picture.limits))
        shown.host.pass_time(BLINK_EVERY_S)
        shown.do()
    marked, own = ("1 (blinking with 3)", 1000, limits), ("3 (blinking with 1)", 3000, limits)
    assert seen == [marked, own, marked]


def test_blinking_waits_for_the_terminal_and_ends_with_the_frame_under_the_cursor(shown: Bench) -> None:
    shown.press(FrameAction.MARK)
    shown.go(2)
    shown.press(FrameAction.BLINK)
    shown.host.flow.busy = True
    shown.host.pass_time(5 * BLINK_EVERY_S)
    assert shown.scene.state.on_marked
    shown.host.flow.busy = False
    shown.press(FrameAction.BLINK)
    assert (shown.pane.first, shown.picture.lowest) == ("3 of 6", 3000)


def test_esc_ends_blinking_and_playing(shown: Bench) -> None:
    shown.press(FrameAction.MARK)
    shown.go(1)
    shown.press(FrameAction.BLINK)
    assert shown.controller.back()
    shown.do()
    assert shown.pane.first == "2 of 6"
    shown.press(FrameAction.PLAY)
    assert shown.controller.back()
    assert not shown.scene.state.playing


def test_another_mark_while_blinking_shows_the_frame(shown: Bench) -> None:
    shown.press(FrameAction.MARK)
    shown.go(1)
    shown.press(FrameAction.BLINK, FrameAction.MARK)
    assert (shown.scene.state.blinking, shown.scene.state.marked) == (False, 1)
    assert shown.picture.lowest == 2000


def test_esc_closes_the_contact_sheet(shown: Bench) -> None:
    shown.press(FrameAction.CONTACT_SHEET)
    assert shown.controller.back()
    shown.do()
    assert shown.picture.lowest == 1000


# -- all frames together ---------------------------------------------------------------------------------


def test_mean_largest_values_and_sum_of_all_frames_are_shown_in_turn(shown: Bench) -> None:
    seen = []
    for _ in range(4):
        shown.press(FrameAction.STACK)
        seen.append((shown.pane.first, shown.picture.lowest))
    assert seen == [
        ("mean of 6 frames", 3500),
        ("max of 6 frames", 6000),
        ("sum of 6 frames", 21000),
        ("1 of 6", 1000),
    ]


def test_while_frames_are_added_up_it_is_said_how_far_that_is_and_esc_stops_it(shown: Bench) -> None:
    shown.controller.handle(FrameAction.STACK)
    assert shown.pane.first == "adding up: mean of 6 frames"
    assert shown.pane.words == "mean of all frames…"
    shown.host.tell(FrameTask.PICTURE, Progress(2, 6))
    assert shown.pane.words == "mean of all frames: 2 of 6, esc stops"
    assert shown.controller.back()
    shown.do()
    assert (shown.pane.first, shown.pane.words) == ("1 of 6", "")


def test_a_mark_set_while_all_frames_are_shown_is_said(shown: Bench) -> None:
    shown.press(FrameAction.STACK, FrameAction.MARK)
    assert shown.pane.words == "frame 1 is marked"
    shown.press(FrameAction.MARK)
    assert shown.pane.words == "no frame is marked"


def test_who_goes_to_a_frame_wants_to_see_it(shown: Bench) -> None:
    shown.press(FrameAction.STACK)
    shown.controller.move(Move.RIGHT)
    shown.do()
    assert shown.pane.first == "2 of 6"
    assert shown.picture.lowest == 2000


def test_playing_ends_where_all_frames_together_are_wanted(shown: Bench) -> None:
    shown.press(FrameAction.PLAY, FrameAction.STACK)
    assert not shown.scene.state.playing
    assert shown.pane.first == "mean of 6 frames"

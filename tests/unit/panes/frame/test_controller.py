"""What the frame pane shows of the selected run, and what it reads for that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from resonance_tui.catalog.run_state import Phase, RunState
from resonance_tui.panes.actions import FrameAction
from resonance_tui.panes.frame.tasks import FrameTask
from resonance_tui.panes.host import STILL_READING_S
from resonance_tui.panes.signals import (
    BeamtimeReplaced,
    ColumnsReady,
    EventSelected,
    FollowNewest,
    FramesGrown,
    FramesReady,
    LiveRunChanged,
    LockReleased,
    PageShown,
    RunReread,
    RunSelected,
    RunSettled,
    StatisticsToggled,
    TerminalReady,
    ThemeChanged,
)
from resonance_tui.panes.type_ahead import STILL_READ
from resonance_tui.session.beamtime import BeamtimeSession
from resonance_tui.session.frames import Frames
from resonance_tui.session.monitor import LiveRun
from resonance_tui.text.labels import ScanLabel
from tests.beamtime import ABORTED_UID, NEXAFS_UID, OPEN_UID, RSOXS_UID, small_frames
from tests.columns import run_columns
from tests.unit.panes.frame.recorded_pane import SETTLE_S, Bench, row_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.beamtime import BeamtimeBuilder

LARGER = Frames("detector_image", list(range(3)), (3, 64, 64), "int32")

# -- the frames of the selected run ----------------------------------------------------------------------


def test_nothing_is_read_before_the_cursor_rests_on_a_run(bench: Bench) -> None:
    bench.host.publish(RunSelected(row_of(RSOXS_UID)))
    assert bench.host.kinds_asked() == []
    assert bench.controller.may_have_frames, "nobody knows yet"
    bench.host.publish(RunSettled(RSOXS_UID))
    assert bench.host.kinds_asked() == [FrameTask.FRAMES]


def test_the_frame_of_the_event_under_the_cursor_is_shown(shown: Bench) -> None:
    assert (shown.pane.first, shown.pane.title) == ("1 of 6", "32×48 int32 · detector_image")
    assert (shown.picture.lowest, shown.picture.highest) == (1000, 2597)
    shown.go(3)
    assert shown.pane.first == "4 of 6"
    assert (shown.picture.lowest, shown.picture.highest) == (4000, 5597)


def test_it_is_told_where_the_frames_are(shown: Bench) -> None:
    (ready,) = shown.host.signals(FramesReady)
    assert ready.frames is not None
    assert ready.frames.positions == list(range(6))


def test_a_run_without_frames_says_so_and_tells_it(bench: Bench) -> None:
    bench.show(NEXAFS_UID)
    assert bench.pane.note == "This run has no frames."
    assert bench.host.signals(FramesReady) == [FramesReady(None)]
    assert not bench.controller.may_have_frames


def test_frames_that_cannot_be_looked_for_are_an_error_and_that_is_told(bench: Bench) -> None:
    bench.select(RSOXS_UID)
    bench.host.fail(FrameTask.FRAMES, "6 frames missing: there is no folder")
    assert (bench.pane.note, bench.pane.note_is_error) == ("6 frames missing: there is no folder", True)
    assert bench.host.signals(FramesReady) == [FramesReady(None, failed=True)]


def test_looking_for_frames_is_said_where_it_takes_long_and_only_the_first_time(bench: Bench) -> None:
    bench.select(RSOXS_UID)
    bench.host.pass_time(STILL_READING_S)
    assert bench.pane.note == "Looking for frames…"
    bench.do()
    bench.host.publish(RunReread(RSOXS_UID))
    bench.host.pass_time(STILL_READING_S)
    assert bench.pane.note == ""


def test_another_run_clears_the_pane_and_nothing_of_the_last_one_comes_any_more(shown: Bench) -> None:
    shown.controller.handle(FrameAction.GO_TO)
    shown.host.publish(EventSelected(2, 0))
    shown.host.publish(RunSelected(row_of(NEXAFS_UID)))
    assert shown.host.waiting == []
    assert shown.pane.picture is None
    assert not shown.controller.line.is_open
    shown.host.pass_time(5.0)
    assert shown.host.waiting == []


def test_how_frames_are_looked_at_stays_for_the_next_run(shown: Bench) -> None:
    shown.press(FrameAction.STRETCH, FrameAction.HISTOGRAM)
    shown.show(ABORTED_UID)
    assert shown.picture.view.stretch == "log"
    assert shown.panel.kind == "histogram"


def test_what_was_set_in_pixels_of_another_detector_is_forgotten(shown: Bench) -> None:
    shown.press(FrameAction.CROSSHAIR, FrameAction.ZOOM_IN, FrameAction.STRETCH)
    shown.controller.take_frames(LARGER)
    view = shown.scene.state.view
    assert (view.crosshair, view.zoom, view.view_centre) == (None, 0, None)
    assert view.stretch == "log"


def test_a_mark_on_a_frame_that_is_gone_is_gone(shown: Bench) -> None:
    shown.go(5)
    shown.press(FrameAction.MARK)
    assert shown.scene.frames is not None
    shown.controller.take_frames(replace(shown.scene.frames, positions=[0, 1, 2], shape=(3, 32, 48)))
    assert shown.scene.state.marked is None


def test_a_difference_from_a_frame_that_is_gone_is_the_frame_itself_again(shown: Bench) -> None:
    shown.go(5)
    shown.press(FrameAction.MARK)
    shown.go(1)
    shown.press(FrameAction.DIFFERENCE)
    assert shown.scene.frames is not None
    shown.controller.take_frames(replace(shown.scene.frames, positions=[0, 1, 2], shape=(3, 32, 48)))
    assert shown.scene.state.kind == "frame"


def test_where_frames_are_gone_the_mark_and_the_sheet_are(shown: Bench) -> None:
    shown.press(FrameAction.MARK, FrameAction.CONTACT_SHEET)
    shown.controller.take_frames(None)
    assert (shown.scene.state.marked, shown.scene.state.on_sheet) == (None, False)
    assert shown.pane.note == "This run has no frames."


def test_a_run_read_again_has_its_frame_drawn_and_assessed_anew(shown: Bench) -> None:
    shown.rest()
    assert shown.scene.exposed.known
    shown.host.publish(BeamtimeReplaced())
    shown.do()
    assert shown.scene.exposed.known == {}
    shown.rest()
    assert set(shown.scene.exposed.known) == set(range(6))


def test_an_event_without_a_frame_says_where_there_are_some(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    builder = beamtime()
    events = [{"energy_position": 270.0 + i} for i in range(4)]
    uid = builder.run(events=events, frames={"detector_image": small_frames(2)})
    with BeamtimeSession(builder.path) as session:
        bench = Bench(session)
        bench.show(uid)
        bench.go(3)
        assert bench.pane.note == "Event 4 has no frame: [ and ] go to one that has."
        assert bench.pane.first == "none of 2"
        assert bench.host.flow.sent[-1] == 0, "the terminal is asked for its answer without a picture"
        bench.press(FrameAction.STRETCH)
        assert bench.pane.words == "this event has no frame"


def test_a_frame_that_cannot_be_read_is_an_error_in_the_pane(shown: Bench) -> None:
    shown.host.publish(EventSelected(2, 0))
    shown.host.fail(FrameTask.PICTURE, "frame 3 is damaged")
    assert (shown.pane.note, shown.pane.note_is_error) == ("frame 3 is damaged", True)


# -- the words around it ---------------------------------------------------------------------------------


def test_what_the_event_was_taken_at_stands_in_the_title(shown: Bench) -> None:
    shown.host.publish(PageShown(6, {0: "270 eV", 2: "272 eV"}))
    assert shown.pane.title == "270 eV · 32×48 int32 · detector_image"
    shown.go(2)
    assert shown.pane.title.startswith("272 eV")
    shown.go(1)
    assert shown.pane.title.startswith("32×48")


def test_a_value_that_was_scanned_can_be_typed_once_all_events_were_read(shown: Bench) -> None:
    numbers = np.arange(6.0)
    columns = run_columns(RSOXS_UID, {"seq_num": numbers + 1, "time": numbers, "energy": 270 + numbers})
    shown.controller.handle(FrameAction.GO_TO)
    shown.type("273.2 eV")
    assert shown.pane.words == STILL_READ
    axes = replace(columns.find_axes(), fast="energy")
    shown.host.publish(ColumnsReady(columns, axes, ScanLabel("", "", "")))
    assert shown.host.selection.position == 3, "it was kept until then"
    shown.controller.handle(FrameAction.GO_TO)
    shown.type("275 eV")
    assert shown.host.selection.position == 5


def test_what_goes_over_the_line_stands_below_the_picture_as_long_as_that_is_wanted(shown: Bench) -> None:
    shown.host.publish(StatisticsToggled(True))
    assert shown.pane.words == "link: 12 kB"
    drawn = shown.pane.line_drawn
    shown.host.flow.text = lambda: "link: 15 kB"  # type: ignore[method-assign]
    shown.host.publish(TerminalReady())
    assert shown.pane.words == "link: 15 kB"
    assert shown.pane.line_drawn == drawn + 1
    shown.host.publish(StatisticsToggled(False))
    assert shown.pane.words == ""


# -- the terminal ----------------------------------------------------------------------------------------


def test_another_size_is_drawn_once_it_rests(shown: Bench) -> None:
    shown.pane.room = (80, 30)
    shown.controller.fit()
    assert not shown.host.busy(FrameTask.PICTURE)
    shown.host.pass_time(SETTLE_S)
    shown.do()
    assert shown.picture.cells.shape[1] == 80


def test_all_frames_together_are_drawn_in_another_size_too(shown: Bench) -> None:
    shown.press(FrameAction.STACK)
    shown.pane.room = (80, 30)
    shown.controller.fit()
    shown.host.pass_time(SETTLE_S)
    shown.do()
    assert shown.picture.cells.shape[1] == 80
    assert shown.pane.first == "mean of 6 frames"


def test_without_frames_another_size_is_nothing_to_draw(bench: Bench) -> None:
    bench.show(NEXAFS_UID)
    bench.controller.fit()
    bench.host.pass_time(SETTLE_S)
    assert bench.times(FrameTask.PICTURE) == 0


def test_other_colours_have_picture_and_curves_drawn_again(shown: Bench) -> None:
    shown.press(FrameAction.HISTOGRAM)
    pictures, curves = shown.times(FrameTask.PICTURE), shown.times(FrameTask.SIDE_CURVES)
    shown.host.publish(ThemeChanged())
    assert shown.times(FrameTask.PICTURE) == pictures + 1
    assert shown.times(FrameTask.SIDE_CURVES) == curves + 1


def test_what_does_not_concern_frames_leaves_them_alone(shown: Bench) -> None:
    asked = shown.host.kinds_asked()
    shown.host.publish(LockReleased())
    shown.host.publish(FramesGrown(ABORTED_UID, 9))
    assert shown.host.kinds_asked() == asked


# -- a run in progress -----------------------------------------------------------------------------------


def live(uid: str, cadence: float | None = None) -> LiveRunChanged:
    run = LiveRun(uid, RunState(Phase.RUNNING), "detector_image", 3, cadence)
    return LiveRunChanged(run, {uid: run})


def test_of_a_run_in_progress_the_title_says_so_and_how_fast_frames_come(bench: Bench) -> None:
    bench.show(OPEN_UID)
    assert bench.pane.first == "1 of 3 on disk, no events saved"
    bench.host.publish(live(OPEN_UID, 2.0))
    assert bench.pane.first == "1 of 3 live, not in the catalog yet"
    assert bench.pane.title.startswith("one every 2 s · ")


def test_a_run_that_was_seen_to_go_on_before_it_was_selected_is_said_to_be_live(bench: Bench) -> None:
    bench.host.publish(live(OPEN_UID))
    bench.show(OPEN_UID)
    assert bench.pane.first == "1 of 3 live, not in the catalog yet"


def test_more_frames_are_counted_and_that_which_was_awaited_is_drawn(bench: Bench) -> None:
    bench.show(OPEN_UID)
    bench.go(3)
    assert bench.pane.note == "Frame 4 is not there yet."
    drawn = bench.times(FrameTask.PICTURE)
    bench.host.publish(FramesGrown(OPEN_UID, 4))
    assert bench.scene.count == 4
    assert bench.times(FrameTask.PICTURE) == drawn + 1


def test_more_frames_leave_what_is_looked_at_as_it_is(bench: Bench) -> None:
    bench.show(OPEN_UID)
    drawn = bench.times(FrameTask.PICTURE)
    bench.host.publish(FramesGrown(OPEN_UID, 9))
    bench.host.publish(FramesGrown(OPEN_UID, 2))
    assert bench.scene.count == 9
    assert bench.times(FrameTask.PICTURE) == drawn


def test_the_first_frames_of_a_run_are_looked_for_once_it_is_known_to_have_had_none(bench: Bench) -> None:
    bench.select(NEXAFS_UID)
    bench.host.publish(FramesGrown(NEXAFS_UID, 1))
    assert bench.times(FrameTask.FRAMES) == 1, "they are being looked for"
    bench.do()
    bench.host.publish(FramesGrown(NEXAFS_UID, 1))
    assert bench.times(FrameTask.FRAMES) == 2


def test_follow_mode_goes_to_the_newest_frame_of_the_run_that_is_shown(bench: Bench) -> None:
    bench.show(OPEN_UID)
    bench.host.publish(FollowNewest(RSOXS_UID, frames=True))
    assert bench.host.selection.position == 0
    bench.host.publish(FollowNewest(OPEN_UID, frames=True))
    assert bench.host.signals(EventSelected) == [EventSelected(2, 0, by_user=False)]

"""Which picture is shown when; how well frames are exposed; and the words around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from resonance_tui.panes.actions import FrameAction, Move
from resonance_tui.panes.frame.exposures import OTHERS_AFTER_S
from resonance_tui.panes.frame.pictures import REST_S
from resonance_tui.panes.frame.tasks import FrameTask
from resonance_tui.panes.host import STILL_READING_S
from resonance_tui.panes.signals import EventSelected, RunReread, TerminalReady
from resonance_tui.picture.palettes import LEVELS
from resonance_tui.session.beamtime import BeamtimeSession
from resonance_tui.session.frame_series import Exposures
from tests.beamtime import RSOXS_UID, SMALL_SHAPE, small_frames
from tests.unit.panes.frame.recorded_pane import PICTURE_BYTES, SETTLE_S, Bench

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.beamtime import BeamtimeBuilder


def run_of(
    bench_of: Callable[..., BeamtimeBuilder], *frames: np.ndarray | None
) -> tuple[BeamtimeBuilder, str]:
    """A beamtime with one run of these frames, each exposed for two seconds."""
    builder = bench_of()
    events = [{"energy_position": 270.0 + i, "exposure": 2.0} for i in range(len(frames))]
    return builder, builder.run(events=events, frames={"detector_image": frames})


# -- pictures --------------------------------------------------------------------------------------------


def test_the_terminal_is_told_of_every_picture(shown: Bench) -> None:
    assert shown.host.flow.sent.count(PICTURE_BYTES) == 1


def test_a_picture_waits_for_the_terminal_and_of_several_the_newest_is_shown(shown: Bench) -> None:
    shown.host.flow.busy = True
    shown.go(1)
    shown.go(2)
    assert shown.picture.lowest == 1000
    shown.host.flow.busy = False
    shown.host.publish(TerminalReady())
    assert shown.picture.lowest == 3000
    assert len(shown.pane.pictures) == 2


def test_the_frames_that_come_next_are_read_ahead_in_the_way_one_goes(shown: Bench) -> None:
    shown.go(3)
    cache = shown.scene.session.frames.cache
    assert cache.get(("frame", RSOXS_UID, 4)) is not None
    assert cache.get(("frame", RSOXS_UID, 2)) is not None  # it came after the first
    shown.controller.move(Move.LEFT)
    assert not shown.controller.read_ahead.is_forward


def test_reading_a_frame_is_said_where_it_takes_long(shown: Bench) -> None:
    shown.host.publish(EventSelected(2, 0))
    shown.host.pass_time(STILL_READING_S)
    assert shown.pane.note == "Reading the frame…"


def test_over_a_slow_link_a_frame_is_coarse_at_first_and_fine_once_one_rests(shown: Bench) -> None:
    shown.host.flow.quality_steps_down = 2
    shown.go(1)
    assert shown.picture.palette.levels < LEVELS
    shown.host.pass_time(REST_S)
    shown.do()
    assert shown.picture.palette.levels == LEVELS


def test_whoever_goes_on_meanwhile_gets_no_fine_picture_of_the_last_frame(shown: Bench) -> None:
    shown.host.flow.quality_steps_down = 2
    shown.go(1)
    asked = shown.times(FrameTask.PICTURE)
    shown.host.publish(EventSelected(2, 1))
    shown.host.pass_time(REST_S)
    assert shown.times(FrameTask.PICTURE) == asked + 1


def test_a_picture_of_what_is_no_longer_wanted_is_not_shown(shown: Bench) -> None:
    shown.host.flow.busy = True
    shown.go(1)
    shown.press(FrameAction.STACK)
    shown.host.flow.busy = False
    shown.controller.show_kind("frame")
    shown.host.publish(TerminalReady())
    assert shown.picture.lowest == 1000


def test_a_failure_of_a_frame_that_was_gone_by_is_not_said(shown: Bench) -> None:
    shown.host.publish(EventSelected(1, 0))
    (reading,) = [one for one in shown.host.waiting if one.task.kind == FrameTask.PICTURE]
    shown.go(2)
    reading.failed("frame 2 is damaged")
    assert shown.pane.note == ""
    shown.press(FrameAction.CONTACT_SHEET)
    reading.failed("frame 2 is damaged")
    assert shown.pane.note == ""


def test_a_frame_that_is_not_on_disk_is_shown_as_such(beamtime: Callable[..., BeamtimeBuilder]) -> None:
    first, *_ = small_frames(1)
    builder, uid = run_of(beamtime, first, None)
    with BeamtimeSession(builder.path) as session:
        bench = Bench(session)
        bench.show(uid)
        bench.go(1)
        assert not bench.picture.stored
        bench.press(FrameAction.HISTOGRAM)
        assert bench.pane.side_panel.note == "no chunk on disk"
        bench.press(FrameAction.STACK)
        assert bench.pane.first == "mean of 1 of 2 frames"


@pytest.mark.parametrize("depth", ["256", "16", "mono"])
def test_pictures_have_the_colours_that_the_terminal_shows(bench: Bench, depth: str) -> None:
    other = Bench(bench.scene.session, depth)  # type: ignore[arg-type]
    other.show(RSOXS_UID)
    assert other.picture.palette.depth == depth


# -- exposures -------------------------------------------------------------------------------------------


def test_a_frame_is_assessed_once_one_rests_on_it_and_then_all_others(shown: Bench) -> None:
    assert shown.times(FrameTask.VERDICT) == 0
    shown.host.pass_time(SETTLE_S)
    shown.do()
    assert set(shown.scene.exposed.known) == {0}
    assert shown.pane.words == "min 1000 max 2597"
    shown.host.pass_time(OTHERS_AFTER_S)
    shown.do()
    assert shown.pane.strip == (0, ("good",) * 6, 0)


def test_a_frame_that_was_assessed_is_not_assessed_again(shown: Bench) -> None:
    shown.rest()
    shown.go(1)
    shown.rest()
    shown.go(0)
    asked = shown.times(FrameTask.VERDICT)
    shown.rest()
    assert shown.times(FrameTask.VERDICT) == asked == 2


def test_an_overexposed_frame_raises_the_alarm_and_tells_a_better_exposure(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    over, good = np.full(SMALL_SHAPE, 300_000, dtype=np.int32), small_frames(1)[0]
    over[0] = 100
    builder, uid = run_of(beamtime, over, good)
    with BeamtimeSession(builder.path) as session:
        bench = Bench(session)
        bench.show(uid)
        bench.rest()
        assert bench.pane.alarm == "OVEREXPOSED 1,488 px in 2 s, try ≤ 0.67 s"
        bench.pane.size.width = 10
        bench.controller.status.describe()
        assert len(bench.pane.alarm) < 20, "there is room for a word only"
        bench.go(1)
        assert bench.pane.alarm == ""


def test_all_frames_are_checked_on_demand_and_that_is_said(shown: Bench) -> None:
    shown.controller.handle(FrameAction.CHECK_EXPOSURES)
    assert shown.pane.words == "checking the exposures…"
    shown.do()
    assert shown.pane.strip[1] == ("good",) * 6
    assert "checking" not in shown.pane.words
    shown.press(FrameAction.CHECK_EXPOSURES)
    assert shown.pane.words == "all frames are checked"


def test_exposures_that_cannot_be_checked_are_not_said_to_be(shown: Bench) -> None:
    shown.controller.handle(FrameAction.CHECK_EXPOSURES)
    shown.host.fail(FrameTask.STRIP, "the store is gone")
    assert shown.pane.words == ""


def test_what_is_known_by_now_is_shown_while_others_are_being_checked(shown: Bench) -> None:
    shown.controller.handle(FrameAction.CHECK_EXPOSURES)
    shown.host.answer(FrameTask.STRIP, Exposures({}, {3: "lost"}, complete=False))
    assert shown.pane.strip[1][3] == "lost"
    assert shown.pane.words == "checking the exposures…"


def test_a_check_asked_for_before_the_frames_are_known_is_not_said_to_be_under_way(bench: Bench) -> None:
    bench.select(RSOXS_UID)
    bench.controller.handle(FrameAction.CHECK_EXPOSURES)
    bench.host.do(FrameTask.FRAMES, FrameTask.PICTURE)
    assert bench.host.busy(FrameTask.STRIP) or bench.pane.words == ""


def test_exposures_of_before_the_run_was_read_again_are_not_taken(shown: Bench) -> None:
    shown.controller.handle(FrameAction.CHECK_EXPOSURES)
    shown.host.publish(RunReread(RSOXS_UID))
    shown.host.do(FrameTask.FRAMES)
    if shown.host.busy(FrameTask.STRIP):
        shown.host.answer(FrameTask.STRIP, Exposures({}, {3: "lost"}))
    assert shown.scene.exposed.others == {}

"""`esc` in the frame pane: of all that is on, each takes one step back, in a fixed order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pilot.driving import Drive, Gate, driving
from tests.pilot.frames import in_frame, line


def what_is_on(drive: Drive) -> set[str]:
    """All that `esc` can end in the frame pane."""
    state = drive.frame_state
    on = {
        "curve": drive.busy("curve"),
        "play": state.playing,
        "blink": state.blinking,
        "sheet": state.on_sheet,
        state.kind: state.kind != "frame",
        "crosshair": state.view.crosshair is not None,
        "region": state.view.region is not None,
        "panel": state.curves is not None,
        "zoom": state.view.zoom > 0,
    }
    return {name for name, is_on in on.items() if is_on}


async def ended_by_esc(drive: Drive) -> list[set[str]]:
    """What each `esc` ends, until one leads out of the pane."""
    ended: list[set[str]] = []
    while drive.focused is drive.frame:
        before = what_is_on(drive)
        await drive.pilot.press("escape")
        assert what_is_on(drive) < before or drive.focused is not drive.frame, before
        ended.append(before - what_is_on(drive))
    return ended


async def test_esc_ends_play_blink_crosshair_region_curves_and_zoom_one_by_one(
    frames_beamtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with driving(frames_beamtime) as drive:
        await in_frame(drive)
        await drive.press("plus", "d", "]", "x", "a", "j", "l", "a", "i")
        drive.terminal_draws(monkeypatch)  # playing waits for it, so that it does not come to its end
        await drive.pilot.press("p", "y")
        assert what_is_on(drive) == {"play", "blink", "crosshair", "region", "panel", "zoom"}
        assert await ended_by_esc(drive) == [
            {"play"}, {"blink"}, {"crosshair"}, {"region"}, {"panel"}, {"zoom"}, set(),
        ]  # fmt: skip
        assert drive.focused is drive.events


async def test_esc_ends_a_difference_before_the_crosshair_on_it(frames_beamtime: Path) -> None:
    async with driving(frames_beamtime) as drive:
        await in_frame(drive)
        await drive.press("d", "]", "D", "x", "plus")
        assert what_is_on(drive) == {"difference", "crosshair", "zoom"}
        assert await ended_by_esc(drive) == [{"difference"}, {"crosshair"}, {"zoom"}, set()]
        await drive.settled()
        assert drive.frame_state.marked == 0, "the mark stays"


async def test_esc_ends_play_on_the_contact_sheet_then_the_sheet_then_what_lay_under_it(
    frames_beamtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with driving(frames_beamtime) as drive:
        await in_frame(drive)
        await drive.press("plus", "x", "t")
        drive.terminal_draws(monkeypatch)
        await drive.pilot.press("p")
        assert what_is_on(drive) == {"play", "sheet", "crosshair", "zoom"}
        assert await ended_by_esc(drive) == [{"play"}, {"sheet"}, {"crosshair"}, {"zoom"}, set()]


async def test_esc_ends_a_sum_that_is_still_running_then_the_curve_of_a_region(
    frames_beamtime: Path, hold: Callable[..., Gate]
) -> None:
    async with driving(frames_beamtime) as drive:
        state = await in_frame(drive)
        await drive.press("plus", "x", "a", "j", "l", "a")
        gate = hold("one of many")
        await drive.pilot.press("A", "F")
        await drive.until(lambda: len(gate.calls) == 2, "both are being added up")
        assert "adding up" in drive.title("frame")
        assert what_is_on(drive) == {"mean", "curve", "crosshair", "region", "panel", "zoom"}
        await drive.pilot.press("escape")
        assert what_is_on(drive) == {"curve", "crosshair", "region", "panel", "zoom"}
        await drive.pilot.press("escape")
        assert what_is_on(drive) == {"crosshair", "region", "panel", "zoom"}
        gate.open()
        await drive.settled()
        assert line(drive).startswith("stopped")
        assert len(gate.calls) == 2, "what was ended reads no further frame"
        assert state.shown is not None
        assert state.shown.subject.kind == "frame"
        # the curve of a region goes with the region
        assert await ended_by_esc(drive) == [{"crosshair"}, {"region", "panel"}, {"zoom"}, set()]


async def test_esc_ends_a_sum_that_is_done_before_the_crosshair_on_it(frames_beamtime: Path) -> None:
    async with driving(frames_beamtime) as drive:
        await in_frame(drive)
        await drive.press("F", "x")
        assert "mean of 12" in drive.title("frame")
        assert await ended_by_esc(drive) == [{"mean"}, {"crosshair"}, set()]


async def test_esc_ends_the_crosshair_together_with_its_cuts(frames_beamtime: Path) -> None:
    async with driving(frames_beamtime) as drive:
        await in_frame(drive)
        await drive.press("u")
        assert await ended_by_esc(drive) == [{"crosshair", "panel"}, set()]


async def test_esc_leads_out_of_the_whole_screen_once_nothing_is_on_in_the_frame(
    frames_beamtime: Path,
) -> None:
    async with driving(frames_beamtime) as drive:
        await in_frame(drive)
        await drive.press("z", "x")
        for shown, focus in ((["frame"], "frame"), (None, "frame"), (None, "events"), (None, "runs")):
            await drive.press("escape")
            assert (drive.shown() == ["frame"]) == (shown is not None)
            assert drive.focused is drive.pane(focus)

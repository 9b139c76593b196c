"""From the newest run to its events, its curve and its frames, by keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.beamtime import NEXAFS_UID, RSOXS_UID, SMALL_UIDS
from tests.pilot.driving import LARGE, SMALL, driving

PANES = ["runs", "events", "plot", "frame", "detail"]
both_sizes = pytest.mark.parametrize("size", [LARGE, SMALL], ids=["120x40", "80x24"])


@both_sizes
async def test_the_newest_run_is_selected_when_a_beamtime_opens(
    small_beamtime: Path, size: tuple[int, int]
) -> None:
    async with driving(small_beamtime, size) as drive:
        assert drive.uid == SMALL_UIDS[0]
        assert drive.title("runs") == "Runs  6 runs"
        assert drive.focused is drive.runs


@both_sizes
async def test_enter_leads_from_the_run_to_its_events_and_on_to_a_frame_and_esc_back(
    small_beamtime: Path, size: tuple[int, int]
) -> None:
    async with driving(small_beamtime, size) as drive:
        await drive.press("j", "j", "j")
        assert drive.uid == RSOXS_UID
        await drive.press("enter")
        assert drive.focused is drive.events
        assert drive.is_shown("events")
        await drive.press("j", "j", "enter")
        assert drive.focused is drive.frame
        assert drive.is_shown("frame")
        assert "3 of 6" in drive.title("frame")
        await drive.press("enter")
        assert drive.shown() == ["frame"]
        await drive.press("escape", "escape")
        assert drive.focused is drive.events
        await drive.press("escape")
        assert drive.focused is drive.runs


async def test_enter_on_an_event_of_a_run_without_frames_leads_to_the_plot(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        await drive.press("G", "enter", "enter")
        assert drive.uid == NEXAFS_UID
        assert drive.focused is drive.plot
        assert drive.note("frame") == "This run has no frames."


@both_sizes
async def test_tab_and_numbers_go_round_the_panes(small_beamtime: Path, size: tuple[int, int]) -> None:
    async with driving(small_beamtime, size) as drive:
        await drive.press("G")  # in a run with frames, digits are the number of one
        for pane in [*PANES[1:], "runs"]:
            await drive.press("tab")
            assert drive.focused is drive.pane(pane)
            assert drive.is_shown(pane)
        await drive.press("shift+tab")
        assert drive.focused is drive.detail
        for number, pane in enumerate(PANES, start=1):
            await drive.press(str(number))
            assert drive.focused is drive.pane(pane)
            assert drive.is_shown(pane)


async def test_a_large_terminal_shows_all_panes_and_a_small_one_the_runs_and_one_more(
    small_beamtime: Path,
) -> None:
    async with driving(small_beamtime) as drive:
        await drive.press("j", "j", "j")
        assert drive.shown() == PANES
        await drive.pilot.resize_terminal(*SMALL)
        await drive.settled()
        assert drive.shown() == ["runs", "events"]
        await drive.press("4")
        assert drive.shown() == ["runs", "frame"]
        await drive.pilot.resize_terminal(*LARGE)
        await drive.settled()
        assert drive.shown() == PANES


async def test_where_a_run_has_no_frames_the_curves_have_their_room(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        await drive.press("G")
        assert drive.shown() == ["runs", "events", "plot", "detail"]
        assert drive.plot.region.width == LARGE[0]
        await drive.press("4")
        assert drive.shown() == PANES
        assert drive.note("frame") == "This run has no frames."


@both_sizes
async def test_z_gives_a_pane_the_whole_screen_and_takes_it_back(
    small_beamtime: Path, size: tuple[int, int]
) -> None:
    async with driving(small_beamtime, size) as drive:
        await drive.press("G")
        for number, pane in enumerate(PANES, start=1):
            await drive.press(str(number))
            before = drive.shown()
            await drive.press("z")
            assert drive.shown() == [pane]
            region = drive.pane(pane).region
            assert (region.width, region.height) == (size[0], size[1] - 2)
            await drive.press("z")
            assert drive.shown() == before


async def test_the_zoom_goes_along_to_another_pane(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        await drive.press("2", "z", "3")
        assert drive.shown() == ["plot"]


# the one cursor


async def test_row_point_and_frame_are_the_same_event_wherever_it_is_moved(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        await drive.press("j", "j", "j", "2")

        async def at(number: int) -> None:
            await drive.settled()
            assert drive.event_under_cursor() == str(number)
            assert drive.plot.position == number - 1
            assert f"{number} of 6" in drive.title("frame")

        await at(1)
        await drive.press("j", "j")
        await at(3)
        await drive.press("3", "l")
        await at(4)
        await drive.press("4", "j")
        await at(5)
        await drive.press("[")
        await at(4)
        await drive.press("]", "]", "]", "]")
        await at(6)
        await drive.press("g")
        await at(1)
        await drive.press("escape", "G")  # in Frame, digits are the number of a frame
        await at(6)
        await drive.press("1", "[")
        await at(5)


async def test_the_frame_that_is_shown_is_that_of_the_event(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        await drive.press("j", "j", "j", "4")
        for number in range(1, 7):
            picture = drive.frame.picture
            assert picture is not None
            assert picture.lowest == 1000 * number  # frames of `small` begin so
            await drive.press("]")


async def test_frames_are_stepped_over_events_that_have_none(beamtime) -> None:
    import numpy as np

    b = beamtime()
    frame = np.arange(64, dtype=np.int32).reshape(8, 8) + 1
    events = [{"energy_position": 270.0 + i, "i0": 1.0, "tey_signal": 0.1 * i} for i in range(6)]
    b.run(None, events=events, frames={"detector_image": [frame * n for n in range(1, 7)]})
    b.raw("DELETE FROM image_refs WHERE index_in_stack NOT IN (1, 4)")
    b.close()
    async with driving(b.path) as drive:
        await drive.press("2")
        assert "Event 1 has no frame" in drive.note("frame")
        await drive.press("]")
        assert drive.position == 1
        assert "1 of 2" in drive.title("frame")
        await drive.press("]")
        assert drive.position == 4
        await drive.press("j")
        assert drive.note("frame") == "Event 6 has no frame: [ and ] go to one that has."
        await drive.press("[")
        assert drive.position == 4


async def test_a_run_of_100_000_events_is_paged_around_the_cursor(long_beamtime: Path) -> None:
    async with driving(long_beamtime) as drive:
        await drive.press("2")
        await drive.until(lambda: drive.title("events") == "Events  1–200 of 100,000", drive.title("events"))
        await drive.press("G")
        assert drive.event_under_cursor() == "100000"
        assert drive.title("events").endswith("100,000 of 100,000")
        await drive.press("k")
        assert drive.event_under_cursor() == "99999"
        await drive.press("g", *["pagedown"] * 40)
        position = drive.position
        assert position > 200
        assert drive.event_under_cursor() == str(position + 1)
        page = drive.events.page
        assert page is not None
        assert page.holds(position)
        assert len(page.seq_nums) == 200


async def test_moves_made_before_the_events_are_read_count(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        await drive.pilot.press("j", "j", "j", "2", "j", "j")
        await drive.settled()
        assert drive.uid == RSOXS_UID
        assert drive.event_under_cursor() == "3"


async def test_an_early_move_past_the_end_stops_at_the_last_event(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        await drive.pilot.press("j", "2", *["j"] * 9)
        await drive.settled()
        assert drive.event_under_cursor() == "1"
        assert drive.position == 0


# real data


async def test_the_real_beamtime_shows_its_ten_runs_and_leads_to_event_500_and_frame_17(
    real_beamtime: Path,
) -> None:
    async with driving(real_beamtime) as drive:
        assert drive.title("runs") == "Runs  10 runs"
        await drive.press("G", "enter", "pagedown")
        page = drive.position
        await drive.press("z", *["pagedown"] * (499 // page // 3))
        while (steps := 499 - drive.position) != 0:
            large = "pagedown" if steps > 0 else "pageup"
            await drive.press(large if abs(steps) > 40 else "j" if steps > 0 else "k")
        await drive.press("z")
        assert drive.event_under_cursor() == "500"
        assert "energy" in drive.plot.under_cursor
        await drive.press("escape", "g", "j", "j", "j", "4", *["]"] * 16)
        assert "17 of 61" in drive.title("frame")
        assert drive.frame.picture is not None
        assert drive.event_under_cursor() == "17"


async def test_five_angles_in_one_run_are_five_curves(real_beamtime: Path) -> None:
    async with driving(real_beamtime) as drive:
        await drive.press("j", "j", "j", "j")
        assert "tey_signal ÷ i0 over energy (eV) × 5 sam_th" in drive.title("plot")
        assert drive.plot.legend == "energy 270→369 (730) × sam_th 5  ■ 20  ■ 40  ■ 55  ■ 70  ■ 90"

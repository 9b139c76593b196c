"""Keys typed before what they are about has been read: they count, or it is said that they cannot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.beamtime import NEXAFS_55_UID, NEXAFS_UID, RSOXS_UID, BeamtimeBuilder, angle_run
from tests.pilot.driving import Gate, driving

Hold = Callable[..., Gate]
STILL_READ = "the events are still being read"


@pytest.fixture
def peaks(tmp_path: Path) -> Path:
    """Two spectra, the newer one with its maximum at 290 eV, the older one at 300 eV."""
    with BeamtimeBuilder(tmp_path / "peaks.db") as b:
        for at in (300.0, 290.0):
            energy = np.linspace(270, 370, 101)
            b.run(b.sample("ps"), events=[
                {"energy_position": float(e), "tey_signal": 0.1 + np.exp(-((e - at) ** 2) / 8), "i0": 0.5}
                for e in energy
            ])  # fmt: skip
    return b.path


# [ and ] before it is known where the frames are


async def test_steps_made_before_the_frames_are_known_count(small_beamtime: Path, hold: Hold) -> None:
    gate = hold("frames", lambda uid: uid == RSOXS_UID)
    async with driving(small_beamtime) as drive:
        await drive.pilot.press("j", "j", "j", "]", "]", "]", "[")
        await drive.until(gate.held.is_set, "the frames are looked for")
        await drive.until(lambda: not drive.busy("events", "columns"), "all else is read")
        assert drive.position == 0
        gate.open()
        await drive.settled()
        assert drive.event_under_cursor() == "3"
        assert "3 of 6" in drive.title("frame")
        await drive.press("r")
        assert "3 of 6" in drive.title("frame"), "they count once"


async def test_steps_made_for_a_run_that_was_left_do_not_count_in_the_next(
    small_beamtime: Path, hold: Hold
) -> None:
    gate = hold("frames", lambda uid: uid != RSOXS_UID)
    async with driving(small_beamtime, wait=False) as drive:
        await drive.until(lambda: drive.on_main_screen and drive.title("runs") == "Runs  6 runs", "the runs")
        await drive.until(gate.held.is_set, "the frames of the first run are looked for")
        await drive.pilot.press("]", "]", "j", "j", "j")
        gate.open()
        await drive.settled()
        assert drive.uid == RSOXS_UID
        assert "1 of 6" in drive.title("frame")
        assert drive.position == 0


# moves before the first page of events is there


@pytest.mark.parametrize(("keys", "event"), [("G", 30), ("jjG", 30), ("jjjk", 3)])
async def test_moves_made_before_the_first_page_is_there_end_on_an_event_of_the_run(
    small_beamtime: Path, hold: Hold, keys: str, event: int
) -> None:
    gate = hold("page", lambda uid, offset: uid == NEXAFS_UID)
    async with driving(small_beamtime) as drive:
        await drive.pilot.press("G", "2")
        await drive.until(gate.held.is_set, "the first page is being read")
        await drive.pilot.press(*keys)
        gate.open()
        await drive.settled()
        assert drive.event_under_cursor() == str(event)
        assert drive.position == event - 1
        assert drive.plot.position == event - 1
        assert drive.plot.under_cursor.startswith(f"▸ energy {270 + 0.5 * (event - 1):g} eV")


# finding and sorting before all events are known


async def test_a_value_looked_for_before_all_events_are_known_is_found_once_they_are(
    small_beamtime: Path, hold: Hold
) -> None:
    gate = hold("columns", lambda uid, task, report=False: uid == NEXAFS_UID and report)
    async with driving(small_beamtime) as drive:
        await drive.pilot.press("G", "2")
        await drive.until(
            lambda: gate.held.is_set() and drive.events.page is not None, "the first page is there"
        )
        await drive.pilot.press("slash", *"energy 280.1", "enter")
        assert drive.events.foot == STILL_READ
        assert drive.position == 0
        gate.open()
        await drive.settled()
        assert drive.event_under_cursor() == "21"
        assert "event 21" in drive.events.foot
        await drive.press("g", "r")
        assert drive.event_under_cursor() == "1", "it was found once, not at every reading"


async def test_sorting_before_all_events_are_known_says_that_they_are_still_read(
    tmp_path: Path, hold: Hold
) -> None:
    angle_run(tmp_path / "angles.db", 100)
    gate = hold("columns", lambda uid, task, report=False: report)
    async with driving(tmp_path / "angles.db", wait=False) as drive:
        await drive.until(gate.held.is_set, "the events are being read")
        await drive.until(lambda: drive.events.page is not None, "the first page is there")
        await drive.pilot.press("2", "l", "l", "s")
        assert drive.events.foot == STILL_READ
        gate.open()
        await drive.settled()
        assert drive.title("events") == "Events  100", "as they were taken"
        await drive.press("s")
        assert drive.title("events") == "Events  100 · by tey_signal ↑"


# keys of the plot before its curves are there


async def test_keys_of_the_plot_wait_for_its_curves_and_are_done_in_their_order(
    peaks: Path, hold: Hold
) -> None:
    gate = hold("columns", lambda uid, task, report=False: report)
    async with driving(peaks, wait=False) as drive:
        await drive.until(gate.held.is_set, "the events are being read")
        await drive.pilot.press("3", "i", "d", "p")
        assert drive.plot.under_cursor == STILL_READ
        assert drive.plot.plot is None
        gate.open()
        await drive.until(lambda: drive.position != 0, "the maximum")
        await drive.settled()
        assert drive.title("plot").startswith("Plot  d(−ln(tey_signal ÷ i0))/d energy over energy (eV)")
        plot = drive.plot.plot
        assert plot is not None
        steepest = int(np.nanargmax(plot.shown[0]))
        assert steepest > 20, "behind the peak"
        assert drive.position == steepest, "the maximum of the derivative, which was asked for before it"


@pytest.mark.parametrize(
    ("text", "position", "window"),
    [("300", 30, None), ("283 292", 0, (283.0, 292.0))],
    ids=["an x", "a range"],
)
async def test_an_x_or_a_range_typed_before_the_curves_are_there_is_gone_to(
    peaks: Path, hold: Hold, text: str, position: int, window: tuple[float, float] | None
) -> None:
    gate = hold("columns", lambda uid, task, report=False: report)
    async with driving(peaks, wait=False) as drive:
        await drive.until(gate.held.is_set, "the events are being read")
        await drive.pilot.press("3", "colon", *text)
        assert f"▸ {text}_" in drive.plot.under_cursor
        await drive.pilot.press("enter")
        assert drive.plot.under_cursor == STILL_READ
        gate.open()
        await drive.settled()
        assert drive.position == position
        drawing = drive.plot.view.drawing
        assert drawing is not None
        assert drawing.x == (window or (270.0, 370.0))
        assert drive.plot.under_cursor.startswith("▸ energy"), "nothing is being read any more"


async def test_a_list_asked_for_before_the_curves_are_there_opens_with_them(peaks: Path, hold: Hold) -> None:
    gate = hold("columns", lambda uid, task, report=False: report)
    async with driving(peaks, wait=False) as drive:
        await drive.until(gate.held.is_set, "the events are being read")
        await drive.pilot.press("3", "x")
        assert not drive.picker.is_open
        gate.open()
        await drive.until(lambda: drive.picker.is_open, "the list")
        await drive.press(*"time", "enter")
        assert "over time (s)" in drive.title("plot")


async def test_keys_of_the_plot_that_waited_for_a_run_are_forgotten_with_it(peaks: Path, hold: Hold) -> None:
    gate = hold("columns", lambda uid, task, report=False: report)
    async with driving(peaks, wait=False) as drive:
        await drive.until(gate.held.is_set, "the events are being read")
        await drive.pilot.press("3", "d", "p", "colon", *"285", "enter", "1", "j", "3")
        gate.open()
        await drive.until(lambda: drive.plot.plot is not None, "the curve of the next run")
        await drive.settled()
        assert drive.title("plot") == "Plot  tey_signal ÷ i0 over energy (eV)"
        assert drive.position == 0


async def test_enter_on_an_event_before_the_frames_are_known_leads_to_the_frame_or_the_plot(
    small_beamtime: Path, hold: Hold
) -> None:
    gates = {uid: hold("frames", lambda asked, uid=uid: asked == uid) for uid in (RSOXS_UID, NEXAFS_55_UID)}
    async with driving(small_beamtime) as drive:
        for uid, keys, pane in ((RSOXS_UID, "jjj", "frame"), (NEXAFS_55_UID, "j", "plot")):
            await drive.pilot.press("1", *keys, "enter", "enter")
            await drive.until(gates[uid].held.is_set, "the frames are looked for")
            assert drive.focused is drive.events
            gates[uid].open()
            await drive.settled()
            assert drive.focused is drive.pane(pane)
            await drive.press("escape", "escape")


async def test_whoever_leaves_the_events_before_the_frames_are_known_stays_away(
    small_beamtime: Path, hold: Hold
) -> None:
    gate = hold("frames", lambda uid: uid == RSOXS_UID)
    async with driving(small_beamtime) as drive:
        await drive.pilot.press("j", "j", "j")
        await drive.until(gate.held.is_set, "the frames are looked for")
        await drive.pilot.press("enter", "enter", "1")
        gate.open()
        await drive.settled()
        assert drive.screen.panes_layout.pane == "runs"


async def test_a_line_can_be_typed_before_there_is_anything_to_go_to(
    small_beamtime: Path, hold: Hold
) -> None:
    gate = hold("page", lambda uid, offset: uid == RSOXS_UID)
    async with driving(small_beamtime) as drive:
        await drive.pilot.press("j", "j", "j", "2", ":", "4", "enter")
        await drive.until(gate.held.is_set, "the page is read")
        assert drive.screen.panes_layout.pane == "events", "a digit that is typed leads nowhere"
        gate.open()
        await drive.settled()
        assert drive.position == 3


async def test_a_value_for_a_frame_can_be_typed_before_anything_is_known(
    small_beamtime: Path, hold: Hold
) -> None:
    gate = hold("columns", lambda uid, task, report=False: uid == RSOXS_UID and report)
    async with driving(small_beamtime) as drive:
        await drive.pilot.press("j", "j", "j")
        await drive.until(gate.held.is_set, "the events are read")
        await drive.pilot.press("4", ":", *"273 eV", "enter")
        gate.open()
        await drive.settled()
        assert drive.position == 3


async def test_a_unit_that_is_not_that_of_the_scan_is_said(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        await drive.press("j", "j", "j", "4", ":", *"273 keV", "enter")
        assert drive.position == 0
        assert "the scan is in eV, not in keV" in drive.frame._words

"""What goes wrong is said in one line where the eye is, and the rest goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from resonance_tui.app.app import ResonanceApp
from resonance_tui.app.chooser import ChooserScreen
from tests.beamtime import RSOXS_UID, BeamtimeBuilder, chunk_file, small
from tests.pilot.driving import Drive, Gate, driving


async def test_a_damaged_frame_costs_that_frame_only(small_beamtime: Path) -> None:
    chunk = chunk_file(small_beamtime.with_suffix(".zarr"), f"runs/{RSOXS_UID}/detector_image", 1)
    chunk.write_bytes(chunk.read_bytes()[:20])
    async with driving(small_beamtime) as drive:
        await drive.press("j", "j", "j", "]")
        assert "damaged or incomplete" in drive.note("frame")
        assert drive.event_under_cursor() == "2"
        await drive.press("]")
        assert drive.note("frame") == ""
        assert drive.frame.picture is not None


async def test_missing_frames_leave_the_events_and_the_curve(small_beamtime: Path) -> None:
    import shutil

    shutil.rmtree(small_beamtime.with_suffix(".zarr"))
    async with driving(small_beamtime) as drive:
        await drive.press("j", "j", "j")
        assert drive.note("frame")
        assert drive.note("events") == ""


async def test_a_broken_event_keeps_its_row_and_is_counted(beamtime) -> None:
    b = beamtime()
    b.run(None, events=[{"x_position": 1.0, "i0": 2.0}, "{broken", {"x_position": 3.0, "i0": 4.0}])
    b.close()
    async with driving(b.path) as drive:
        assert "1 event unreadable" in drive.title("events")
        await drive.press("2", "j")
        assert drive.event_under_cursor() == "2"


async def test_a_locked_beamtime_is_waited_for_and_said(small_beamtime: Path) -> None:
    writer = sqlite3.connect(small_beamtime, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    async with driving(small_beamtime, wait=False) as drive:
        await drive.until(lambda: drive.on_main_screen)
        await drive.until(lambda: "locked by the running scan" in drive.note("runs"), "the lock is said")
        await drive.pilot.press("j", "2", "z", "z", "1")
        writer.execute("ROLLBACK")
        writer.close()
        await drive.until(lambda: drive.title("runs") == "Runs  6 runs", "the runs came after all")
        await drive.until(lambda: drive.note("runs") == "")


async def test_a_lock_that_comes_later_leaves_what_is_shown(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        await drive.press("j", "j", "j")
        writer = sqlite3.connect(small_beamtime, isolation_level=None)
        writer.execute("BEGIN EXCLUSIVE")
        await drive.pilot.press("r")
        bar = drive.title_bar
        await drive.until(lambda: "locked by the running scan" in bar.text, "the lock is said")
        assert drive.title("runs") == "Runs  6 runs"
        assert drive.uid == RSOXS_UID
        writer.execute("ROLLBACK")
        writer.close()
        await drive.until(lambda: "locked" not in bar.text, "and taken back")


async def test_another_schema_is_said_in_the_run_list(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE things (x)")
    async with driving(path) as drive:
        assert "not a beamtime" in drive.note("runs")
        assert "things" in drive.note("runs")


async def test_the_screen_answers_while_a_read_hangs_and_what_is_late_is_dropped(
    small_beamtime: Path, hold: Callable[..., Gate]
) -> None:
    gate = hold("columns", lambda uid, task, report=False: uid == RSOXS_UID and report)
    async with driving(small_beamtime) as drive:
        await drive.pilot.press("j", "j", "j")
        await drive.until(lambda: drive.note("plot") == "Reading the events…", "it says that it reads")
        await drive.until(lambda: drive.events.page is not None, "the events are there meanwhile")
        await drive.pilot.press("2", "j", "j")
        assert drive.event_under_cursor() == "3"
        await drive.pilot.press("1", "j")
        assert gate.held.is_set()  # all that while the read hangs
        assert drive.uid != RSOXS_UID
        gate.open()
        await drive.settled()
        assert "tey_signal" in drive.title("plot")


async def test_fifty_moves_read_one_run(small_beamtime: Path, hold: Callable[..., Gate]) -> None:
    reads = hold("details", lambda uid: False).calls
    app = ResonanceApp(small_beamtime, settle=1.5)
    async with app.run_test(size=(120, 40)) as pilot:
        drive = Drive(pilot)
        await drive.until(lambda: reads, "the newest run was read")
        await drive.settled()
        reads.clear()
        await pilot.press(*["j", "k"] * 24, "j", "j")
        await drive.until(lambda: reads, "the last run was read")
        await drive.settled()
        assert [uid for uid, *_ in reads] == [drive.uid]


async def test_a_folder_with_several_beamtimes_lets_one_choose(tmp_path: Path) -> None:
    import os

    older, newer = small(tmp_path / "older.db"), tmp_path / "newer.db"
    with BeamtimeBuilder(newer) as b:
        b.run(None)
    os.utime(older, (1.7e9, 1.7e9))
    app = ResonanceApp(tmp_path, settle=0.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, ChooserScreen)
        await pilot.press("j", "enter")
        drive = Drive(pilot)
        await drive.until(lambda: drive.on_main_screen)
        await drive.until(lambda: drive.title("runs") == "Runs  6 runs")


async def test_a_folder_with_one_beamtime_opens_it(tmp_path: Path) -> None:
    small(tmp_path / "only.db")
    async with driving(tmp_path) as drive:
        assert drive.title("runs") == "Runs  6 runs"


async def test_reading_changes_nothing_in_the_folder(small_beamtime: Path) -> None:
    from tests.beamtime import tree_state

    before = tree_state(small_beamtime.parent)
    async with driving(small_beamtime) as drive:
        await drive.press("j", "j", "j", "2", "j", "]", "r", "z", "z", "1", "slash", *"p3", "enter", "G")
    assert tree_state(small_beamtime.parent) == before

"""What is read anew: a run that has fewer events than before, and a database that is another file now."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.beamtime import BeamtimeBuilder, long_run, small_frames
from tests.pilot.driving import Drive, driving


def shorten(path: Path, n_events: int) -> None:
    """Take the events behind the first so many out of the database."""
    with BeamtimeBuilder.reopened(path) as b:
        b.raw("DELETE FROM events WHERE seq_num > ?", (n_events,))
        b.raw("UPDATE runs SET num_events = ?", (n_events,))


@pytest.mark.parametrize(("before", "after"), [(40, 10), (500, 120)], ids=["one page", "fewer pages"])
async def test_where_a_run_became_shorter_the_cursor_is_on_its_last_event(
    tmp_path: Path, before: int, after: int
) -> None:
    path = tmp_path / "run.db"
    long_run(path, before, 3)
    async with driving(path) as drive:
        await drive.press("2", "G")
        assert drive.event_under_cursor() == str(before)
        shorten(path, after)
        await drive.press("r")
        assert drive.position == after - 1
        assert drive.event_under_cursor() == str(after)
        assert drive.plot.position == after - 1
        assert drive.plot.under_cursor.startswith(f"▸ energy {after - 1}")
        await drive.press("k")
        assert drive.event_under_cursor() == str(after - 1)
        await drive.press("j", "j", "j")
        assert drive.position == after - 1


async def test_where_a_run_became_shorter_a_cursor_that_is_still_valid_stays(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    long_run(path, 40, 3)
    async with driving(path) as drive:
        await drive.press("2", *["j"] * 5)
        shorten(path, 10)
        await drive.press("r")
        assert drive.title("events") == "Events  10"
        assert drive.event_under_cursor() == "6"
        assert drive.plot.under_cursor.startswith("▸ energy 5")


async def test_a_sorted_run_that_became_shorter_is_sorted_anew(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    long_run(path, 40, 3)
    async with driving(path) as drive:
        await drive.press("2", "l", "s", "s", "g")
        assert drive.event_under_cursor() == "40"
        shorten(path, 10)
        await drive.press("r")
        await drive.until(lambda: drive.title("events").startswith("Events  10"), "the new number of events")
        assert "↓" in drive.title("events")
        for key, event in (("g", 10), ("j", 9), ("G", 1), ("k", 2)):
            await drive.press(key)
            assert drive.event_under_cursor() == str(event)
            assert drive.position == event - 1


# another file


def replace(path: Path, sample: str, events: int) -> str:
    """Put a database of one other run where the beamtime is; the uid of that run."""
    with BeamtimeBuilder(path.with_name("other.db")) as b:
        uid = b.run(
            b.sample(sample),
            events=[{"energy_position": 300.0 + i, "i0": 0.5, "tey_signal": 1.0 + i} for i in range(events)],
            uid="77" * 16,
        )
    os.replace(path.with_name("other.db"), path)
    return uid


def check_new(drive: Drive, uid: str) -> None:
    """All that is shown is of the new file."""
    assert [row.uid for row in drive.run_list.rows] == [uid]
    assert drive.uid == uid
    assert drive.title("events") == "Events  7"
    assert drive.plot.plot is not None
    assert drive.plot.plot.uid == uid
    assert "another sample" in drive.runs_in_view()[0]


async def test_a_database_that_was_replaced_is_read_anew_with_a_key(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        drive.stop_watching()
        await drive.press("G", "2", "j")
        uid = replace(small_beamtime, "another sample", 7)
        await drive.press("r")
        check_new(drive, uid)
        assert drive.event_under_cursor() == "1"


async def test_a_database_that_was_replaced_is_read_anew_by_itself(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        await drive.press("G")
        uid = replace(small_beamtime, "another sample", 7)
        await drive.until(lambda: drive.uid == uid, "the run of the new file")
        await drive.settled()
        check_new(drive, uid)


async def test_a_run_of_the_same_name_in_a_replaced_database_is_read_anew(small_beamtime: Path) -> None:
    from tests.beamtime import nexafs_events

    old = small_beamtime.with_name("old.db")
    with BeamtimeBuilder(old) as b:
        uid = b.run(b.sample("another sample"), events=nexafs_events(20, 20.0), uid="77" * 16)
    async with driving(old) as drive:
        drive.stop_watching()
        assert drive.title("events") == "Events  20"
        assert replace(old, "another sample", 7) == uid
        await drive.press("r")
        check_new(drive, uid)
        assert drive.plot.under_cursor.startswith("▸ energy 300")


async def test_frames_that_are_ahead_of_the_events_keep_the_cursor_when_the_events_are_read_anew(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    with beamtime("live.db") as b:
        events = [{"energy_position": 270.0 + i, "i0": 0.5} for i in range(2)]
        b.run(None, stop=None, events=events, frames={"detector_image": small_frames(4)}, refs=False)
    async with driving(b.path) as drive:
        await drive.press("4", "G")
        assert drive.position == 3
        await drive.press("r")
        assert drive.position == 3
        assert "4 of 4" in drive.title("frame")
        assert drive.frame.picture is not None

"""One state of a run on one screen: list, card and top agree, whatever becomes of the process that writes."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.beamtime import BeamtimeBuilder
from tests.pilot.driving import Drive, driving
from tests.writers import Writer

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="locks are asked for on Linux only"
)

StartWriter = Callable[..., Writer]


def in_list(drive: Drive, uid: str) -> str:
    """The state that the run list shows of a run."""
    row = drive.row_of(uid)
    return row.status if row is not None else "not listed"


def in_card(drive: Drive) -> str:
    """The state that the card shows of the run under the cursor."""
    lines = drive.details_text().splitlines()
    return next((line.split(None, 1)[1] for line in lines if line.startswith("state ")), "")


async def agreed(drive: Drive, uid: str, state: str, sentence: str = "") -> None:
    """Wait until list and card show a state of the run under the cursor; the sentence is the card's."""
    await drive.until(lambda: in_list(drive, uid) == state, f"{state} in the list: {in_list(drive, uid)}")
    await drive.until(
        lambda: in_card(drive).startswith(sentence or state),
        f"{sentence or state} in the card: {in_card(drive)}",
    )
    await drive.settled()
    assert in_list(drive, uid) == state
    assert in_card(drive).startswith(sentence or state)


async def to(drive: Drive, uid: str) -> None:
    """Put the cursor on a run."""
    await drive.until(lambda: drive.row_of(uid) is not None, "the run is listed")
    places = [row.uid for row in drive.all_runs]
    await drive.press("1", "g", *["j"] * places.index(uid))
    assert drive.uid == uid


async def test_from_its_first_moment_to_its_end(tmp_path: Path, start_writer: StartWriter) -> None:
    writer = start_writer(tmp_path / "live.db")
    uid = writer(f"run {time.time()}")
    async with driving(tmp_path / "live.db") as drive:
        await agreed(drive, uid, "starting", "starting: no event yet")
        assert "Starting: no event yet, begun" in drive.note("plot")
        writer("events 3")
        await agreed(drive, uid, "running", f"running (PID {writer.pid})")
        assert "saved when it is closed" in drive.note("plot")
        assert drive.note("events") == "No events are saved yet: they come when the run is closed."
        writer("close")
        await drive.until(lambda: in_list(drive, uid) == "success", "it has ended")
        await drive.settled()
        assert in_card(drive) == ""  # its exit status stands there
        assert "exit status  success" in drive.details_text()


async def test_a_writer_that_is_killed_leaves_an_interrupted_run_at_once(
    tmp_path: Path, start_writer: StartWriter
) -> None:
    writer = start_writer(tmp_path / "live.db")
    uid = writer(f"run {time.time()}")
    writer("events 3")
    writer("frames 2")
    async with driving(tmp_path / "live.db") as drive:
        await agreed(drive, uid, "running")
        writer.kill()
        await agreed(drive, uid, "interrupted", "interrupted: 2 frames on disk, no events saved")
        died = f"process {writer.pid} ended without closing it"
        assert f"was interrupted: {died}" in drive.title_bar.text
        assert drive.note("plot").startswith(f"Interrupted: 2 frames on disk, no events saved. P{died[1:]}.")
        assert drive.note("events") == "No events are saved for this run."
        assert f"reason       {died}" in drive.details_text()
        assert "stopped      never" in drive.details_text()
        assert "on disk, no events saved" in drive.title("frame")


async def test_a_writer_that_is_killed_and_started_again_leaves_one_run_and_runs_the_next(
    tmp_path: Path, start_writer: StartWriter
) -> None:
    path = tmp_path / "live.db"
    writer = start_writer(path)
    uid = writer(f"run {time.time()}")
    writer("events 3")
    async with driving(path) as drive:
        await agreed(drive, uid, "running")
        writer.kill()
        again = start_writer(path)
        newer = again(f"run {time.time()}")
        again("events 3")
        await drive.until(lambda: "was interrupted: " in drive.title_bar.text, "it is told")
        await agreed(drive, uid, "interrupted", "interrupted: no events saved")
        await to(drive, newer)
        await agreed(drive, newer, "running", f"running (PID {again.pid})")
        await to(drive, uid)
        await agreed(drive, uid, "interrupted")


async def test_an_open_run_that_is_overtaken_promises_nothing_any_more(
    tmp_path: Path, start_writer: StartWriter
) -> None:
    path = tmp_path / "live.db"
    writer = start_writer(path)
    uid = writer(f"run {time.time() - 300.0}")
    writer("close")  # leaves no journal
    with BeamtimeBuilder.reopened(path) as b:
        b.raw("UPDATE runs SET time_stop = NULL, exit_status = NULL")
        b.conn.commit()
    async with driving(path) as drive:
        await agreed(drive, uid, "open")
        assert drive.note("plot").startswith("Open: not closed, no writer right now")
        writer(f"run {time.time()}")
        writer("events 3")
        await agreed(drive, uid, "abandoned")
        assert "was abandoned: a newer run has begun" in drive.title_bar.text
        assert drive.note("plot").startswith("Abandoned: no events saved. A newer run has begun.")
        assert drive.note("events") == "No events are saved for this run."


@pytest.mark.timing
@pytest.mark.parametrize("events", [3, 12_000], ids=["little", "spilled, so that nobody can read"])
async def test_within_three_seconds_of_a_death_list_card_panes_and_top_line_agree(
    tmp_path: Path, start_writer: StartWriter, events: int
) -> None:
    path = tmp_path / "live.db"
    writer = start_writer(path)
    uid = writer(f"run {time.time()}")
    async with driving(path) as drive:
        await agreed(drive, uid, "starting")
        writer("frames 2")
        writer(f"events {events}")

        def said() -> tuple[str, ...]:
            card = in_card(drive).split(":")[0].split(" (")[0]
            return (
                in_list(drive, uid),
                card,
                drive.note("plot").split()[0].lower().strip(":"),
                drive.note("events"),
            )

        async def all_say(word: str, why_no_events: str) -> None:
            begun = time.monotonic()
            while said() != (word, word, word, why_no_events):
                assert time.monotonic() - begun < 3.0, said()
                await asyncio.sleep(0.01)

        await all_say("running", "No events are saved yet: they come when the run is closed.")
        writer.kill()
        await all_say("interrupted", "No events are saved for this run.")
        await drive.until(lambda: "was interrupted" in drive.title_bar.text, "it is told")


async def test_a_run_that_was_killed_before_is_never_shown_as_running_once_a_newer_one_is(
    tmp_path: Path, start_writer: StartWriter
) -> None:
    path = tmp_path / "live.db"
    writer = start_writer(path)
    uid = writer(f"run {time.time()}")
    writer("frames 2")
    writer.kill()
    again = start_writer(path)
    newer = again(f"run {time.time()}")
    again("events 3")
    async with driving(path) as drive:
        await agreed(drive, newer, "running")
        assert in_list(drive, uid) == "interrupted"
        await to(drive, uid)
        await agreed(drive, uid, "interrupted", "interrupted: 2 frames on disk, no events saved")


@pytest.mark.parametrize("skew", [-30 * 3600.0, 86_400.0], ids=["behind", "ahead"])
async def test_times_of_another_clock_do_not_make_a_run(
    tmp_path: Path, start_writer: StartWriter, skew: float
) -> None:
    path = tmp_path / "live.db"
    writer = start_writer(path)
    uid = writer(f"run {time.time() - 30 * 3600}")
    writer("frames 2")
    writer.kill()
    path.with_name("live.db-journal").unlink()  # which would tell
    for file in tmp_path.rglob("*"):
        os.utime(file, (time.time() + skew, time.time() + skew))
    async with driving(path) as drive:
        state = "open" if skew > 0 else "interrupted"
        await agreed(
            drive,
            uid,
            state,
            "open: not closed, no writer right now" if skew > 0 else "interrupted: 2 frames",
        )


async def test_through_a_private_copy_a_run_ends_and_is_overtaken_as_in_the_file(
    tmp_path: Path, start_writer: StartWriter
) -> None:
    path = tmp_path / "live.db"
    writer = start_writer(path)
    uid = writer(f"run {time.time()}")
    async with driving(path) as drive:
        await agreed(drive, uid, "starting")
        await drive.press("B")
        await drive.until(lambda: "private copy of the database, taken" in drive.title_bar.text, "the copy")
        await drive.settled()
        writer("events 3")
        await agreed(drive, uid, "running", f"running (PID {writer.pid})")
        writer("close aborted")
        await drive.until(lambda: in_list(drive, uid) == "aborted", "the list knows that it has ended")
        await drive.until(lambda: in_card(drive) == "aborted", "and so does the card")
        assert "stopped      after this copy was taken" in drive.details_text()


async def test_through_a_private_copy_a_killed_run_is_interrupted(
    tmp_path: Path, start_writer: StartWriter
) -> None:
    path = tmp_path / "live.db"
    writer = start_writer(path)
    uid = writer(f"run {time.time()}")
    writer("frames 1")
    async with driving(path) as drive:
        await drive.press("B")
        await drive.until(lambda: "private copy of the database, taken" in drive.title_bar.text, "the copy")
        await agreed(drive, uid, "running")
        writer.kill()
        await agreed(drive, uid, "interrupted", "interrupted: 1 frame on disk")
        again = start_writer(path)
        again(f"run {time.time()}")
        # counted, or listed where a look met the commit: the program goes back to the file once a lock is given back
        await drive.until(
            lambda: "1 run newer" in drive.title_bar.text or drive.title("runs") == "Runs  2 runs",
            "the next run",
        )
        await agreed(drive, uid, "interrupted")


async def test_an_hour_of_a_locked_catalog_ends_with_the_death_of_its_writer(
    tmp_path: Path, start_writer: StartWriter
) -> None:
    path = tmp_path / "live.db"
    writer = start_writer(path)
    uid = writer(f"run {time.time()}")
    async with driving(path) as drive:
        await agreed(drive, uid, "starting")
        writer("frames 1")
        writer("events 12000")  # its cache is full: nobody can read
        await drive.until(lambda: in_list(drive, uid) == "running", "it is running")
        await drive.until(lambda: "locked" in drive.title_bar.text, "the lock is told")
        writer.kill()
        await drive.until(lambda: in_list(drive, uid) == "interrupted", "it is interrupted")
        await drive.until(lambda: "stopped in the middle of a write" in drive.title_bar.text, "and why")

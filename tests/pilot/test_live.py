"""While the experiment runs: what appears by itself, following, a locked catalog, a writer that died."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resonance_tui.analysis.exposure import Thresholds, assess_exposure
from resonance_tui.app.options import Options
from resonance_tui.catalog import Phase, RunState
from resonance_tui.catalog.watch import Changes
from resonance_tui.session.frame_series import NewestExposure
from resonance_tui.session.monitor import BeamtimeChanged, LiveRun
from resonance_tui.simulator.writer import BeamtimeWriter, SimulatedSample
from tests.beamtime import BeamtimeBuilder, small_frames
from tests.pilot.driving import LARGE, SMALL, Drive, driving

SHAPE = (32, 48)
KEYS = {
    "energy_position": {"dtype": "number", "units": "mm", "source": "motor"},
    "tey_signal": {"dtype": "number", "units": "V", "source": "ai"},
    "i0": {"dtype": "number", "units": "V", "source": "ai"},
    "detector_image": {"dtype": "int32", "source": "detector", "external": True, "shape": list(SHAPE)},
}


class Taking:
    """A scan that is taken step by step, as a test says."""

    def __init__(self, path: Path, **how: Any) -> None:
        self.writer = BeamtimeWriter(path, **how)
        self.sample = self.writer.add_sample(SimulatedSample("P3HT"))
        self.taken = 0

    def begin(self, plan: str = "scan") -> str:
        """Start a run."""
        self.taken = 0
        uid = self.writer.open_run(plan, self.sample, time.time())
        self.writer.open_stream(KEYS)
        return uid

    def take(self, n: int = 1, *, frames: bool = True) -> None:
        """Take some events."""
        for _ in range(n):
            reading = {"energy_position": 270.0 + self.taken, "tey_signal": 0.1 + self.taken, "i0": 0.5}
            event = self.writer.write_event(reading, time.time())
            if frames:
                self.writer.write_image(event, "detector_image", small_frames(self.taken + 1, SHAPE)[-1])
            self.taken += 1

    def end(self, status: str = "success") -> None:
        """Close the run."""
        self.writer.close_run(status, time.time())


@pytest.fixture
def taking(tmp_path: Path) -> Iterator[Callable[..., Taking]]:
    made: list[Taking] = []

    def make(**how: Any) -> Taking:
        (tmp_path / "data").mkdir(exist_ok=True)
        made.append(Taking(tmp_path / "data" / "live.db", **how))
        return made[-1]

    yield make
    for one in made:
        with contextlib.suppress(sqlite3.ProgrammingError):  # a test may have closed it
            one.writer.close()


def path_of(scan: Taking) -> Path:
    return scan.writer.db_path


async def soon(drive: Drive, condition: Callable[[], object], what: str) -> None:
    await drive.until(condition, what)
    await drive.settled()


async def test_a_new_run_appears_by_itself_and_the_cursor_marks_and_search_stay(taking: Any) -> None:
    scan = taking()
    for _ in range(3):
        scan.begin()
        scan.take(2)
        scan.end()
    async with driving(path_of(scan)) as drive:
        await drive.press("j", "space", "slash", *"p3", "enter")
        uid = drive.uid
        marks = dict(drive.runs.marks)
        scan.begin()
        await soon(drive, lambda: drive.title("runs").startswith("Runs  4 of 4"), "the new run is listed")
        assert drive.uid == uid
        assert drive.runs.marks == marks
        assert drive.runs_in_view()[0].split()[-1] == "starting"


@pytest.mark.parametrize("size", [LARGE, SMALL], ids=["120x40", "80x24"])
async def test_frames_of_the_run_that_is_being_taken_come_from_the_store(
    taking: Any, size: tuple[int, int]
) -> None:
    scan = taking()
    scan.begin()
    scan.take(2)
    async with driving(path_of(scan), size) as drive:
        await drive.press("4")
        await soon(drive, lambda: "of 2 live, not in the catalog yet" in drive.title("frame"), "two frames")
        picture = drive.frame.picture
        assert picture is not None
        assert round(picture.lowest, -3) == 1000
        scan.take(1)
        await soon(drive, lambda: "1 of 3 live" in drive.title("frame"), "a third, and the cursor stays")
        await drive.press("]", "]")
        picture = drive.frame.picture
        assert picture is not None
        assert round(picture.lowest, -3) == 3000


async def test_the_newest_is_followed_a_move_pauses_it_and_g_goes_on(taking: Any) -> None:
    scan = taking()
    scan.begin()
    scan.take(2)
    async with driving(path_of(scan)) as drive:
        await drive.press("f")
        assert drive.title_bar.text.endswith("FOLLOWING ")
        await soon(drive, lambda: "2 of 2 live" in drive.title("frame"), "the newest frame")
        scan.take(2)
        await soon(drive, lambda: "4 of 4 live" in drive.title("frame"), "the newest frame again")
        await drive.press("[")
        assert "3 of 4 live" in drive.title("frame")
        scan.take(3)
        await soon(drive, lambda: "PAUSED: 3 newer" in drive.title_bar.text, "what came is counted")
        assert "3 of 7 live" in drive.title("frame")
        await drive.press("4", "G")
        await soon(drive, lambda: "7 of 7 live" in drive.title("frame"), "taken up again")
        assert "FOLLOWING" in drive.title_bar.text
        scan.end()
        first = drive.uid
        scan.begin()
        scan.take(1)
        await soon(drive, lambda: drive.uid != first, "the next run is followed")
        await soon(drive, lambda: "1 of 1 live" in drive.title("frame"), "and its frame")
        await drive.press("f")
        assert "FOLLOWING" not in drive.title_bar.text


async def test_the_end_of_a_run_brings_its_events_and_is_told(taking: Any) -> None:
    scan = taking()
    scan.begin()
    scan.take(5)
    async with driving(path_of(scan)) as drive:
        await drive.press("4", "]", "]")
        assert "Its events are saved when it is closed" in drive.note("plot")
        scan.end("failed")
        await soon(drive, lambda: "failed" in drive.runs_in_view()[0], "the list says how it ended")
        await soon(drive, lambda: drive.title("events") == "Events  5", "its events are there")
        assert "P3HT failed" in drive.title_bar.text
        assert drive.event_under_cursor() == "3"
        assert "3 of 5 · energy 272" in drive.title("frame")
        assert "tey_signal ÷ i0 over energy (eV)" in drive.title("plot")
        await drive.until(lambda: drive.runs_in_view()[0].split().count("5") == 2, "points and frames")


async def test_events_that_are_committed_one_by_one_grow_the_table_and_the_curve(
    taking: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from resonance_tui.catalog import Run

    scan = taking(commit_each=True)
    scan.begin()
    scan.take(250, frames=False)
    async with driving(path_of(scan)) as drive:
        await soon(drive, lambda: drive.title("events") == "Events  1–200 of 250", drive.title("events"))
        whole: list[int] = []
        pages = Run.event_pages

        def note(self: Run, stream: str = "primary", start: int = 0) -> Any:
            whole.append(start)
            return pages(self, stream, start)

        monkeypatch.setattr(Run, "event_pages", note)
        scan.take(3, frames=False)
        await soon(drive, lambda: drive.title("events").endswith("of 253"), "the table has grown")
        await drive.until(lambda: drive.plot.plot is not None and drive.plot.plot.x.size == 253, "the curve")
        assert min(whole) >= 250  # only what is new was read


async def test_a_run_whose_writer_died_says_that_its_frames_are_on_disk_and_no_event_was_saved(
    taking: Any,
) -> None:
    scan = taking()
    scan.begin()
    scan.take(3)
    scan.writer.abandon_run()
    scan.begin()
    scan.take(1)
    scan.end()
    async with driving(path_of(scan)) as drive:
        await drive.until(lambda: drive.runs_in_view()[1].rstrip().endswith("interrupted"), "it is known")
        await drive.press("j")
        assert "1 of 3 on disk, no events saved" in drive.title("frame")
        state = next(line for line in str(drive.detail.query_one("#detail-text").render()).splitlines()
                     if line.startswith("state"))  # fmt: skip
        assert "3 frames on disk, no events saved" in state


async def test_the_file_can_go_and_come_back(taking: Any) -> None:
    scan = taking()
    scan.begin()
    scan.take(2)
    scan.end()
    scan.writer.close()
    path = path_of(scan)
    async with driving(path) as drive:
        path.rename(path.with_suffix(".away"))
        await soon(drive, lambda: "deleted or moved" in drive.title_bar.text, "it is said")
        assert drive.title("runs") == "Runs  1 run"
        path.with_suffix(".away").rename(path)
        await soon(drive, lambda: "is back" in drive.title_bar.text, "and that it is back")


HOLD = """
import sqlite3, sys
writer = sqlite3.connect(sys.argv[1], isolation_level=None)
writer.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
writer.execute("UPDATE runs SET plan_name = 'changed'")
writer.execute("COMMIT")
print("free", flush=True)
sys.stdin.readline()
"""


def held(start_python: Any, path: Path) -> Any:
    process = start_python(HOLD, path)
    assert process.stdout.readline() == "held\n"
    return process


def release(process: Any) -> None:
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.stdout.readline() == "free\n"


async def test_a_locked_catalog_is_a_calm_state_and_is_up_to_date_within_a_second_of_its_end(
    tmp_path: Path, start_python: Any
) -> None:
    with BeamtimeBuilder(tmp_path / "b.db") as b:
        for _ in range(2):
            b.run(b.sample("s"), events=[{"energy_position": 1.0 * i, "i0": 0.5} for i in range(300)])
    async with driving(tmp_path / "b.db") as drive:
        process = held(start_python, tmp_path / "b.db")
        try:
            bar = drive.title_bar
            await drive.until(
                lambda: f"(PID {process.pid}) has the catalog locked since" in bar.text, bar.text
            )
            assert "finished runs as of" in bar.text
            await drive.pilot.press("2", "G")
            await drive.pilot.pause()
            assert drive.note("events") == ""  # what was read stays
            assert drive.note("plot") == ""
            release(process)
            await drive.until(lambda: "has the catalog locked" not in bar.text, "it is free")
            await drive.until(lambda: drive.event_under_cursor() == "300", "what was asked for is there")
        finally:
            process.kill()
            process.communicate()


async def test_a_catalog_that_was_locked_from_the_beginning_is_browsed_as_a_private_copy(
    tmp_path: Path, start_python: Any
) -> None:
    with BeamtimeBuilder(tmp_path / "b.db") as b:
        b.run(b.sample("s"), events=[{"energy_position": 1.0 * i, "i0": 0.5} for i in range(3)])
    process = held(start_python, tmp_path / "b.db")
    try:
        async with driving(tmp_path / "b.db", wait=False) as drive:
            await drive.until(lambda: "locked by the running scan" in drive.note("runs"), "the lock is said")
            bar = drive.title_bar
            await drive.until(lambda: "B: browse a private copy" in bar.text, "and what can be done")
            await drive.pilot.press("B")
            await drive.until(lambda: drive.title("runs") == "Runs  1 run", "the copy's runs")
            await drive.until(lambda: "private copy of the database, taken" in bar.text, "its age")
            await drive.until(lambda: drive.title("events") == "Events  3", "and events")
            release(process)
            await drive.until(lambda: "private copy" not in bar.text, "back on the file itself")
            await drive.settled()
            assert drive.title("runs") == "Runs  1 run"
    finally:
        process.kill()
        process.communicate()


async def test_a_catalog_that_was_locked_from_the_beginning_shows_the_newest_frame(
    tmp_path: Path, start_python: Any
) -> None:
    with BeamtimeBuilder(tmp_path / "b.db") as b:
        b.run(b.sample("s"), stop=None, frames={"detector_image": small_frames(4)}, refs=False)
    process = held(start_python, tmp_path / "b.db")
    try:
        async with driving(tmp_path / "b.db", wait=False) as drive:
            await drive.until(lambda: "1 of 4 live" in drive.title("frame"), "its frames")
            bar = drive.title_bar
            await drive.until(lambda: "B: browse a private copy" in bar.text, "what can be done")
            await drive.pilot.press("f")
            await drive.until(lambda: "4 of 4 live" in drive.title("frame"), "the newest")
            state = drive.frame_state
            await drive.until(
                lambda: state.shown is not None and state.shown.subject.index == 3, "and its picture"
            )
            release(process)
            await drive.until(lambda: "s" in drive.runs_in_view()[0], "the list")
            await drive.settled()
            assert drive.position == 3
    finally:
        process.kill()
        process.communicate()


async def test_runs_begun_after_a_private_copy_was_taken_are_counted_not_shown_as_broken(taking: Any) -> None:
    scan = taking()
    scan.begin()
    scan.take(2)
    scan.end()
    async with driving(path_of(scan)) as drive:
        await drive.press("B")
        await drive.until(lambda: "private copy of the database, taken" in drive.title_bar.text, "the copy")
        await drive.settled()
        scan.begin()
        scan.take(1)
        await soon(drive, lambda: "1 run newer" in drive.title_bar.text, "it is counted")
        assert drive.title("runs") == "Runs  1 run"
        await drive.press("B")
        await soon(drive, lambda: drive.title("runs") == "Runs  2 runs", "and there in the file itself")


def looked(uid: str, **how: Any) -> BeamtimeChanged:
    """What the monitor says of a run in progress."""
    return BeamtimeChanged(Changes(), LiveRun(uid, RunState(Phase.RUNNING), "detector_image", **how))


async def test_a_stall_is_told_once_rings_where_that_is_wanted_and_is_taken_back(
    taking: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = taking()
    uid = scan.begin()
    scan.take(3)
    async with driving(path_of(scan)) as drive:
        drive.stop_watching()
        sent = drive.capture_terminal(monkeypatch)
        drive.report(looked(uid, frames=3, silent=42.0))
        assert "stalled: no frame for 42 s" in drive.title_bar.text
        assert not sent
        drive.report(looked(uid, frames=4))
        assert "stalled" not in drive.title_bar.text
        await drive.press("N")
        drive.report(looked(uid, frames=4, silent=50.0))
        drive.report(looked(uid, frames=4, silent=55.0))
        (bytes_sent,) = sent
        assert bytes_sent.startswith("\a\x1b]9;stalled: no frame for 50 s\x1b\\")
        assert "\x1b]777;notify;resonance-tui;" in bytes_sent


async def test_a_badly_exposed_newest_frame_is_told_at_its_onset_only(
    taking: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = taking()
    uid = scan.begin()
    scan.take(2)
    async with driving(path_of(scan)) as drive:
        drive.stop_watching()
        told = drive.capture_news(monkeypatch)
        for frames, saturated in [
            (3, 700),
            (4, 800),
            (5, 0),
            (6, 900),
        ]:
            frame = np.full((64, 64), 100, dtype=np.int32)
            frame.flat[:saturated] = 300_000
            exposure = assess_exposure(frame, Thresholds())
            drive.report_newest(NewestExposure(uid, frames - 1, exposure))
        assert told == ["frame 3: OVEREXPOSED 700 px", "frame 6: OVEREXPOSED 900 px"]


async def test_the_newest_frame_is_judged_whatever_is_looked_at(taking: Any) -> None:
    scan = taking()
    scan.begin()
    scan.take(2)
    scan.end()
    scan.begin()
    scan.take(1)
    async with driving(path_of(scan), options=Options(saturated=2_700.0, over_pixels=1.0)) as drive:
        await drive.press("j")  # the finished run
        uid = drive.uid
        scan.take(1)
        await soon(
            drive,
            lambda: "the running scan, frame 2: OVER" in drive.title_bar.text,
            "it is told",
        )
        assert drive.uid == uid


async def test_a_run_that_is_being_taken_grows_among_those_it_is_drawn_with(taking: Any) -> None:
    scan = taking(commit_each=True)
    scan.begin()
    scan.take(4)
    scan.end()
    running = scan.begin()
    scan.take(2)

    def drawn() -> list[int]:
        plot = drive.plot.plot
        return [] if plot is None else sorted(len(curve.x) for curve in plot.curves)

    async with driving(path_of(scan), LARGE) as drive:
        await drive.press("g", "space", "space", "equals_sign")
        await drive.until(lambda: drawn() == [2, 4], "both are drawn")
        assert drive.uid != running
        scan.take(3)
        await drive.until(lambda: drawn() == [4, 5], "it grows")


async def test_marking_and_searching_pause_and_what_is_typed_is_not_interrupted(taking: Any) -> None:
    scan = taking()
    for _ in range(3):
        scan.begin()
        scan.take(1)
        scan.end()
    async with driving(path_of(scan)) as drive:
        await drive.press("f", "space")
        assert "PAUSED" in drive.title_bar.text
        await drive.press("f", "3", "y")
        scan.begin()
        scan.take(1)
        await drive.until(lambda: drive.title("runs").startswith("Runs  4"), "a new run")
        assert drive.picker.is_open
        await drive.press("escape", "f", "f")
        await soon(drive, lambda: drive.uid == drive.all_runs[0].uid, "followed")


async def test_points_without_beam_are_marked_in_table_and_plot(tmp_path: Path) -> None:
    current = np.full(60, 500.0)
    current[20:30] = 3.0
    events = [
        {"energy_position": 270.0 + i, "tey_signal": 1.0 + i, "beam_current": float(c)}
        for i, c in enumerate(current)
    ]
    with BeamtimeBuilder(tmp_path / "b.db") as b:
        b.run(None, events=events)
    async with driving(tmp_path / "b.db") as drive:
        assert "10 points without beam" in drive.title("plot")
        view = drive.plot.view
        axis = view.drawing.rows if view.drawing else 0
        assert view.render_line(axis).text.count("▾") >= 5
        await drive.press("2", "z")
        table = drive.events.table
        marked = list(range(21, 31))
        await drive.until(
            lambda: [y for y in range(1, 36) if "▾" in table.render_line(y).text] == marked, "the rows"
        )


PROMISED_S, LENIENT = 2.0, 5
"""What is promised on a quiet machine, and how many times as long a busy one may take."""


@pytest.mark.timing
async def test_a_new_frame_and_a_new_run_are_shown_within_seconds(taking: Any) -> None:
    scan = taking()
    scan.begin()
    scan.take(2)
    async with driving(path_of(scan)) as drive:
        await drive.press("f")
        await soon(drive, lambda: "2 of 2 live" in drive.title("frame"), "the newest frame")
        scan.take(1)
        begun = time.monotonic()
        await soon(drive, lambda: "3 of 3 live" in drive.title("frame"), "the next frame")
        assert time.monotonic() - begun < PROMISED_S * LENIENT
        scan.end()
        scan.begin()
        scan.take(1)
        begun = time.monotonic()
        await soon(drive, lambda: "1 of 1 live" in drive.title("frame"), "the next run's frame")
        assert time.monotonic() - begun < PROMISED_S * LENIENT

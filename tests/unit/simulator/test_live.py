"""A beamtime that is being taken: what others see of it, how it ends, and whose files it writes to."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from resonance_tui.simulator.demo import write_demo
from resonance_tui.simulator.live import start_simulation
from resonance_tui.simulator.writer import BeamtimeWriter, NotSimulatedError
from tests.beamtime import small, tree_state
from tests.conftest import python_env
from tests.waiting import PATIENCE_S, until

Simulate = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def simulate() -> Iterator[Simulate]:
    """``resonance-tui simulate`` in a process of its own."""
    started: list[subprocess.Popen[str]] = []

    def start(path: Path, *arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "resonance_tui", "simulate", str(path), *map(str, arguments)]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=python_env()))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def ask(path: Path, query: str) -> list[tuple]:
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=5.0)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def a_run_is_being_taken(path: Path, frames: int = 3) -> bool:
    return path.exists() and len(list(path.parent.glob("*.zarr/runs/*/detector_image/c/*/0/0"))) >= frames


def test_runs_are_taken_one_after_the_other(tmp_path: Path, simulate: Simulate) -> None:
    path = tmp_path / "live.db"
    process = simulate(path, "--runs", 2, "--events", 9, "--rate", 0, "--frames", 64, "--pause", 0)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, err) == (0, "")
    assert [line.split(": ")[1] for line in out.splitlines()] == ["9 events, success"] * 2
    assert ask(path, "SELECT plan_name, exit_status, num_events FROM runs") == [("rsoxs", "success", 9)] * 2
    assert ask(path, "SELECT count(*) FROM image_refs") == [(18,)]
    assert ask(path, "PRAGMA journal_mode") == [("delete",)]


def test_of_the_run_being_taken_only_frames_are_seen(tmp_path: Path, simulate: Simulate) -> None:
    path = tmp_path / "live.db"
    simulate(path, "--forever", "--rate", 50, "--events", 1000, "--frames", 64)
    until(lambda: a_run_is_being_taken(path))
    assert ask(path, "SELECT count(*), count(time_stop) FROM runs") == [(1, 0)]
    assert ask(path, "SELECT count(*) FROM events") == [(0,)]


def test_a_writer_that_commits_each_event_shows_it_at_once(tmp_path: Path, simulate: Simulate) -> None:
    path = tmp_path / "live.db"
    simulate(path, "--forever", "--rate", 50, "--events", 1000, "--frames", 64, "--commit-each")
    until(lambda: a_run_is_being_taken(path))
    assert ask(path, "SELECT count(*) >= 2 FROM events") == [(1,)]
    assert ask(path, "SELECT count(time_stop) FROM runs") == [(0,)]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_closes_the_run_as_aborted(tmp_path: Path, simulate: Simulate, number: int) -> None:
    path = tmp_path / "live.db"
    process = simulate(path, "--forever", "--rate", 20, "--events", 1000, "--frames", 64)
    until(lambda: a_run_is_being_taken(path))
    process.send_signal(number)
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    (status, events, stop), *_ = ask(path, "SELECT exit_status, num_events, time_stop FROM runs")
    assert (status, stop is not None) == ("aborted", True)
    assert ask(path, "SELECT count(*) FROM events") == [(events,)]
    assert events >= 3


def test_killed_it_leaves_a_run_without_an_end(tmp_path: Path, simulate: Simulate) -> None:
    path = tmp_path / "live.db"
    process = simulate(path, "--forever", "--rate", 50, "--events", 1000, "--frames", 64)
    until(lambda: a_run_is_being_taken(path))
    process.kill()
    process.communicate()
    assert ask(path, "SELECT time_stop, exit_status, num_events FROM runs") == [(None, None, 0)]
    assert ask(path, "SELECT count(*) FROM events") == [(0,)]


def test_it_goes_on_with_what_it_has_written_itself(tmp_path: Path, simulate: Simulate) -> None:
    path = write_demo(tmp_path / "demo", frame_size=64)
    runs, samples = ask(path, "SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM samples)")[0]
    process = simulate(path, "--runs", 1, "--events", 2, "--rate", 0, "--frames", 0)
    process.communicate(timeout=PATIENCE_S)
    assert ask(path, "SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM samples)") == [
        (runs + 1, samples)
    ]


def test_a_new_file_may_have_a_write_ahead_log(tmp_path: Path, simulate: Simulate) -> None:
    path = tmp_path / "live.db"
    simulate(path, "--wal", "--forever", "--rate", 50, "--events", 1000, "--frames", 64)
    until(lambda: a_run_is_being_taken(path))
    assert (tmp_path / "live.db-wal").exists()


def others(tmp_path: Path) -> dict[str, Path]:
    """What somebody else has made, by name; nothing of it may be touched."""
    made = {"beamtime": small(tmp_path / "theirs.db"), "empty file": tmp_path / "empty.db"}
    made["empty file"].touch()
    made["text"] = tmp_path / "notes.db"
    made["text"].write_text("notes")
    made["folder"] = tmp_path / "folder.db"
    made["folder"].mkdir()
    made["link"] = tmp_path / "link.db"
    made["link"].symlink_to("theirs.db")
    made["dangling link"] = tmp_path / "dangling.db"
    made["dangling link"].symlink_to("nowhere.db")
    made["frames without a database"] = tmp_path / "frames.db"
    (tmp_path / "frames.zarr").mkdir()
    made["journal without a database"] = tmp_path / "journal.db"
    (tmp_path / "journal.db-journal").write_bytes(b"x")
    return made


def test_what_somebody_else_has_made_is_not_touched(tmp_path: Path) -> None:
    made = others(tmp_path)
    before = tree_state(tmp_path)
    for path in made.values():
        with pytest.raises(NotSimulatedError, match="left alone"):
            BeamtimeWriter(path)
    assert tree_state(tmp_path) == before


def test_that_it_is_not_touched_is_said_in_one_line(tmp_path: Path, simulate: Simulate) -> None:
    path = small(tmp_path / "theirs.db")
    before = tree_state(tmp_path)
    process = simulate(path)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out) == (1, "")
    assert err == f"resonance-tui: {path} was not written by resonance-tui: it is left alone\n"
    assert tree_state(tmp_path) == before


def test_a_file_that_somebody_makes_meanwhile_is_not_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "race.db"

    def make_it(_: Path) -> None:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL))
        monkeypatch.setattr(Path, "exists", lambda _: False)

    monkeypatch.setattr("resonance_tui.simulator.writer.require_ours", make_it)
    with pytest.raises(FileExistsError):
        BeamtimeWriter(path)
    assert path.stat().st_size == 0


def test_where_nothing_can_be_written_it_says_so(tmp_path: Path, simulate: Simulate) -> None:
    process = simulate(tmp_path / "nowhere" / "live.db")
    _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert err.startswith("resonance-tui: ")
    assert "cannot be written" in err
    assert err.count("\n") == 1


def test_a_viewer_can_have_one_running_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "live.db"
    process = start_simulation(path, "--forever", "--rate", "50", "--events", "1000", "--frames", "64")
    try:
        until(lambda: a_run_is_being_taken(path))
        assert os.getpgid(process.pid) != os.getpgid(0), "a Ctrl-C meant for the viewer would end it"
        process.terminate()
        assert process.wait(PATIENCE_S) == 0
    finally:
        process.kill()
        process.wait()
    assert ask(path, "SELECT exit_status FROM runs") == [("aborted",)]

"""What is seen of a run without an end: with clocks of ours, and with real writers."""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from resonance_tui.catalog import Catalog, Locks, Phase, Reason
from resonance_tui.catalog.models import RunSummary
from resonance_tui.catalog.run_state import SILENCE_S, STARTING_S, RunState
from resonance_tui.catalog.run_witness import RunWitness
from resonance_tui.catalog.sqlite import locks as locks_module
from resonance_tui.catalog.sqlite.locks import probe, probe_own
from resonance_tui.simulator.writer import BeamtimeWriter
from resonance_tui.text.states import state_text
from tests.beamtime import OPEN_UID, BeamtimeBuilder, small_frames, tree_state
from tests.writers import Writer

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="locks are asked for on Linux only")

NOW = 1_770_000_000.0
FREE = Locks(supported=True)
HOT = Locks(supported=True, journal=True)


class Clocks:
    """Our wall clock and our monotonic one, moved by hand."""

    def __init__(self) -> None:
        self.wall, self.steady = NOW, 50.0

    def go(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def watched_run(tmp_path: Path, clocks: Clocks) -> Callable[..., RunState]:
    """A run without an end, begun a minute ago, and whoever asks for its state; its files' times are ours."""
    with BeamtimeBuilder(tmp_path / "b.db") as b:
        uid = b.run(stop=None, start=NOW - 60.0, frames={"detector_image": small_frames(2)}, refs=False)
    run = RunSummary(uid, "scan", NOW - 60.0)
    witness = RunWitness(b.path, b.zarr_path, lambda: clocks.wall, lambda: clocks.steady)
    witness.note_newest(uid)
    metadata = b.zarr_path / "runs" / uid / "detector_image" / "zarr.json"

    def put(when: float) -> None:
        for path in (b.path, metadata):
            os.utime(path, (when, when))

    def ask(*, written: float | None = None, grow: bool = False, **how: Any) -> RunState:
        if written is not None:
            put(written)
        if grow:
            metadata.write_text(metadata.read_text() + " ")
            os.utime(metadata, (clocks.wall, clocks.wall))
        return witness.state(how.pop("run", run), **({"frames": 2, "events": 0} | how))

    put(NOW - 30.0)
    ask.witness = witness  # type: ignore[attr-defined]
    ask.run = run  # type: ignore[attr-defined]
    return ask


def test_what_was_found_to_be_interrupted_stays_so(
    watched_run: Callable[..., RunState], clocks: Clocks
) -> None:
    assert watched_run(frames=0, locks=HOT).phase is Phase.INTERRUPTED
    watched_run.witness.note_newest("another")  # type: ignore[attr-defined]
    assert watched_run(frames=0, locks=FREE).phase is Phase.INTERRUPTED


def test_what_grows_between_two_looks_is_running_for_ten_seconds(
    watched_run: Callable[..., RunState], clocks: Clocks
) -> None:
    assert watched_run().phase is Phase.OPEN
    clocks.go(2.0)
    assert watched_run(grow=True).phase is Phase.RUNNING
    clocks.go(9.0)
    assert watched_run().phase is Phase.RUNNING
    clocks.go(2.0)
    assert watched_run().phase is Phase.OPEN
    clocks.go(SILENCE_S)
    assert watched_run().phase is Phase.INTERRUPTED


@pytest.mark.parametrize("skew", [-86_400.0, 86_400.0], ids=["behind", "ahead"])
def test_times_of_files_that_are_not_ours_do_not_make_it_run(
    watched_run: Callable[..., RunState], clocks: Clocks, skew: float
) -> None:
    found = watched_run(written=NOW + skew)
    assert found.phase is (Phase.OPEN if skew > 0 else Phase.INTERRUPTED)
    assert (found.changed is None) == (skew > 0)
    clocks.go(5.0)
    assert watched_run(grow=True).phase is Phase.RUNNING  # it grows, whatever the clocks say
    watched_run(written=NOW + skew)
    clocks.go(SILENCE_S + 1)
    assert watched_run().phase is Phase.INTERRUPTED


def test_a_clock_that_is_set_does_not_end_a_run_that_grows(
    watched_run: Callable[..., RunState], clocks: Clocks
) -> None:
    watched_run()
    for step in (1e6, -2e6, 5e5):
        clocks.wall += step
        clocks.steady += 1.0
        assert watched_run(grow=True).phase is Phase.RUNNING


def test_a_run_that_was_seen_to_begin_is_starting_whatever_the_clocks_say(
    watched_run: Callable[..., RunState], clocks: Clocks
) -> None:
    run = watched_run.run  # type: ignore[attr-defined]
    odd = RunSummary(run.uid, "scan", NOW + 1e6)
    assert watched_run(run=odd, frames=0).phase is Phase.OPEN
    watched_run.witness.note_newest(run.uid, appeared=True)  # type: ignore[attr-defined]
    assert watched_run(run=odd, frames=0).phase is Phase.STARTING
    clocks.go(STARTING_S + 1)
    assert watched_run(run=odd, frames=0).phase is Phase.OPEN


def test_an_end_that_a_copy_does_not_know_counts(watched_run: Callable[..., RunState]) -> None:
    witness = watched_run.witness  # type: ignore[attr-defined]
    witness.note_end(watched_run.run.uid, "aborted")  # type: ignore[attr-defined]
    assert state_text(watched_run()) == "aborted"
    witness.forget()
    witness.note_newest("another")
    assert watched_run(newest=True).phase is Phase.INTERRUPTED  # the copy takes it for the newest


def test_who_is_kept_in_mind_is_bounded(tmp_path: Path) -> None:
    witness = RunWitness(tmp_path / "b.db", tmp_path / "b.zarr")
    for n in range(300):
        witness.state(RunSummary(f"{n:032x}", "scan", NOW), newest=True)
    assert len(witness._seen) <= 64


# -- the locks, with real writers ------------------------------------------------------------------------


@linux
@pytest.mark.parametrize(("events", "hot"), [(5, False), (12_000, True)], ids=["little", "spilled"])
def test_a_killed_writer_is_told_at_once_by_whoever_saw_it(
    tmp_path: Path, start_writer: Callable[..., Writer], events: int, hot: bool
) -> None:
    path = tmp_path / "live.db"
    writer = start_writer(path)
    uid = writer(f"run {time.time()}")
    with Catalog(path) as catalog, Catalog(path) as later:
        run = catalog[uid]
        assert catalog.state(run).phase is Phase.STARTING
        writer("frames 3")
        writer(f"events {events}")
        running = catalog.state(run)
        assert (running.phase, running.pid, running.frames) == (Phase.RUNNING, writer.pid, 3)
        writer.kill()
        files = tree_state(tmp_path)
        assert probe(path).interrupted == hot
        killed = catalog.state(run)
        assert (killed.phase, killed.frames) == (Phase.INTERRUPTED, 3)
        if not hot:
            assert state_text(killed) == "interrupted: 3 frames on disk, no events saved"
            assert (killed.reason, killed.pid) == (Reason.WRITER_GONE, writer.pid)
            unseen = later.state(
                later.recent(1)[0]
            )  # who comes later knows it by the journal that lies there
            assert (unseen.phase, unseen.reason) == (Phase.INTERRUPTED, Reason.JOURNAL)
        assert tree_state(tmp_path) == files


@linux
def test_a_writer_that_is_started_again_ends_the_run_before(
    tmp_path: Path, start_writer: Callable[..., Writer]
) -> None:
    path = tmp_path / "live.db"
    writer = start_writer(path)
    uid = writer(f"run {time.time()}")
    with Catalog(path) as catalog:
        run = catalog[uid]
        writer("events 3")
        assert catalog.state(run).phase is Phase.RUNNING
        writer.kill()
        again = start_writer(path)
        newer = again(f"run {time.time()}")
        again("events 3")
        assert state_text(catalog.state(run)) == "interrupted: no events saved"
        found = catalog.state(catalog[newer])
        assert (found.phase, found.pid) == (Phase.RUNNING, again.pid)


@linux
def test_another_process_at_the_lock_is_not_the_one_that_wrote_the_run(
    tmp_path: Path, start_writer: Callable[..., Writer]
) -> None:
    path = tmp_path / "live.db"
    writer = start_writer(path)
    uid = writer(f"run {time.time()}")
    with Catalog(path) as catalog:
        run = catalog[uid]
        writer("events 3")
        assert catalog.state(run).phase is Phase.RUNNING
        writer.kill()
        with closing(
            sqlite3.connect(path, isolation_level=None)
        ) as here:  # as its writer opens it, before the next run
            here.execute("BEGIN IMMEDIATE")
            assert probe_own(path).by_this_process
            assert catalog.state(run).phase is Phase.INTERRUPTED
            here.execute("ROLLBACK")


@linux
def test_a_writer_in_this_very_process_is_told_as_such(tmp_path: Path) -> None:
    with BeamtimeWriter(tmp_path / "live.db") as writer, Catalog(writer.db_path) as catalog:
        uid = writer.open_run("scan", None, time.time())
        writer.open_stream({})
        run = catalog[uid]
        assert catalog.state(run).phase is Phase.STARTING
        writer.write_event({"i0": 1.0}, time.time())
        found = catalog.state(run)
        assert (found.phase, found.by_this_process) == (Phase.RUNNING, True)
        assert state_text(found) == "running (by this process)"
        writer.close_run("success", time.time())
        assert state_text(catalog.state(run)) == "success"


@linux
def test_a_first_exposure_of_half_a_minute_is_no_silence(
    tmp_path: Path, start_writer: Callable[..., Writer]
) -> None:
    path = tmp_path / "live.db"
    writer = start_writer(path)
    uid = writer(f"run {time.time() - 40.0}")  # begun 40 s ago, and no event yet
    with Catalog(path) as catalog:
        assert catalog.state(catalog[uid]).phase is Phase.STARTING
        writer("events 1")
        assert catalog.state(catalog[uid]).phase is Phase.RUNNING


@linux
def test_where_locks_are_hidden_it_says_so(
    small_beamtime: Path, monkeypatch: pytest.MonkeyPatch, start_writer: Callable[..., Writer]
) -> None:
    monkeypatch.setattr(locks_module, "_file_system", lambda _: "blind")
    with Catalog(small_beamtime) as catalog:
        found = catalog.state(catalog[OPEN_UID])
        assert not catalog.locks().supported
    assert found.phase in (
        Phase.UNKNOWN,
        Phase.INTERRUPTED,
    )  # as its files are older or younger than ten minutes

"""The state of a run: one rule, tried line by line, on witnesses with clocks of ours, and with real writers."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from resonance_tui.catalog import Catalog, CatalogError, Locks, Phase, Reason
from resonance_tui.catalog.models import RunSummary
from resonance_tui.catalog.run_state import (
    GROWTH_S,
    LONGEST_S,
    SILENCE_S,
    STARTING_S,
    Evidence,
    RunState,
    RunWitness,
    classify_run,
)
from resonance_tui.catalog.sqlite import locks as locks_module
from resonance_tui.catalog.sqlite.locks import probe, probe_own
from resonance_tui.simulator.writer import BeamtimeWriter
from resonance_tui.text.states import reason_text, shown_state, state_lines, state_text
from tests.beamtime import (
    FAILED_UID,
    OPEN_UID,
    RSOXS_UID,
    SMALL_UIDS,
    BeamtimeBuilder,
    small_frames,
    tree_state,
)
from tests.writers import Writer

Start = Callable[..., "subprocess.Popen[str]"]
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="locks are asked for on Linux only")

NOW = 1_770_000_000.0
FREE = Locks(supported=True)
WRITING = Locks(supported=True, writer_active=True, pid=4711)
SHUT = Locks(supported=True, writer_active=True, pid=4711, readers_blocked=True, journal=True)
HOT = Locks(supported=True, journal=True)
LEFT = Locks(supported=True, leftover=True)
BLIND = Locks()

# -- the rule, line by line ------------------------------------------------------------------------------


def seen(**changes: Any) -> Evidence:
    """A newest run, begun an hour ago, whose files were last written five seconds ago, and without a lock."""
    known: dict[str, Any] = {
        "newest": True,
        "locks": FREE,
        "file_age": 5.0,
        "age": 3600.0,
        "frames": 0,
        "events": 0,
    }
    return Evidence(**(known | changes))


RULES: dict[str, tuple[Evidence, Phase]] = {
    "a newer run, nothing kept": (seen(newest=False), Phase.ABANDONED),
    "a newer run, frames on disk": (seen(newest=False, frames=1), Phase.INTERRUPTED),
    "a newer run, its events were lost": (seen(newest=False, writer_seen=True), Phase.INTERRUPTED),
    "a newer run, its events are saved": (seen(newest=False, writer_seen=True, events=3), Phase.ABANDONED),
    "a newer run is being written": (seen(newest=False, locks=WRITING, events=3), Phase.ABANDONED),
    "a newer run, while files grow": (seen(newest=False, grew=0.0), Phase.ABANDONED),
    "its writer holds the lock": (seen(locks=WRITING, writer_seen=True), Phase.RUNNING),
    "its writer has run out of cache": (seen(locks=SHUT, writer_seen=True, file_age=900.0), Phase.RUNNING),
    "a writer out of sight": (seen(locks=Locks(True, True)), Phase.RUNNING),
    "this very process": (seen(locks=Locks(True, True, 1, by_this_process=True)), Phase.RUNNING),
    "two days old, and locked": (seen(locks=WRITING, age=LONGEST_S + 1), Phase.RUNNING),
    "another process than its writer": (seen(locks=WRITING, writer_is_other=True), Phase.INTERRUPTED),
    "another process, while files grow": (
        seen(locks=WRITING, writer_is_other=True, grew=0.0),
        Phase.INTERRUPTED,
    ),
    "a journal that counts": (seen(locks=HOT), Phase.INTERRUPTED),
    "a journal that counts, just grown": (seen(locks=HOT, grew=0.1, frames=7), Phase.INTERRUPTED),
    "a journal left by a writer that died": (seen(locks=LEFT, age=3.0), Phase.INTERRUPTED),
    "a newer run, found interrupted before": (seen(newest=False, lost=True), Phase.INTERRUPTED),
    "its writer is gone": (seen(writer_seen=True, writer_gone=True, grew=0.1), Phase.INTERRUPTED),
    "grown a moment ago": (seen(grew=GROWTH_S), Phase.RUNNING),
    "grown, locks not told": (seen(locks=BLIND, grew=1.0), Phase.RUNNING),
    "grown too long ago": (seen(grew=GROWTH_S + 1), Phase.OPEN),
    "just begun": (seen(age=3.0), Phase.STARTING),
    "begun two minutes ago": (seen(age=STARTING_S), Phase.OPEN),
    "begun later than our clock says": (seen(age=-5.0), Phase.OPEN),
    "just begun, with a frame": (seen(age=3.0, frames=1), Phase.OPEN),
    "just begun, with an event": (seen(age=3.0, events=1), Phase.OPEN),
    "just begun, locks not told": (seen(age=3.0, locks=BLIND), Phase.UNKNOWN),
    "begun when, nobody can tell": (seen(age=None), Phase.OPEN),
    "ten minutes without growth": (seen(watched=SILENCE_S), Phase.ABANDONED),
    "ten minutes since it grew": (seen(grew=SILENCE_S, watched=9e9, frames=2), Phase.INTERRUPTED),
    "files ten minutes old": (seen(file_age=SILENCE_S), Phase.ABANDONED),
    "files ahead of our clock": (seen(file_age=-86_000.0), Phase.OPEN),
    "a fresh copy of an old run": (seen(age=LONGEST_S), Phase.ABANDONED),
    "files gone": (seen(file_age=None), Phase.OPEN),
    "locks not told, and nothing grows": (seen(locks=BLIND), Phase.UNKNOWN),
    "locks not told, ten minutes": (seen(locks=BLIND, watched=SILENCE_S), Phase.ABANDONED),
    "no writer right now": (seen(), Phase.OPEN),
}


@pytest.mark.parametrize(("evidence", "phase"), RULES.values(), ids=RULES)
def test_the_state_of_a_run_follows_from_what_is_seen(evidence: Evidence, phase: Phase) -> None:
    found, reason = classify_run(evidence)
    assert found is phase
    assert (reason is None) == (
        phase in (Phase.STARTING, Phase.OPEN, Phase.UNKNOWN)
    ) or phase is Phase.RUNNING


def test_every_state_is_reached_by_a_rule() -> None:
    assert {phase for _, phase in RULES.values()} | {Phase.CLOSED} == set(Phase)


WORDS: dict[str, tuple[RunState, str]] = {
    "running": (RunState(Phase.RUNNING, pid=4711), "running (PID 4711)"),
    "running out of sight": (RunState(Phase.RUNNING), "running (by a process out of sight)"),
    "running, as it grows": (RunState(Phase.RUNNING, reason=Reason.GROWS), "running (its files grow)"),
    "running here": (RunState(Phase.RUNNING, pid=1, by_this_process=True), "running (by this process)"),
    "starting": (RunState(Phase.STARTING), "starting: no event yet"),
    "open": (RunState(Phase.OPEN), "open: not closed, no writer right now"),
    "unknown": (RunState(Phase.UNKNOWN), "unknown: who writes cannot be told on this system"),
    "closed": (RunState(Phase.CLOSED, "failed"), "failed"),
    "closed without a word": (RunState(Phase.CLOSED), "closed"),
    "interrupted": (
        RunState(Phase.INTERRUPTED, frames=243, events=0), "interrupted: 243 frames on disk, no events saved"
    ),
    "interrupted, events not known": (RunState(Phase.INTERRUPTED, frames=1), "interrupted: 1 frame on disk"),
    "abandoned": (RunState(Phase.ABANDONED, frames=0, events=1), "abandoned: 1 event saved"),
}  # fmt: skip


@pytest.mark.parametrize(("state", "text"), WORDS.values(), ids=WORDS)
def test_a_state_has_one_sentence_that_begins_with_the_word_of_the_list(state: RunState, text: str) -> None:
    assert state_text(state) == text
    assert text.startswith(shown_state(state).word)


REASONS = {
    RunState(Phase.INTERRUPTED, reason=Reason.WRITER_GONE, pid=4711): "process 4711 ended without closing it",
    RunState(Phase.INTERRUPTED, reason=Reason.WRITER_GONE): "its writer ended without closing it",
    RunState(Phase.INTERRUPTED, reason=Reason.JOURNAL): "a write was left unfinished",
    RunState(Phase.ABANDONED, reason=Reason.NEWER_RUN): "a newer run has begun",
    RunState(Phase.ABANDONED, reason=Reason.SILENCE): "nothing was written for ten minutes or more",
    RunState(
        Phase.INTERRUPTED, reason=Reason.OTHER_WRITER, pid=3
    ): "process 3 no longer writes, another process does",
    RunState(Phase.RUNNING, reason=Reason.GROWS): "",
    RunState(Phase.CLOSED, "success"): "",
}


@pytest.mark.parametrize(("state", "text"), REASONS.items(), ids=REASONS.values())
def test_why_a_run_does_not_go_on_is_said(state: RunState, text: str) -> None:
    assert reason_text(state) == text
    assert state_lines(state)["reason"] == text


def test_what_was_found_to_be_interrupted_stays_so(
    watched_run: Callable[..., RunState], clocks: Clocks
) -> None:
    assert watched_run(frames=0, locks=HOT).phase is Phase.INTERRUPTED
    watched_run.witness.note_newest("another")  # type: ignore[attr-defined]
    assert watched_run(frames=0, locks=FREE).phase is Phase.INTERRUPTED


def test_an_open_run_says_when_it_was_last_written() -> None:
    assert re.fullmatch(
        r"open: .*, last written \d\d:\d\d:\d\d", state_text(RunState(Phase.OPEN, changed=NOW))
    )


# -- the witness, with clocks of ours --------------------------------------------------------------------


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


# -- through the catalog ---------------------------------------------------------------------------------


def test_each_run_of_a_beamtime_has_a_state(small_beamtime: Path) -> None:
    with Catalog(small_beamtime) as catalog:
        words = [state_text(catalog.state(catalog[uid])) for uid in SMALL_UIDS]
    assert words[1:] == ["failed", "aborted", "success", "success", "success"]
    assert words[0] == "interrupted: 3 frames on disk, no events saved"  # it began long ago


def test_a_state_is_read_anew_from_the_database(small_beamtime: Path) -> None:
    with Catalog(small_beamtime) as catalog, BeamtimeBuilder.reopened(small_beamtime) as b:
        run = catalog[OPEN_UID]
        assert run.time_stop is None
        b.raw("UPDATE runs SET time_stop = 1.0, exit_status = 'success' WHERE uid = ?", (OPEN_UID,))
        assert state_text(catalog.state(run)) == "success"


def test_earlier_runs_of_the_same_plan_are_found(small_beamtime: Path) -> None:
    with BeamtimeBuilder.reopened(small_beamtime) as b:
        newest = b.run(2, "rsoxs", stop=None, frames={"detector_image": small_frames(2)}, refs=False)
    with Catalog(small_beamtime) as catalog:
        found = catalog.earlier_like(catalog[newest])
        assert [(run.uid, run.num_events, run.same_sample) for run in found] == [(RSOXS_UID, 6, True)]
        assert found[0].motors == {"energy_position"}
        assert catalog.earlier_like(catalog[RSOXS_UID]) == []
        assert catalog.earlier_like(catalog[FAILED_UID]) == []


def test_a_state_never_waits_for_a_locked_database(small_beamtime: Path, slept: list[float]) -> None:
    with (
        closing(sqlite3.connect(small_beamtime, isolation_level=None)) as writer,
        Catalog(small_beamtime) as catalog,
    ):
        run = catalog[OPEN_UID]
        catalog.state(run)
        catalog.patience = 0.05
        writer.execute("BEGIN EXCLUSIVE")
        try:
            found = catalog.state(run)
        except CatalogError as error:
            pytest.fail(f"it raised {error}")
        assert sum(slept) <= 0.1
        assert found.frames == 3
        assert found.events is None

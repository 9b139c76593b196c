"""The state of a run: one rule, tried line by line, its words, and what the catalog says of its runs."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from resonance_tui.catalog import Catalog, CatalogError, Locks, Phase, Reason
from resonance_tui.catalog.run_state import (
    GROWTH_S,
    LONGEST_S,
    SILENCE_S,
    STARTING_S,
    Evidence,
    RunState,
    classify_run,
)
from resonance_tui.text.states import reason_text, shown_state, state_lines, state_text
from tests.beamtime import FAILED_UID, OPEN_UID, RSOXS_UID, SMALL_UIDS, BeamtimeBuilder, small_frames

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


def test_an_open_run_says_when_it_was_last_written() -> None:
    assert re.fullmatch(
        r"open: .*, last written \d\d:\d\d:\d\d", state_text(RunState(Phase.OPEN, changed=NOW))
    )


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

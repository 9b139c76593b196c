"""What a reader thread reads for the run list."""

from __future__ import annotations

from typing import Any

import pytest

from resonance_tui.catalog.errors import CatalogBusyError
from resonance_tui.panes.runs.reads import ReadDetails, RunsPart, read_details, read_runs
from resonance_tui.session import run_parts
from resonance_tui.session.beamtime import BeamtimeSession
from resonance_tui.session.tasks import Task, TaskCancelledError
from resonance_tui.text.states import State
from tests.beamtime import ABORTED_UID, FAILED_UID, NEXAFS_UID, OPEN_UID, RSOXS_UID, SMALL_UIDS


def reporting() -> tuple[Task[Any], list[Any]]:
    """A task, and what it reports."""
    reported: list[Any] = []
    task: Task[Any] = Task("kind", "key", lambda _: None)
    task._report = lambda outcome: reported.append(outcome.value)  # type: ignore[union-attr]
    return task, reported


def test_a_short_list_comes_in_one_part(session: BeamtimeSession) -> None:
    task, reported = reporting()
    part = read_runs(session, task)
    parts = [*reported, part]
    assert [row.uid for one in parts for row in one.rows] == SMALL_UIDS
    assert [one.first for one in parts] == [True, *[False] * (len(parts) - 1)]
    assert [one.done for one in parts] == [*[False] * (len(parts) - 1), True]


def test_a_long_list_is_reported_part_by_part(
    session: BeamtimeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [run for page in session.catalog().run_pages() for run in page]
    parts = [run_parts.RunList(runs[:2], True, False, {}), run_parts.RunList(runs[2:], False, True, {})]
    monkeypatch.setattr(session, "run_list", lambda: iter(parts))
    task, reported = reporting()
    last = read_runs(session, task)
    assert [(len(one.rows), one.first, one.done) for one in (*reported, last)] == [
        (2, True, False),
        (4, False, True),
    ]


def test_of_a_beamtime_without_runs_an_empty_part_comes(
    session: BeamtimeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "run_list", lambda: iter([run_parts.RunList([], True, True, {})]))
    assert read_runs(session, reporting()[0]) == RunsPart([], True, True)


def test_a_list_that_nobody_wants_is_not_read_to_its_end(session: BeamtimeSession) -> None:
    task, reported = reporting()
    task.cancel()
    with pytest.raises(TaskCancelledError):
        read_runs(session, task)
    assert reported == []


def test_of_each_run_it_is_told_what_was_scanned_and_how_much_there_is(session: BeamtimeSession) -> None:
    task, reported = reporting()
    assert read_details(session, [NEXAFS_UID, RSOXS_UID, FAILED_UID], task) is None
    details = {read.uid: read.details for read in reported}
    assert list(details) == [NEXAFS_UID, RSOXS_UID, FAILED_UID]
    assert details[NEXAFS_UID].scanned.full.startswith("energy 270→284.5 (30)")
    assert (details[NEXAFS_UID].points, details[NEXAFS_UID].frames) == (30, 0)
    assert (details[RSOXS_UID].points, details[RSOXS_UID].frames) == (6, 6)
    assert details[NEXAFS_UID].state is None


def test_of_a_run_without_an_end_its_state_is_told_with_the_frames_on_disk(session: BeamtimeSession) -> None:
    task, reported = reporting()
    read_details(session, [OPEN_UID], task)
    (read,) = reported
    assert read.details.frames == 3
    assert read.details.state in (State.OPEN, State.UNKNOWN, State.INTERRUPTED, State.RUNNING)


def test_a_run_that_cannot_be_read_says_so_and_the_next_one_is_read(session: BeamtimeSession) -> None:
    task, reported = reporting()
    read_details(session, ["no such run", ABORTED_UID], task)
    lost, found = reported
    assert isinstance(lost, ReadDetails)
    assert lost.details.scanned.full.startswith("unreadable: ")
    assert lost.details.scanned.shortest == "unreadable"
    assert (lost.details.points, lost.details.frames) == (None, None)
    assert found.details.points == 2


def test_an_error_that_nobody_foresaw_is_that_run_s_only(
    session: BeamtimeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def describe(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(session, "describe", describe)
    task, reported = reporting()
    read_details(session, [NEXAFS_UID], task)
    assert reported[0].details.scanned.full.startswith("unreadable: the run cannot be read")


def test_a_locked_catalog_is_no_unreadable_run(
    session: BeamtimeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def describe(*_: Any, **__: Any) -> None:
        raise CatalogBusyError("the database is locked")

    monkeypatch.setattr(session, "describe", describe)
    task, reported = reporting()
    with pytest.raises(CatalogBusyError):
        read_details(session, [NEXAFS_UID], task)
    assert reported == []

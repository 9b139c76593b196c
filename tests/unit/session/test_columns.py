"""The events of a run as columns: each read once whoever asks first, read on where it grows, kept within bounds."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from resonance_tui.analysis.profiles import Region
from resonance_tui.catalog import Catalog, CatalogBusyError, CatalogError, EventPage, Run
from resonance_tui.session import BeamtimeSession, Progress, TaskCancelledError
from resonance_tui.session import columns as columns_module
from resonance_tui.session.columns import PAGE_EVENTS, EventColumns
from tests.beamtime import NEXAFS_UID, BeamtimeBuilder, angle_run, nexafs_events
from tests.unit.session.reads import EventReads, a_task
from tests.waiting import PATIENCE_S

N = 700
ONCE = Counter(range(1, N + 1))

Asker = Callable[[BeamtimeSession, str], object]

ASKERS: dict[str, Asker] = {
    "first page of the table": lambda s, uid: s.columns.page(uid, 0),
    "second page of the table": lambda s, uid: s.columns.page(uid, PAGE_EVENTS),
    "all columns": lambda s, uid: s.columns.stream(uid, a_task()),
    "columns for a plot": lambda s, uid: s.columns.run_columns(uid, a_task()),
    "axes": lambda s, uid: s.columns.axes(uid),
    "region curve": lambda s, uid: s.series.region_curve(uid, Region(0, 0, 4, 4), a_task()),
    "exposure time": lambda s, uid: s.frames.exposure_time(uid, 0),
    "description": lambda s, uid: s.describe(uid),
    "curves": lambda s, uid: s.curves(uid),
}


@pytest.fixture
def angles(tmp_path: Path) -> Iterator[tuple[BeamtimeSession, str]]:
    """A run of 700 events at five angles, with five frames."""
    uid = angle_run(tmp_path / "angles.db", N)
    with BeamtimeSession(tmp_path / "angles.db") as session:
        yield session, uid


@pytest.fixture
def growing(
    beamtime: Callable[..., BeamtimeBuilder],
) -> Iterator[tuple[BeamtimeSession, BeamtimeBuilder, str]]:
    """An open run with ten events that are committed."""
    b = beamtime()
    uid = b.run(events=nexafs_events(10, 20.0), stop=None)
    with BeamtimeSession(b.path) as session:
        session.catalog().patience = 0.05
        yield session, b, uid


def add_events(b: BeamtimeBuilder, seq_nums: list[int], **values: Any) -> None:
    """More events of the only run."""
    (stream,) = b.raw("SELECT uid FROM streams")[0]
    for number in seq_nums:
        data = json.dumps({"energy_position": 270.0 + number} | values)
        b.raw("INSERT INTO events VALUES (?, ?, ?, ?, ?, '{}')", (b.new_uid(), stream, number, 2e9, data))


# each event is read once


@pytest.mark.parametrize("first", ASKERS)
def test_every_event_is_read_once_whoever_asks_first(
    angles: tuple[BeamtimeSession, str], reads: EventReads, first: str
) -> None:
    session, uid = angles
    session.frames.frames(uid)
    names = list(ASKERS)
    at = names.index(first)
    for name in [*names[at:], *names[:at], first]:
        ASKERS[name](session, uid)
    assert reads.counts == ONCE if first != "second page of the table" else set(reads.counts) == set(ONCE)


def test_several_threads_at_once_read_every_event_once(
    angles: tuple[BeamtimeSession, str], reads: EventReads
) -> None:
    session, uid = angles
    barrier = threading.Barrier(len(ASKERS) - 1)
    failed: list[BaseException] = []

    def ask(name: str) -> None:
        try:
            barrier.wait(PATIENCE_S)
            ASKERS[name](session, uid)
        except BaseException as error:  # noqa: BLE001 - told by the test
            failed.append(error)

    names = [name for name in ASKERS if name != "second page of the table"]
    threads = [threading.Thread(target=ask, args=(name,), daemon=True) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert failed == []
    assert not any(thread.is_alive() for thread in threads)
    assert reads.counts == ONCE
    assert len(session.columns.stream(uid, a_task())) == N


def test_pages_one_after_the_other_read_every_event_once(
    angles: tuple[BeamtimeSession, str], reads: EventReads
) -> None:
    session, uid = angles
    for offset in (0, 200, 400, 600, 200, 0):
        page = session.columns.page(uid, offset)
        assert (page.offset, page.total) == (offset, N)
        assert page.seq_num == list(range(offset + 1, min(offset + PAGE_EVENTS, N) + 1))
        assert page.columns["energy_position"][0] == pytest.approx(270 + 100 / 139 * (offset % 140), abs=1e-3)
    assert reads.counts == ONCE
    session.columns.stream(uid, a_task())
    assert reads.counts == ONCE


def test_a_page_far_from_what_was_read_is_read_by_itself(
    angles: tuple[BeamtimeSession, str], reads: EventReads
) -> None:
    session, uid = angles
    assert session.columns.page(uid, 500, 50).seq_num == list(range(501, 551))
    assert reads.taken() == Counter(range(501, 551))
    session.columns.stream(uid, a_task())
    assert reads.taken() == ONCE
    assert session.columns.page(uid, 500, 50).seq_num == list(range(501, 551))
    assert reads.taken() == Counter()


def test_a_page_is_the_same_from_memory_and_from_the_file(angles: tuple[BeamtimeSession, str]) -> None:
    session, uid = angles
    run = session.run(uid)
    places = [(0, 200), (0, 5), (150, 100), (690, 200), (699, 1), (700, 10)]
    for offset, limit in places:
        assert session.columns.page(uid, offset, limit) == run.event_page(offset, limit)
    session.columns.stream(uid, a_task())
    for offset, limit in places:
        assert session.columns.page(uid, offset, limit) == run.event_page(offset, limit)


def test_places_of_events_are_those_of_the_database(angles: tuple[BeamtimeSession, str]) -> None:
    session, uid = angles
    before = session.columns.event_indices(uid, [1, 100, 700, 800])
    assert before == [0, 99, 699, 700]
    session.columns.stream(uid, a_task())
    assert session.columns.event_indices(uid, [1, 100, 700, 800]) == before


def test_a_long_reading_reports_how_far_it_is(
    angles: tuple[BeamtimeSession, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns_module, "_REPORT_EVERY_S", -1.0)
    session, uid = angles
    told: list[Any] = []
    session.columns.run_columns(uid, a_task(told.append), report=True)
    assert told[:3] == [Progress(200, N), Progress(400, N), Progress(600, N)]
    assert all(one == Progress(N, N) for one in told[3:])
    assert len(told) > 3


# broken off, and gone on with


def test_a_cancelled_reading_is_taken_up_where_it_was_left(
    angles: tuple[BeamtimeSession, str], reads: EventReads
) -> None:
    session, uid = angles
    task = a_task()
    reads.before_page = lambda number: task.cancel() if number == 2 else None
    with pytest.raises(TaskCancelledError):
        session.columns.stream(uid, task)
    assert 200 <= sum(reads.counts.values()) < N
    assert session.columns.known(uid) is None
    session.columns.stream(uid, a_task())
    assert reads.counts == ONCE


def test_who_waits_for_a_reading_can_be_cancelled(
    angles: tuple[BeamtimeSession, str], reads: EventReads
) -> None:
    session, uid = angles
    inside, go_on = threading.Event(), threading.Event()

    def hold(number: int) -> None:
        inside.set()
        assert go_on.wait(PATIENCE_S)

    reads.before_page = hold
    thread = threading.Thread(target=session.columns.stream, args=(uid, a_task()), daemon=True)
    thread.start()
    assert inside.wait(PATIENCE_S)
    task = a_task()
    task.cancel()
    with pytest.raises(TaskCancelledError):
        session.columns.stream(uid, task)
    go_on.set()
    thread.join(PATIENCE_S)
    assert session.columns.known(uid) is not None
    assert reads.counts == ONCE


@pytest.mark.parametrize("page", [0, 1, 2, 4])
def test_an_error_in_the_middle_is_never_taken_for_the_end(
    angles: tuple[BeamtimeSession, str], reads: EventReads, page: int
) -> None:
    session, uid = angles

    def fail(number: int) -> None:
        if number == page:
            raise CatalogBusyError("locked")

    reads.before_page = fail
    with pytest.raises(CatalogBusyError):
        session.columns.stream(uid, a_task())
    assert session.columns.known(uid) is None
    assert len(session.columns.stream(uid, a_task())) == N
    assert reads.counts == ONCE
    assert session.columns.axes(uid).slow == ("sam_th_position",)


# runs that grow


def test_of_a_run_that_grows_only_what_is_new_is_read(
    growing: tuple[BeamtimeSession, BeamtimeBuilder, str], reads: EventReads
) -> None:
    session, b, uid = growing
    assert len(session.columns.stream(uid, a_task())) == 10
    assert reads.taken() == Counter(range(1, 11))
    assert len(session.columns.stream(uid, a_task())) == 10
    assert reads.taken() == Counter([10]), "the last one tells whether all is as it was"
    add_events(b, [11, 12], new=True)
    assert session.columns.page(uid, 0).seq_num == list(range(1, 13))
    columns = session.columns.stream(uid, a_task())
    assert columns.seq_num.take(slice(None)) == list(range(1, 13))
    assert columns.columns["new"].take(slice(None)) == [None] * 10 + [True, True]
    taken = reads.taken()
    assert (taken[10], taken[11]) == (1, 1), "the last one known, and what is new"
    assert set(taken) == {10, 11, 12}


def test_a_run_that_has_ended_is_read_to_its_end_and_kept_with_its_own_axes(
    growing: tuple[BeamtimeSession, BeamtimeBuilder, str], reads: EventReads
) -> None:
    session, b, uid = growing
    assert session.columns.run_columns(uid, a_task()).find_axes().slow == ()
    assert session.columns.known(uid) is None
    for theta in (55.0, 90.0):
        first = b.raw("SELECT max(seq_num) FROM events")[0][0]
        for i in range(1, 11):
            add_events(b, [first + i], energy_position=269.5 + 0.5 * i, sam_th_position=theta)
    b.raw("UPDATE runs SET time_stop = time_start + 9, exit_status = 'success', num_events = 30")
    reads.taken()
    assert len(session.columns.stream(uid, a_task())) == 30
    assert reads.taken() == Counter(range(1, 31)), "till its end events may have been rewritten"
    assert session.columns.known(uid) is not None
    assert session.columns.axes(uid).slow == ("sam_th_position",), "not those of its first ten events"
    assert session.describe(uid).scan.passes == 1
    assert len(session.describe(uid).curves) == 3


def test_a_number_that_lands_between_older_ones_makes_it_read_again(
    growing: tuple[BeamtimeSession, BeamtimeBuilder, str], reads: EventReads
) -> None:
    session, b, uid = growing
    b.raw("DROP INDEX idx_events_seq")
    session.columns.stream(uid, a_task())
    reads.taken()
    add_events(b, [4], again=True)
    columns = session.columns.stream(uid, a_task())
    assert columns.seq_num.take(slice(None)) == [1, 2, 3, 4, 4, 5, 6, 7, 8, 9, 10]
    assert columns.columns["again"].take(slice(3, 6)) == [None, True, None]
    assert reads.taken() == Counter([9, *range(1, 11), 4]), "the one that was last, and all"


def test_a_locked_database_shows_what_was_read_of_a_run_that_grows(
    growing: tuple[BeamtimeSession, BeamtimeBuilder, str],
) -> None:
    session, b, uid = growing
    with closing(sqlite3.connect(b.path, isolation_level=None)) as writer:
        session.run(uid)
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(CatalogBusyError):
            session.columns.page(uid, 0)
        writer.execute("ROLLBACK")
        session.columns.stream(uid, a_task())
        writer.execute("BEGIN EXCLUSIVE")
        assert session.columns.page(uid, 2, 3).seq_num == [3, 4, 5]
        assert session.columns.axes(uid).fast == "energy_position"
        session.columns._axes.clear()
        assert session.columns.axes(uid).fast == "energy_position", "also from its columns alone"


# forgotten, and bounded


def test_what_is_forgotten_is_read_again_and_the_rest_is_not(
    beamtime: Callable[..., BeamtimeBuilder], reads: EventReads
) -> None:
    with beamtime() as b:
        one, other = (b.run(events=nexafs_events(5, 20.0)) for _ in range(2))
    with BeamtimeSession(b.path) as session:
        for uid in (one, other):
            session.columns.stream(uid, a_task())
        reads.taken()
        session.forget_run(one)
        assert session.columns.known(one) is None
        assert session.columns.known_axes(one) is None
        for uid in (one, other):
            session.columns.stream(uid, a_task())
        assert reads.taken() == Counter(range(1, 6))
        session.forget()
        for uid in (one, other):
            assert session.columns.known(uid) is None
            session.columns.stream(uid, a_task())
        assert reads.taken() == Counter([*range(1, 6), *range(1, 6)])


def test_a_reading_that_was_told_to_forget_keeps_nothing(
    angles: tuple[BeamtimeSession, str], reads: EventReads
) -> None:
    session, uid = angles
    reads.before_page = lambda number: session.columns.forget_run(uid) if number == 2 else None
    assert len(session.columns.stream(uid, a_task())) == N
    assert session.columns.known(uid) is None
    reads.taken()
    session.columns.stream(uid, a_task())
    assert reads.taken() == ONCE


def test_what_is_kept_is_bounded_in_bytes_but_for_the_last_run(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    with beamtime() as b:
        uids = [b.run(events=nexafs_events(100, 20.0)) for _ in range(4)]
    with BeamtimeSession(b.path) as session:
        size = session.columns.stream(uids[0], a_task()).nbytes
        assert size > 100 * 7 * 8 - 1
        columns = EventColumns(session.run, max_bytes=2 * size)
        for uid in uids[:3]:
            columns.stream(uid, a_task())
        assert [columns.known(uid) is not None for uid in uids] == [False, True, True, False]
        assert columns.known(uids[1]) is not None  # used last
        columns.stream(uids[3], a_task())
        assert [columns.known(uid) is not None for uid in uids] == [False, True, False, True]
        columns = EventColumns(session.run, max_bytes=1)
        for uid in uids:
            columns.stream(uid, a_task())
        assert [columns.known(uid) is not None for uid in uids] == [False, False, False, True]


def test_first_pages_of_so_many_runs_only_are_kept(
    beamtime: Callable[..., BeamtimeBuilder], reads: EventReads
) -> None:
    with beamtime() as b:
        uids = [b.run(events=nexafs_events(3, 20.0)) for _ in range(17)]
    with BeamtimeSession(b.path) as session:
        for uid in uids:
            session.columns.page(uid, 0)
        reads.taken()
        session.columns.page(uids[-1], 0)
        assert reads.taken() == Counter()
        session.columns.page(uids[0], 0)
        assert reads.taken() == Counter([1, 2, 3])


def test_a_first_page_tells_the_axes_before_the_rest_is_read(
    angles: tuple[BeamtimeSession, str], reads: EventReads
) -> None:
    session, uid = angles
    assert session.columns.known_axes(uid) is None
    assert session.columns.axes(uid).fast == "energy_position"
    assert reads.counts == Counter(range(1, 201))
    assert session.columns.known_axes(uid) is None, "all of its events may tell otherwise"
    session.columns.stream(uid, a_task())
    assert session.columns.known_axes(uid) == session.columns.axes(uid)
    assert session.columns.axes(uid).slow == ("sam_th_position",)


def test_a_stream_that_is_not_there_has_no_events(small_beamtime: Path) -> None:
    with BeamtimeSession(small_beamtime) as session:
        assert len(session.columns.stream(NEXAFS_UID, a_task(), "nope")) == 0
        assert session.columns.page(NEXAFS_UID, 0, stream="nope") == EventPage(0, 0, [], [], {})


def test_a_run_that_is_not_there_is_said(small_beamtime: Path) -> None:
    with BeamtimeSession(small_beamtime) as session, pytest.raises(CatalogError):
        session.columns.stream("0" * 32, a_task())


def test_what_is_said_of_fields_is_remembered_while_the_database_is_locked(
    small_beamtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(_: Run) -> dict[str, Any]:
        raise CatalogBusyError("locked")

    with BeamtimeSession(small_beamtime) as session:
        other = EventColumns(session.run)
        for columns in (session.columns, other):
            columns.page(NEXAFS_UID, 0)
        session.columns.stream(NEXAFS_UID, a_task())
        monkeypatch.setattr(Run, "streams", property(locked))
        assert session.columns.run_columns(NEXAFS_UID, a_task()).unit("energy_position") == "eV"
        with pytest.raises(CatalogBusyError):
            other.axes(NEXAFS_UID)


# what was met while it was written, or before it was forgotten


def test_a_run_whose_first_page_was_read_while_it_grew_is_whole_once_it_has_ended(
    growing: tuple[BeamtimeSession, BeamtimeBuilder, str],
) -> None:
    session, b, uid = growing
    assert len(session.columns.page(uid, 0)) == 10
    add_events(b, range(11, 31))
    b.raw("UPDATE runs SET time_stop = time_start + 9, exit_status = 'success', num_events = 30")
    told = session.describe(uid)
    assert told.events == 30
    assert [(one.first_event, one.last_event) for one in told.scan.sweeps][-1][1] == 30
    assert len(session.columns.stream(uid, a_task())) == len(session.run(uid).table()) == 30


def test_events_rewritten_before_the_end_of_a_run_are_read_again(
    growing: tuple[BeamtimeSession, BeamtimeBuilder, str],
) -> None:
    session, b, uid = growing
    session.columns.stream(uid, a_task())
    b.raw("UPDATE events SET data = '{\"energy_position\": 1.0}' WHERE seq_num = 3")
    b.raw("UPDATE runs SET time_stop = time_start + 9, exit_status = 'success', num_events = 10")
    columns = session.columns.stream(uid, a_task())
    assert columns.columns["energy_position"].take([2]) == [1.0]
    assert session.columns.known(uid) is columns


def test_a_run_that_is_asked_for_while_all_is_forgotten_is_that_of_the_new_file(
    beamtime: Callable[..., BeamtimeBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    with beamtime("old.db") as old, beamtime("new.db") as new:
        for b, n in ((old, 10), (new, 25)):
            b.run(events=nexafs_events(n, 20.0), uid="ab" * 16)
    with BeamtimeSession(old.path) as session:
        session.catalog()
        get, asked = Catalog.__getitem__, []

        def replaced_meanwhile(catalog: Catalog, uid: Any) -> Run:
            run = get(catalog, uid)
            if not asked:
                asked.append(uid)
                os.replace(new.path, old.path)
                session.forget()
            return run

        monkeypatch.setattr(Catalog, "__getitem__", replaced_meanwhile)
        assert session.describe("ab" * 16).events == 25
        assert len(session.columns.stream("ab" * 16, a_task())) == 25
        assert session.run("ab" * 16).num_events == 25

"""Short reads: rows that were read elsewhere, reads that are too slow, the reader process."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from resonance_tui.catalog.errors import (
    CatalogClosedError,
    CatalogDamagedError,
    CatalogError,
    CatalogNotFoundError,
    CatalogSlowError,
)
from resonance_tui.catalog.sqlite import paging
from resonance_tui.catalog.sqlite.connection import open_database
from resonance_tui.catalog.sqlite.paging import PagedReader, Params, Record, fetch, fetch_page, read_columns
from resonance_tui.catalog.sqlite.worker_main import ReadingService


class SlowDisk(PagedReader):
    """Gives so many rows at a time before its budget is over; after some tries all that is asked for."""

    def __init__(self, rows: int, tries: int) -> None:
        self.file: Any = SimpleNamespace(path=Path("slow.db"))
        self.columns = {}
        self.rows, self.tries = rows, tries
        self.asked: list[int] = []

    def read_once(self, sql: str, params: Params, budget: float) -> tuple[Sequence[Any], bool]:
        self.asked.append(tuple(params)[-1] if params else 0)
        if len(self.asked) < self.tries:
            return [(n,) for n in range(self.rows)], False
        return [(n,) for n in range(3)], True

    def interrupt(self) -> None: ...

    def close(self) -> None: ...


def test_a_row_that_was_read_elsewhere_is_as_one_of_sqlite_s() -> None:
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    theirs = connection.execute("SELECT 1 AS uid, 'scan' AS Plan_Name").fetchone()
    ours = Record(theirs.keys(), tuple(theirs))
    for key in (0, -1, "uid", "Plan_Name", "plan_name", "UID"):
        assert ours[key] == theirs[key]
    assert (list(ours), len(ours), ours.keys()) == (list(theirs), len(theirs), theirs.keys())
    assert ours[0:2] == theirs[0:2]
    for missing in ("nonesuch", 2):
        with pytest.raises(IndexError) as expected:
            theirs[missing]
        with pytest.raises(IndexError) as caught:
            ours[missing]
        assert type(caught.value) is type(expected.value)
    assert repr(ours) == "<Record {'uid': 1, 'Plan_Name': 'scan'}>"
    connection.close()


def test_a_slow_read_is_tried_again_until_it_is_whole() -> None:
    disk = SlowDisk(rows=1, tries=4)
    assert fetch(disk, "SELECT 1") == [(0,), (1,), (2,)]
    assert len(disk.asked) == 4


def test_a_read_that_is_never_whole_is_given_up_and_says_why() -> None:
    disk = SlowDisk(rows=1, tries=1000)
    with pytest.raises(CatalogSlowError, match=r"slow\.db: too slow to be read"):
        fetch(disk, "SELECT 1")
    assert len(disk.asked) < 20


def test_a_page_that_was_cut_short_says_that_more_follows() -> None:
    disk = SlowDisk(rows=5, tries=1000)
    rows, more = fetch_page(disk, "SELECT ? LIMIT ?", ("x",), 100)
    assert (len(rows), more) == (5, True)
    assert disk.asked == [100]


def test_of_a_page_that_gave_no_row_in_time_less_is_asked_for() -> None:
    disk = SlowDisk(rows=0, tries=4)
    rows, more = fetch_page(disk, "SELECT ? LIMIT ?", ("x",), 100)
    assert (len(rows), more) == (3, False)
    assert disk.asked == [100, 25, 6, 1]


def test_a_page_without_a_row_is_given_up_and_says_why() -> None:
    with pytest.raises(CatalogSlowError, match="too slow"):
        fetch_page(SlowDisk(rows=0, tries=1000), "SELECT ? LIMIT ?", ("x",), 100)


def test_somebody_s_own_connection_is_read_in_one_go(small_beamtime: Path) -> None:
    connection = sqlite3.connect(small_beamtime)
    columns = paging.columns_of(connection, "runs")
    assert {"uid", "plan_name"} <= columns
    assert paging.columns_of(connection, "nonesuch") == frozenset()
    sql = "SELECT uid FROM runs ORDER BY rowid LIMIT ?"
    rows, more = fetch_page(connection, sql, (), 4)
    assert (len(rows), more) == (4, True)
    assert fetch_page(connection, sql, (), 100)[1] is False
    assert [row["uid"] for row in rows] == [uid for (uid,) in connection.execute(sql, (4,))]
    connection.close()


# -- the service that reads for another process ------------------------------------------------------------


def test_the_service_opens_reads_and_closes(small_beamtime: Path) -> None:
    service = ReadingService()
    done, file, columns = service.answer(("open", 1, small_beamtime))
    assert (done, file.path) == ("done", small_beamtime)
    connection = open_database(small_beamtime)
    assert columns == read_columns(connection)
    connection.close()
    done, names, rows, whole, _ = service.answer(("read", 1, "SELECT uid, plan_name FROM runs", (), 5.0))
    assert (done, names, len(rows), whole) == ("done", ["uid", "plan_name"], 6, True)
    assert all(type(row) is tuple for row in rows)
    assert service.answer(("read", 1, "SELECT uid FROM runs WHERE uid = 'x'", (), 5.0))[1:4] == ([], [], True)
    service.close(1)
    service.close(1)
    kind, error = service.answer(("read", 1, "SELECT 1", (), 5.0))
    assert (kind, type(error)) == ("error", CatalogClosedError)


def test_the_service_answers_what_goes_wrong(tmp_path: Path, small_beamtime: Path) -> None:
    service = ReadingService()
    kind, error = service.answer(("open", 1, tmp_path / "missing.db"))
    assert (kind, type(error)) == ("error", CatalogNotFoundError)
    assert error.path == tmp_path / "missing.db"
    kind, error = service.answer(("sing", 1))
    assert (kind, type(error)) == ("error", CatalogError)
    assert str(error) == "the reader process does not know 'sing'"
    service.answer(("open", 2, small_beamtime))
    kind, error = service.answer(("read", 2, 5, (), 5.0))
    assert (kind, type(error)) == ("error", CatalogDamagedError)
    assert str(error) == "the database cannot be read (unexpected TypeError)"
    service.close(2)

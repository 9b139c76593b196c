"""All runs, newest first: whole at any number of them, whatever their times hold; no loop goes on without end."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from resonance_tui.catalog import Catalog, CatalogBusyError, CatalogSlowError
from resonance_tui.catalog.sqlite.connection import ReadOnlyConnection
from tests.beamtime import BeamtimeBuilder, many_runs

TIMES: list[Any] = [
    1.7e9, 1.7e9, 1.70001e9, 0.0, -1.0, -1e12, 1e300, float("inf"), float("-inf"), 4102444800.0, 4102444799.0,
    "yesterday", "tomorrow", "z\udcff", b"\x00\xff", b"", 1.8e12, 5, "12",
]  # fmt: skip


def with_times(b: BeamtimeBuilder, times: list[Any], *, index: bool = True) -> list[str]:
    """Runs with these values for their time; where it is none, the column takes it, too."""
    b.raw("DROP TABLE runs")
    b.raw("CREATE TABLE runs (uid TEXT PRIMARY KEY, sample_id INTEGER, plan_name TEXT, time_start REAL, time_stop REAL,"
          " exit_status TEXT, num_events INTEGER, operator TEXT, metadata TEXT)")  # fmt: skip
    if index:
        b.raw("CREATE INDEX idx_runs_tstart ON runs(time_start)")
    uids = [f"{n:032x}" for n in range(len(times))]
    for uid, time in zip(uids, times, strict=True):
        text = isinstance(time, str) and not time.isascii()
        value = time.encode("utf-8", "surrogateescape") if text else time
        sql = f"INSERT INTO runs (uid, plan_name, time_start) VALUES (?, 'scan', {'CAST(? AS TEXT)' if text else '?'})"
        b.raw(sql, (uid, value))
    return uids


@pytest.mark.parametrize("index", [True, False], ids=["with its index", "without an index"])
@pytest.mark.parametrize("page_rows", [1, 2, 200])
def test_whatever_a_time_holds_every_run_is_listed_once(
    beamtime: Callable[..., BeamtimeBuilder], page_rows: int, index: bool
) -> None:
    times = [*TIMES, None, None, *TIMES]
    random.Random(page_rows).shuffle(times)
    with beamtime() as b:
        uids = with_times(b, times, index=index)
    with Catalog(b.path) as catalog:
        listed = [run.uid for page in catalog.run_pages(page_rows) for run in page]
    assert sorted(listed) == sorted(uids)
    sane = {
        uid: (float(time), uid)
        for uid, time in zip(uids, times, strict=True)
        if (isinstance(time, int | float) or time == "12") and float(time) < 4102444800.0
    }
    assert listed[: len(sane)] == sorted(sane, key=lambda uid: sane[uid], reverse=True)
    assert {times[int(uid, 16)] for uid in listed[-2:]} == {None}


def plan(catalog: Catalog, sql: str, params: Any) -> list[str]:
    """How SQLite goes about a statement, step by step."""
    conn = catalog._conn
    assert isinstance(conn, ReadOnlyConnection)
    return [str(row[3]) for row in conn.execute(f"EXPLAIN QUERY PLAN {sql}", params)]


def test_no_page_of_runs_looks_at_all_of_them_or_sorts_them(
    many_beamtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, Any]] = []
    real = ReadOnlyConnection.read_once

    def note(self: ReadOnlyConnection, sql: str, params: Any, budget: float) -> Any:
        asked.append((sql, params))
        return real(self, sql, params, budget)

    with Catalog(many_beamtime) as catalog:
        monkeypatch.setattr(ReadOnlyConnection, "read_once", note)
        assert sum(len(page) for page in catalog.run_pages()) == 20_000
        catalog.last_started()
        catalog.runs_after(19_990)
        plans_of = {sql: plan(catalog, sql, params) for sql, params in asked}
    assert len(asked) > 100
    # of a column that is NOT NULL, «IS NULL» is known to be false: that scan reads nothing
    scans = [sql for sql, steps in plans_of.items() if any("SCAN" in step for step in steps)]
    small = ("IS NULL", "WHERE 1 ORDER BY r.rowid", "pragma_index_list")
    assert all(any(word in sql for word in small) for sql in scans), scans
    assert not any("TEMP B-TREE" in step for steps in plans_of.values() for step in steps)


def test_the_last_page_of_a_longer_list_costs_no_more(tmp_path: Path) -> None:
    steps: dict[int, int] = {}
    for n in (1_000, 30_000):
        path = tmp_path / f"{n}.db"
        many_runs(path, n)
        with Catalog(path) as catalog:
            pages = catalog.run_pages()
            for _ in range(n // 200):
                next(pages)
            count = 0

            def tick() -> int:
                nonlocal count
                count += 1
                return 0

            catalog._conn.set_progress_handler(tick, 1)
            assert list(pages) == []
            steps[n] = count
    assert steps[30_000] <= steps[1_000] + 50


def test_without_the_index_on_the_time_no_read_sorts_all_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_runs(tmp_path / "b.db", 3_000)
    with BeamtimeBuilder.reopened(tmp_path / "b.db") as b:
        b.raw("DROP INDEX idx_runs_tstart")
    asked: list[str] = []
    real = ReadOnlyConnection.read_once

    def note(self: ReadOnlyConnection, sql: str, params: Any, budget: float) -> Any:
        asked.append(sql)
        return real(self, sql, params, budget)

    monkeypatch.setattr(ReadOnlyConnection, "read_once", note)
    with Catalog(b.path) as catalog:
        times = [run.time_start for run in catalog.recent(10_000)]
    assert times == sorted(times, reverse=True)
    assert len(times) == 3_000
    assert not any("ORDER BY r.time_start" in sql for sql in asked)


def test_too_slow_is_an_error_of_its_own_and_is_tried_a_few_times_only(
    small_beamtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def cut(self: ReadOnlyConnection, sql: str, params: Any, budget: float) -> Any:
        tried.append(sql)
        return [], False

    monkeypatch.setattr("resonance_tui.catalog.sqlite.paging._BACKOFF", (0.0001, 0.001))
    with Catalog(small_beamtime) as catalog:
        monkeypatch.setattr(ReadOnlyConnection, "read_once", cut)
        with pytest.raises(CatalogSlowError, match="too slow to be read") as caught:
            catalog.recent(3)
    assert not isinstance(caught.value, CatalogBusyError)
    assert isinstance(caught.value, TimeoutError)
    assert 2 <= len(tried) < 20


def test_the_app_gives_up_on_what_stays_too_slow(
    small_beamtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from resonance_tui.session import beamtime as reading
    from resonance_tui.session.beamtime import BeamtimeSession
    from resonance_tui.session.tasks import Task

    monkeypatch.setattr(reading, "_RETRY_S", 0.01)
    told: list[object] = []
    task = Task("runs", "runs", lambda _: None)
    task._report = told.append
    tries = 0

    def read() -> None:
        nonlocal tries
        tries += 1
        raise CatalogSlowError("too slow")

    with pytest.raises(CatalogSlowError):
        BeamtimeSession(small_beamtime).when_unlocked(task, read)
    assert tries == 3
    assert len(told) == 1

"""The runs of a catalog as a list: read in short pages by key, by time, by rowid or of a sample."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from .models import RunSummary, SampleCount
from .sqlite.paging import PAGE_ROWS, Connection, Row, columns_of, fetch, fetch_page, has_index

_FAR_FUTURE = 4102444800.0  # the year 2100: what claims to be later, or is no number, is listed last
_LATE = "r.time_start >= ?"
_TIMES = (("r.time_start < ?", (_FAR_FUTURE,)), (_LATE, (_FAR_FUTURE,)), ("r.time_start IS NULL", ()))
"""The runs, in the order in which they are listed, by conditions on their times."""


def summary_pages(conn: Connection, page_rows: int = PAGE_ROWS) -> Iterator[list[RunSummary]]:
    """Read all runs, newest first, page by page; see `Catalog.run_pages`."""
    if has_index(conn, "runs", "time_start"):
        for known, bounds in _TIMES:
            for rows in _rows_by_time(conn, known, bounds, page_rows):
                yield [_summary(row) for row in rows]
        return
    # a copy without the index on the time: each page would look at all runs under one lock
    listed = sorted(_rows_by_rowid(conn), key=_recency, reverse=True)
    for start in range(0, len(listed), page_rows):
        yield [_summary(row) for row in listed[start : start + page_rows]]


def _rows_by_time(
    conn: Connection, where: str, bounds: tuple[float, ...], page_rows: int
) -> Iterator[Sequence[Row]]:
    """Read the runs whose time a condition holds, by (time, rowid): at the same cost for any number of them."""
    rows, more = _select(conn, where, bounds, page_rows)
    while rows:
        yield rows
        if not more:
            return
        time, rowid = rows[-1]["time_start"], rows[-1]["rowid"]
        key: tuple[Any, ...]
        if time is None:
            after, key = "r.time_start IS NULL AND r.rowid < ?", (rowid,)
        elif isinstance(time, float | int):
            after, key = "(r.time_start, r.rowid) < (?, ?)", (time, rowid)
        else:  # a time that is no number: the one in the file is compared with, not what Python makes of it
            after = "(r.time_start, r.rowid) < ((SELECT time_start FROM runs WHERE rowid = ?), ?)"
            key = (rowid, rowid)
        if where is _LATE:
            after, key = f"{where} AND {after}", (*bounds, *key)
        rows, more = _select(conn, after, key, page_rows)


def _rows_by_rowid(conn: Connection) -> Iterator[Row]:
    rows, more = _select(conn, "1", (), PAGE_ROWS, order="r.rowid")
    while rows:
        yield from rows
        if not more:
            return
        rows, more = _select(conn, "r.rowid > ?", (rows[-1]["rowid"],), PAGE_ROWS, order="r.rowid")


def summaries_after(conn: Connection, rowid: int, limit: int) -> list[tuple[int, RunSummary]]:
    """Read the runs started after the one of a rowid, in that order, each with its own rowid."""
    found: list[tuple[int, RunSummary]] = []
    more = True
    while more and len(found) < limit:
        after = found[-1][0] if found else rowid
        rows, more = _select(conn, "r.rowid > ?", (after,), limit - len(found), order="r.rowid")
        found += [(int(row["rowid"]), _summary(row)) for row in rows]
        more = more and bool(rows)
    return found


def last_summaries(conn: Connection, limit: int) -> list[tuple[int, RunSummary]]:
    """Read the runs started last, newest first, each with its rowid."""
    rows, _ = _select(conn, "1", (), limit, order="r.rowid DESC")
    return [(int(row["rowid"]), _summary(row)) for row in rows]


def named_summaries(conn: Connection, uids: Sequence[str]) -> list[tuple[int, RunSummary]]:
    """Read the runs of these uids that are there, each with its rowid."""
    if not uids:
        return []
    marks = ", ".join("?" * len(uids))
    rows, _ = _select(conn, f"r.uid IN ({marks})", tuple(uids), len(uids), order="r.rowid")
    return [(int(row["rowid"]), _summary(row)) for row in rows]


def summaries_of_sample(conn: Connection, name: str) -> list[RunSummary]:
    """Read the runs of the samples of exactly that name, newest first."""
    if not {"id", "name"} <= columns_of(conn, "samples"):
        return []
    found: list[Row] = []
    for sample in fetch(conn, "SELECT id FROM samples WHERE name = ? LIMIT 10000", (name,)):
        after, more = -1, True
        while more:
            where = "r.sample_id = ? AND r.rowid > ?"
            rows, more = _select(conn, where, (sample["id"], after), PAGE_ROWS, order="r.rowid")
            if rows:
                after = rows[-1]["rowid"]
                found += rows
    found.sort(key=_recency, reverse=True)
    return [_summary(row) for row in found]


def count_samples(conn: Connection) -> list[SampleCount]:
    """Count the runs of each sample name; by name."""
    if not {"id", "name"} <= columns_of(conn, "samples"):
        return []
    counts: dict[str, tuple[int, float | None]] = {}
    after, more = -1, True
    while more:
        rows, more = fetch_page(
            conn,
            "SELECT id, name FROM samples WHERE id > ? ORDER BY id LIMIT ?",
            (after,),
            PAGE_ROWS,
        )
        for row in rows:
            after = row["id"]
            sql = "SELECT count(*), max(time_start) FROM runs WHERE sample_id = ?"
            n_runs, newest = fetch(conn, sql, (row["id"],))[0]
            had, before = counts.get(row["name"], (0, None))
            times = [time for time in (newest, before) if isinstance(time, float)]
            counts[row["name"]] = (had + n_runs, max(times, default=None))
    return [SampleCount(name, n, newest) for name, (n, newest) in sorted(counts.items())]


def _select(
    conn: Connection,
    where: str,
    params: tuple[Any, ...],
    limit: int,
    order: str = "r.time_start DESC, r.rowid DESC",
) -> tuple[Sequence[Row], bool]:
    runs, samples = columns_of(conn, "runs"), columns_of(conn, "samples")
    join = {"id", "name"} <= samples and "sample_id" in runs
    columns = [
        "r.rowid AS rowid", "r.uid", "r.plan_name", "r.time_start",
        "s.name AS sample_name" if join else "NULL AS sample_name",
        *(f"r.{name}" if name in runs else f"NULL AS {name}" for name in ("time_stop", "exit_status")),
    ]  # fmt: skip
    tables = "runs AS r LEFT JOIN samples AS s ON s.id = r.sample_id" if join else "runs AS r"
    sql = f"SELECT {', '.join(columns)} FROM {tables} WHERE {where} ORDER BY {order} LIMIT ?"
    return fetch_page(conn, sql, params, limit)


def _recency(row: Row) -> tuple[int, float, int]:
    """Return what runs are listed by, newest last."""
    time = row["time_start"]
    if not isinstance(time, float | int):
        return (0 if time is None else 1, math.inf, row["rowid"])
    return (2 if time < _FAR_FUTURE else 1, float(time), row["rowid"])


def _summary(row: Row) -> RunSummary:
    return RunSummary(
        uid=str(row["uid"]),
        plan_name=str(row["plan_name"]),
        time_start=row["time_start"],
        sample_name=row["sample_name"],
        time_stop=row["time_stop"],
        exit_status=row["exit_status"],
    )

"""The references from events to frames: ``image_refs``, read in bounded steps whatever the tables hold."""

from __future__ import annotations

from ..event_keys import AFTER, FIRST, Key, advanced
from ..sqlite.paging import PAGE_ROWS, Connection, Row, columns_of, fetch, fetch_page

_NEEDED = {"id", "event_uid", "field_name", "zarr_group", "index_in_stack", "shape_x", "shape_y", "dtype"}
_COLUMNS = ", ".join(
    ("e.seq_num", "e.rowid", "e.uid", *(f"i.{name}" for name in sorted(_NEEDED - {"event_uid"})))
)
_STEP = 250


def has_refs(conn: Connection) -> bool:
    """Whether the file has any reference that can be read."""
    if not columns_of(conn, "image_refs") >= _NEEDED or "uid" not in columns_of(conn, "events"):
        return False
    return bool(fetch(conn, "SELECT 1 FROM image_refs LIMIT 1"))


def image_refs(conn: Connection, stream_uid: str, field: str, total: int) -> list[Row]:
    """Return the references of one field of a stream, in the order of its events.

    Parameters
    ----------
    conn : Connection
    stream_uid : str
    field : str
    total : int
        How many events the stream has.
    """
    if not total:
        return []
    first, last = fetch(conn, "SELECT min(id), max(id) FROM image_refs")[0]
    if last - first < total:  # fewer references in the whole file than events in this run
        return _refs_by_id(conn, stream_uid, field, range(first, last + 1))
    found: list[Row] = []
    after = FIRST
    while (edge := _edge(conn, stream_uid, after)) is not None:
        found += _refs_between(conn, stream_uid, field, after, advanced(after, edge))
        after = edge
    return found


def _edge(conn: Connection, stream_uid: str, after: Key) -> Key | None:
    """Return the key of the last of the next events, a page of them; None where there is none."""
    sql = f"SELECT seq_num, rowid FROM events WHERE {AFTER} ORDER BY seq_num, rowid LIMIT ?"
    rows, _ = fetch_page(conn, sql, (stream_uid, *after), PAGE_ROWS)
    return (rows[-1][0], rows[-1][1]) if rows else None


def _refs_between(conn: Connection, stream_uid: str, field: str, after: Key, edge: Key) -> list[Row]:
    """Return the references of a page of events, page by page: one event can have thousands."""
    of_events = (
        f"SELECT {_COLUMNS} FROM events AS e CROSS JOIN image_refs AS i ON i.event_uid = e.uid"
        " WHERE e.stream_uid = ? AND (e.seq_num, e.rowid) > (?, ?) AND (e.seq_num, e.rowid) <= (?, ?)"
        " AND i.field_name = ? ORDER BY e.seq_num, e.rowid, i.id LIMIT ?"
    )
    of_one = (
        f"SELECT {_COLUMNS} FROM events AS e CROSS JOIN image_refs AS i ON i.event_uid = e.uid"
        " WHERE e.uid = ? AND i.field_name = ? AND i.id > ? ORDER BY i.id LIMIT ?"
    )
    found: list[Row] = []
    more = True
    while more:
        rows, more = fetch_page(conn, of_events, (stream_uid, *after, *edge, field), PAGE_ROWS)
        found += rows
        rest = more
        while rest:  # the page can have ended within an event
            last = found[-1]
            rows, rest = fetch_page(conn, of_one, (last["uid"], field, last["id"]), PAGE_ROWS)
            found += rows
        if more:
            after = advanced(after, (found[-1]["seq_num"], found[-1]["rowid"]))
    return found


def _refs_by_id(conn: Connection, stream_uid: str, field: str, ids: range) -> list[Row]:
    sql = (
        f"SELECT {_COLUMNS} FROM image_refs AS i CROSS JOIN events AS e ON e.uid = i.event_uid"
        " WHERE i.id BETWEEN ? AND ? AND i.field_name = ? AND e.stream_uid = ?"
    )
    found: list[Row] = []
    for low in range(ids.start, ids.stop, _STEP):
        high = min(low + _STEP, ids.stop) - 1
        found += fetch(conn, sql, (low, high, field, stream_uid))
    return sorted(found, key=lambda ref: (ref["seq_num"], ref["rowid"], ref["id"]))

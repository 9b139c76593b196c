"""The references from events to frames: ``image_refs``, read in bounded steps whatever else the table holds."""

from __future__ import annotations

from .short_reads import PAGE_ROWS, Connection, Row, columns_of, fetch

_NEEDED = {"id", "event_uid", "field_name", "zarr_group", "index_in_stack", "shape_x", "shape_y", "dtype"}
_COLUMNS = "e.seq_num, i.id, i.field_name, i.zarr_group, i.index_in_stack, i.shape_x, i.shape_y, i.dtype"
_STEP = 250


def has_refs(conn: Connection) -> bool:
    """Whether the file has any reference that can be read."""
    if not columns_of(conn, "image_refs") >= _NEEDED or "uid" not in columns_of(conn, "events"):
        return False
    return bool(fetch(conn, "SELECT 1 FROM image_refs LIMIT 1"))


def image_refs(conn: Connection, stream_uid: str, field: str, span: range) -> list[Row]:
    """The references of one field of a stream, in the order of its events, whose ``seq_num`` lie in `span`."""
    if not span:
        return []
    first, last = fetch(conn, "SELECT min(id), max(id) FROM image_refs")[0]
    if last - first < len(span):  # fewer refs in the whole file than events in this run
        return _refs_by_id(conn, stream_uid, field, range(first, last + 1))
    edge = (
        "SELECT max(seq_num) FROM (SELECT seq_num FROM events"
        " WHERE stream_uid = ? AND seq_num > ? ORDER BY seq_num LIMIT ?)"
    )
    sql = (
        f"SELECT {_COLUMNS} FROM events AS e CROSS JOIN image_refs AS i ON i.event_uid = e.uid"
        " WHERE e.stream_uid = ? AND e.seq_num > ? AND e.seq_num <= ? AND i.field_name = ?"
        " ORDER BY e.seq_num, i.id"
    )
    found: list[Row] = []
    after = span.start - 1
    while (upto := fetch(conn, edge, (stream_uid, after, PAGE_ROWS))[0][0]) is not None:
        found += fetch(conn, sql, (stream_uid, after, upto, field))
        after = upto
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
    return sorted(found, key=lambda ref: (ref["seq_num"], ref["id"]))

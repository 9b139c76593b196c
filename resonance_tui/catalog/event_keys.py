"""Where the events of a stream lie in its order: counted once, then found by key at any length.

Events are ordered by (``seq_num``, ``rowid``), so that a repeated number keeps both its events. The walk notes the key
of every `STEP`-th event; what lies between two of them is found with one short read.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from .errors import CatalogDamagedError
from .sqlite.paging import Connection, fetch

STEP = 4096
"""Events between two keys that are kept; what is read under one lock while counting."""

Key = tuple[Any, int]
"""``seq_num`` and ``rowid`` of an event."""

AFTER = "stream_uid = ? AND (seq_num, rowid) > (?, ?)"
"""The events of a stream after a key, in SQL; its parameters are the stream's uid and the key."""

_LARGEST = 2**62

FIRST: Key = (-(2**63), -(2**63))
"""Before the key of every event."""


def advanced(before: Key, after: Key) -> Key:
    """Return the key after which one reads on; it has to be another, or reading would never end.

    Raises
    ------
    CatalogDamagedError
        An event's number is text that is no UTF-8: it cannot be asked for by its value.
    """
    if after == before:
        raise CatalogDamagedError(f"the events cannot be read in order: number {after[0]!r:.40} is damaged")
    return after


class EventKeys:
    """The order of the events of one stream.

    Parameters
    ----------
    conn : Connection
    stream_uid : str
    """

    def __init__(self, conn: Connection, stream_uid: str) -> None:
        self._conn = conn
        self._stream_uid = stream_uid
        self._keys: list[Key] = []  # of the last event of each whole step
        self._turn = threading.Lock()
        self._final = False
        self.total = 0

    def grow(self, *, final: bool) -> None:
        """Count on from the last step: cheap where little has come since.

        Parameters
        ----------
        final : bool
            Whether the run has its end: counted once then, no more events come.
        """
        with self._turn:
            if self._final:
                return
            while (key := self._next_step()) is not None:
                self._keys.append(advanced(self._last, key))
            sql = f"SELECT count(*) FROM events WHERE {AFTER}"
            rest = fetch(self._conn, sql, (self._stream_uid, *self._last))[0][0]
            self.total = STEP * len(self._keys) + int(rest)
            self._final = final

    def _next_step(self) -> Key | None:
        """Return the key that has a step of events between itself and the last one; None where fewer follow."""
        number = self._last[0]
        if not self._keys:
            sql = "SELECT min(seq_num) - 1 FROM events WHERE stream_uid = ?"
            number = fetch(self._conn, sql, (self._stream_uid,))[0][0]
        if isinstance(number, int) and abs(number) < _LARGEST:
            # numbers mostly follow one another; to count is four times as fast as to walk
            sql = f"SELECT count(*) FROM events WHERE {AFTER} AND seq_num <= ?"
            if fetch(self._conn, sql, (self._stream_uid, *self._last, number + STEP))[0][0] == STEP:
                return (number + STEP, _LARGEST)
        sql = f"SELECT seq_num, rowid FROM events WHERE {AFTER} ORDER BY seq_num, rowid LIMIT 1 OFFSET ?"
        rows = fetch(self._conn, sql, (self._stream_uid, *self._last, STEP - 1))
        return (rows[0][0], rows[0][1]) if rows else None

    @property
    def _last(self) -> Key:
        return self._keys[-1] if self._keys else FIRST

    def before(self, position: int) -> Key:
        """Return the key after which the event at a position, counted from 0, comes."""
        steps = min(position // STEP, len(self._keys))
        key = self._keys[steps - 1] if steps else FIRST
        offset = position - STEP * steps
        if not offset:
            return key
        sql = f"SELECT seq_num, rowid FROM events WHERE {AFTER} ORDER BY seq_num, rowid LIMIT 1 OFFSET ?"
        rows = fetch(self._conn, sql, (self._stream_uid, *key, offset - 1))
        return (rows[0][0], rows[0][1]) if rows else (2**63 - 1, 2**63 - 1)

    def event_indices(self, seq_nums: Sequence[int]) -> list[int]:
        """For each ``seq_num``, how many events come before its first one.

        One short read for each step that holds any of them.
        """
        found: list[int] = []
        ends = [key[0] for key in self._keys]
        read = -1
        numbers: list[Any] = []
        for seq_num in seq_nums:
            step = bisect_left(ends, seq_num)
            if step != read:
                read = step
                key = self._keys[step - 1] if step else FIRST
                sql = f"SELECT seq_num FROM events WHERE {AFTER} ORDER BY seq_num, rowid LIMIT {STEP}"
                numbers = [row[0] for row in fetch(self._conn, sql, (self._stream_uid, *key))]
            found.append(STEP * step + bisect_left(numbers, seq_num))
        return found

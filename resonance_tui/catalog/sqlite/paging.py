"""Short reads: what is large is read in pages, and no lock outlives one of them.

A reader that holds on to a database for five seconds makes the acquisition lose its run.
"""

from __future__ import annotations

import random
import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import CatalogBusyError, CatalogInterruptedError, CatalogSlowError

if TYPE_CHECKING:
    from .files import DatabaseFile

LOCK_BUDGET_S = 0.035
"""Seconds after which a read is broken off, so that it has given its lock back within 50 ms: on a busy machine, and
beside threads that compute, it notices some milliseconds later."""

PAGE_ROWS = 200
"""Rows read under one lock at most."""

_BACKOFF = (0.010, 0.400)
_SLOW_TRIES = 6

_Read = TypeVar("_Read")

Params = Sequence[Any] | Mapping[str, Any]


class Record:
    """A row that was read in another process; it behaves as a `sqlite3.Row`."""

    __slots__ = ("_names", "_values")

    def __init__(self, names: Sequence[str], values: tuple[Any, ...]) -> None:
        self._names, self._values = names, values

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, str):
            return self._values[key]
        if key in self._names:
            return self._values[self._names.index(key)]
        for name, value in zip(self._names, self._values, strict=True):
            if name.lower() == key.lower():
                return value
        raise IndexError("No item with that key")

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __repr__(self) -> str:
        return f"<Record {dict(zip(self._names, self._values, strict=True))!r:.200}>"

    def keys(self) -> list[str]:
        """Return the columns' names, in their order."""
        return list(self._names)


Row = sqlite3.Row | Record


def while_locked(read: Callable[[], _Read], seconds: float) -> _Read:
    """Try again while the file is locked, but not for longer than so many seconds."""
    give_up = time.monotonic() + seconds
    wait = _BACKOFF[0]
    while True:
        try:
            return read()
        except CatalogInterruptedError:
            raise
        except CatalogBusyError:
            if time.monotonic() + wait > give_up:
                raise
        time.sleep(wait * random.uniform(0.7, 1.3))
        wait = min(2 * wait, _BACKOFF[1])


class PagedReader(ABC):
    """Reads a database in short reads, each of which gives its lock back within the budget.

    `page_rows` is how many rows are read under one lock at the moment: fewer where they came slowly, as on a busy
    machine. `patience` is how long, in seconds, a read waits for a locked file before it raises `CatalogBusyError`.
    """

    file: DatabaseFile
    patience: float = 2.0
    columns: Mapping[str, frozenset[str]]
    page_rows: int = PAGE_ROWS

    def page(
        self, sql: str, params: Params, budget: float = LOCK_BUDGET_S, patience: float | None = None
    ) -> tuple[Sequence[Row], bool]:
        """Rows of one short read, and whether they are all: a read over its budget is cut short."""
        seconds = self.patience if patience is None else patience
        return while_locked(lambda: self.read_once(sql, params, budget), seconds)

    @abstractmethod
    def read_once(self, sql: str, params: Params, budget: float) -> tuple[Sequence[Row], bool]:
        """As `page`, without waiting for a locked file."""

    @abstractmethod
    def interrupt(self) -> None:
        """Break off the read that another thread has under way."""

    @abstractmethod
    def close(self) -> None:
        """Close; a read under way in another thread is broken off first."""


Connection = PagedReader | sqlite3.Connection
"""What runs and frames are read through: ours, or somebody's own."""


def read_columns(connection: Connection) -> dict[str, frozenset[str]]:
    """Table → the names of its columns. Views are left out: one can run for ever."""
    found: dict[str, set[str]] = {}
    sql = (
        "SELECT m.name, c.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c "
        "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    for table, column in fetch(connection, sql):
        found.setdefault(table, set()).add(column)
    return {table: frozenset(columns) for table, columns in found.items()}


def columns_of(connection: Connection, table: str) -> frozenset[str]:
    """Return the columns of `table`; none where the file lacks it, so that a view on it can be empty instead."""
    if isinstance(connection, PagedReader):
        return connection.columns.get(table, frozenset())
    return read_columns(connection).get(table, frozenset())


def has_index(connection: Connection, table: str, column: str) -> bool:
    """Whether rows of `table` are found in the order of `column` without a look at all of them."""
    sql = (
        "SELECT 1 FROM pragma_index_list(?) AS l JOIN pragma_index_info(l.name) AS i"
        " WHERE i.seqno = 0 AND i.name = ? AND NOT l.partial LIMIT 1"
    )
    return bool(fetch(connection, sql, (table, column)))


def fetch(connection: Connection, sql: str, params: Params = ()) -> Sequence[Row]:
    """All rows of a read that is small by nature: by key, or a page of at most `PAGE_ROWS`.

    On slow storage it is tried again, each time with what the last try left in the cache.

    Raises
    ------
    CatalogError
        Locked for longer than the connection's patience, damaged, closed, …
    """
    if not isinstance(connection, PagedReader):  # somebody's own, handed to Run or LazyImageSequence
        cursor = connection.cursor()
        cursor.row_factory = sqlite3.Row
        return cursor.execute(sql, params).fetchall()
    for tries in range(_SLOW_TRIES):
        rows, whole = connection.page(sql, params)
        if whole:
            return rows
        _rest(tries)
    raise _too_slow(connection)


def _too_slow(connection: PagedReader) -> CatalogSlowError:
    return CatalogSlowError(
        "too slow to be read without disturbing the acquisition",
        path=connection.file.path,
        hint="try again, or read a copy",
    )


def _rest(tries: int) -> None:
    """Pause after a read that was cut short, longer each time: on a busy machine another moment is better."""
    time.sleep(min(_BACKOFF[1], _BACKOFF[0] * 2**tries) * random.uniform(0.7, 1.3))


def fetch_page(
    connection: Connection, sql: str, params: Sequence[Any], limit: int
) -> tuple[Sequence[Row], bool]:
    """At most `limit` rows (the statement's last parameter) and whether more may follow.

    At least one row where there is one; fewer than `limit` where the budget ran out.
    """
    if not isinstance(connection, PagedReader):
        rows = fetch(connection, sql, (*params, limit))
        return rows, len(rows) == limit
    for tries in range(_SLOW_TRIES):
        limit = min(limit, connection.page_rows)
        rows, whole = connection.page(sql, (*params, limit))
        if rows or whole:
            return rows, not whole or len(rows) == limit
        limit = max(1, limit // 4)
        _rest(tries)
    raise _too_slow(connection)

"""How this program touches SQLite, and the only file that does.

Every read is one short statement, fetched whole and done with: no cursor, no transaction and so no lock
outlives it. A reader that holds on for five seconds makes the acquisition lose its run.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from pathlib import Path

from ..errors import (
    CatalogChangedError,
    CatalogDamagedError,
    CatalogError,
    NotACatalogError,
    SchemaVersionError,
)
from .errors import closed_error, error_name, translate
from .files import DatabaseFile, Identity, check_database_file, identity, wal_sidecar
from .paging import PAGE_ROWS, PagedReader, Params, fetch, read_columns

SCHEMA_VERSIONS = (0, 1, 2)
"""0 is a file whose version was never set; its tables decide."""

SQLITE_VERSION = sqlite3.sqlite_version

_LONG_HOLD, _SHORT_HOLD = 0.010, 0.004
_FEWEST_ROWS = 25
_OPCODES_BETWEEN_CHECKS = 1000


class ReadOnlyConnection(sqlite3.Connection, PagedReader):
    """A connection that cannot write, and serves several threads; made by `open_database`."""

    _deadline: float = float("inf")
    _seen: Identity | None = None
    _closed: bool = False

    def prepare(self, file: DatabaseFile) -> None:
        """Set the read discipline; called once, before the first read."""
        self.file = file
        self.columns = {}
        self._turn = threading.Lock()
        self._seen = identity(file.path)
        self.text_factory = _tolerant_text
        self.row_factory = sqlite3.Row
        self.set_progress_handler(self._is_late, _OPCODES_BETWEEN_CHECKS)
        for pragma in ("query_only = 1", "trusted_schema = 0", "mmap_size = 0"):
            self.execute(f"PRAGMA {pragma}").fetchall()

    def _is_late(self) -> bool:
        return time.monotonic() > self._deadline

    def read_once(self, sql: str, params: Params, budget: float) -> tuple[list[sqlite3.Row], bool]:
        """As `page`, without waiting for a locked file."""
        with self._turn:
            return self._read(sql, params, budget)

    def _read(self, sql: str, params: Params, budget: float) -> tuple[list[sqlite3.Row], bool]:
        if self._closed:
            raise closed_error(self.file.path)
        self._check_unchanged()
        rows: list[sqlite3.Row] = []
        whole = True
        if hasattr(os, "sched_yield"):
            os.sched_yield()  # on a busy machine: wait for a core before there is a lock, not in the middle of it
        begun = time.monotonic()
        self._deadline = begun + budget
        try:
            cursor = self.execute(sql, params)
            try:
                for row in cursor:
                    rows.append(row)  # one by one: what was read until the budget ends is kept
                    if time.monotonic() > self._deadline:
                        whole = False
                        break
            finally:
                cursor.close()
        except UnicodeEncodeError:  # a text that no file can hold: nothing is found by it
            return [], True
        except sqlite3.Error as error:
            if self._closed:
                raise closed_error(self.file.path) from None
            if error_name(error) != "SQLITE_INTERRUPT":
                raise translate(error, self.file.path) from None
            whole = False
        finally:
            self._deadline = float("inf")
            self._adapt(time.monotonic() - begun, len(rows))
        self._check_unchanged()
        return rows, whole

    def _adapt(self, held: float, n: int) -> None:
        """Ask for fewer rows where a lock was held for long, and for more again where it was not."""
        if held > _LONG_HOLD:
            self.page_rows = max(_FEWEST_ROWS, self.page_rows // 2)
        elif held < _SHORT_HOLD and n >= self.page_rows:
            self.page_rows = min(PAGE_ROWS, 2 * self.page_rows)

    def _check_unchanged(self) -> None:
        # without locks only the file's own state tells that what was read is whole
        if self.file.immutable and (
            identity(self.file.path) != self._seen or wal_sidecar(self.file.path).exists()
        ):
            raise CatalogChangedError(
                "the file is being written again", path=self.file.path, hint="open it again"
            )

    def close(self) -> None:
        """Close; a read under way in another thread is broken off first."""
        if self._closed:
            return
        self._closed = True
        self.interrupt()
        with self._turn:
            super().close()


def open_database(path: Path, patience: float | None = None) -> ReadOnlyConnection:
    """Open a beamtime's database read-only, leaving no trace, and check its schema.

    Parameters
    ----------
    path : pathlib.Path
    patience : float, optional
        Seconds to wait for a locked file, now and at each read.

    Raises
    ------
    CatalogError
        The matching subclass; the message names the file and what to do.
    """
    file = check_database_file(path)
    uri = path.resolve().as_uri()
    if uri.startswith("file://") and not uri.startswith("file:///"):
        uri = uri.replace("file://", "file:////", 1)  # a Windows share: SQLite takes it as a path only
    uri += f"?{file.query}"
    try:
        connection = sqlite3.connect(
            uri,
            uri=True,
            timeout=0,
            isolation_level=None,
            check_same_thread=False,
            factory=ReadOnlyConnection,
        )
    except sqlite3.Error as error:
        raise translate(error, path) from None
    try:
        if patience is not None:
            connection.patience = patience
        connection.prepare(file)
        _check_schema(connection)
    except sqlite3.Error as error:
        connection.close()
        raise translate(error, path) from None
    except CatalogError:
        connection.close()
        raise
    return connection


def recover_copy(path: Path) -> None:
    """Roll back or take over what a private copy was copied in the middle of, and check it whole.

    Raises
    ------
    CatalogDamagedError
        It is not sound: the copy was taken while the file changed, or the file itself is damaged.
    """
    if (
        path.parent.stat().st_mode & 0o077
    ):  # this one writes: only ever on a copy in a folder that is only ours
        raise ValueError(f"{path} is in no private folder")
    try:
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = DELETE").fetchall()
            answer = connection.execute("PRAGMA quick_check(1)").fetchall()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise translate(error, path) from None
    if answer != [("ok",)]:
        raise CatalogDamagedError(f"the copy is not sound ({answer[0][0] if answer else 'empty'})", path=path)


def _check_schema(connection: ReadOnlyConnection) -> None:
    path = connection.file.path
    version = fetch(connection, "PRAGMA user_version")[0][0]
    connection.columns = read_columns(connection)
    if not {"uid", "plan_name", "time_start"} <= connection.columns.get("runs", frozenset()):
        tables = ", ".join(sorted(connection.columns)[:5]) or "none"
        raise NotACatalogError(
            f"a SQLite file, but not a beamtime (tables: {tables})",
            path=path,
            hint="name the beamtime's .db file",
        )
    if version > max(SCHEMA_VERSIONS):
        raise SchemaVersionError(
            f"written by a newer acquisition system (schema {version}, this program knows "
            f"{max(SCHEMA_VERSIONS)})",
            path=path,
            hint="update resonance-tui",
        )


def _tolerant_text(raw: bytes) -> str:
    # one run whose name is no UTF-8 must not hide all the others
    return raw.decode("utf-8", "backslashreplace")

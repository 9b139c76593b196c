"""Reads a database in a process of its own, which gives each lock back sooner.

SQLite's calls give the interpreter away between two rows, and a thread that has a lock gets it back only after the
threads that draw, compute and decode have had theirs: milliseconds per row, with the lock held. A process that does
nothing else has nobody to wait for. Asked for by the app; in a notebook reads stay in the notebook's process.
"""

from __future__ import annotations

import contextlib
import pickle
import subprocess
import threading
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import errors
from .database import open_database
from .errors import CatalogClosedError, CatalogDamagedError, CatalogError
from .files import DatabaseFile
from .helper import start_helper
from .short_reads import PagedReader, Params, Record

_MODULE = "resonance_tui.catalog.reading_service"

Answer = tuple[Any, ...]


class ReaderDiedError(CatalogError):
    """The process that reads was killed; another one took its place."""


class ReaderProcess:
    """The process, and the way to ask it; from any thread, one question at a time.

    Raises
    ------
    OSError
        No process can be started.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._unwanted: list[int] = []
        self._process = start_helper(_MODULE)
        self.born = 0
        """How many there were before this one; what was open in those has to be opened anew."""

    @property
    def pid(self) -> int:
        """The process that reads."""
        return self._process.pid

    def ask(self, *question: Any) -> Answer:
        """Have something done there.

        Raises
        ------
        CatalogError
            As if it had been done here; or the process died, and could not be replaced.
        """
        with self._turn:
            try:
                answer = self._ask_once(question)
            except (OSError, EOFError, pickle.UnpicklingError):
                self._start_again()
                raise ReaderDiedError(
                    "the process that reads the catalog died; it was started again"
                ) from None
        if answer[0] == "error":
            kind = getattr(errors, answer[1], CatalogError)
            raise kind(answer[2])
        if answer[0] == "fault":
            raise RuntimeError(answer[1])
        return answer[1:]

    def _ask_once(self, question: Answer) -> Answer:
        output, answers = self._process.stdin, self._process.stdout
        if output is None or answers is None:
            raise EOFError
        unwanted, self._unwanted = self._unwanted, []
        pickle.dump((unwanted, question), output)
        output.flush()
        answer: Answer = pickle.load(answers)
        return answer

    def _start_again(self) -> None:
        self.stop()
        self.born += 1
        self._unwanted = []
        try:
            self._process = start_helper(_MODULE)
        except OSError as error:
            raise CatalogDamagedError(f"no process can be started to read with ({error.strerror})") from None

    def forget(self, born: int, number: int) -> None:
        """Close what was opened under that number, with the next question."""
        if born == self.born:
            self._unwanted.append(number)

    def stop(self) -> None:
        """End it; it has nothing to tidy up."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)


class RemoteReader(PagedReader):
    """A database that is open in the reader process."""

    def __init__(self, process: ReaderProcess, path: Path) -> None:
        self._process = process
        self._path = path
        self._closed = False
        self._opening = threading.Lock()
        self._open()

    def _open(self) -> None:
        born = self._process.born
        number, file, columns = self._process.ask("open", self._path)
        self._born, self._number = born, number
        self.file: DatabaseFile = file
        self.columns: dict[str, frozenset[str]] = columns
        self._finalizer = weakref.finalize(self, self._process.forget, born, number)

    def read_once(self, sql: str, params: Params, budget: float) -> tuple[Sequence[Record], bool]:
        """As `page`, without waiting for a locked file."""
        try:
            return self._read(sql, params, budget)
        except ReaderDiedError:
            return self._read(sql, params, budget)

    def _read(self, sql: str, params: Params, budget: float) -> tuple[Sequence[Record], bool]:
        if self._closed:
            raise CatalogClosedError(f"the catalog of {self._path.name} is closed: open it again")
        with self._opening:
            if self._born != self._process.born:
                self._open()
        names, rows, whole, page_rows = self._process.ask("read", self._number, sql, params, budget)
        self.page_rows = page_rows
        return [Record(names, row) for row in rows], whole

    def interrupt(self) -> None:
        """A read there ends within its budget."""

    def close(self) -> None:
        """Close; nothing can be read any more."""
        self._closed = True
        self._finalizer()


_process: ReaderProcess | None = None


def read_elsewhere() -> ReaderProcess | None:
    """Read in a process of its own from here on; None where none can be started, and reads remain here."""
    global _process
    if _process is None:
        with contextlib.suppress(OSError):
            _process = ReaderProcess()
    return _process


def connect(path: Path, patience: float | None = None) -> PagedReader:
    """Open a beamtime's database, in the reader process where there is one; see `open_database`."""
    if _process is None:
        return open_database(path, patience)
    try:
        reader = RemoteReader(_process, path)
    except ReaderDiedError:
        reader = RemoteReader(_process, path)
    if patience is not None:
        reader.patience = patience
    return reader

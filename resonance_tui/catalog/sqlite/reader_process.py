"""Reads a database in a process of its own, which gives each lock back sooner.

SQLite's calls give the interpreter away between two rows, and a thread that has a lock gets it back only after the
threads that draw, compute and decode have had theirs: milliseconds per row, with the lock held. A process that does
nothing else has nobody to wait for. Asked for by the app; in a notebook reads stay in the notebook's process.
"""

from __future__ import annotations

import contextlib
import itertools
import pickle
import subprocess
import threading
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import CatalogChangedError, CatalogClosedError, CatalogDamagedError, CatalogError
from .connection import closed_error, open_database
from .files import DatabaseFile, Identity, identity
from .paging import PagedReader, Params, Record, while_locked
from .subprocesses import start_helper

_MODULE = "resonance_tui.catalog.sqlite.worker_main"
_LIVES = 3

Answer = tuple[Any, ...]


class ReaderLostError(CatalogDamagedError):
    """No process can be had that reads."""


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
        self.numbers = itertools.count(1)
        """For what is opened there; never used again, so that one who was replaced cannot be taken at its word."""

    @property
    def pid(self) -> int:
        """The process that reads."""
        return self._process.pid

    def ask(self, *question: Any) -> Answer:
        """Have something done there.

        Raises
        ------
        CatalogError
            As if it had been done here; or the process died, and could not be replaced. What was open in it is
        closed then (`CatalogClosedError`).
        """
        with self._turn:
            answer = self._answer(question)
        if answer[0] == "error":
            error: CatalogError = answer[1]
            raise error
        return answer[1:]

    def _answer(self, question: Answer) -> Answer:
        for _ in range(_LIVES):
            try:
                return self._ask_once(question)
            except (OSError, EOFError, ValueError, pickle.UnpicklingError):
                self._start_again()
            except BaseException:  # what is left in the pipe must not be taken for the next question's answer
                self._start_again()
                raise
        raise ReaderLostError("the process that reads the catalog dies again and again")

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
        try:
            self._process = start_helper(_MODULE)
        except OSError as error:
            raise ReaderLostError(f"no process can be started to read with ({error.strerror})") from None

    def forget(self, number: int) -> None:
        """Close what was opened under that number, with the next question."""
        self._unwanted.append(number)

    def stop(self) -> None:
        """End it; it has nothing to tidy up."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)


class RemoteReader(PagedReader):
    """A database that is open in the reader process."""

    def __init__(self, process: ReaderProcess, path: Path, patience: float | None = None) -> None:
        self._process = process
        self._path = path
        self._closed = False
        self._opened: Identity | None = None
        if patience is not None:
            self.patience = patience
        while_locked(self._open, self.patience)

    def _open(self) -> None:
        here = identity(self._path)
        if self._opened is not None and here is not None and here[:2] != self._opened[:2]:
            raise CatalogChangedError(
                "the file was replaced by another one", path=self._path, hint="open it again"
            )
        number = next(self._process.numbers)
        file, columns = self._process.ask("open", number, self._path)
        self.file: DatabaseFile = file
        self.columns: dict[str, frozenset[str]] = columns
        self._number = number
        self._opened = self._opened or here
        self._forget = weakref.finalize(self, self._process.forget, number)

    def read_once(self, sql: str, params: Params, budget: float) -> tuple[Sequence[Record], bool]:
        """As `page`, without waiting for a locked file."""
        for _ in range(_LIVES):
            if self._closed:
                break
            try:
                names, rows, whole, self.page_rows = self._process.ask(
                    "read", self._number, sql, params, budget
                )
            except CatalogClosedError:
                if not self._closed:  # the process was replaced
                    self._open()
            else:
                return [Record(names, row) for row in rows], whole
        raise closed_error(self._path)

    def interrupt(self) -> None:
        """A read there ends within its budget."""

    def close(self) -> None:
        """Close; nothing can be read any more."""
        self._closed = True
        self._forget()


_process: ReaderProcess | None = None


def use_reader_process() -> ReaderProcess | None:
    """Read in a process of its own from here on; None where none can be started, and reads remain here.

    For a program that computes while the experiment runs: however busy it is, its reads are short. Catalogs that are
    open already are not concerned.

    Returns
    -------
    ReaderProcess or None
        Made once; it ends with this process.
    """
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
        return RemoteReader(_process, path, patience)
    except ReaderLostError:
        return open_database(path, patience)

"""Reads databases in processes of their own, which give each lock back sooner: one process for each file.

SQLite's calls give the interpreter away between two rows, and a thread that has a lock gets it back only after the
threads that draw, compute and decode have had theirs: milliseconds per row, with the lock held. A process that does
nothing else has nobody to wait for. Asked for by the app; in a notebook reads stay in the notebook's process.

Each file has a process of its own, so that one on storage that hangs delays no other. All connections of a file share
its process, those of the watch, too: what hangs for one of them hangs for all. Within a process there are two lanes
(`lanes`).
"""

from __future__ import annotations

import contextlib
import itertools
import os
import pickle
import subprocess
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import CatalogChangedError, CatalogClosedError, CatalogDamagedError, CatalogError
from .connection import open_database
from .errors import closed_error
from .files import DatabaseFile, Identity, identity
from .lanes import TwoLanes
from .paging import PagedReader, Params, Record, while_locked
from .subprocesses import start_helper

_MODULE = "resonance_tui.catalog.sqlite.worker_main"
_LIVES = 3

MAX_PROCESSES = 4
"""Processes that answer; where more files are open than that, some share one. Those that hang do not count."""

HUNG_AFTER_S = 2.0
"""A question takes milliseconds: a process that has not answered for so long hangs."""

Answer = tuple[Any, ...]


class ReaderLostError(CatalogDamagedError):
    """No process can be had that reads."""


class ReaderProcess:
    """One process, and the way to ask it; from any thread, one question at a time.

    Parameters
    ----------
    clock : callable
        Gives seconds, always forwards.

    Raises
    ------
    OSError
        No process can be started.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lanes = TwoLanes(clock)
        self._asked_at = float("inf")
        self._ended = False
        self._unwanted: list[int] = []
        self._process = start_helper(_MODULE)
        self.numbers = itertools.count(1)
        """For what is opened there; never used again, so that one who was replaced cannot be taken at its word."""

    @property
    def pid(self) -> int:
        """The process that reads."""
        return self._process.pid

    @property
    def busy(self) -> bool:
        """Whether a question is under way."""
        return self._lanes.busy

    @property
    def hangs(self) -> bool:
        """Whether it has not answered for much longer than a question takes."""
        return self._clock() - self._asked_at > HUNG_AFTER_S

    def ask(self, *question: Any) -> Answer:
        """Have something done there, in the lane of this thread (`lanes.background_reads`).

        Raises
        ------
        CatalogError
            As if it had been done here; or the process died, and could not be replaced. What was open in it is
        closed then (`CatalogClosedError`).
        """
        with self._lanes.turn():
            self._asked_at = self._clock()
            try:
                answer = self._answer(question)
            finally:
                self._asked_at = float("inf")
        if answer[0] == "error":
            error: CatalogError = answer[1]
            raise error
        return answer[1:]

    def _answer(self, question: Answer) -> Answer:
        for _ in range(_LIVES):
            if self._ended:
                self.stop()
                raise CatalogClosedError("the process that reads was ended")
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
        if self._ended:
            return
        try:
            self._process = start_helper(_MODULE)
        except OSError as error:
            raise ReaderLostError(f"no process can be started to read with ({error.strerror})") from None

    def forget(self, number: int) -> None:
        """Close what was opened under that number, with the next question."""
        self._unwanted.append(number)

    def end(self) -> None:
        """Have it end for good, without a wait: by itself where it is idle, killed in the middle of a question.

        Who waits for the answer gets a `CatalogClosedError`.
        """
        self._ended = True
        if self.busy:  # its pipes are the one's who asks
            self._process.kill()
        else:
            self._close_pipes()

    def _close_pipes(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def stop(self) -> None:
        """Kill it; it has nothing to tidy up, and the next question starts it again."""
        self._process.kill()
        self._close_pipes()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)


@dataclass(slots=True)
class _OpenFile:
    """A file that is open in a process, by so many connections."""

    process: ReaderProcess
    connections: int = 0


class ReaderPool:
    """The processes that read: one for each open file, and one that is warm where nothing is open.

    Parameters
    ----------
    clock : callable
        Gives seconds, always forwards.

    Raises
    ------
    OSError
        No process can be started.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._warm: ReaderProcess | None = ReaderProcess(clock)
        self._files: dict[str, _OpenFile] = {}
        self._given_back: deque[str] = deque()

    @property
    def processes(self) -> list[ReaderProcess]:
        """Those that are there, each once; the warm one last."""
        found = [file.process for file in list(self._files.values())]
        return list(dict.fromkeys([*found, *([self._warm] if self._warm is not None else [])]))

    @property
    def pids(self) -> list[int]:
        """Their numbers."""
        return [process.pid for process in self.processes]

    def take(self, key: str) -> ReaderProcess:
        """Return the process that reads a file, for one connection more; to be given back.

        Raises
        ------
        ReaderLostError
            No process can be started.
        """
        self._settle()
        try:
            with self._guard:
                if (file := self._files.get(key)) is None:
                    file = self._files[key] = _OpenFile(self._choose())
                file.connections += 1
                return file.process
        finally:
            self._settle()

    def _choose(self) -> ReaderProcess:
        process, self._warm = self._warm, None
        if process is not None:
            return process
        able = [process for process in self.processes if not process.hangs]
        if len(able) < MAX_PROCESSES:
            try:
                return ReaderProcess(self._clock)
            except OSError as error:
                if not able:
                    raise ReaderLostError(
                        f"no process can be started to read with ({error.strerror})"
                    ) from None
        return min(able, key=lambda process: sum(f.process is process for f in self._files.values()))

    def give_back(self, key: str) -> None:
        """One connection of a file is closed; after the last one its process is warm again, or ends. Never waits."""
        self._given_back.append(key)
        self._settle()

    def _settle(self) -> None:
        # called by the garbage collector, too, at any moment: whoever has the guard then sees to it
        while self._given_back and self._guard.acquire(blocking=False):
            try:
                while self._given_back:
                    self._let_go(self._given_back.popleft())
            finally:
                self._guard.release()

    def _let_go(self, key: str) -> None:
        file = self._files[key]
        file.connections -= 1
        if file.connections:
            return
        del self._files[key]
        if any(other.process is file.process for other in self._files.values()):
            return
        if self._warm is None and not file.process.busy:
            self._warm = file.process
        else:
            file.process.end()


class RemoteReader(PagedReader):
    """A database that is open in a reader process."""

    def __init__(self, pool: ReaderPool, path: Path, patience: float | None = None) -> None:
        self._path = path.absolute()  # the process has a folder of its own, and this one may go to another
        self._closed = False
        self._opened: Identity | None = None
        self._numbers: list[int] = []
        if patience is not None:
            self.patience = patience
        key = os.path.normcase(self._path)
        self._process = pool.take(key)
        self._release = weakref.finalize(self, _release, pool, self._process, key, self._numbers)
        try:
            while_locked(self._open, self.patience)
        except BaseException:
            self._release()
            raise

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
        self._numbers.append(number)
        self._opened = self._opened or here

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
        """Do nothing: a read there ends within its budget."""

    def close(self) -> None:
        """Close; nothing can be read any more. The last connection of a file ends a process that hangs."""
        self._closed = True
        self._release()


def _release(pool: ReaderPool, process: ReaderProcess, key: str, numbers: list[int]) -> None:
    for number in numbers:
        process.forget(number)
    pool.give_back(key)


_pool: ReaderPool | None = None


def use_reader_process() -> ReaderPool | None:
    """Read in processes of their own from here on; None where none can be started, and reads remain here.

    For a program that computes while the experiment runs: however busy it is, its reads are short; and what the user
    waits for goes before `background_reads`. Catalogs that are open already are not concerned.

    Returns
    -------
    ReaderPool or None
        Made once; its processes end with this one.
    """
    global _pool
    if _pool is None:
        with contextlib.suppress(OSError):
            _pool = ReaderPool()
    return _pool


def connect(path: Path, patience: float | None = None) -> PagedReader:
    """Open a beamtime's database, in a reader process where there is one; see `open_database`."""
    if _pool is None:
        return open_database(path, patience)
    try:
        return RemoteReader(_pool, path, patience)
    except ReaderLostError:
        return open_database(path, patience)

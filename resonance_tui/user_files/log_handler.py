"""Puts log records into the file, from a thread of its own: who logs never waits for a disk."""

from __future__ import annotations

import logging
import queue
import threading
import time
import traceback
from types import TracebackType

from .log_file import BoundedLogFile
from .plain import one_line

_MAX_WAITING = 1000
_MAX_FRAMES = 30
_MAX_CHAIN = 8
_SAME_FOR_S = 60.0


class FileHandler(logging.Handler):
    """A handler that neither raises nor prints, whatever happens to the file.

    Parameters
    ----------
    file : BoundedLogFile
        Used by the handler's thread alone, once something was logged.

    Attributes
    ----------
    works : bool
        Whether the last record was written, as far as is known.
    """

    def __init__(self, file: BoundedLogFile) -> None:
        super().__init__()
        self.file = file
        self.works = True
        self._waiting: queue.Queue[str] = queue.Queue(_MAX_WAITING)
        self._start_lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._lost = 0
        self._last_failure: tuple[object, ...] = ()
        self._last_failure_time = -_SAME_FOR_S

    def emit(self, record: logging.LogRecord) -> None:
        """Queue a record for the thread; where too many wait it is counted and lost."""
        try:
            self._start_thread()
            self._waiting.put_nowait(self.text(record))
        except Exception:  # noqa: BLE001 - too many wait, or no thread: nothing of it may disturb the program
            self.works = False
            self._lost += 1

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Print nothing: the screen belongs to the app."""

    def flush_for(self, seconds: float) -> bool:
        """Wait until all is written, but no longer than that; whether it is, without a failure."""
        end = time.monotonic() + seconds
        while self._waiting.unfinished_tasks and time.monotonic() < end:
            time.sleep(0.002)
        return not self._waiting.unfinished_tasks and self.works

    def text(self, record: logging.LogRecord) -> str:
        """Format a record: one line, and those of a traceback, which begin with blanks."""
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.created))
        lines = [
            f"{when}.{int(record.msecs):03d} {record.process} {record.levelname} "
            f"{one_line(record.threadName or '', 100)}: {one_line(record.getMessage())}"
        ]
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            lines += [f"    {line}" for line in self._traceback(error)]
        return "\n".join(lines) + "\n"

    def _traceback(self, error: BaseException) -> list[str]:
        last = traceback.extract_tb(error.__traceback__, limit=-1)
        failure = (type(error), one_line(error, 200), *((f.filename, f.lineno) for f in last))
        now = time.monotonic()
        if failure == self._last_failure and now - self._last_failure_time < _SAME_FOR_S:
            return [f"{type(error).__name__} again, with the same traceback"]
        self._last_failure, self._last_failure_time = failure, now
        return failure_lines(error)

    def _start_thread(self) -> None:
        if self._thread is not None:
            return
        with self._start_lock:
            if self._thread is None:
                thread = threading.Thread(target=self._write_all, name="log", daemon=True)
                thread.start()
                self._thread = thread

    def _write_all(self) -> None:
        while True:
            text = self._waiting.get()
            try:
                self._write(text)
                self.works = True
            except Exception:  # noqa: BLE001 - a full disk, a folder that was removed: tried again with the next
                self.works = False
                self._lost += 1
            finally:
                self._waiting.task_done()

    def _write(self, text: str) -> None:
        self.file.write(text)
        if lost := self._lost:
            when = time.strftime("%Y-%m-%d %H:%M:%S")
            self.file.write(f"{when} records lost, as they could not be written: {lost}\n")
            self._lost -= lost


def failure_lines(error: BaseException) -> list[str]:
    """Format a traceback with its causes, oldest first; what an exception says takes one line, whatever it holds."""
    chain: list[tuple[BaseException, str]] = []
    link = ""
    current: BaseException | None = error
    while current is not None and len(chain) < _MAX_CHAIN and all(current is not seen for seen, _ in chain):
        chain.append((current, link))
        if current.__cause__ is not None:
            current, link = current.__cause__, "which was the cause of:"
        else:
            hidden = current.__suppress_context__
            current, link = None if hidden else current.__context__, "while it was handled:"
    lines: list[str] = []
    for one, after in reversed(chain):
        lines += [*_frames(one.__traceback__), _said(one)]
        if after:
            lines.append(after)
    return lines


def _frames(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace, limit=-_MAX_FRAMES)
    text = "".join(traceback.format_list(frames))
    return ["Traceback (most recent call last):", *(one_line(line, 500) for line in text.splitlines())]


def _said(error: BaseException) -> str:
    words = one_line(error)
    return f"{type(error).__qualname__}: {words}" if words else type(error).__qualname__

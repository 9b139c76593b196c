"""Reader threads: slow work off the event loop, the newest task of a kind wins, results are delivered as values.

The threads are daemons of our own. Textual's thread workers keep the process from ending while a read is
under way, and an exception in one ends the app.
"""

from __future__ import annotations

import contextlib
import enum
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ..catalog import background_reads
from ..catalog.errors import CatalogError, FrameUnavailableError, plain_reason
from ..user_files.locations import short_path
from ..user_files.log import log_asked, log_failure, log_path

T = TypeVar("T")


class Lane(enum.Enum):
    """Whether the user waits for what is read."""

    FOREGROUND = "foreground"
    BACKGROUND = "background"
    """Details of rows, flags, frames ahead: their reads wait while one of the foreground does."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a task is."""

    done: int
    total: int


class TaskCancelledError(BaseException):
    """Raised inside a task that is no longer wanted; no `Exception`, so that nothing takes it for a failure."""


class Task(Generic[T]):
    """Something to be read or worked out in a reader thread.

    Parameters
    ----------
    kind : str
        Of the tasks of one kind the newest wins.
    key : hashable
        What it is about, for whoever takes the result.
    work : callable
        Does it; is given the task, to ask whether it is still wanted and to report what is known by now.
    lane : Lane
    """

    def __init__(
        self, kind: str, key: Hashable, work: Callable[[Task[T]], T], lane: Lane = Lane.FOREGROUND
    ) -> None:
        self.kind, self.key, self.work, self.lane = kind, key, work, lane
        self._report: Callable[[TaskOutcome], object] = _nobody
        self._busy: Callable[..., bool] = _never
        self._cancelled = threading.Event()

    @property
    def wanted(self) -> bool:
        """Whether it was not cancelled."""
        return not self._cancelled.is_set()

    def check(self) -> None:
        """Give up here if the task was cancelled.

        Raises
        ------
        TaskCancelledError
        """
        if self._cancelled.is_set():
            raise TaskCancelledError

    def wait(self, seconds: float) -> None:
        """Pause, but no longer than the task is wanted.

        Raises
        ------
        TaskCancelledError
        """
        if self._cancelled.wait(seconds):
            raise TaskCancelledError

    def report(self, value: Any) -> None:
        """Deliver a part of the result, or how far the work is."""
        self.check()
        self._report(TaskResult(self, value, final=False))

    def is_in_the_way_of(self, *kinds: str) -> bool:
        """Return whether tasks of these kinds are waiting to be done, or are under way."""
        return self._busy(*kinds)

    def cancel(self) -> None:
        """Say that the result is not wanted any more."""
        self._cancelled.set()


@dataclass(frozen=True, slots=True)
class TaskResult(Generic[T]):
    """What came of a task, or what it reported on its way (`final` is False then)."""

    task: Task[T]
    value: T
    final: bool = True


@dataclass(frozen=True, slots=True)
class TaskFailed:
    """A task could not be done."""

    task: Task[Any]
    error: Exception

    @property
    def reason(self) -> str:
        """One line for the user: of an unexpected error its kind, as its own words are no user's."""
        error = self.error
        if isinstance(error, FrameUnavailableError):  # a frame's path is longer than its pane is wide
            said = error.sentence
        else:
            said = (
                str(error)
                if isinstance(error, CatalogError)
                else f"this cannot be shown ({plain_reason(error)})"
            )
        log = None if _is_foreseen(error) else log_path()
        return said if log is None else f"{said}; details in {short_path(log)}"


def _is_foreseen(error: BaseException) -> bool:
    """Whether the core says itself what is wrong, and names no unexpected exception as the reason."""
    return isinstance(error, CatalogError) and not error.unforeseen


TaskOutcome = TaskResult[Any] | TaskFailed


def _nobody(_: TaskOutcome) -> None:
    """Take what is reported by a task that no runner does."""


def _never(*_: str) -> bool:
    """Say that nothing else is to be done, where there is no runner."""
    return False


@dataclass
class _Kind:
    waiting: Task[Any] | None = None
    running: Task[Any] | None = None
    undelivered: list[Task[Any]] = field(default_factory=list)
    started: bool = False


def _reading(lane: Lane) -> contextlib.AbstractContextManager[None]:
    """Return the context in which a task of a lane reads."""
    return background_reads() if lane is Lane.BACKGROUND else contextlib.nullcontext()


@dataclass
class TaskRunner:
    """One reader thread for each kind of task, each doing only the newest.

    Parameters
    ----------
    deliver : callable
        Takes an outcome from any thread, and sees to it that it is handled where the user interface lives.
    """

    deliver: Callable[[TaskOutcome], object]
    _kinds: dict[str, _Kind] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _closed: bool = False

    def submit(self, task: Task[T], *, finish: bool = False) -> Task[T]:
        """Have a task done in the thread of its kind; what was submitted of that kind before is cancelled.

        Parameters
        ----------
        task : Task
        finish : bool
            What is under way is brought to its end, so that of a fast series of tasks some come true.
        """
        task._report, task._busy = self.deliver, self.busy
        with self._changed:
            if self._closed:
                task.cancel()
                return task
            state = self._kinds.setdefault(task.kind, _Kind())
            if finish and state.waiting is not None:
                state.waiting.cancel()
            elif not finish:
                self._cancel(state)
            state.waiting = task
            if not state.started:
                state.started = True
                name = f"task-{task.kind}"
                threading.Thread(target=self._serve, args=(state,), name=name, daemon=True).start()
            self._changed.notify_all()
        return task

    def cancel(self, *kinds: str) -> None:
        """Cancel the tasks of these kinds."""
        with self._changed:
            for kind in kinds:
                if kind in self._kinds:
                    self._cancel(self._kinds[kind])

    def delivered(self, outcome: TaskOutcome) -> None:
        """Note that an outcome is in hand: only now is its kind at rest.

        Were it at rest before, something older could be asked for between a result and its being shown; were
        it later, whoever shows the result would take the kind for busy.
        """
        if isinstance(outcome, TaskFailed) or outcome.final:
            with self._changed:
                undelivered = self._kinds[outcome.task.kind].undelivered
                if outcome.task in undelivered:
                    undelivered.remove(outcome.task)

    def busy(self, *kinds: str) -> bool:
        """Whether any of these kinds (or any at all) has something to do, or to deliver."""
        with self._changed:
            states = (
                [self._kinds[k] for k in kinds if k in self._kinds] if kinds else list(self._kinds.values())
            )
            return any(s.waiting or s.undelivered or (s.running and s.running.wanted) for s in states)

    def close(self) -> None:
        """Cancel everything; a read under way ends in its own time, and is not waited for."""
        with self._changed:
            self._closed = True
            for state in self._kinds.values():
                self._cancel(state)
            self._changed.notify_all()

    @staticmethod
    def _cancel(state: _Kind) -> None:
        for task in (state.waiting, state.running, *state.undelivered):
            if task is not None:
                task.cancel()
        state.waiting = None

    def _serve(self, state: _Kind) -> None:
        while True:
            with self._changed:
                while state.waiting is None and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                task = state.running = state.waiting
                state.waiting = None
            if task is None:
                continue
            outcome = self._outcome(task)
            with self._changed:
                state.running = None
                if outcome is not None and task.wanted:
                    state.undelivered.append(task)
                    self._deliver(outcome)

    def _deliver(self, outcome: TaskOutcome) -> None:
        try:
            self.deliver(outcome)
        except Exception as error:  # noqa: BLE001 - the thread goes on with the next task
            log_failure(f"delivering {outcome.task.kind} {outcome.task.key}", error)
            self._kinds[outcome.task.kind].undelivered.remove(outcome.task)

    def _outcome(self, task: Task[Any]) -> TaskOutcome | None:
        """Do a task; None where it is no longer wanted."""
        if not task.wanted:
            return None
        begun = time.monotonic()
        try:
            with _reading(task.lane):
                result = TaskResult(task, task.work(task))
        except TaskCancelledError:
            return None
        except Exception as error:  # noqa: BLE001 - whatever a damaged file raises is said in its pane
            log_failure(f"{task.kind} {task.key}", error, expected=_is_foreseen(error))
            return TaskFailed(task, error)
        except (SystemExit, KeyboardInterrupt) as error:  # no thread of ours ends the program
            log_failure(f"{task.kind} {task.key}", error)
            return TaskFailed(task, RuntimeError(type(error).__name__))
        log_asked(task.kind, task.key, time.monotonic() - begun)
        return result

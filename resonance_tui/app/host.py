"""The host of the panes' controllers: tasks, timers and signals, on a screen of Textual's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from weakref import WeakKeyDictionary

from textual.message import Message

from ..panes.host import Selection
from ..panes.signals import EventSelected, Notice, RunSelected
from ..session.beamtime import Waiting
from ..session.tasks import Progress, Task, TaskFailed, TaskOutcome, TaskRunner
from ..text.printable import printable
from ..user_files.log import log_failure

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.timer import Timer

    from ..panes.signals import Signal
    from ..terminal.flow_control import FlowControl

T = TypeVar("T")


class Receiver(Protocol):
    """Whoever takes signals."""

    def receive(self, signal: Signal) -> None:
        """Take what was published."""


class Outcome(Message):
    """A task was done, has failed, or reports on its way."""

    def __init__(self, outcome: TaskOutcome) -> None:
        self.outcome = outcome
        super().__init__()


@dataclass(frozen=True, slots=True)
class _Submitted:
    """Who takes what comes of a task."""

    then: Callable[[Any], object]
    failed: Callable[[str], object]
    progress: Callable[[Progress | Waiting], object] | None
    of_run: str | None


class _Scheduled:
    """Something that is to be done later."""

    def __init__(self, action: Callable[[], object], *, waited_for: bool) -> None:
        self._action = action
        self.waited_for = waited_for
        self.pending = True
        self.timer: Timer | None = None

    def ring(self) -> None:
        """Do it."""
        if self.pending:
            self.pending = False
            self._action()

    def stop(self) -> None:
        """Do not do it."""
        self.pending = False
        if self.timer is not None:
            self.timer.stop()


class ScreenHost:
    """Does what controllers ask for; see `panes.host.Host`.

    Parameters
    ----------
    screen : Screen
        Whose timers and message queue are used.
    flow : FlowControl
    """

    def __init__(self, screen: Screen[Any], flow: FlowControl) -> None:
        self._screen = screen
        self.flow = flow
        self.selection = Selection()
        self.tasks = TaskRunner(lambda outcome: screen.post_message(Outcome(outcome)))
        self.receivers: Sequence[Receiver] = ()
        self._submitted: WeakKeyDictionary[Task[Any], _Submitted] = WeakKeyDictionary()
        self._scheduled: list[_Scheduled] = []

    # -- tasks ---------------------------------------------------------------------------------------------

    def submit(
        self,
        task: Task[T],
        then: Callable[[T], object],
        *,
        failed: Callable[[str], object],
        progress: Callable[[Progress | Waiting], object] | None = None,
        of_run: str | None = None,
        finish: bool = False,
    ) -> None:
        """Have a task done in a reader thread; of the tasks of one kind the newest wins."""
        self._submitted[task] = _Submitted(then, failed, progress, of_run)
        self.tasks.submit(task, finish=finish)

    def cancel(self, *kinds: str) -> None:
        """Cancel the tasks of these kinds."""
        self.tasks.cancel(*kinds)

    def busy(self, *kinds: str) -> bool:
        """Return whether a task of these kinds is under way, or its result not yet shown."""
        return self.tasks.busy(*kinds)

    def deliver(self, outcome: TaskOutcome) -> None:
        """Give what came of a task to whoever asked for it, if it is still wanted.

        Where showing it fails, it costs its pane only.
        """
        self.tasks.delivered(outcome)
        submitted = self._submitted.get(outcome.task)
        if submitted is None or not outcome.task.wanted or not self._screen.is_attached:
            return
        if submitted.of_run is not None and submitted.of_run != self.selection.uid:
            return
        if isinstance(outcome, TaskFailed):
            submitted.failed(printable(outcome.reason))
            return
        try:
            if not isinstance(outcome.value, Progress | Waiting):
                submitted.then(outcome.value)
            elif submitted.progress is not None:
                submitted.progress(outcome.value)
        except Exception as error:  # noqa: BLE001 - an unexpected error costs its pane only
            log_failure(f"showing {outcome.task.kind} {outcome.task.key}", error)
            submitted.failed(printable(TaskFailed(outcome.task, error).reason))

    # -- timers --------------------------------------------------------------------------------------------

    def schedule(
        self, seconds: float, action: Callable[[], object], *, waited_for: bool = True
    ) -> _Scheduled:
        """Do something later; at once where there is no time to wait."""
        scheduled = _Scheduled(action, waited_for=waited_for)
        if seconds <= 0:
            scheduled.ring()
            return scheduled
        self._scheduled = [one for one in self._scheduled if one.pending]
        self._scheduled.append(scheduled)
        scheduled.timer = self._screen.set_timer(seconds, scheduled.ring)
        return scheduled

    @property
    def is_waited_for(self) -> bool:
        """Whether anything is being read, or is to be; for tests, instead of sleeping."""
        return self.tasks.busy() or any(one.pending and one.waited_for for one in self._scheduled)

    # -- signals -------------------------------------------------------------------------------------------

    def publish(self, signal: Signal) -> None:
        """Tell all panes what has happened, at once and one after the other."""
        if isinstance(signal, RunSelected):
            self.selection = Selection(signal.run.uid if signal.run is not None else None)
        elif isinstance(signal, EventSelected):
            self.selection = replace(self.selection, position=signal.position)
        for receiver in self.receivers:
            receiver.receive(signal)

    def notify(
        self, text: str, *, error: bool = False, is_news: bool = False, instead_of: str | None = None
    ) -> None:
        """Say something in the title bar for a while."""
        self.publish(Notice(text, error, is_news, instead_of))

    def close(self) -> None:
        """Cancel everything; what is still being read is not waited for."""
        self.tasks.close()
        for scheduled in self._scheduled:
            scheduled.stop()

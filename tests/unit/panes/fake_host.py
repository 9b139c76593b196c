"""A host without a screen: tasks are done when the test says so, timers ring when it lets time pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from resonance_tui.panes.host import Selection
from resonance_tui.panes.signals import EventSelected, RunSelected
from resonance_tui.session.beamtime import Waiting
from resonance_tui.session.tasks import Progress, Task, TaskCancelledError, TaskFailed, TaskResult

if TYPE_CHECKING:
    from resonance_tui.panes.signals import Signal
    from resonance_tui.session.tasks import TaskOutcome

T = TypeVar("T")
S = TypeVar("S")


class FakeFlow:
    """A terminal that is busy when the test says so."""

    def __init__(self) -> None:
        self.quality_steps_down = 0
        self.busy = False
        self.sent: list[int] = []

    def pictures_sent(self, size: int) -> None:
        """Remember the size."""
        self.sent.append(size)

    def words_sent(self, size: int) -> None:
        """Remember the size."""
        self.sent.append(size)

    def text(self) -> str:
        """Return a line to recognise."""
        return "link: 12 kB"


@dataclass
class FakeTimer:
    """Something to be done `due` seconds after the start of the test."""

    due: float
    action: Callable[[], object]
    waited_for: bool
    pending: bool = True

    def stop(self) -> None:
        """Do not do it."""
        self.pending = False


@dataclass
class Notified:
    """What was said in the title bar."""

    text: str
    error: bool
    is_news: bool
    instead_of: str | None


@dataclass
class Submitted:
    """A task, and who takes what comes of it."""

    task: Task[Any]
    then: Callable[[Any], object]
    failed: Callable[[str], object]
    progress: Callable[[Progress | Waiting], object] | None
    of_run: str | None
    finish: bool


@dataclass
class FakeHost:
    """See `panes.host.Host`; `receivers` are told what is published, as by the screen."""

    selection: Selection = field(default_factory=Selection)
    flow: FakeFlow = field(default_factory=FakeFlow)
    receivers: list[Any] = field(default_factory=list)
    waiting: list[Submitted] = field(default_factory=list)
    """Tasks that were submitted and not yet done; of one kind only the newest."""
    asked: list[Task[Any]] = field(default_factory=list)
    """All tasks that were ever submitted."""
    published: list[Signal] = field(default_factory=list)
    said: list[Notified] = field(default_factory=list)
    timers: list[FakeTimer] = field(default_factory=list)
    now: float = 0.0

    # -- what a controller asks for ------------------------------------------------------------------------

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
        """Keep the task until it is done."""
        self.cancel(task.kind)
        self.asked.append(task)
        self.waiting.append(Submitted(task, then, failed, progress, of_run, finish))

    def cancel(self, *kinds: str) -> None:
        """Cancel the tasks of these kinds."""
        for one in [one for one in self.waiting if one.task.kind in kinds]:
            one.task.cancel()
            self.waiting.remove(one)

    def busy(self, *kinds: str) -> bool:
        """Return whether a task of these kinds was submitted and is not yet done."""
        return any(one.task.kind in kinds for one in self.waiting)

    def schedule(self, seconds: float, action: Callable[[], object], *, waited_for: bool = True) -> FakeTimer:
        """Keep it until its time has come."""
        timer = FakeTimer(self.now + seconds, action, waited_for)
        self.timers.append(timer)
        return timer

    def publish(self, signal: Signal) -> None:
        """Tell the receivers, and remember it."""
        self.published.append(signal)
        if isinstance(signal, RunSelected):
            self.selection = Selection(signal.run.uid if signal.run is not None else None)
        elif isinstance(signal, EventSelected):
            self.selection = replace(self.selection, position=signal.position)
        for receiver in self.receivers:
            receiver.receive(signal)

    def notify(
        self, text: str, *, error: bool = False, is_news: bool = False, instead_of: str | None = None
    ) -> None:
        """Remember what was said."""
        self.said.append(Notified(text, error, is_news, instead_of))

    # -- what a test asks for ------------------------------------------------------------------------------

    def pass_time(self, seconds: float) -> None:
        """Let time pass: what is due is done, in its order."""
        until = self.now + seconds
        while due := [timer for timer in self.timers if timer.pending and timer.due <= until]:
            first = min(due, key=lambda timer: timer.due)
            first.pending = False
            self.now = max(self.now, first.due)
            first.action()
        self.now = until
        self.timers = [timer for timer in self.timers if timer.pending]

    def do(self, *kinds: str) -> None:
        """Do the tasks that are there, of these kinds or of all, and those that they lead to."""
        while wanted := [one for one in self.waiting if not kinds or one.task.kind in kinds]:
            self.do_one(wanted[0])

    def do_one(self, one: Submitted) -> None:
        """Do a task here and now, as a reader thread and the screen would do it together."""
        one.task._report = lambda outcome: self._deliver(one, outcome)
        try:
            outcome: TaskOutcome = TaskResult(one.task, one.task.work(one.task))
        except TaskCancelledError:
            return
        except Exception as error:  # noqa: BLE001 - as the runner does
            outcome = TaskFailed(one.task, error)
        if one in self.waiting:
            self.waiting.remove(one)
            self._deliver(one, outcome)

    def answer(self, kind: str, value: object) -> None:
        """Give this for the result of the task of a kind, without doing it."""
        one = self._take(kind)
        self._deliver(one, TaskResult(one.task, value))

    def fail(self, kind: str, reason: str) -> None:
        """Let the task of a kind fail."""
        one = self._take(kind)
        if one.of_run in (None, self.selection.uid):
            one.failed(reason)

    def tell(self, kind: str, value: Progress | Waiting) -> None:
        """Let the task of a kind report on its way."""
        one = next(one for one in self.waiting if one.task.kind == kind)
        self._deliver(one, TaskResult(one.task, value, final=False))

    def signals(self, kind: type[S]) -> list[S]:
        """Return what was published of a kind, oldest first."""
        return [signal for signal in self.published if isinstance(signal, kind)]

    def kinds_asked(self) -> list[str]:
        """Return the kinds of all tasks that were ever submitted."""
        return [str(task.kind) for task in self.asked]

    def _take(self, kind: str) -> Submitted:
        one = next(one for one in self.waiting if one.task.kind == kind)
        self.waiting.remove(one)
        return one

    def _deliver(self, one: Submitted, outcome: TaskOutcome) -> None:
        if one.of_run is not None and one.of_run != self.selection.uid:
            return
        if isinstance(outcome, TaskFailed):
            one.failed(outcome.reason)
        elif not isinstance(outcome.value, Progress | Waiting):
            one.then(outcome.value)
        elif one.progress is not None:
            one.progress(outcome.value)

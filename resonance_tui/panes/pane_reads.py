"""How a pane reads: off the event loop; it says that it does, what it waits for, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ..session.beamtime import Waiting
from ..session.tasks import Lane, Progress, Task
from ..text.printable import printable
from .host import STILL_READING_S
from .later import Later

if TYPE_CHECKING:
    from ..session.beamtime import BeamtimeSession
    from .host import Host

T = TypeVar("T")


class View(Protocol):
    """The widget of a pane, as far as all controllers know it."""

    @property
    def has_content(self) -> bool:
        """Whether something is shown that is worth more than a line about what cannot be read now."""

    def say(self, text: str, *, error: bool = False) -> None:
        """Show a line in place of the content."""

    def clear(self) -> None:
        """Show nothing."""


def ignore(_: object) -> None:
    """Say nothing of a task that failed: it is no news to the user, or is said elsewhere."""


class PaneReads:
    """Submits what a pane has to read, and sees to it that the pane says so.

    Parameters
    ----------
    host : Host
    session : BeamtimeSession
    view : View
        The pane's widget.
    """

    def __init__(self, host: Host, session: BeamtimeSession, view: View) -> None:
        self._host, self._session, self._view = host, session, view
        self._slow: dict[str, Later] = {}

    def read(
        self,
        kind: str,
        key: Hashable,
        work: Callable[[Task[T]], T],
        then: Callable[[T], object],
        *,
        failed: Callable[[str], object] | None = None,
        progress: Callable[[Progress], object] | None = None,
        slow: str = "",
        background: bool = False,
        finish: bool = False,
        of_run: bool = True,
    ) -> None:
        """Have something read that waits for a locked catalog, and show it.

        Parameters
        ----------
        kind, key : str, hashable
            Of the tasks of one kind the newest wins; the key names what it is about, for the log.
        work, then : callable
            What is done in a reader thread, and what takes its result.
        failed : callable, optional
            Takes the reason; without it the pane says it in place of its content.
        progress : callable, optional
            Takes how far the task is.
        slow : str
            What the pane says where it takes long.
        background : bool
            Whether the user does not wait for it.
        finish : bool
            See `Host.submit`.
        of_run : bool
            Whether it is dropped once another run is selected.
        """
        session = self._session

        def locked_out(value: Progress | Waiting) -> None:
            self._quicken(kind)
            if isinstance(value, Progress):
                if progress is not None:
                    progress(value)
            elif failed is None and not self._view.has_content:
                self._view.say(f"{printable(value.reason)}. Trying again…")

        def shown(value: T) -> None:
            self._quicken(kind)
            then(value)

        def lost(reason: str) -> None:
            self._quicken(kind)
            if failed is not None:
                failed(reason)
            else:
                self._view.say(reason, error=True)

        def waiting(task: Task[Any]) -> Any:
            return session.when_unlocked(task, lambda: work(task))

        if slow:
            self.say_if_slow(kind, slow)
        self._host.submit(
            Task(kind, key, waiting, Lane.BACKGROUND if background else Lane.FOREGROUND),
            shown,
            failed=lost,
            progress=locked_out,
            of_run=self._host.selection.uid if of_run else None,
            finish=finish,
        )

    def say_if_slow(self, kind: str, text: str) -> None:
        """Say a line in the pane, should a task of this kind take long; a series of tasks is one wait."""
        later = self._slow.setdefault(kind, Later(self._host))
        if not later.pending:
            later.start(STILL_READING_S, lambda: self._view.say(text) if self._host.busy(kind) else None)

    def _quicken(self, kind: str) -> None:
        if kind in self._slow:
            self._slow[kind].stop()

    def forget_waits(self) -> None:
        """Another run is selected: nothing is said of what was read for the last one."""
        for later in self._slow.values():
            later.stop()

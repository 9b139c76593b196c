"""What a pane's controller sees of the rest of the program: the host."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from ..session.beamtime import Waiting
    from ..session.tasks import Progress, Task
    from .signals import Signal

T = TypeVar("T")

STILL_READING_S = 0.25
"""Seconds after which it is said that something is being read."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The selected run, and the event under the cursor by its place in the stream, from 0."""

    uid: str | None = None
    position: int = 0


class Timer(Protocol):
    """Something that is to be done later."""

    @property
    def pending(self) -> bool:
        """Whether it is still to be done."""

    def stop(self) -> None:
        """Do not do it."""


class Flow(Protocol):
    """What goes to the terminal: see `terminal.flow_control`."""

    quality_steps_down: int

    @property
    def busy(self) -> bool:
        """Whether the terminal still draws what it was sent."""

    def pictures_sent(self, size: int) -> None:
        """Note that a picture of `size` bytes was handed to the terminal."""

    def words_sent(self, size: int) -> None:
        """Count a line of text that went to the terminal."""

    def text(self) -> str:
        """Return what went over the link, in one line."""


class Host(Protocol):
    """The main screen, as a controller knows it."""

    @property
    def selection(self) -> Selection:
        """The one selection of the program."""

    @property
    def flow(self) -> Flow:
        """Whether the terminal is ready for another picture."""

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
        """Have a task done in a reader thread; of the tasks of one kind the newest wins.

        Parameters
        ----------
        task : Task
        then : callable
            Takes the result, and what the task reports on its way, where it is still wanted.
        failed : callable
            Takes the reason, in one line, where there is no result.
        progress : callable, optional
            Takes how far the task is, or what it waits for.
        of_run : str, optional
            The run that the task is about: once another is selected, the result is dropped.
        finish : bool
            What is under way is brought to its end, so that of a fast series of tasks some come true.
        """

    def cancel(self, *kinds: str) -> None:
        """Cancel the tasks of these kinds."""

    def busy(self, *kinds: str) -> bool:
        """Return whether a task of these kinds is under way, or its result not yet shown."""

    def schedule(self, seconds: float, action: Callable[[], object], *, waited_for: bool = True) -> Timer:
        """Do something later.

        Parameters
        ----------
        waited_for : bool
            Whether the user waits for it, as for a pane that shows what is selected.
        """

    def publish(self, signal: Signal) -> None:
        """Tell all panes what has happened, at once and one after the other."""

    def notify(
        self, text: str, *, error: bool = False, is_news: bool = False, instead_of: str | None = None
    ) -> None:
        """Say something in the title bar for a while; nothing, that is, with an empty text.

        Parameters
        ----------
        is_news : bool
            Whether it rings the bell and is sent to the desktop, where the user wants that.
        instead_of : str, optional
            Say it only where this is said now.
        """

"""Reader threads: slow work off the event loop, the newest request of a group wins, results come as messages.

The threads are daemons of our own. Textual's thread workers keep the process from ending while a read is
under way, and an exception in one ends the app.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from textual.message import Message

from ..catalog.errors import CatalogError, plain_reason
from ..text.printable import printable
from ..user_files.locations import short_path
from ..user_files.log import log_asked, log_failure, log_path

Work = Callable[["Ticket"], Any]


class Loaded(Message):
    """A load of a group came to its end, or told something on its way (`final` is False then)."""

    def __init__(self, group: str, key: Hashable, value: Any, final: bool) -> None:
        self.group, self.key, self.value, self.final = group, key, value, final
        super().__init__()


class LoadFailed(Message):
    """A load could not be done; `reason` is one plain line."""

    def __init__(self, group: str, key: Hashable, error: Exception) -> None:
        self.group, self.key, self.error = group, key, error
        self.reason = printable(_reason(error))
        super().__init__()


def _reason(error: Exception) -> str:
    """The sentence of an error of the core; of any other that it was not expected: its own words are no user's."""
    said = str(error) if isinstance(error, CatalogError) else f"this cannot be shown ({plain_reason(error)})"
    log = None if _is_foreseen(error) else log_path()
    return said if log is None else f"{said}; details in {short_path(log)}"


def _is_foreseen(error: Exception) -> bool:
    """Whether the core says itself what is wrong, and names no unexpected exception as the reason."""
    if not isinstance(error, CatalogError):
        return False
    cause = error.__cause__
    return cause is None or f"unexpected {type(cause).__name__}" not in str(error)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load is."""

    done: int
    total: int


class DroppedError(BaseException):
    """Raised inside a load that nobody wants any more; no `Exception`, so that nothing takes it for a failure."""


class Ticket:
    """One request, as its work sees it."""

    def __init__(self, group: str, key: Hashable, work: Work, post: Callable[[Message], object]) -> None:
        self.group, self.key, self.work = group, key, work
        self._post = post
        self._dropped = threading.Event()

    @property
    def wanted(self) -> bool:
        """Whether the user has not moved on."""
        return not self._dropped.is_set()

    def check(self) -> None:
        """Give up here if the user has moved on.

        Raises
        ------
        DroppedError
        """
        if self._dropped.is_set():
            raise DroppedError

    def wait(self, seconds: float) -> None:
        """Pause, but no longer than the request is wanted.

        Raises
        ------
        DroppedError
        """
        if self._dropped.wait(seconds):
            raise DroppedError

    def tell(self, value: Any) -> None:
        """Send a part of the result, or how far the work is."""
        self.check()
        self._post(Loaded(self.group, self.key, value, final=False))

    def drop(self) -> None:
        """The user has moved on."""
        self._dropped.set()

    def run(self) -> Message | None:
        """Do the work; the message that says what came of it, for someone who still wants it."""
        if not self.wanted:
            return None
        begun = time.perf_counter()
        try:
            value = self.work(self)
        except DroppedError:
            return None
        except Exception as error:  # noqa: BLE001 - whatever a damaged file raises is said in its pane
            log_failure(f"{self.group} {self.key}", error, expected=_is_foreseen(error))
            return LoadFailed(self.group, self.key, error)
        log_asked(self.group, self.key, time.perf_counter() - begun)
        return Loaded(self.group, self.key, value, final=True)


@dataclass
class _Group:
    waiting: Ticket | None = None
    running: Ticket | None = None
    untaken: int = 0
    started: bool = False


class Loads:
    """One reader thread per group, each doing only the newest request of its group.

    Parameters
    ----------
    post : callable
        Takes a message from any thread, as `post_message` of a widget does.
    """

    def __init__(self, post: Callable[[Message], object]) -> None:
        self._post = post
        self._groups: dict[str, _Group] = {}
        self._changed = threading.Condition()
        self._closed = False

    def ask(self, group: str, key: Hashable, work: Work, *, finish: bool = False) -> Ticket:
        """Do `work` in the thread of `group`; what was asked of the group before is dropped.

        Parameters
        ----------
        finish : bool
            What is under way is brought to its end, so that of a fast series of requests some come true.
        """
        ticket = Ticket(group, key, work, self._post)
        with self._changed:
            if self._closed:
                ticket.drop()
                return ticket
            state = self._groups.setdefault(group, _Group())
            if finish and state.waiting is not None:
                state.waiting.drop()
            elif not finish:
                self._drop(state)
            state.waiting = ticket
            if not state.started:
                state.started = True
                threading.Thread(target=self._serve, args=(state,), name=f"load-{group}", daemon=True).start()
            self._changed.notify_all()
        return ticket

    def drop(self, *groups: str) -> None:
        """Forget what was asked of these groups."""
        with self._changed:
            for group in groups:
                if group in self._groups:
                    self._drop(self._groups[group])

    def taken(self, message: Loaded | LoadFailed) -> None:
        """What came of a load is in hand: only now is its group at rest.

        Were it at rest before, something older could be asked for between a result and its being shown; were
        it later, whoever shows the result would take the group for busy.
        """
        if isinstance(message, LoadFailed) or message.final:
            with self._changed:
                self._groups[message.group].untaken -= 1

    def busy(self, *groups: str) -> bool:
        """Whether any of these groups (or any at all) has something to do, or to hand over."""
        with self._changed:
            states = (
                [self._groups[g] for g in groups if g in self._groups] if groups else self._groups.values()
            )
            return any(s.waiting or s.untaken or (s.running and s.running.wanted) for s in states)

    def close(self) -> None:
        """Drop everything; a read under way ends in its own time and nobody waits for it."""
        with self._changed:
            self._closed = True
            for state in self._groups.values():
                self._drop(state)
            self._changed.notify_all()

    @staticmethod
    def _drop(state: _Group) -> None:
        for ticket in (state.waiting, state.running):
            if ticket is not None:
                ticket.drop()
        state.waiting = None

    def _serve(self, state: _Group) -> None:
        while True:
            with self._changed:
                while state.waiting is None and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                ticket = state.running = state.waiting
                state.waiting = None
            if ticket is None:
                continue
            message = ticket.run()
            with self._changed:
                state.running = None
                if message is not None and ticket.wanted:
                    state.untaken += 1
                    self._post(message)

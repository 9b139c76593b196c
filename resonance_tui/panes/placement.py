"""What is drawn to fit waits until the panes have their places: a run without frames has another layout."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from .later import Later

if TYPE_CHECKING:
    from .host import Host

UNKNOWN_FOR_S = 0.3
"""Seconds after which one draws all the same, where it is still not known whether there are frames."""


class Placed(Protocol):
    """A widget that is laid out."""

    def when_drawn(self, action: Callable[[], object]) -> None:
        """Do something once what has changed by now was laid out and drawn."""


class Placement:
    """Does one thing for the selected run, once the panes have their places.

    Parameters
    ----------
    host : Host
    pane : Placed
    """

    def __init__(self, host: Host, pane: Placed) -> None:
        self._pane = pane
        self._action: Callable[[], object] | None = None
        self._serial = 0
        self._is_known = False
        self._anyway = Later(host)

    @property
    def pending(self) -> bool:
        """Whether something is still to be done."""
        return self._action is not None

    def clear(self) -> None:
        """Another run: the layout is not known."""
        self._action, self._is_known = None, False
        self._anyway.stop()

    def then(self, action: Callable[[], object]) -> None:
        """Do this once the panes have their places."""
        self._action = action
        self._serial += 1
        if self._is_known:
            self._do_when_drawn()
        else:
            self._anyway.start(UNKNOWN_FOR_S, self._do)

    def known(self) -> None:
        """Take it that the layout is known, as it is known whether the run has frames; it comes next."""
        self._is_known = True
        self._anyway.stop()
        if self._action is not None:
            self._do_when_drawn()

    def _do_when_drawn(self) -> None:
        asked = self._serial  # what was asked for before another run came is not done for that
        self._pane.when_drawn(lambda: self._do() if self._serial == asked else None)

    def _do(self) -> None:
        action, self._action = self._action, None
        if action is not None:
            action()

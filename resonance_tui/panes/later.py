"""One thing that is to be done later: what is asked for next takes its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .host import Host, Timer


class Later:
    """A timer that is set again and again.

    Parameters
    ----------
    host : Host
    waited_for : bool
        Whether the user waits for what it does.
    """

    def __init__(self, host: Host, *, waited_for: bool = True) -> None:
        self._host = host
        self._waited_for = waited_for
        self._timer: Timer | None = None

    @property
    def pending(self) -> bool:
        """Whether something is to be done."""
        return self._timer is not None and self._timer.pending

    def start(self, seconds: float, action: Callable[[], object]) -> None:
        """Do this, and not what was to be done before."""
        self.stop()
        self._timer = self._host.schedule(seconds, action, waited_for=self._waited_for)

    def stop(self) -> None:
        """Do nothing."""
        if self._timer is not None:
            self._timer.stop()

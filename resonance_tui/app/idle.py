"""Garbage is collected while the user rests: a full collection stops everything for 100 ms and more."""

from __future__ import annotations

import gc

from textual.message_pump import MessagePump
from textual.timer import Timer

REST_S = 0.5
"""Seconds without a key after which it is time to tidy up."""


class IdleCollector:
    """Keeps the collector's full passes out of the way of the keys.

    Parameters
    ----------
    pump : MessagePump
        Whose timers are used.
    """

    def __init__(self, pump: MessagePump) -> None:
        self._pump = pump
        self._timer: Timer | None = None
        gc.enable()
        gc.freeze()  # what was imported stays; there is no need to look through it again and again
        gc.set_threshold(2000, 5, 200)
        self.put_off()

    def put_off(self) -> None:
        """Wait again, as a key was pressed."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._pump.set_timer(REST_S, self._collect)

    def _collect(self) -> None:
        self._timer = None
        gc.collect()

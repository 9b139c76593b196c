"""Flow control to the user's terminal: whether it has taken what was sent, how fast it is, and how much was sent.

A terminal behind SSH takes what it is given at once into buffers that nobody can look into. So we ask it for
its cursor's position (``ESC[6n``, ECMA-48 DSR) behind every picture: its answer comes when all before it was
drawn. Until then no other picture is sent: pictures are dropped, never delayed.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from textual.message_pump import MessagePump
from textual.timer import Timer

DSR_QUERY = "\x1b[6n"

MOST_BYTES = 1_000_000
"""Bytes of pictures in a second at most."""

_LOST_S = 3.0  # an answer that takes longer will not come
_LOST_IN_A_ROW = 2
_PAUSE_S = 0.04  # between pictures where the terminal does not answer
_SLOW, _FAST = 0.22, 0.07  # seconds that a picture may take before quality goes down, or up again
_WORST = 3


class FlowControl:
    """Knows whether the terminal is ready for another picture.

    Parameters
    ----------
    write : callable
        Sends a text to the terminal, behind all that was drawn so far.
    pump : MessagePump
        Whose timers are used.
    freed : callable
        Called when the terminal is ready again.
    """

    def __init__(
        self, write: Callable[[str], object], pump: MessagePump, freed: Callable[[], object]
    ) -> None:
        self._write, self._pump, self._freed = write, pump, freed
        self._asked: float | None = None
        self._answers = 0
        self._lost = 0
        self._timer: Timer | None = None
        self._pausing = False
        self._sent: deque[tuple[float, int]] = deque()
        self._size = 0
        self._total = 0
        self.is_asked = True
        """Whether there is a terminal that can be asked."""
        self.last_trip: float | None = None
        """Seconds from the last picture to its answer."""
        self.quality_steps_down = 0
        """How far the quality of moving pictures is reduced, 0 … 3."""

    @property
    def busy(self) -> bool:
        """Whether another picture would have to wait in some buffer."""
        return self._pausing or self.waiting

    @property
    def waiting(self) -> bool:
        """Whether an answer of the terminal is still on its way, as far as it is known to answer."""
        return self._asked is not None and self._answers > 0 and self._lost < _LOST_IN_A_ROW

    def words_sent(self, size: int) -> None:
        """Count a line of text that went over the line; it is not waited for."""
        if not size:
            return
        self._total += size
        self._sent.append((time.monotonic(), size))

    def pictures_sent(self, size: int) -> None:
        """Note that a picture of `size` bytes was just handed to the terminal."""
        if not self.is_asked:
            return
        now = time.monotonic()
        self._size = size or self._size
        self._total += size
        self._sent.append((now, size))
        while self._sent and now - self._sent[0][0] > 1.0:
            self._sent.popleft()
        pause = 0.0
        if self._asked is None:
            if self._lost >= _LOST_IN_A_ROW:
                pause = _PAUSE_S
            self._asked = now
            self._write(DSR_QUERY)
            self._wake_in(_LOST_S)
        if sum(size for _, size in self._sent) > MOST_BYTES:
            pause = max(pause, 1.0 - (now - self._sent[0][0]) + 0.01)
        if pause and not self._pausing:
            self._pause(pause)

    def on_report(self) -> None:
        """Note that the terminal reported its cursor's position."""
        self._lost = 0
        if self._asked is None:
            self._answers += 1
            return
        self.last_trip = time.monotonic() - self._asked
        self._asked = None
        self._answers += 1
        if self.last_trip > _SLOW:
            self.quality_steps_down = min(_WORST, self.quality_steps_down + 1)
        elif self.last_trip < _FAST:
            self.quality_steps_down = max(0, self.quality_steps_down - 1)
        self._free()

    def _pause(self, seconds: float) -> None:
        self._pausing = True
        self._pump.set_timer(max(0.001, seconds), self._paused)

    def _paused(self) -> None:
        self._pausing = False
        self._free()

    def _wake_in(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._pump.set_timer(seconds, self._give_up)

    def _give_up(self) -> None:
        if self._asked is not None and time.monotonic() - self._asked >= _LOST_S * 0.9:
            self._asked = None
            self._lost += 1
            self._free()

    def _free(self) -> None:
        if not self.busy:
            self._freed()

    def text(self) -> str:
        """Return what went over the link, in one line."""
        now = time.monotonic()
        rate = sum(size for at, size in self._sent if now - at <= 1.0)
        trip = "unanswered" if self.last_trip is None else f"in {1000 * self.last_trip:.0f} ms"
        quality = f" · quality −{self.quality_steps_down}" if self.quality_steps_down else ""
        return f"{self._size / 1000:.1f} kB {trip} · {rate / 1000:.0f} kB/s · {self._total / 1e6:.1f} MB{quality}"

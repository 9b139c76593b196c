"""Two lanes to a reader process: what the user waits for goes before what can be had later.

One question is under way at a time; each is short, so one in the foreground waits for one in the background at most.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextvars import ContextVar

BACKGROUND_AT_LEAST_EVERY_S = 0.5
"""However many foreground questions come, one of the background is asked after so long."""

_in_background: ContextVar[bool] = ContextVar("in_background", default=False)


@contextlib.contextmanager
def background_reads() -> Iterator[None]:
    """Mark the reads of this thread, within the block, as background: a foreground read goes before them.

    For details of rows, an index, whatever can be had later. Without a reader process it changes nothing.
    """
    token = _in_background.set(True)
    try:
        yield
    finally:
        _in_background.reset(token)


class _Waiter:
    """One who waits for the turn."""

    def __init__(self, since: float) -> None:
        self.since = since
        self.called = threading.Event()


class TwoLanes:
    """A lock with two queues: the foreground first, and in order of arrival within each.

    Parameters
    ----------
    clock : callable
        Gives seconds, always forwards.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._foreground: deque[_Waiter] = deque()
        self._background: deque[_Waiter] = deque()
        self._background_last = clock()
        self._in_background = False
        self.busy = False
        """Whether somebody has the turn."""

    @property
    def waiting(self) -> tuple[int, int]:
        """How many wait in the foreground and in the background."""
        return len(self._foreground), len(self._background)

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Have the turn within the block; in the background under `background_reads`."""
        background = _in_background.get()
        self._acquire(background)
        try:
            yield
        finally:
            self._release()

    def _acquire(self, background: bool) -> None:
        lane = self._background if background else self._foreground
        with self._guard:
            if not self.busy:
                self.busy, self._in_background = True, background
                return
            waiter = _Waiter(self._clock())
            lane.append(waiter)
        try:
            waiter.called.wait()
        except BaseException:  # as Ctrl-C in a notebook
            with self._guard:
                had_turn = waiter not in lane
                if not had_turn:
                    lane.remove(waiter)
            if had_turn:
                self._release()
            raise

    def _release(self) -> None:
        with self._guard:
            now = self._clock()
            if self._in_background:
                self._background_last = now
            lane = self._next_lane(now)
            self.busy, self._in_background = bool(lane), lane is self._background
            if lane:
                lane.popleft().called.set()

    def _next_lane(self, now: float) -> deque[_Waiter]:
        if not self._foreground or not self._background:
            return self._foreground or self._background
        since = max(self._background_last, self._background[0].since)
        return self._background if now - since >= BACKGROUND_AT_LEAST_EVERY_S else self._foreground

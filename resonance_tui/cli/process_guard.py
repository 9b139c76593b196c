"""The terminal around the app: is there one, and what happens when it goes away or somebody ends us."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

GRACE_S = 1.5
"""Seconds the app has to end by itself; a terminal that takes no more output must not keep it."""

_RESTORE = b"\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[<u\x1b[0m\r\n"


def missing_terminal() -> str | None:
    """Return why a full-screen program cannot run here; None where it can."""
    if os.environ.get("TEXTUAL_DRIVER"):
        return None
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout and sys.stdout.isatty()):
        return "needs a terminal on standard input and output"
    if os.environ.get("TERM", "") in ("dumb", "unknown"):
        return f"this terminal cannot show full-screen programs (TERM={os.environ['TERM']})"
    return None


def forget_stale_size() -> None:
    """Drop COLUMNS and LINES: left over from another window, they would win over the real size."""
    for name in ("COLUMNS", "LINES"):
        os.environ.pop(name, None)


class EndGuard:
    """Ends the app when it is told to (SIGTERM, SIGHUP) or when its terminal is gone.

    Parameters
    ----------
    end : callable
        Asks the app to end; called from another thread.
    """

    def __init__(self, end: Callable[[], None]) -> None:
        self._end = end
        self.signal_number = 0
        for name in ("SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            # what nohup ignores stays ignored; a lost terminal is noticed all the same
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._received)
        # elsewhere poll() does not know terminals (macOS) or is not there (Windows)
        if sys.platform == "linux" and sys.stdin is not None and sys.stdin.isatty():
            threading.Thread(
                target=self._watch, args=(sys.stdin.fileno(),), name="terminal-watch", daemon=True
            ).start()

    def _received(self, number: int, _frame: FrameType | None) -> None:
        self.signal_number = number
        threading.Thread(target=self._finish, name="end", daemon=True).start()

    def _watch(self, descriptor: int) -> None:
        poll = select.poll()
        poll.register(descriptor, 0)  # only what is reported unasked: the other side hung up
        poll.poll()
        self.signal_number = self.signal_number or int(getattr(signal, "SIGHUP", 1))
        self._finish()

    def _finish(self) -> None:
        with contextlib.suppress(Exception):
            self._end()
        time.sleep(GRACE_S)
        with contextlib.suppress(OSError):
            terminal = os.open("/dev/tty", os.O_WRONLY | os.O_NONBLOCK)
            os.write(terminal, _RESTORE)
        os._exit(128 + self.signal_number)

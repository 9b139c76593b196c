"""A terminal driver that a stop by force does not confuse."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver


def steady_driver(app: App[Any]) -> type[LinuxDriver]:
    """A driver for an app that may be stopped (SIGSTOP: a debugger, ``kill -STOP``) and goes on later.

    Textual's own takes every SIGCONT for the end of a suspension of its own: it begins anew without having ended,
    and from then on two threads read the keys, one of which the app waits for in vain when it quits.
    """
    return type("SteadyDriver", (_SteadyDriver,), {"repaint": staticmethod(lambda: app.refresh(layout=True))})


class _SteadyDriver(LinuxDriver):
    repaint: Callable[[], object]
    _suspended = _beginning = False

    def suspend_application_mode(self) -> None:
        """Leave the terminal to somebody else."""
        self._suspended = True
        super().suspend_application_mode()

    def resume_application_mode(self) -> None:
        """Take the terminal back; after a stop by force, once what is under way has come to its end."""
        if self._suspended:
            self._suspended = False
            super().resume_application_mode()
        elif not self._beginning:
            self._beginning = True  # this is within a signal's handler: another may come before the end
            asyncio.get_running_loop().call_soon_threadsafe(self._begin_anew)

    def _begin_anew(self) -> None:
        self._beginning = False
        super().suspend_application_mode()
        super().resume_application_mode()
        self.repaint()

"""A terminal driver that neither a stop by force nor an answer of the terminal confuses."""

from __future__ import annotations

import asyncio
import os
import selectors
from codecs import getincrementaldecoder
from collections.abc import Callable
from typing import Any

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from .answers import AnswerFilter, seven_bits

_LOOK_EVERY_S = 0.1
_READ_BYTES = 4096


def steady_driver(app: App[Any]) -> type[LinuxDriver]:
    """Return a driver for an app that may be stopped (SIGSTOP: a debugger, ``kill -STOP``) and goes on later.

    Textual's own takes every SIGCONT for the end of a suspension of its own: it begins again without having ended,
    and from then on two threads read the keys, one of which the app waits for in vain when it quits. And it makes
    keys of whatever a terminal answers that it does not know.
    """
    return type("SteadyDriver", (_SteadyDriver,), {"repaint": staticmethod(lambda: app.refresh(layout=True))})


class KeyReader:
    """Makes messages of a terminal's input: answers are taken out first, then Textual makes keys of the rest."""

    def __init__(self, take: Callable[[Any], object]) -> None:
        self._take = take
        self._parser = XTermParser()
        self._filter = AnswerFilter(ANSI_SEQUENCES_KEYS)
        # a byte that is no UTF-8 would end the thread that reads
        self._decode = getincrementaldecoder("utf-8")(errors="surrogateescape").decode

    @property
    def patience(self) -> float:
        """Seconds after which `tick` may have something to do."""
        remaining = self._filter.remaining
        return _LOOK_EVERY_S if remaining is None else min(_LOOK_EVERY_S, remaining)

    def feed(self, data: bytes) -> None:
        """Take what came in."""
        self._feed(self._filter.feed(seven_bits(self._decode(data))))

    def tick(self) -> None:
        """Take what nothing followed in time, as the escape key."""
        late = self._filter.expire()
        if late == "\x1b":  # it has waited already; the parser would wait once more
            self._take(events.Key("escape", late))
        else:
            self._feed(late)
        for message in self._parser.tick():
            self._take(message)

    def _feed(self, text: str) -> None:
        if text:  # to the parser an empty text is the end
            for message in self._parser.feed(text):
                self._take(message)


class _SteadyDriver(LinuxDriver):
    repaint: Callable[[], object]
    _suspended = _beginning = False

    def run_input_thread(self) -> None:
        """Read the terminal's input until the app ends."""
        reader = KeyReader(self.process_message)
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(reader.patience):
                    data = os.read(self.fileno, _READ_BYTES)
                    if not data:  # standard input is closed
                        return
                    reader.feed(data)
                reader.tick()

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

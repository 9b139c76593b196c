"""Runs a program in a real pseudo-terminal, types keys at it, and looks at the screen that comes of it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyte

from tests.waiting import PATIENCE_S

ROOT = Path(__file__).resolve().parent.parent.parent
WIDE, NARROW = (120, 40), (80, 24)

KEYS = {
    "enter": "\r", "escape": "\x1b", "tab": "\t", "shift+tab": "\x1b[Z", "space": " ", "backspace": "\x7f",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
    "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "ctrl+c": "\x03", "ctrl+p": "\x10", "ctrl+q": "\x11",
}  # fmt: skip

# The child opens its terminal itself: a fork that runs Python first may hang where other threads are.
_LAUNCH = """\
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
for number in map(int, filter(None, sys.argv[1].split(","))):
    signal.signal(number, signal.SIG_IGN)
os.execvp(sys.argv[2], sys.argv[2:])
"""

# What the emulator would print, since it does not know it: queries and modes that change no cell.
_UNKNOWN = re.compile(
    rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b\[\?[0-9;]*u|\x1b[P_^][^\x1b]*\x1b\\"
)
_WHOLE_PICTURES, _THEY_ARE = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
_PICTURE_BEGINS, _PICTURE_ENDS = b"\x1b[?2026h", b"\x1b[?2026l"
_WHERE_IS_THE_CURSOR, _IT_IS_THERE = b"\x1b[6n", b"\x1b[1;1R"
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|[P_^\]][^\x1b\x07]*\x1b?)?\Z")


def resonance_tui(*arguments: str | Path) -> list[str]:
    """The command that runs the app."""
    return [sys.executable, "-m", "resonance_tui", *map(str, arguments)]


def terminal_environment(changes: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """The environment of a program in an ordinary terminal; a change to None takes the name out."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("LINES", "COLUMNS", "NO_COLOR") and not name.startswith("TEXTUAL")
    }
    ours = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "TZ": "UTC", "PYTHONPATH": str(ROOT)}
    wanted = {**kept, **ours, **(changes or {})}
    return {name: value for name, value in wanted.items() if value is not None}


class Terminal:
    """A program in a pseudo-terminal; `with` ends it.

    Parameters
    ----------
    command : sequence of str or pathlib.Path
        The program and its arguments.
    size : tuple of int
        Columns and lines.
    env : mapping
        Changes to the environment of an ordinary terminal.
    cwd : pathlib.Path
        Where the program runs.
    ignore : sequence of signal numbers
        What the program finds ignored, as under ``nohup``.
    answers : bool
        Whether the terminal tells where its cursor is when it is asked.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        size: tuple[int, int] = WIDE,
        env: Mapping[str, str | None] | None = None,
        cwd: Path | None = None,
        ignore: Sequence[int] = (),
        answers: bool = True,
    ) -> None:
        self.answers = answers
        columns, lines = size
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self._unfinished = b""
        self._display: list[str] | None = None
        self._whole = True
        self.raw = bytearray()
        """All that the program has written."""
        self._master, self._slave = os.openpty()
        self._open = True
        self._set_size(columns, lines)
        self.attributes_before = self.attributes()
        ignored = ",".join(str(int(number)) for number in ignore)
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _LAUNCH, ignored, *map(str, command)],
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            start_new_session=True,
            env=terminal_environment(env),
            cwd=cwd,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.hang_up()

    # -- what goes in ------------------------------------------------------------------------------------

    def type(self, text: str) -> None:
        """Send a text in one packet."""
        left = text.encode()
        while left:
            self.read(0)  # never wait for a program that waits for us
            _, writable, _ = select.select([], [self._master], [], 5)
            if not writable:
                raise AssertionError(f"the program takes no more keys\n{self.framed()}")
            left = left[os.write(self._master, left) :]

    def type_in_packets(self, *packets: bytes, seconds: float = 5.0) -> None:
        """Send packets one by one, each once the program has taken the one before; nothing comes in between."""
        for packet in packets:
            os.write(self._master, packet)
            end = time.monotonic() + seconds
            while struct.unpack("i", fcntl.ioctl(self._slave, termios.FIONREAD, bytes(4)))[0]:
                assert time.monotonic() < end, "the program takes no more keys"
                time.sleep(0.002)

    def press(self, *keys: str) -> None:
        """Press keys, by name or as their one character."""
        for key in keys:
            self.type(KEYS.get(key, key))

    def resize(self, columns: int, lines: int) -> None:
        """Change the size of the window; the kernel tells the program."""
        self.read(0)
        self._display = None
        self.screen.resize(lines, columns)
        self._set_size(columns, lines)

    def signal(self, number: int) -> None:
        """Send the program a signal."""
        self.process.send_signal(number)

    def hang_up(self) -> None:
        """Close the window."""
        if self._open:
            self._open = False
            os.close(self._master)
            os.close(self._slave)

    def _set_size(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    # -- what comes out ----------------------------------------------------------------------------------

    def read(self, seconds: float) -> bool:
        """Feed the screen with what comes next; False where nothing came."""
        if not self._open:
            time.sleep(min(seconds, 0.02))
            return False
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return False
        data = b""
        with contextlib.suppress(OSError):
            data = os.read(self._master, 65536)
        self.raw += data
        data = self._unfinished + data
        unfinished = _UNFINISHED.search(data)
        cut = unfinished.start() if unfinished else len(data)
        self._unfinished = data[cut:]
        self._display = None
        self._stream.feed(_UNKNOWN.sub(b"", data[:cut]))
        # as a modern terminal does: the program is asked to say where a picture begins and ends
        if _WHOLE_PICTURES in data[:cut]:
            os.write(self._master, _THEY_ARE)
        if self.answers:
            os.write(self._master, _IT_IS_THERE * data[:cut].count(_WHERE_IS_THE_CURSOR))
        begins, ends = data.rfind(_PICTURE_BEGINS, 0, cut), data.rfind(_PICTURE_ENDS, 0, cut)
        if begins != ends:
            self._whole = ends > begins
        return True

    def display(self) -> list[str]:
        """The screen, line by line, each in its whole width."""
        if self._display is None:
            self._display = self.screen.display
        return self._display

    def lines(self) -> list[str]:
        """The screen, line by line."""
        return [line.rstrip() for line in self.display()]

    def text(self) -> str:
        """The screen."""
        return "\n".join(self.lines())

    def framed(self) -> str:
        """The screen with a frame around it, for messages."""
        rule = "+" + "-" * self.screen.columns + "+"
        inside = [f"|{line:<{self.screen.columns}}|" for line in self.display()]
        return "\n".join([rule, *inside, rule])

    def line_containing(self, text: str) -> str:
        """The first line of the screen that holds a text; empty where none does."""
        return next((line for line in self.lines() if text in line), "")

    def line_under_cursor(self, title: str) -> str:
        """The line that is lit up in the pane of that title; empty where none is.

        A lit line has another background than most lines of its pane.
        """
        first = next((y for y, line in enumerate(self.lines()) if _title_of(line, title) >= 0), None)
        if first is None:
            return ""
        display = self.display()
        column = _title_of(display[first], title) + 2
        last = next(
            (y for y in range(first + 1, self.screen.lines) if display[y][column : column + 1] in _RULES),
            self.screen.lines - 1,
        )
        grounds = {y: self.screen.buffer[y][column].bg for y in range(first + 2, last)}
        usual = max(set(grounds.values()), key=list(grounds.values()).count, default="")
        lit = next((y for y, ground in grounds.items() if ground != usual), None)
        if lit is None:
            return ""
        row = self.screen.buffer[lit]
        end = column
        while end < self.screen.columns and row[end].bg == grounds[lit]:
            end += 1
        return display[lit][column - 2 : end].rstrip()

    def until(self, text: str, seconds: float = PATIENCE_S) -> str:
        """Wait until a text is on the screen; the line that holds it."""
        self.until_true(lambda: text in self.text(), f"{text!r} never showed", seconds)
        return self.line_containing(text)

    def until_matches(self, pattern: str, seconds: float = PATIENCE_S) -> re.Match[str]:
        """Wait until a regular expression matches on the screen."""
        self.until_true(lambda: re.search(pattern, self.text()), f"{pattern!r} never showed", seconds)
        match = re.search(pattern, self.text())
        assert match is not None
        return match

    def until_under_cursor(self, title: str, text: str, seconds: float = PATIENCE_S) -> str:
        """Wait until the lit line of a pane holds a text; that line."""
        self.until_true(
            lambda: text in self.line_under_cursor(title),
            f"{text!r} never came under the cursor in {title}",
            seconds,
        )
        return self.line_under_cursor(title)

    def until_gone(self, text: str, seconds: float = PATIENCE_S) -> None:
        """Wait until a text is no longer on the screen."""
        self.until_true(lambda: text not in self.text(), f"{text!r} never went away", seconds)

    def until_true(
        self, condition: Callable[[], object], otherwise: str, seconds: float = PATIENCE_S
    ) -> None:
        """Wait until a condition holds on the screen; half a picture does not count.

        Raises
        ------
        AssertionError
            It did not within the time, or the program ended first; with the screen.
        """
        end = time.monotonic() + seconds
        while not (self._whole and condition()):
            if self.read(0.02):
                continue
            if self.process.poll() is not None and not self.read(0.05):
                if condition():
                    return
                raise AssertionError(
                    f"{otherwise}: the program ended with status {self.process.returncode}\n{self.framed()}"
                )
            if time.monotonic() > end:
                raise AssertionError(f"{otherwise} within {seconds:g} s\n{self.framed()}")

    def unread(self) -> bytes:
        """What was typed or answered, and the program did not take: the shell would get it."""
        attributes = self.attributes()
        attributes[3] &= ~(termios.ICANON | termios.ECHO)
        termios.tcsetattr(self._slave, termios.TCSANOW, attributes)
        ready, _, _ = select.select([self._slave], [], [], 0.1)
        return os.read(self._slave, 4096) if ready else b""

    def stop_output(self) -> None:
        """Take no more output, as a window behind a stuck connection; the program's next write waits."""
        termios.tcflow(self._slave, termios.TCOOFF)

    def until_idle(self, seconds: float = PATIENCE_S) -> None:
        """Wait, reading nothing, until the program does nothing any more: it is done, or stuck."""
        account = Path(f"/proc/{self.process.pid}/stat")
        end = time.monotonic() + seconds
        spent, since = -1, time.monotonic()
        while time.monotonic() < end:
            if account.exists():
                now = sum(map(int, account.read_text().rpartition(")")[2].split()[11:13]))
                if now > spent + 1:
                    spent, since = now, time.monotonic()
            if time.monotonic() - since > (0.5 if account.exists() else 3.0):
                return
            time.sleep(0.05)
        raise AssertionError(f"the program is still busy after {seconds:g} s")

    # -- the end -----------------------------------------------------------------------------------------

    def attributes(self) -> list[Any]:
        """The attributes of the terminal, as the program set them."""
        return termios.tcgetattr(self._slave)

    def wait_exit(self, seconds: float = PATIENCE_S, *, reading: bool = True) -> int:
        """Wait for the program's end; its exit status, negative where a signal ended it.

        Raises
        ------
        AssertionError
            It did not end within the time.
        """
        end = time.monotonic() + seconds
        while self.process.poll() is None:
            if time.monotonic() > end:
                raise AssertionError(f"the program did not end within {seconds:g} s\n{self.framed()}")
            if reading:
                self.read(0.01)
            else:
                time.sleep(0.01)
        while reading and self.read(0.02):
            pass
        return self.process.returncode

    def quit(self, seconds: float = PATIENCE_S) -> int:
        """Press `q`; the exit status, which is 0.

        Raises
        ------
        AssertionError
            It is another; with the last screen, where a traceback would be.
        """
        self.press("q")
        status = self.wait_exit(seconds)
        if status:
            raise AssertionError(f"the program ended with status {status}\n{self.framed()}")
        return status


_RULES = frozenset("─━")


def _title_of(line: str, title: str) -> int:
    """Where in a line of the screen a pane's title stands; -1 where it does not."""
    match = re.search(rf"[─━]{title}(?=  |[─━])", line)
    return match.start() + 1 if match else -1


__all__ = ["NARROW", "ROOT", "WIDE", "Terminal", "resonance_tui", "signal", "terminal_environment"]

"""The processes of a soak: started, killed and started again; nothing outlives the block it was started in."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.conftest import python_env
from tests.pty.terminal import ROOT, Terminal, resonance_tui

_KEYS = (
    "j", "j", "j", "k", "g", "G", "enter", "escape", "tab", "[", "]", "]", "z", "?", "escape",
    "pagedown", "pageup", "up", "down", "1", "2", "3", "4",
)  # fmt: skip


HUNG = 999
"""The status of a program that did not end."""


class Worker:
    """A helper process of the soak, by module name and arguments."""

    def __init__(self, module: str, *arguments: object) -> None:
        self._command = [sys.executable, "-m", f"tests.soak.{module}", *map(str, arguments)]
        self.expected_end = True
        self.start()

    def start(self) -> None:
        """Start it (again)."""
        self.process = subprocess.Popen(
            self._command, cwd=ROOT, env=python_env(), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.expected_end = False

    @property
    def pid(self) -> int:
        """Its process."""
        return self.process.pid

    def kill(self) -> None:
        """As a crash."""
        self._end(signal.SIGKILL)

    def terminate(self) -> None:
        """As one is asked to end."""
        self._end(signal.SIGTERM)

    def _end(self, number: int) -> None:
        self.expected_end = True
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(number)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stderr is not None:
            self.process.stderr.close()

    def died(self) -> str | None:
        """Its last words, if it ended although nobody told it to."""
        if self.expected_end or self.process.poll() is None:
            return None
        words = self.process.stderr.read() if self.process.stderr is not None else ""
        return f"{self._command[2]} ended with {self.process.returncode}: {words.strip()[-600:]}"


class _Nowhere:
    """What the screen is fed to: emulating it would cost more than the app."""

    def feed(self, _data: bytes) -> None:
        """Take no notice."""


class Viewer:
    """The real app in a pseudo-terminal, under random keys typed by a thread of its own."""

    def __init__(self, path: Path, log: Path, seed: int) -> None:
        self._path = path
        self._log = log
        self._random = random.Random(seed)
        self._guard = threading.Lock()
        self._stop = threading.Event()
        self.drained = True
        self.keys = 0
        self.starts = 0
        self.problems: list[str] = []
        self.last_words = ""
        self.start()
        self._thread = threading.Thread(target=self._type, daemon=True)
        self._thread.start()

    def start(self) -> None:
        """Start it (again); every second time without the kernel's help against writing.

        Little is kept of frames, so that what grows is a leak, and no cache that fills.
        """
        options = ["--cache", "16", *(["--no-landlock"] if self.starts % 2 == 0 else [])]
        self.starts += 1
        command = [sys.executable, "-m", "tests.soak.launch", str(self._log)]
        self.terminal = Terminal([*command, *resonance_tui(*options, self._path)[3:]], cwd=ROOT)
        self.terminal._stream = _Nowhere()  # type: ignore[assignment]
        self.terminal.process.poll()
        self.expected_end = False
        self.born = time.monotonic()

    @property
    def pid(self) -> int:
        """Its process."""
        return self.terminal.process.pid

    def _type(self) -> None:
        while not self._stop.is_set():
            with self._guard:
                if self.drained and not self.expected_end:
                    self._turn()
            time.sleep(0.01)

    def _turn(self) -> None:
        for _ in range(20):
            if not self.terminal.read(0):
                break
        del self.terminal.raw[:-20_000]
        if self.terminal.process.poll() is not None:
            self.expected_end = True
            text = _plain(bytes(self.terminal.raw[-12_000:]))
            self.problems.append(f"the app ended by itself with {self.terminal.process.returncode}: {text}")
        elif time.monotonic() - self.born > 1.0 and self._random.random() < 0.3:
            self.keys += 1
            with contextlib.suppress(AssertionError, OSError):
                self.terminal.press(self._random.choice(_KEYS))

    def resize(self) -> None:
        """A storm of sizes."""
        for _ in range(15):
            with self._guard:
                self.terminal.resize(self._random.randint(20, 180), self._random.randint(8, 60))
            time.sleep(0.02)
        with self._guard:
            self.terminal.resize(120, 40)

    def end(self, how: str) -> int:
        """End it by a signal's name, by closing its window (``hang up``) or by its key; its status."""
        with self._guard:
            self.expected_end = True
            terminal = self.terminal
            if terminal.process.poll() is not None:
                return int(terminal.process.returncode)
            if how == "hang up":
                terminal.hang_up()
            elif how == "keys":
                for key in ("escape", "escape", "ctrl+q"):  # one by one: an escape begins many a key
                    terminal.press(key)
                    end = time.monotonic() + 0.3
                    while time.monotonic() < end:
                        terminal.read(0.02)
            else:
                terminal.signal(getattr(signal, how))
            try:
                status = terminal.wait_exit(8.0)
            except AssertionError:
                status = HUNG
                if how != "hang up":
                    terminal.signal(signal.SIGUSR2)
                    time.sleep(0.3)
                    self._log.with_name("app-hung").write_bytes(bytes(terminal.raw))
            self.last_words = _plain(bytes(terminal.raw[-12_000:])) if status > 0 else ""
            terminal.__exit__(None, None, None)
        return status

    def close(self) -> int:
        """Quit it, as one does; its status, 0 where all is well."""
        self._stop.set()
        self._thread.join(5)
        ended_before = self.expected_end
        status = self.end("keys")
        return 0 if ended_before else status


def _plain(raw: bytes) -> str:
    """What a program wrote last, without what moves the cursor and colours it; from its traceback on, if any."""
    text = re.sub(r"\x1b\[[0-9;?<>=]*[a-zA-Z$]*|\x1b.|[─━│╭╮╰╯]", "", raw.decode("utf-8", "replace"))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    start = next((i for i, line in enumerate(lines) if "Traceback" in line), max(0, len(lines) - 8))
    return "\n".join(lines[start:])[-4000:]


def burn(seconds: float, n: int) -> list[subprocess.Popen[bytes]]:
    """Processes that keep every core busy for a while."""
    code = f"import time\nend = time.monotonic() + {seconds}\nwhile time.monotonic() < end: pass"
    return [subprocess.Popen([sys.executable, "-S", "-c", code]) for _ in range(n)]


def holds_read_lock(pid: int, path: Path) -> bool:
    """Whether a process has a read lock on a database at this moment."""
    inode = str(path.stat().st_ino)
    for line in Path("/proc/locks").read_text().splitlines():
        words = line.split()
        if len(words) == 8 and words[4] == str(pid) and words[5].rpartition(":")[2] == inode:
            return True
    return False


def signal_quietly(pid: int, number: int) -> None:
    """Send a signal, if there is still somebody."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)

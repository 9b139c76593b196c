"""Watches from outside which processes hold a read lock on a database, and for how long.

    python -m tests.lock_watch DATABASE [everyone] [normal]

says ``ready``, then looks until its standard input ends, and then writes its report (`tests.holds`) as JSON. By
default it asks the kernel about that one lock, which names the process that has held it longest: enough where one
process reads. With ``everyone`` it reads the kernel's list of all locks at each look, which names all of them.

It asks for real-time priority, or else for the best priority there is, so as to be late as rarely as possible; where
neither is permitted (or with ``normal``), more is reported as not measured.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from tests.holds import Bounds, Report

ROOT = Path(__file__).resolve().parent.parent

SHARED_FIRST, SHARED_LENGTH = 0x40000000 + 2, 510
"""Where SQLite's readers have their lock: https://sqlite.org/lockingv3.html"""

_FLOCK = "hhqqi4x"  # struct flock of 64-bit Linux
_PAUSE_S = 0.00005
_PAUSE_EVERYONE_S = 0.0002
_PAGE = 65536

Look = Callable[[], set[int]]


class LockWatch:
    """A process that watches a database's read locks, from its start until `stop`.

    Parameters
    ----------
    path : pathlib.Path
    everyone : bool
        Whether several processes read at the same time.
    preferred : bool
        Whether it asks to be run before other processes.
    """

    def __init__(self, path: Path, *, everyone: bool = False, preferred: bool = True) -> None:
        words = [*(["everyone"] if everyone else []), *([] if preferred else ["normal"])]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.lock_watch", str(path), *words],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        if self._process.stdout.readline().strip() != "ready":
            raise RuntimeError(self.died() or "the lock watch did not begin")

    def died(self) -> str | None:
        """Its last words, if it has ended although nobody told it to."""
        if self._process.stdin is None or self._process.stdin.closed or self._process.poll() is None:
            return None
        words = self._process.stderr.read() if self._process.stderr is not None else ""
        return f"the lock watch ended with {self._process.returncode}: {words.strip()[-600:]}"

    def stop(self) -> Report:
        """End it and have its report."""
        output, errors = self._process.communicate()
        if self._process.returncode:
            raise RuntimeError(f"the lock watch ended with {self._process.returncode}: {errors[-600:]}")
        return Report.from_json(json.loads(output))

    def kill(self) -> None:
        """End it without a report."""
        self._process.kill()
        self._process.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self.kill()


def oldest_holder(descriptor: int) -> Look:
    """A look at the process that has had the lock for longest: some microseconds, in nobody's way."""
    import fcntl

    ask = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, SHARED_FIRST, SHARED_LENGTH, 0)

    def look() -> set[int]:
        kind, _, _, _, pid = struct.unpack(_FLOCK, fcntl.fcntl(descriptor, fcntl.F_GETLK, ask))
        return set() if kind == fcntl.F_UNLCK else {pid}

    return look


def every_holder(descriptor: int) -> Look:
    """A look at all processes that have it.

    The kernel gives its list in pieces of a page, between which it can change: whoever the kernel names when asked
    about the lock itself holds it, listed or not.
    """
    oldest = oldest_holder(descriptor)
    inode, first = str(os.fstat(descriptor).st_ino), str(SHARED_FIRST)
    listed = os.open("/proc/locks", os.O_RDONLY)

    def look() -> set[int]:
        found, offset = oldest(), 0
        text = b""
        while piece := os.pread(listed, _PAGE, offset):
            text += piece
            offset += len(piece)
        for line in text.decode("ascii", "replace").splitlines():
            words = line.split()
            is_shared = len(words) == 8 and words[3] == "READ" and words[6] == first
            if is_shared and words[5].rpartition(":")[2] == inode:
                found.add(int(words[4]))
        return found

    return look


def prefer_this_process() -> str:
    """Ask the kernel to run this process before others; what it granted."""
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
        return "real time"
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, -20)
        return "nice -20"
    return "normal"


def spent(pid: int) -> list[float]:
    """Milliseconds that a process ran, that it waited for a core, and that the machine itself was kept waiting."""
    try:
        ran, waited = Path(f"/proc/{pid}/schedstat").read_text().split()[:2]
        stolen = Path("/proc/stat").read_text().split("\n", 1)[0].split()[8]
    except (OSError, IndexError, ValueError):
        return []
    return [int(ran) / 1e6, int(waited) / 1e6, 1000 * int(stolen) / os.sysconf("SC_CLK_TCK")]


def watch(look: Look, ended: threading.Event, pause: float, ready: Callable[[], None]) -> Report:
    """Look, with a pause after each look, until told to end."""
    bounds, clock = Bounds(), time.monotonic
    before_hold: dict[int, list[float]] = {}
    ready_said = False
    while not ended.is_set():
        before = clock()
        holders = look()
        new, over = bounds.look(before, clock(), holders)
        for pid in new:
            before_hold[pid] = spent(pid)
        for hold in over:
            begun = before_hold.pop(hold.pid, [])
            if hold.at_most > 0.02:
                hold.ran_waited_stolen_ms = [
                    round(b - a, 1) for a, b in zip(begun, spent(hold.pid), strict=False)
                ]
        if not ready_said:
            ready_said = True
            ready()
        time.sleep(pause)
    return bounds.report()


def main() -> None:
    """Watch until the standard input ends; write the report."""
    gc.disable()
    descriptor = os.open(sys.argv[1], os.O_RDONLY)  # no SQLite in this process: closing costs nobody a lock
    everyone = "everyone" in sys.argv[2:]
    ended = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        ended.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    priority = "normal" if "normal" in sys.argv[2:] else prefer_this_process()
    look = every_holder(descriptor) if everyone else oldest_holder(descriptor)
    pause = _PAUSE_EVERYONE_S if everyone else _PAUSE_S
    report = watch(look, ended, pause, lambda: print("ready", flush=True))
    report.priority = priority
    print(json.dumps(report.as_json()))


if __name__ == "__main__":
    main()

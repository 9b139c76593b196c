"""The soak's acquisition: run after run, each call timed, what was committed noted in a ledger.

    python -m tests.soak.writer DATABASE LEDGER SEED [wal]

SIGUSR1 makes the next run a long one, which overflows SQLite's cache and locks everybody out; SIGTERM ends it.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from resonance_tui.simulator.writer import BeamtimeWriter
from tests.soak.content import FIELD, KEYS, event, frame

_LONG = 2000


class Acquisition:
    """Takes runs until it is told to end."""

    def __init__(self, path: Path, ledger: Path, seed: int, wal: bool) -> None:
        self.random = random.Random(seed)
        self.ledger = ledger.open("a", buffering=1)
        self.ending = self.long_next = False
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGUSR1, self._long)
        self.note(writer=os.getpid())
        self.writer: BeamtimeWriter = self.timed("open", lambda: BeamtimeWriter(path, wal=wal))
        # so that it overflows after some hundred events, as with those of fifteen channels, and not megabytes
        self.writer._connection.execute("PRAGMA cache_size = -500")

    def _end(self, *_: object) -> None:
        self.ending = True

    def _long(self, *_: object) -> None:
        self.long_next = True

    def note(self, **what: Any) -> None:
        self.ledger.write(json.dumps(what) + "\n")

    def timed(self, what: str, call: Callable[[], Any]) -> Any:
        begun = time.monotonic()
        try:
            return call()
        finally:
            took = 1000 * (time.monotonic() - begun)
            if took > 20 or what != "event":
                self.note(call=what, ms=round(took, 1))

    def take(self) -> None:
        """One run: some events, some with frames."""
        long, self.long_next = self.long_next or self.random.random() < 0.02, False
        n = _LONG if long else self.random.choice((1, 8, 30, 30, 60))
        frames = 2 if long else self.random.choice((0, 3, 6, 12))
        w = self.writer
        uid = self.timed("open_run", lambda: w.open_run("scan", None, time.time(), {"planned": n}))
        self.timed("open_stream", lambda: w.open_stream(KEYS))
        for number in range(1, n + 1):
            made = self.timed("event", lambda number=number: w.write_event(event(uid, number), time.time()))
            if number <= frames:
                self.timed("frame", lambda m=made, i=number - 1: w.write_image(m, FIELD, frame(uid, i)))
                time.sleep(self.random.uniform(0.0, 0.01))
        if long:
            time.sleep(0.6)  # shut, as for the rest of a long scan
        self.timed("close_run", lambda: w.close_run("success", time.time()))
        self.note(closed=uid, events=n, frames=min(frames, n), commits=3)

    def run(self) -> None:
        """Until SIGTERM; an error is noted and the run given up, as the acquisition would."""
        while not self.ending:
            try:
                self.take()
            except sqlite3.Error as error:
                self.note(error=f"{type(error).__name__}: {error}")
                self.writer.abandon_run()
            time.sleep(self.random.uniform(0.0, 0.04))
        self.writer.close()
        self.note(ended=True)


if __name__ == "__main__":
    try:
        Acquisition(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), "wal" in sys.argv[4:]).run()
    except sqlite3.Error as error:
        with Path(sys.argv[2]).open("a") as file:
            file.write(json.dumps({"error": f"open: {error}"}) + "\n")
        raise

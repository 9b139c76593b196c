"""A viewer without a screen: reads what is there through the catalog and checks every value; or a bad one.

    python -m tests.soak.reader KIND DATABASE LOG SEED

KIND is `ours`, or one of the bad viewers that the soak must catch: `half_read`, `held`, `immutable`, `naive_frame`.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from resonance_tui.catalog import Catalog, CatalogError, Run, Watch, use_reader_process
from resonance_tui.catalog.errors import CatalogBusyError
from tests.soak.content import FIELD, SIZE, check, frame

_TELL_EVERY = 0.5


class Account:
    """What a viewer has read and found wrong, told to a file now and then."""

    def __init__(self, log: Path) -> None:
        self._log = log.open("a", buffering=1)
        self.verified = self.wrong = self.busy = 0
        self.found: list[str] = []
        self._next = 0.0

    def expect(self, right: bool, what: str) -> None:
        """Count a read as verified or wrong."""
        self.verified += 1
        if not right:
            self.wrong += 1
            self.found.append(what)

    def tell(self, *, now: bool = False) -> None:
        """Write the account down, when it is time."""
        if not now and time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _TELL_EVERY
        line = {
            "pid": os.getpid(), "verified": self.verified, "wrong": self.wrong, "busy": self.busy,
            "found": self.found[-3:], "rss_mb": _rss(), "fds": len(os.listdir("/proc/self/fd")),
        }  # fmt: skip
        self._log.write(json.dumps(line) + "\n")


def _rss() -> float:
    with contextlib.suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 2**20
    return 0.0


class Reader:
    """Reads at random, as people do, and checks each read."""

    def __init__(self, path: Path, account: Account, seed: int) -> None:
        self.path = path
        self.account = account
        self.random = random.Random(seed)
        self.watch = Watch(path)
        self.catalog: Catalog | None = None
        self.known = 0

    def step(self) -> None:
        """One read; what the beamtime cannot give at the moment is no fault."""
        changes = self.watch.poll()
        if changes.locks.readers_blocked or changes.error is not None:
            self.account.busy += 1
        if self.catalog is None:
            self.catalog = Catalog(self.path)
            self.catalog.patience = 0.3
        recent = self.catalog.recent(12)
        if not recent:
            return
        run = self.catalog[recent[0].uid if self.random.random() < 0.4 else self.random.choice(recent).uid]
        self.random.choice((self.table, self.frames, self.live, self.live, self.pages))(run)

    def table(self, run: Run) -> None:
        """All events, all values; of a run in progress none."""
        table = run.table()
        again = self.catalog[run.uid] if self.catalog else run
        if run.time_stop is None:
            self.account.expect(
                len(table) == 0 or again.time_stop is not None, f"{run.uid}: {len(table)} events, not closed"
            )
            return
        self.account.expect(len(table) == run.num_events, f"{run.uid}: {len(table)} of {run.num_events}")
        right = all(check(run.uid, n) == c for n, c in zip(table["seq_num"], table["check"], strict=True))
        self.account.expect(right, f"{run.uid}: values")

    def pages(self, run: Run) -> None:
        """Events after a place, as they are followed."""
        last = self.random.randrange(0, 40)
        for page in run.event_pages(start=last):
            good = page.seq_num == list(range(page.offset + 1, page.offset + 1 + len(page)))
            self.account.expect(good, f"{run.uid}: events after {last}: {page.seq_num[:3]} at {page.offset}")

    def frames(self, run: Run) -> None:
        """A frame of the database's, if its chunk is there."""
        images = run.images(FIELD)
        if len(images):
            self._compare(run, images, self.random.randrange(len(images)))

    def live(self, run: Run) -> None:
        """The newest frame on disk: never one that is not there yet."""
        images = run.live_images(FIELD)
        if n := len(images):
            self._compare(run, images, n - 1)

    def _compare(self, run: Run, images: object, index: int) -> None:
        assert hasattr(images, "is_stored")
        before = images.is_stored(index)
        seen = images[index]  # type: ignore[index]
        if before and images.is_stored(index):
            self.account.expect(np.array_equal(seen, frame(run.uid, index)), f"{run.uid}: frame {index}")


def ours(path: Path, account: Account, seed: int) -> Callable[[], None]:
    """The viewer as it should be."""
    reader = Reader(path, account, seed)

    def step() -> None:
        try:
            reader.step()
        except CatalogBusyError:
            account.busy += 1
        except CatalogError:  # moved away, replaced, a chunk damaged: opened anew
            if reader.catalog is not None:
                reader.catalog.close()
            reader.catalog = None
        time.sleep(reader.random.uniform(0.005, 0.04))

    return step


def half_read(path: Path, _account: Account, _seed: int) -> Callable[[], None]:
    """Keeps a cursor that was not read to its end."""

    def step() -> None:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=1.0)
        with contextlib.suppress(sqlite3.Error):
            cursor = connection.execute("SELECT * FROM events JOIN runs")
            cursor.fetchone()
            time.sleep(0.4)
        connection.close()
        time.sleep(0.2)

    return step


def held(path: Path, _account: Account, _seed: int) -> Callable[[], None]:
    """Keeps a transaction open for longer than the acquisition is ready to wait."""

    def step() -> None:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=1.0, isolation_level=None)
        with contextlib.suppress(sqlite3.Error):
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM runs").fetchall()
            time.sleep(5.6)
        connection.close()
        time.sleep(0.2)

    return step


def immutable(path: Path, account: Account, _seed: int) -> Callable[[], None]:
    """Reads without locks, so that nobody keeps it out."""
    sql = (
        "SELECT r.uid, r.num_events, r.time_stop, count(e.uid) FROM runs r LEFT JOIN streams s ON s.run_uid = r.uid"
        " LEFT JOIN events e ON e.stream_uid = s.uid GROUP BY r.uid"
    )

    def step() -> None:
        try:
            connection = sqlite3.connect(f"file:{path}?immutable=1", uri=True)
            for uid, noted, stop, there in connection.execute(sql).fetchall():
                account.expect(there == (noted if stop else 0), f"{uid}: {there} events, {noted} noted")
            connection.close()
        except sqlite3.Error as error:
            account.expect(False, str(error))
        time.sleep(0.005)

    return step


def naive_frame(path: Path, account: Account, _seed: int) -> Callable[[], None]:
    """Shows the last frame that the array announces."""
    import zarr

    runs = path.with_suffix(".zarr") / "runs"

    def step() -> None:
        with contextlib.suppress(OSError, KeyError, ValueError, IndexError, zarr.errors.BaseZarrError):
            newest = max(runs.iterdir(), key=lambda run: run.stat().st_mtime)
            array = zarr.open_array(store=newest / FIELD, mode="r")
            for _ in range(40):
                array = zarr.open_array(store=newest / FIELD, mode="r")
                if n := array.shape[0]:
                    seen = np.asarray(array[n - 1])
                    right = seen.shape == (SIZE, SIZE) and np.array_equal(seen, frame(newest.name, n - 1))
                    account.expect(right, f"{newest.name}: frame {n - 1}")

    return step


KINDS = {f.__name__: f for f in (ours, half_read, held, immutable, naive_frame)}


def main() -> None:
    """Read until killed."""
    kind, path, log, seed = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
    account = Account(log)
    if kind == "ours":
        use_reader_process()  # as one is told to who computes while the experiment runs
    step = KINDS[kind](path, account, seed)
    while True:
        step()
        account.tell()


if __name__ == "__main__":
    main()

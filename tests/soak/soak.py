"""A writer, viewers, a lock probe and faults at random, and whether anybody was harmed."""

from __future__ import annotations

import contextlib
import json
import random
import signal
import sqlite3
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from resonance_tui.catalog.sqlite.locks import probe
from tests.holds import Report
from tests.lock_watch import LockWatch
from tests.soak import tree
from tests.soak.crew import HUNG, Viewer, Worker, burn, holds_read_lock, signal_quietly

MAX_HOLD_MS = 50.0
MAX_LAG_MS = 100.0
MAX_GROWTH_MB = 60.0  # what is kept of frames and events fills up at first; the rest would be a leak
MAX_MORE_FILES = 16
_STOP = 7.0
_QUIET = 0.7
_WARM = 3.0
_START = 0.9
_LONGER = 120.0
_FEWEST_LAGS = 200  # of fewer looks a percentile says nothing


@dataclass
class Result:
    """What a soak found; `reasons` is empty where all is well."""

    seed: int
    commits: int = 0
    writer_errors: int = 0
    faults: int = 0
    reads_verified: int = 0
    wrong: int = 0
    max_hold_ms: float = 0.0
    hold_bound_ms: float = 0.0
    undecided_holds: int = 0
    max_writer_ms: float = 0.0
    lags: list[float] = field(default_factory=list)
    keys: int = 0
    quiet_checks: int = 0
    growth_mb: float = 0.0
    reasons: list[str] = field(default_factory=list)
    kinds: dict[str, int] = field(default_factory=dict)

    @property
    def lag_p99_ms(self) -> float:
        """How late the app's event loop is, 99th percentile, milliseconds."""
        return sorted(self.lags)[int(0.99 * (len(self.lags) - 1))] if self.lags else 0.0

    def line(self) -> str:
        """The one line that tells."""
        return (
            f"commits={self.commits} writer_errors={self.writer_errors} faults={self.faults}"
            f" reads_verified={self.reads_verified} wrong={self.wrong} max_hold_ms={self.max_hold_ms:.1f}"
            f" hold_bound_ms={self.hold_bound_ms:.1f} undecided_holds={self.undecided_holds}"
            f" max_writer_ms={self.max_writer_ms:.0f} lag_p99_ms={self.lag_p99_ms:.1f} lag_looks={len(self.lags)}"
            f" keys={self.keys} untouched_checks={self.quiet_checks} growth_mb={self.growth_mb:.1f} seed={self.seed}"
        )

    def add(self, other: Result) -> None:
        """Take another part's numbers in."""
        for name in (
            "commits", "writer_errors", "faults", "reads_verified", "wrong", "keys", "quiet_checks", "undecided_holds"
        ):  # fmt: skip
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("max_hold_ms", "hold_bound_ms", "max_writer_ms", "growth_mb"):
            setattr(self, name, max(getattr(self, name), getattr(other, name)))
        self.lags += other.lags
        self.reasons += other.reasons
        for kind, n in other.kinds.items():
            self.kinds[kind] = self.kinds.get(kind, 0) + n


class Soak:
    """One beamtime under stress.

    Parameters
    ----------
    folder : pathlib.Path
        Of its own; the data go to ``data`` in it, what the processes note to ``log``.
    seed : int
    wal : bool
        Whether the writer keeps a write-ahead log.
    readers : list of str
        Kinds of viewers without a screen (`tests.soak.reader`).
    screen : bool
        Whether the real app takes part.
    faults : bool
    """

    def __init__(
        self,
        folder: Path,
        seed: int,
        *,
        wal: bool = False,
        readers: tuple[str, ...] = ("ours", "ours"),
        screen: bool = True,
        faults: bool = True,
    ) -> None:
        self.random = random.Random(seed)
        self.result = Result(seed)
        self.wal = wal
        self.data, self.log = folder / "data", folder / "log"
        self.data.mkdir()
        self.log.mkdir()
        self.path = self.data / "live.db"
        self._faults = faults
        self._ledger_read = 0
        self._ledger_notes: list[dict[str, Any]] = []
        self._later: list[tuple[float, Callable[[], None]]] = []
        self._deck: list[Callable[[], None]] = []
        self._excused: list[tuple[float, float]] = []
        self._stopped = False
        self._burning: list[Any] = []
        mode = ("wal",) if wal else ()
        self.writer = Worker("writer", self.path, self.log / "ledger", seed, *mode)
        self._until(lambda: len(self._ledger("closed")) >= 3, 30.0)
        self.lock_watch = LockWatch(self.path, everyone=True)
        self.locks = Report()
        self.readers = [
            Worker("reader", kind, self.path, self.log / f"reader-{i}", seed + i)
            for i, kind in enumerate(readers)
        ]
        self.viewer = Viewer(self.path, self.log / "app", seed) if screen else None

    # -- the course of it --------------------------------------------------------------------------------

    def run(self, seconds: float, *, commits: int = 0, reads: int = 0, faults: int = 0) -> Result:
        """Let it go on for so long, then look at what everybody noted.

        On a busy machine it goes on, for two minutes more at most, until so many commits, reads and faults are done.
        """
        end = time.monotonic() + seconds
        latest = end + _LONGER

        def enough() -> bool:
            return (
                sum(note["commits"] for note in self._ledger("closed")) >= commits
                and self.result.faults >= faults
                and self._reads() >= reads
            )

        try:
            next_fault = time.monotonic() + 1.5
            while time.monotonic() < end:
                time.sleep(0.05)
                if end - 1.2 < time.monotonic() and end < latest and not enough():
                    end += 1.0
                self._do_what_is_due()
                self._look_for_dead()
                if self._faults and time.monotonic() > next_fault and time.monotonic() < end - 1.0:
                    self._fault()
                    next_fault = time.monotonic() + self.random.uniform(0.1, 0.7)
            self._finish()
        finally:
            self._end_all()
        self._read_notes()
        self._judge()
        return self.result

    def _finish(self) -> None:
        while self._later:
            time.sleep(0.05)
            self._do_what_is_due()
        self.writer.terminate()
        self._stays_untouched("after the writer's end")
        self._look_for_dead()
        if self.viewer is not None and (status := self.viewer.close()):
            self.result.reasons.append(
                f"the app did not quit as it should (status {status}): {self.viewer.last_words}"
            )
        self.locks = self.lock_watch.stop()

    def _end_all(self) -> None:
        for process in self._burning:
            process.kill()
            process.wait()
        if self.viewer is not None:
            self.viewer._stop.set()
            self.viewer.end("SIGKILL")
        for worker in (self.writer, *self.readers):
            worker.kill()
        self.lock_watch.kill()

    def _do_what_is_due(self) -> None:
        due = [item for item in self._later if item[0] <= time.monotonic()]
        self._later = [item for item in self._later if item not in due]
        for _, what in due:
            what()

    def _look_for_dead(self) -> None:
        for worker in (self.writer, *self.readers):
            if (words := worker.died()) is not None:
                self.result.reasons.append(words)
                worker.expected_end = True
        if self.viewer is not None and self.viewer.problems:
            self.result.reasons += self.viewer.problems
            self.viewer.problems = []
            self.viewer.start()

    @staticmethod
    def _until(condition: Callable[[], object], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True

    # -- faults ------------------------------------------------------------------------------------------

    def _fault(self) -> None:
        if not self._deck:
            kinds: list[Callable[[], None]] = [
                self.reader_killed, self.writer_killed_small, self.writer_killed_spilled, self.database_renamed,
                self.store_moved, self.mode_changed, self.chunk_truncated, self.chunk_removed, self.cores_busy,
            ]  # fmt: skip
            if self.viewer is not None:
                kinds += [
                    self.viewer_stopped, self.viewer_killed, self.viewer_terminated, self.terminal_closed,
                    self.terminal_not_drained, self.terminal_resized,
                ]  # fmt: skip
            self.random.shuffle(kinds)
            self._deck = kinds
        kind = self._deck.pop()
        begun = time.monotonic()
        kind()
        with (self.log / "faults").open("a") as file:
            file.write(json.dumps({"fault": kind.__name__, "from": begun, "to": time.monotonic()}) + "\n")
        self.result.faults += 1
        self.result.kinds[kind.__name__] = self.result.kinds.get(kind.__name__, 0) + 1

    def reader_killed(self) -> None:
        """A viewer without a screen dies and is started again."""
        reader = self.random.choice(self.readers)
        reader.kill()
        reader.start()

    def viewer_killed(self) -> None:
        """The app dies and is started again."""
        self._viewer_ends("SIGKILL", -signal.SIGKILL)

    def viewer_terminated(self) -> None:
        """The app is told to end."""
        self._viewer_ends("SIGTERM", 128 + signal.SIGTERM)

    def terminal_closed(self) -> None:
        """The app's window is closed."""
        self._viewer_ends("hang up", 128 + signal.SIGHUP)

    def _viewer_ends(self, how: str, expected: int) -> None:
        if self.viewer is None or self._stopped:
            return
        time.sleep(max(0.0, self.viewer.born + 2.0 - time.monotonic()))
        status = self.viewer.end(how)
        # without its terminal it has to end, and may do so by an error of the terminal's as well
        if status != expected and (how != "hang up" or status == HUNG):
            self.result.reasons.append(
                f"after {how} the app ended with {status}, not {expected}: {self.viewer.last_words}"
            )
        self.viewer.start()

    def viewer_stopped(self) -> None:
        """The app stands still for seven seconds; not within a read, which would be a fault of its own."""
        viewer = self.viewer
        if viewer is None or self._stopped:
            return
        pid = viewer.pid
        for _ in range(50):
            signal_quietly(pid, signal.SIGSTOP)
            time.sleep(0.005)
            if self.wal or not holds_read_lock(pid, self.path):
                break
            signal_quietly(pid, signal.SIGCONT)
            time.sleep(0.02)
        self._stopped = True

        def go_on() -> None:
            signal_quietly(pid, signal.SIGCONT)
            self._stopped = False

        self._excuse(_STOP)
        self._later.append((time.monotonic() + _STOP, go_on))

    def terminal_not_drained(self) -> None:
        """Nobody takes what the app writes."""
        viewer = self.viewer
        if viewer is not None:
            viewer.drained = False
            self._excuse(2.0)
            self._later.append((time.monotonic() + 2.0, lambda: setattr(viewer, "drained", True)))

    def _excuse(self, seconds: float) -> None:
        self._excused.append((time.monotonic() - 0.1, time.monotonic() + seconds + 1.0))

    def terminal_resized(self) -> None:
        """The window changes its size, again and again."""
        if self.viewer is not None:
            self.viewer.resize()

    def cores_busy(self) -> None:
        """More to compute than there are cores."""
        self._burning += burn(1.5, 6)

    def writer_killed_small(self) -> None:
        """The acquisition dies with little uncommitted."""
        self.writer.kill()
        self._stays_untouched("after the writer was killed")
        self._writer_again()

    def writer_killed_spilled(self) -> None:
        """The acquisition dies with its cache overflowing: a hot journal."""
        signal_quietly(self.writer.pid, signal.SIGUSR1)
        reached = self._until(
            lambda: (locks := probe(self.path)).readers_blocked and locks.journal, 0.1 if self.wal else 6.0
        )
        self.writer.kill()
        if reached and not self.wal and not probe(self.path).interrupted:
            self.result.faults -= 1  # it had just committed
        self._stays_untouched("after the writer was killed, its cache overflowing")
        self._writer_again()

    def database_renamed(self) -> None:
        """The database is moved away and put back. (Under a writer it would be the mover who does harm.)"""
        self._away(self.path)

    def store_moved(self) -> None:
        """The frames are moved away and put back."""
        self._away(self.path.with_suffix(".zarr"))

    def _away(self, path: Path) -> None:
        self.writer.terminate()
        aside = self.data.parent / f"aside-{path.name}"
        before = tree.state(self.data)
        path.rename(aside)
        time.sleep(_QUIET)
        aside.rename(path)
        after = tree.state(self.data)
        for found in (before, after):
            found.pop(".")  # its own time has moved by our doing
        self._compare(before, after, f"while {path.name} was away")
        self._writer_again()

    def mode_changed(self) -> None:
        """Nobody may read the database for a while."""
        self.writer.terminate()
        mode = self.path.stat().st_mode & 0o777
        self.path.chmod(0)
        time.sleep(0.4)
        self.path.chmod(mode)
        self._writer_again()

    def chunk_truncated(self) -> None:
        """A frame's file is cut short, and whole again."""
        if (chunk := self._some_chunk()) is not None:
            whole = chunk.read_bytes()
            chunk.write_bytes(whole[: len(whole) // 2])
            time.sleep(0.3)
            chunk.write_bytes(whole)

    def chunk_removed(self) -> None:
        """A frame's file is gone, and back."""
        if (chunk := self._some_chunk()) is not None:
            whole = chunk.read_bytes()
            chunk.unlink()
            time.sleep(0.3)
            chunk.write_bytes(whole)

    def _some_chunk(self) -> Path | None:
        closed = [note["closed"] for note in self._ledger("closed") if note["frames"]]
        if not closed:
            return None
        run = self.data / "live.zarr" / "runs" / self.random.choice(closed[-8:])
        return self.random.choice(sorted(run.glob("detector_image/c/*/0/0")))

    def _writer_again(self) -> None:
        self.writer.start()
        pid = self.writer.pid
        self._until(lambda: any(note["writer"] == pid for note in self._ledger("writer")), 10.0)

    def _stays_untouched(self, when: str) -> None:
        """With no writer there, whatever changes in the folder is a viewer's doing."""
        before = tree.state(self.data)
        time.sleep(_QUIET)
        self._compare(before, tree.state(self.data), when)

    def _compare(self, before: tree.State, after: tree.State, when: str) -> None:
        self.result.quiet_checks += 1
        if changes := tree.differences(before, after):
            self.result.reasons.append(f"{when} a viewer has {'; '.join(changes[:5])}")

    # -- what was noted ----------------------------------------------------------------------------------

    def _ledger(self, key: str) -> list[dict[str, Any]]:
        path = self.log / "ledger"
        if path.exists():
            with path.open("rb") as file:  # only what has come since: it grows for as long as the soak runs
                file.seek(self._ledger_read)
                *lines, rest = file.read().split(b"\n")
                self._ledger_read = file.tell() - len(rest)
            self._ledger_notes += [json.loads(line) for line in lines if line.endswith(b"}")]
        return [note for note in self._ledger_notes if key in note]

    def _read_notes(self) -> None:
        r = self.result
        closed = self._ledger("closed")
        r.commits += sum(note["commits"] for note in closed)
        r.max_writer_ms = max((note["ms"] for note in self._ledger("call")), default=0.0)
        errors = self._ledger("error")
        r.writer_errors = len(errors)
        if errors:
            r.reasons.append(f"the writer had {len(errors)} errors: {errors[0]['error']}")
        for log in sorted(self.log.glob("reader-*")):
            accounts = _last_per_process(_notes(log))
            r.reads_verified += sum(a["verified"] for a in accounts)
            r.wrong += sum(a["wrong"] for a in accounts)
            r.reasons += [f"a wrong read: {what}" for a in accounts for what in a["found"]][:3]
            self._look_for_growth(_notes(log), log.name)
        app = _notes(self.log / "app")
        # of the lateness what the kernel let it wait for a core is taken off (launch.py); its first second, with
        # the large imports, has tests of its own (tests/pty/test_startup.py); while it was stopped or nobody took
        # what it wrote, it could only wait
        born: dict[int, float] = {}
        for note in app:
            start = born.setdefault(note["pid"], note["at"])
            for at, late in note["lags"]:
                if at > start + _START and not any(low <= at <= high for low, high in self._excused):
                    r.lags.append(late)
        self._look_for_growth(app, "the app")
        r.keys = self.viewer.keys if self.viewer is not None else 0
        self._read_holds()
        self._check_database(closed)

    def _read_holds(self) -> None:
        r = self.result
        writers = {int(note["writer"]) for note in self._ledger("writer")}
        self.locks = self.locks.without(writers)
        if self.readers and not self.locks.holds:
            r.reasons.append("the lock watch saw no reader")
        if self.wal:  # with a write-ahead log a reader keeps its lock, which is in nobody's way
            return
        r.max_hold_ms, r.hold_bound_ms = 1000 * self.locks.at_least, 1000 * self.locks.at_most
        r.undecided_holds = len(self.locks.undecided(MAX_HOLD_MS / 1000))
        match self.locks.verdict(MAX_HOLD_MS / 1000):
            case "over":
                r.reasons.append(f"a read lock was held for {r.max_hold_ms:.0f} ms ({self._who_held()})")
            case "not measured" if self.readers:
                r.reasons.append(f"how long read locks were held was not measured: {self.locks.line()}")

    def _reads(self) -> int:
        logs = self.log.glob("reader-*")
        return sum(account["verified"] for log in logs for account in _last_per_process(_notes(log)))

    def _look_for_growth(self, notes: list[dict[str, Any]], who: str) -> None:
        by_pid: dict[int, list[dict[str, Any]]] = {}
        for note in notes:
            by_pid.setdefault(note["pid"], []).append(note)
        for life in by_pid.values():
            settled = life[int(_WARM / 0.5) :]
            if len(settled) < 4:
                continue
            grown = settled[-1]["rss_mb"] - settled[0]["rss_mb"]
            minutes = len(settled) / 120
            self.result.growth_mb = max(self.result.growth_mb, grown)
            if grown > MAX_GROWTH_MB + 2.0 * minutes:
                self.result.reasons.append(f"{who} grew by {grown:.0f} MB in {minutes:.1f} min")
            if (more := settled[-1]["fds"] - settled[0]["fds"]) > MAX_MORE_FILES:
                self.result.reasons.append(f"{who} has {more} more files open")

    def _check_database(self, closed: list[dict[str, Any]]) -> None:
        connection = sqlite3.connect(self.path)
        sql = (
            "SELECT r.uid, r.num_events, count(e.uid) FROM runs r LEFT JOIN streams s ON s.run_uid = r.uid"
            " LEFT JOIN events e ON e.stream_uid = s.uid WHERE r.time_stop IS NOT NULL GROUP BY r.uid"
        )
        there = {uid: (noted, n) for uid, noted, n in connection.execute(sql).fetchall()}
        uids = {uid for (uid,) in connection.execute("SELECT uid FROM runs").fetchall()}
        connection.close()
        for note in closed:
            if there.get(note["closed"]) != (note["events"], note["events"]):
                self.result.reasons.append(f"committed, but not there: {note}")
        if others := tree.strangers(self.data, uids, wal=self.wal):
            self.result.reasons.append(f"strange files beside the data: {others[:5]}")

    def _judge(self) -> None:
        r = self.result
        if r.wrong:
            r.reasons.append(f"{r.wrong} wrong reads")
        if any(kind == "ours" for kind in self._kinds()) and not r.reads_verified:
            r.reasons.append("nothing was read")

    def _who_held(self) -> str:
        """Whose hold was the longest, and what was being done to everybody then."""
        app = {pid for note in _notes(self.log / "app") for pid in note["pids"]}
        worst = max(self.locks.noted, key=lambda hold: hold.at_least)
        around = [
            fault["fault"]
            for fault in _notes(self.log / "faults")
            if fault["from"] - 0.5 <= worst.ended <= fault["to"] + 2.0
        ]
        who = "the app" if worst.pid in app else "a reader"
        spent = worst.ran_waited_stolen_ms
        return f"{who}, ran/waited/stolen {spent} ms, about the time of {', '.join(around) or 'no fault'}"

    def _kinds(self) -> list[str]:
        return [worker._command[3] for worker in self.readers]


def _notes(path: Path) -> list[dict[str, Any]]:
    found = []
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            with contextlib.suppress(ValueError):  # the last line of somebody who was killed
                found.append(json.loads(line))
    return found


def _last_per_process(notes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({note["pid"]: note for note in notes}.values())


def soak(seconds: float, seed: int, folder: Path | None = None, **least: int) -> Result:
    """Both kinds of journals one after the other, two thirds of the time the one of the acquisition.

    `least` is what has to be done in each part (see `Soak.run`).
    """
    result = Result(seed)
    with contextlib.ExitStack() as stack:
        place = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="soak-")))
        for name, share, wal in (("rollback", 0.67, False), ("wal", 0.33, True)):
            (place / name).mkdir()
            result.add(Soak(place / name, seed, wal=wal).run(share * seconds, **least))
    if len(result.lags) >= _FEWEST_LAGS and result.lag_p99_ms > MAX_LAG_MS:
        result.reasons.append(
            f"the app's event loop was late by {result.lag_p99_ms:.0f} ms (99th percentile)"
        )
    if not result.lags:
        result.reasons.append("the app's event loop was never looked at")
    return result

"""What has become of a run: running, idle, closed, abandoned, interrupted; and what the locks say."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from resonance_tui.catalog import Catalog, CatalogError, Locks, Phase
from resonance_tui.catalog import locks as locks_module
from resonance_tui.catalog.live import LONGEST, SILENCE, RunState, judge
from resonance_tui.catalog.locks import probe
from tests.beamtime import (
    FAILED_UID,
    OPEN_UID,
    RSOXS_UID,
    SMALL_UIDS,
    BeamtimeBuilder,
    small_frames,
    tree_state,
)

Start = Callable[..., "subprocess.Popen[str]"]
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="locks are asked for on Linux only")

NOW = 1_770_000_000.0
FREE = Locks(can_tell=True)
WRITING = Locks(can_tell=True, writing=True, pid=4711)
SHUT = Locks(can_tell=True, writing=True, pid=4711, shut=True, journal=True)
HOT = Locks(can_tell=True, journal=True)
BLIND = Locks()

# does what it is told to a beamtime of its own, line by line, and answers each line
WRITER = """
import sys
from pathlib import Path
import numpy as np
from resonance_tui.simulate import BeamtimeWriter, SimulatedSample
writer = BeamtimeWriter(Path(sys.argv[1]), wal="wal" in sys.argv, commit_each="each" in sys.argv)
event = None
print("ready", flush=True)
for line in sys.stdin:
    word, _, n = line.strip().partition(" ")
    if word == "run":
        uid = writer.open_run("scan", None, float(n or 1.77e9)); writer.open_stream({})
        print(uid, flush=True); continue
    if word == "events":
        for i in range(int(n)): event = writer.write_event({"i0": float(i), "text": "x" * 200}, 1.77e9 + i)
    if word == "frames":
        for i in range(int(n)):
            event = event or writer.write_event({}, 1.77e9)
            writer.write_image(event, "detector_image", np.full((8, 8), i + 1, np.int32))
    if word == "close": writer.close_run(n or "success", 1.77e9 + 100)
    print("done", flush=True)
"""


class Writer:
    """A writer in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.pid = process.pid
        assert self.answer() == "ready"

    def answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def __call__(self, line: str) -> str:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.answer()
        assert answer, f"the writer died at {line!r}"
        return answer

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def start_writer(start_python: Start) -> Iterator[Callable[..., Writer]]:
    """Writers of beamtimes; all are killed at the end."""
    writers: list[Writer] = []

    def start(path: Path, *words: str) -> Writer:
        writers.append(Writer(start_python(WRITER, path, *words)))
        return writers[-1]

    yield start
    for writer in writers:
        writer.process.kill()
        writer.process.communicate()


# -- the rules -------------------------------------------------------------------------------------------


def state(
    locks: Locks = FREE,
    silent: float | None = 5.0,
    newest: bool = True,
    frames: int = 0,
    events: int | None = 0,
    stop: float | None = None,
    status: str | None = None,
    age: float = 3600.0,
) -> RunState:
    return judge(
        time_start=NOW - age, time_stop=stop, exit_status=status, newest=newest, locks=locks,
        changed=None if silent is None else NOW - silent, now=NOW, frames=frames, events=events,
    )  # fmt: skip


STATES = {
    "a writer holds it": (state(WRITING), Phase.RUNNING, "running (PID 4711)"),
    "its writer has run out of cache": (state(SHUT, silent=900), Phase.RUNNING, "running (PID 4711)"),
    "its writer is out of sight": (state(Locks(True, True)), Phase.RUNNING, "running (elsewhere)"),
    "nobody holds it, written just now": (
        state(silent=5), Phase.IDLE, "open: nobody writes at this moment, last written 5 s ago"
    ),
    "nobody holds it, written some minutes ago": (
        state(silent=400), Phase.IDLE, "open: nobody writes at this moment, last written 7 min ago"
    ),
    "silence": (state(silent=SILENCE + 1, events=12), Phase.ABANDONED, "abandoned: 12 events saved"),
    "silence, nothing saved": (state(silent=SILENCE + 1), Phase.ABANDONED, "abandoned: no events saved"),
    "silence, but frames": (
        state(silent=SILENCE + 1, frames=243),
        Phase.INTERRUPTED,
        "interrupted: 243 frames on disk, no events saved",
    ),
    "a newer run": (
        state(newest=False, frames=1), Phase.INTERRUPTED, "interrupted: 1 frame on disk, no events saved"
    ),
    "a newer run is being written": (
        state(WRITING, newest=False, events=3), Phase.ABANDONED, "abandoned: 3 events saved"
    ),
    "frames and events": (
        state(newest=False, frames=3, events=3), Phase.ABANDONED, "abandoned: 3 frames on disk, 3 events saved"
    ),
    "a writer that died in the middle of a write": (
        state(HOT, frames=7), Phase.INTERRUPTED, "interrupted: 7 frames on disk, no events saved"
    ),
    "events not known": (state(HOT, frames=7, events=None), Phase.INTERRUPTED, "interrupted: 7 frames on disk"),
    "nobody can tell": (
        state(BLIND), Phase.IDLE, "open: who writes cannot be told on this system, last written 5 s ago"
    ),
    "nobody can tell, silence": (state(BLIND, silent=SILENCE + 1), Phase.ABANDONED, "abandoned: no events saved"),
    "a fresh copy of an old run": (state(age=LONGEST + 1), Phase.ABANDONED, "abandoned: no events saved"),
    "files gone": (state(silent=None), Phase.ABANDONED, "abandoned: no events saved"),
    "closed": (state(WRITING, stop=NOW, status="failed"), Phase.CLOSED, "failed"),
    "closed without a word": (state(stop=NOW), Phase.CLOSED, "closed"),
}  # fmt: skip


@pytest.mark.parametrize(("found", "phase", "words"), STATES.values(), ids=STATES)
def test_the_state_of_a_run_follows_from_what_is_seen(found: RunState, phase: Phase, words: str) -> None:
    assert (found.phase, str(found)) == (phase, words)
    assert found.pid == (4711 if "4711" in words else None)


# -- the locks, with real writers ------------------------------------------------------------------------


@linux
def test_the_locks_follow_a_run_from_its_start_to_its_end(
    tmp_path: Path, start_writer: Callable[..., Writer]
) -> None:
    path = tmp_path / "live.db"
    writer = start_writer(path)
    uid = writer("run")
    assert probe(path) == Locks(can_tell=True)
    writer("events 1")
    few = probe(path)
    assert (few.writing, few.pid, few.shut, few.journal) == (True, writer.pid, False, False)
    writer("events 12000")
    spilled = probe(path)
    assert (spilled.writing, spilled.pid, spilled.shut, spilled.journal) == (True, writer.pid, True, True)
    assert not spilled.interrupted
    writer("close")
    assert probe(path) == Locks(can_tell=True)
    with Catalog(path) as catalog:
        assert str(catalog.state(catalog[uid])) == "success"


@linux
@pytest.mark.parametrize(("events", "hot"), [(5, False), (12_000, True)], ids=["little", "spilled"])
def test_a_killed_writer_is_told_from_one_that_ended(
    tmp_path: Path, start_writer: Callable[..., Writer], events: int, hot: bool
) -> None:
    path = tmp_path / "live.db"
    writer = start_writer(path)
    uid = writer("run")
    with Catalog(path) as catalog:
        run = catalog[uid]
        catalog.state(run)
        writer("frames 3")
        writer(f"events {events}")
        running = catalog.state(run, now=time.time())
        assert (running.phase, running.pid, running.frames) == (Phase.RUNNING, writer.pid, 3)
        writer.kill()
        files = tree_state(tmp_path)
        assert probe(path).interrupted == hot
        killed = catalog.state(run, now=time.time() if hot else time.time() + SILENCE + 5)
        catalog.close()
    if hot:
        # its row says 1.77e9, which is long ago by the clock; the journal alone decides
        assert killed.phase is Phase.INTERRUPTED
    assert str(killed).startswith("interrupted: 3 frames on disk")
    assert tree_state(tmp_path) == files


@linux
def test_a_run_just_left_by_its_writer_is_open_until_silence_or_a_newer_run(
    tmp_path: Path, start_writer: Callable[..., Writer]
) -> None:
    path = tmp_path / "live.db"
    writer = start_writer(path)
    uid = writer(f"run {time.time()}")
    writer("frames 2")
    writer.kill()
    with Catalog(path) as catalog:
        assert catalog.state(catalog[uid]).phase is Phase.IDLE
        later = catalog.state(catalog[uid], now=time.time() + SILENCE + 5)
        assert str(later) == "interrupted: 2 frames on disk, no events saved"
        start_writer(path)(f"run {time.time()}")
        assert str(catalog.state(catalog[uid])) == "interrupted: 2 frames on disk, no events saved"


@linux
def test_a_write_ahead_log_is_asked_for_its_writer_too(
    tmp_path: Path, start_writer: Callable[..., Writer]
) -> None:
    path = tmp_path / "live.db"
    writer = start_writer(path, "wal")
    writer("run")
    between = probe(path)
    assert (between.writing, between.connected) == (False, True)
    writer("events 12000")
    during = probe(path)
    assert (during.writing, during.pid, during.shut) == (True, writer.pid, False)
    writer("close")
    writer.kill()
    after = probe(path)
    assert (after.can_tell, after.writing, after.connected) == (True, False, False)


@linux
def test_a_writer_in_this_very_process_is_not_taken_for_dead(small_beamtime: Path) -> None:
    with closing(sqlite3.connect(small_beamtime, isolation_level=None)) as conn:
        conn.execute("PRAGMA cache_size = 1")
        conn.execute("BEGIN")
        conn.execute("UPDATE events SET data = data || ' '")
        assert small_beamtime.with_name("beamtime.db-journal").read_bytes()[:1] not in (b"", b"\0")
        found = probe(small_beamtime)
        assert (found.can_tell, found.interrupted) == (True, False)
        conn.execute("ROLLBACK")


def test_a_stale_journal_is_an_interruption_and_an_empty_one_is_not(small_beamtime: Path) -> None:
    journal = small_beamtime.with_name("beamtime.db-journal")
    for content, counts in [(b"", False), (b"\0" * 600, False), (b"\xd9\xd5\x05\xf9" + b"x" * 600, True)]:
        journal.write_bytes(content)
        assert probe(small_beamtime).journal == counts
    journal.unlink()
    os.mkfifo(journal)
    assert not probe(small_beamtime).journal


@pytest.mark.parametrize(
    ("mount", "kind"),
    [
        ("36 35 {dev} / / rw - ext4 /dev/sda1 rw", "local"),
        ("36 35 {dev} / /data rw - nfs4 server:/data rw,vers=4.2", "shared"),
        ("36 35 {dev} / /data rw - nfs server:/data rw,nolock,vers=3", "blind"),
        ("36 35 {dev} / /data rw - nfs server:/data rw,local_lock=posix", "blind"),
        ("36 35 {dev} / /data rw - cifs //pc/share rw", "blind"),
        ("36 35 {dev} / /data rw - fuse.sshfs me@pc: rw", "blind"),
        ("36 35 9:9 / /data rw - cifs //pc/share rw", "local"),
    ],
    ids=lambda text: text.partition(" - ")[2],
)
def test_a_file_system_that_hides_locks_is_known(
    monkeypatch: pytest.MonkeyPatch, mount: str, kind: str
) -> None:
    device = os.makedev(8, 1)
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: mount.format(dev="8:1") + "\n")
    assert locks_module._file_system.__wrapped__(device) == kind


@linux
def test_where_locks_are_hidden_it_says_so(
    small_beamtime: Path, monkeypatch: pytest.MonkeyPatch, start_writer: Callable[..., Writer]
) -> None:
    monkeypatch.setattr(locks_module, "_file_system", lambda _: "blind")
    with Catalog(small_beamtime) as catalog:
        found = catalog.state(catalog[OPEN_UID])
    assert not found.can_tell


# -- through the catalog ---------------------------------------------------------------------------------


def test_each_run_of_a_beamtime_has_a_state(small_beamtime: Path) -> None:
    with Catalog(small_beamtime) as catalog:
        words = [str(catalog.state(catalog[uid])) for uid in SMALL_UIDS]
    assert words[1:] == ["failed", "aborted", "success", "success", "success"]
    assert words[0] == "interrupted: 3 frames on disk, no events saved"  # it began in 2026, by its clock


def test_a_state_is_read_anew_from_the_database(small_beamtime: Path) -> None:
    with Catalog(small_beamtime) as catalog, BeamtimeBuilder.reopened(small_beamtime) as b:
        run = catalog[OPEN_UID]
        assert run.time_stop is None
        b.raw("UPDATE runs SET time_stop = 1.0, exit_status = 'success' WHERE uid = ?", (OPEN_UID,))
        assert str(catalog.state(run)) == "success"


def test_earlier_runs_of_the_same_plan_are_found(small_beamtime: Path) -> None:
    with BeamtimeBuilder.reopened(small_beamtime) as b:
        newest = b.run(2, "rsoxs", stop=None, frames={"detector_image": small_frames(2)}, refs=False)
    with Catalog(small_beamtime) as catalog:
        found = catalog.earlier_like(catalog[newest])
        assert [(run.uid, run.num_events, run.same_sample) for run in found] == [(RSOXS_UID, 6, True)]
        assert found[0].motors == {"energy_position"}
        assert catalog.earlier_like(catalog[RSOXS_UID]) == []
        assert catalog.earlier_like(catalog[FAILED_UID]) == []


def test_a_state_never_waits_for_a_locked_database(small_beamtime: Path, slept: list[float]) -> None:
    with (
        closing(sqlite3.connect(small_beamtime, isolation_level=None)) as writer,
        Catalog(small_beamtime) as catalog,
    ):
        run = catalog[OPEN_UID]
        catalog.state(run)
        catalog.patience = 0.05
        writer.execute("BEGIN EXCLUSIVE")
        try:
            found = catalog.state(run)
        except CatalogError as error:
            pytest.fail(f"it raised {error}")
        assert sum(slept) <= 0.1
        assert found.frames == 3
        assert found.events is None

"""Who writes, and when something was last written: found out without a lock."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from resonance_tui.catalog import Catalog, Locks
from resonance_tui.catalog.run_files import last_change
from resonance_tui.catalog.sqlite import locks as locks_module
from resonance_tui.catalog.sqlite.locks import probe, process_started
from resonance_tui.text.states import state_text
from tests.beamtime import RSOXS_UID
from tests.waiting import PATIENCE_S
from tests.writers import Writer

Start = Callable[..., "subprocess.Popen[str]"]
Run = Callable[..., "subprocess.CompletedProcess[str]"]

linux = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="locks can be asked for on Linux only"
)


def writer_pid(path: Path) -> int | None:
    return probe(path).pid


HOLD = """
import sqlite3, sys
conn = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=0)
for statement in sys.argv[2:]:
    conn.execute(statement).fetchall()
print("held", flush=True)
sys.stdin.readline()
"""

TRY = """
import sqlite3, sys
conn = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=0)
try:
    conn.execute(sys.argv[2])
except sqlite3.OperationalError as error:
    print(error)
else:
    print("free")
"""


@pytest.fixture
def holder(start_python: Start, small_beamtime: Path) -> Iterator[Start]:
    """Another process that runs statements on the small beamtime and then keeps still."""
    started = []

    def hold(*statements: str) -> subprocess.Popen[str]:
        process = start_python(HOLD, small_beamtime, *statements)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process

    yield hold
    for process in started:
        if process.poll() is None:
            process.communicate("\n")


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as conn:
        conn.execute("BEGIN IMMEDIATE")
        yield conn
        conn.execute("ROLLBACK")


@linux
@pytest.mark.parametrize(
    "statements",
    [
        ["BEGIN IMMEDIATE"],
        ["BEGIN EXCLUSIVE"],
        ["BEGIN", "UPDATE runs SET operator = 'x'"],
        ["PRAGMA cache_size = 1", "PRAGMA cache_spill = 1", "BEGIN", "UPDATE events SET data = data || ' '"],
    ],
    ids=lambda statements: statements[-1],
)
def test_the_process_that_writes_is_named(holder: Start, small_beamtime: Path, statements: list[str]) -> None:
    process = holder(*statements)
    assert writer_pid(small_beamtime) == process.pid


@linux
@pytest.mark.parametrize(
    "statements",
    [[], ["SELECT * FROM runs"], ["BEGIN", "SELECT * FROM runs"], ["BEGIN IMMEDIATE", "COMMIT"]],
    ids=str,
)
def test_a_process_that_only_reads_is_no_writer(
    holder: Start, small_beamtime: Path, statements: list[str]
) -> None:
    holder(*statements)
    assert writer_pid(small_beamtime) is None


@linux
def test_a_writer_that_ended_is_none(holder: Start, small_beamtime: Path) -> None:
    process = holder("BEGIN IMMEDIATE")
    assert writer_pid(small_beamtime) == process.pid
    process.kill()
    process.wait()
    assert writer_pid(small_beamtime) is None


def test_nobody_writes_a_file_nobody_has_open(small_beamtime: Path) -> None:
    assert writer_pid(small_beamtime) is None


def test_a_file_that_is_not_there_has_no_writer(tmp_path: Path) -> None:
    assert writer_pid(tmp_path / "nothing.db") is None
    assert writer_pid(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


@linux
def test_asking_does_not_drop_a_lock_of_this_very_process(small_beamtime: Path, python: Run) -> None:
    with writing(small_beamtime):
        assert [writer_pid(small_beamtime) for _ in range(3)] == [None] * 3
        assert python(TRY, small_beamtime, "BEGIN IMMEDIATE").stdout == "database is locked\n"
    assert python(TRY, small_beamtime, "BEGIN IMMEDIATE").stdout == "free\n"


@linux
def test_asking_takes_no_lock(small_beamtime: Path, python: Run, holder: Start) -> None:
    held = holder("BEGIN IMMEDIATE")
    assert writer_pid(small_beamtime) == held.pid
    held.communicate("\n")
    assert writer_pid(small_beamtime) is None
    assert python(TRY, small_beamtime, "BEGIN EXCLUSIVE").stdout == "free\n"


@linux
def test_asking_again_and_again_opens_no_more_files(small_beamtime: Path) -> None:
    writer_pid(small_beamtime)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(50):
        writer_pid(small_beamtime)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_elsewhere_than_on_linux_the_writer_is_not_known(
    monkeypatch: pytest.MonkeyPatch, holder: Start, small_beamtime: Path
) -> None:
    holder("BEGIN IMMEDIATE")
    monkeypatch.setattr(sys, "platform", "win32")
    assert writer_pid(small_beamtime) is None


def put_times(db: Path, when: float) -> None:
    for path in [db, *db.with_suffix(".zarr").rglob("*")]:
        os.utime(path, (when, when))


def test_the_last_change_is_that_of_the_database_its_journal_or_the_frames(small_beamtime: Path) -> None:
    store = small_beamtime.with_suffix(".zarr")
    put_times(small_beamtime, 1000.0)
    assert last_change(small_beamtime, store, RSOXS_UID) == 1000.0
    for i, path in enumerate(
        [
            small_beamtime,
            small_beamtime.with_name(small_beamtime.name + "-journal"),
            small_beamtime.with_name(small_beamtime.name + "-wal"),
            store / "runs" / RSOXS_UID / "detector_image" / "zarr.json",
        ],
        1,
    ):
        path.touch()
        os.utime(path, (1000.0 + i, 1000.0 + i))
        assert last_change(small_beamtime, store, RSOXS_UID) == 1000.0 + i


def test_the_frames_of_another_run_are_no_change(small_beamtime: Path) -> None:
    store = small_beamtime.with_suffix(".zarr")
    put_times(small_beamtime, 1000.0)
    metadata = store / "runs" / RSOXS_UID / "detector_image" / "zarr.json"
    os.utime(metadata, (5000.0, 5000.0))
    assert last_change(small_beamtime, store, "a1" * 16) == 1000.0


def test_without_a_store_the_database_tells(small_beamtime: Path, tmp_path: Path) -> None:
    os.utime(small_beamtime, (2000.0, 2000.0))
    assert last_change(small_beamtime, tmp_path / "nothing.zarr", RSOXS_UID) == 2000.0


def test_where_nothing_is_there_is_no_change(tmp_path: Path) -> None:
    assert last_change(tmp_path / "nothing.db", tmp_path / "nothing.zarr", "u") is None


# -- with real writers ---------------------------------------------------------------------------------


@linux
def test_the_locks_follow_a_run_from_its_start_to_its_end(
    tmp_path: Path, start_writer: Callable[..., Writer]
) -> None:
    path = tmp_path / "live.db"
    writer = start_writer(path)
    uid = writer("run")
    assert probe(path) == Locks(supported=True)
    writer("events 1")
    few = probe(path)
    assert (few.writer_active, few.pid, few.readers_blocked, few.journal) == (True, writer.pid, False, False)
    writer("events 12000")
    spilled = probe(path)
    assert (spilled.writer_active, spilled.pid, spilled.readers_blocked, spilled.journal) == (
        True,
        writer.pid,
        True,
        True,
    )
    assert not spilled.interrupted
    writer("close")
    assert probe(path) == Locks(supported=True)
    with Catalog(path) as catalog:
        assert state_text(catalog.state(catalog[uid])) == "success"


@linux
def test_a_write_ahead_log_is_asked_for_its_writer_too(
    tmp_path: Path, start_writer: Callable[..., Writer]
) -> None:
    path = tmp_path / "live.db"
    writer = start_writer(path, "wal")
    writer("run")
    between = probe(path)
    assert (between.writer_active, between.connected) == (False, True)
    writer("events 12000")
    during = probe(path)
    assert (during.writer_active, during.pid, during.readers_blocked) == (True, writer.pid, False)
    writer("close")
    writer.kill()
    after = probe(path)
    assert (after.supported, after.writer_active, after.connected) == (True, False, False)


@linux
def test_a_writer_in_this_very_process_is_not_taken_for_dead(small_beamtime: Path) -> None:
    with closing(sqlite3.connect(small_beamtime, isolation_level=None)) as conn:
        conn.execute("PRAGMA cache_size = 1")
        conn.execute("BEGIN")
        conn.execute("UPDATE events SET data = data || ' '")
        assert small_beamtime.with_name("beamtime.db-journal").read_bytes()[:1] not in (b"", b"\0")
        found = probe(small_beamtime)
        assert (found.supported, found.interrupted) == (True, False)
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


def test_processes_are_told_apart_by_their_start(start_python: Start) -> None:
    ours = process_started(os.getpid())
    assert ours is not None
    child = start_python("input()")
    started = process_started(child.pid)
    assert started is not None
    assert started >= ours
    child.kill()
    assert child.stdout is not None
    child.stdout.read()  # until it has ended; nobody has taken note of that yet
    deadline = time.monotonic() + PATIENCE_S
    while process_started(child.pid) is not None:
        assert time.monotonic() < deadline
    child.communicate()
    assert process_started(child.pid) is None
    assert process_started(2**22 + 1) is None

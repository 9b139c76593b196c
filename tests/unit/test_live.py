"""Who writes, and when something was last written: found out without a lock."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from resonance_tui.catalog.live import last_change, writer_pid
from tests.beamtime import RSOXS_UID

Start = Callable[..., "subprocess.Popen[str]"]
Run = Callable[..., "subprocess.CompletedProcess[str]"]

linux = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="locks can be asked for on Linux only"
)

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

"""A private copy: verified, taken without a lock or a trace, never of two moments, and always removed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from resonance_tui.catalog import (
    Catalog,
    CatalogBusyError,
    CatalogCopyError,
    CatalogDamagedError,
    CatalogError,
    CatalogInterruptedError,
    CatalogNotFoundError,
    NotACatalogError,
)
from resonance_tui.catalog.sqlite import copy_main, private_copy
from resonance_tui.catalog.sqlite.connection import recover_copy
from resonance_tui.catalog.sqlite.private_copy import PrivateCopy, remove_all, rooms, take_copy
from tests.beamtime import OPEN_UID, RSOXS_UID, SMALL_UIDS, small, small_frames, tree_state
from tests.conftest import python_env
from tests.unit.catalog.sqlite.test_locks import linux
from tests.waiting import PATIENCE_S
from tests.writers import Writer

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Start = Callable[..., Writer]


@pytest.fixture(autouse=True)
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where copies go; at the end nothing of them is left there."""
    place = tmp_path / "room"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    yield place
    remove_all()
    assert list(place.iterdir()) == []


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def gone(path: Path, seconds: float = PATIENCE_S) -> bool:
    end = time.monotonic() + seconds
    while path.exists() and time.monotonic() < end:
        time.sleep(0.02)
    return not path.exists()


def test_a_copy_reads_like_the_original_and_its_frames_come_from_there(data: Path, room: Path) -> None:
    path = small(data / "beam.db")
    before = tree_state(data)
    with take_copy(path) as copy:
        assert copy.path.parent.parent == room
        assert stat.S_IMODE(copy.path.parent.stat().st_mode) == 0o700
        with Catalog.on_copy(copy) as catalog:
            assert catalog.copy is copy
            assert list(catalog) == SMALL_UIDS
            assert np.array_equal(catalog[RSOXS_UID].images()[3], small_frames()[3])
            assert len(catalog[OPEN_UID].live_images()) == 3
        assert 0 <= copy.age() < 30
        assert copy.age(copy.taken + 90) == 90
        assert "beam.db" in repr(copy)
    assert not copy.path.parent.exists()
    assert tree_state(data) == before


@linux
def test_of_a_locked_beamtime_a_copy_shows_what_was_committed(data: Path, start_writer: Start) -> None:
    path = data / "live.db"
    writer = start_writer(path)
    done = writer("run")
    writer("events 40")
    writer("close")
    uid = writer("run")
    writer("frames 2")
    writer("events 12000")
    with pytest.raises(CatalogBusyError):
        Catalog(path)
    with take_copy(path) as copy, Catalog.on_copy(copy) as catalog:
        assert len(catalog[done].table()) == 40
        assert catalog[uid].count_events() == 0
        assert len(catalog[uid].live_images()) == 2
        assert catalog.writer_pid() == writer.pid
        writer("frames 1")
        assert len(catalog[uid].live_images()) == 3
    assert writer("close") == "done"


@linux
def test_after_a_crash_a_copy_shows_the_last_state_and_nothing_is_repaired(
    data: Path, start_writer: Start
) -> None:
    path = data / "live.db"
    writer = start_writer(path)
    done = writer("run")
    writer("events 40")
    writer("close")
    writer("run")
    writer("events 12000")
    writer.kill()
    before = tree_state(data)
    with pytest.raises(CatalogInterruptedError):
        Catalog(path)
    with take_copy(path) as copy, Catalog.on_copy(copy) as catalog:
        assert len(catalog) == 2
        assert len(catalog[done].table()) == 40
    assert tree_state(data) == before


def test_what_stands_in_a_write_ahead_log_is_in_the_copy(data: Path) -> None:
    path = small(data / "beam.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = wal")
        writer.execute("INSERT INTO runs (uid, plan_name, time_start) VALUES ('fresh', 'scan', 1.9e9)")
        with take_copy(path) as copy, Catalog.on_copy(copy) as catalog:
            assert catalog[-1].uid == "fresh"
            assert [p.name for p in copy.path.parent.iterdir()] == ["beam.db"]


def test_a_log_that_a_dead_writer_left_is_read_through_a_copy(data: Path) -> None:
    path = small(data / "beam.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = wal")
        writer.execute("INSERT INTO runs (uid, plan_name, time_start) VALUES ('fresh', 'scan', 1.9e9)")
        left = shutil.copytree(data, data.with_name("left"))
    (left / "beam.db-shm").unlink()
    with pytest.raises(CatalogInterruptedError):
        Catalog(left / "beam.db")
    before = tree_state(left)
    with take_copy(left / "beam.db") as copy, Catalog.on_copy(copy) as catalog:
        assert catalog[-1].uid == "fresh"
    assert tree_state(left) == before


def test_copying_drops_no_lock_of_this_process(data: Path, python: Run) -> None:
    path = small(data / "beam.db")
    code = (
        "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)\n"
        "try: c.execute('BEGIN IMMEDIATE'); print('free')\nexcept sqlite3.OperationalError as e: print(e)"
    )
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        take_copy(path).remove()
        assert python(code, path).stdout == "database is locked\n"


COMMITS = """
import random, sqlite3, sys, time, uuid
from pathlib import Path
from resonance_tui.simulator.writer import BeamtimeWriter
rng = random.Random(5)
writer = BeamtimeWriter(Path(sys.argv[1]), wal=len(sys.argv) > 2)
print("ready", flush=True)
while True:
    writer.open_run("scan", None, time.time(), {}); writer.open_stream({})
    n = rng.choice([3, 40, 400, 9000])
    for i in range(n):
        writer.write_event({"n": i, "text": "x" * 300}, 1.77e9)
        if i % 50 == 0: time.sleep(0.002)
    writer.close_run("success", time.time()); time.sleep(rng.uniform(0.0, 0.08))
"""


@pytest.mark.parametrize("mode", [[], ["wal"]], ids=["rollback", "wal"])
def test_a_copy_is_never_of_two_moments(
    data: Path, start_python: Callable[..., subprocess.Popen[str]], mode: list[str]
) -> None:
    path = data / "live.db"
    writer = start_python(COMMITS, path, *mode)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    target = data.with_name("copies")
    target.mkdir(mode=0o700)
    accepted = most = 0
    begun = time.monotonic()
    while time.monotonic() < begun + (4.0 if accepted >= 3 else PATIENCE_S):
        if not copy_main.copy_once(path, target / "live.db"):
            continue
        recover_copy(target / "live.db")
        with closing(sqlite3.connect(target / "live.db")) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            per_run = copy.execute(
                "SELECT num_events, time_stop, (SELECT count(*) FROM events JOIN streams s ON s.uid = stream_uid"
                " WHERE s.run_uid = runs.uid) FROM runs"
            ).fetchall()
        assert all(there == (noted if stop else 0) for noted, stop, there in per_run)
        assert len(per_run) >= most, "it went backwards"
        most = len(per_run)
        accepted += 1
    assert writer.poll() is None
    writer.kill()
    writer.communicate()
    assert accepted >= 3
    assert most >= 3


def test_a_commit_while_it_is_copied_is_noticed(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = small(data / "beam.db")
    target = data.with_name("target.db")
    assert copy_main.copy_once(path, target)

    def commit(_: int) -> None:
        with closing(sqlite3.connect(path)) as writer:
            writer.execute("UPDATE runs SET operator = hex(randomblob(4))")
            writer.commit()

    assert not copy_main.copy_once(path, target, commit)
    with pytest.raises(CatalogCopyError, match="too often"):
        copy_main.copy(path, target, 0.2, commit)


def test_a_damaged_database_is_not_handed_out(data: Path) -> None:
    path = small(data / "beam.db")
    with path.open("r+b") as file:
        file.seek(5 * 4096)
        file.write(os.urandom(8192))
    with pytest.raises(CatalogDamagedError):
        take_copy(path)


def test_only_in_a_private_folder_is_anything_recovered(small_beamtime: Path) -> None:
    small_beamtime.parent.chmod(0o755)
    before = tree_state(small_beamtime.parent)
    with pytest.raises(ValueError, match="no private folder"):
        recover_copy(small_beamtime)
    assert tree_state(small_beamtime.parent) == before


@pytest.mark.parametrize(
    ("kind", "error"),
    [("missing", CatalogNotFoundError), ("text", NotACatalogError), ("empty", NotACatalogError)],
)
def test_what_is_no_beamtime_is_not_copied(data: Path, kind: str, error: type[CatalogError]) -> None:
    path = data / "x.db"
    if kind != "missing":
        path.write_text("notes" * 50 if kind == "text" else "")
    with pytest.raises(error):
        take_copy(path)


def test_without_room_it_says_how_much_is_needed(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    with pytest.raises(CatalogCopyError, match=r"MB are needed .* 1 MB are free; set TMPDIR"):
        take_copy(small(data / "beam.db"))


def test_a_copy_never_goes_to_the_folder_of_the_data(
    data: Path, monkeypatch: pytest.MonkeyPatch, room: Path
) -> None:
    path = small(data / "beam.db")
    assert room in rooms(path)
    for inside in (data, data / "tmp"):
        inside.mkdir(exist_ok=True)
        monkeypatch.setattr(tempfile, "tempdir", str(inside))
        assert all(not place.is_relative_to(data) for place in rooms(path))


def test_progress_is_told_and_a_copy_can_be_broken_off(data: Path) -> None:
    path = small(data / "beam.db")
    told: list[tuple[int, int]] = []
    take_copy(path, tell=lambda done, total: told.append((done, total))).remove()
    size = path.stat().st_size
    assert told[-1] == (size, size)
    with pytest.raises(CatalogCopyError, match="broken off"):
        take_copy(path, wanted=lambda: False)


ENDS = {
    "os._exit": "os._exit(0)",
    "an exception": "raise RuntimeError",
    "the end of the program": "",
    "kill -9": "os.kill(os.getpid(), signal.SIGKILL)",
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_however_the_process_ends_the_copy_is_removed(data: Path, python: Run, room: Path, end: str) -> None:
    path = small(data / "beam.db")
    code = (
        "import os, signal, sys, tempfile; from pathlib import Path\n"
        "from resonance_tui.catalog.sqlite.private_copy import take_copy\n"
        "tempfile.tempdir = sys.argv[2]\ncopy = take_copy(Path(sys.argv[1]))\n"
        f"print(copy.path, flush=True)\n{end}"
    )
    done = python(code, path, room)
    copy = Path(done.stdout.strip())
    assert copy.is_relative_to(room)
    assert gone(copy.parent)


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs process groups")
def test_a_terminal_that_is_closed_takes_the_copy_with_it(data: Path, room: Path) -> None:
    path = small(data / "beam.db")
    code = (
        "import sys, tempfile, time; from pathlib import Path\n"
        "from resonance_tui.catalog.sqlite.private_copy import take_copy\n"
        "tempfile.tempdir = sys.argv[2]\nprint(take_copy(Path(sys.argv[1])).path, flush=True)\ntime.sleep(60)"
    )
    viewer = subprocess.Popen(
        [sys.executable, "-c", code, str(path), str(room)],
        stdout=subprocess.PIPE, text=True, env=python_env(), start_new_session=True,
    )  # fmt: skip
    assert viewer.stdout is not None
    copy = Path(viewer.stdout.readline().strip())
    assert copy.exists()
    os.killpg(viewer.pid, signal.SIGHUP)
    viewer.wait()
    assert gone(copy.parent)
    viewer.stdout.close()


def test_removed_twice_is_removed_once(data: Path) -> None:
    copy = take_copy(small(data / "beam.db"))
    assert isinstance(copy, PrivateCopy)
    for _ in range(2):
        copy.remove()
        assert not copy.path.parent.exists()
    assert copy not in private_copy._kept


# -- a write-ahead log of another user's (HAZARDS 3.6) -----------------------------------------------------

AS_ANOTHER = """
import json, os, sys
from pathlib import Path
import pandas  # whatever is imported lies where the other user may not look
from resonance_tui.catalog import Catalog, CatalogError, Watch
os.setgroups([]); os.setgid(65534); os.setuid(65534)
path = Path(sys.argv[1])
assert os.access(path.parent, os.W_OK)
said = []
for _ in range(2):
    try:
        with Catalog(path) as catalog:
            catalog.recent(); catalog[-1].table(); said.append(len(catalog))
            watch = Watch(path); watch.poll(); watch.poll()
    except CatalogError as error:
        said.append(type(error).__name__)
print(json.dumps([said, sorted(os.listdir(path.parent))]))
"""

NAIVE_AS_ANOTHER = """
import os, sqlite3, sys
os.setgroups([]); os.setgid(65534); os.setuid(65534)
c = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True)
print(c.execute("SELECT count(*) FROM runs").fetchall()); os._exit(0)
"""


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that everybody may write to, reachable for everybody."""
    if not hasattr(os, "getuid") or os.getuid() != 0:
        pytest.skip("needs two users, and so root")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder


def writes(path: Path) -> bool:
    code = (
        "import os, sqlite3, sys\n"
        "os.setgroups([]); os.setgid(1234); os.setuid(1234)\n"  # no root, whom no file mode stops
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "try: c.execute(\"INSERT INTO samples (name) VALUES ('after')\"); print('written')\n"
        "except sqlite3.OperationalError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout in ("written\n", "attempt to write a readonly database\n")
    return done.stdout == "written\n"


@pytest.mark.parametrize("naive", [False, True], ids=["ours", "a naive reader"])
def test_a_log_database_of_another_user_can_still_be_written_by_its_owner(
    shared_folder: Path, python: Run, naive: bool
) -> None:
    path = small(shared_folder / "beam.db")
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA journal_mode = wal").fetchall()
    os.chown(path, 1234, 1234)
    path.chmod(0o644)
    before = sorted(p.name for p in shared_folder.iterdir())
    done = python(NAIVE_AS_ANOTHER if naive else AS_ANOTHER, path)
    assert done.returncode == 0, done.stderr
    if naive:
        assert not writes(path), "the test would not notice what it is about"
        return
    said, there = json.loads(done.stdout)
    assert said == [6, 6]
    assert there == before
    assert writes(path)

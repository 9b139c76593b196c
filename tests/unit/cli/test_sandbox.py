"""The kernel keeps the viewer from writing near the data, and from nothing else."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from resonance_tui.cli import sandbox as landlock
from resonance_tui.cli.sandbox import lies_near, protect
from resonance_tui.user_files.locations import HOME_VARIABLE
from tests.beamtime import small, tree_state
from tests.conftest import python_env, unmeasured_env
from tests.waiting import PATIENCE_S

Run = Callable[..., "subprocess.CompletedProcess[str]"]

PRELUDE = """
import json, os, shutil, sqlite3, sys, tempfile, threading
from pathlib import Path
from resonance_tui.cli.sandbox import protect
data, other = Path(sys.argv[1]), Path(sys.argv[2])
found = protect(data)
if not found.holds:
    print(json.dumps({"why": found.why})); sys.exit()
folder = data if data.is_dir() else data.parent
said = {}
def tried(name, what):
    try: what()
    except OSError as error: said[name] = error.errno
    except sqlite3.Error as error: said[name] = str(error)
    else: said[name] = "done"
"""


def tell(python: Run, code: str, data: Path, other: Path, **options: object) -> dict[str, object]:
    done = python(PRELUDE + code + "\nprint(json.dumps(said))", data, other, **options)
    assert done.returncode == 0, done.stderr
    said: dict[str, object] = json.loads(done.stdout)
    if "why" in said:
        pytest.skip(f"no Landlock here: {said['why']}")
    return said


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """A beamtime, and a folder of the user's own."""
    for name in ("data", "own"):
        (tmp_path / name).mkdir()
    return small(tmp_path / "data" / "beam.db"), tmp_path / "own"


WRITES = """
store = folder / "beam.zarr"
tried("create", lambda: (folder / "new").touch())
tried("create in the store", lambda: (store / "runs" / "new").touch())
tried("make a folder", lambda: (folder / "sub").mkdir())
tried("write", lambda: open(folder / "beam.db", "r+b").close())
tried("truncate", lambda: os.truncate(folder / "beam.db", 5))
tried("remove", lambda: (folder / "beam.db").unlink())
tried("remove a folder", lambda: shutil.rmtree(store))
tried("rename", lambda: (folder / "beam.db").rename(folder / "x.db"))
tried("move in", lambda: ((other / "x").touch(), (other / "x").rename(folder / "x")))
tried("link in", lambda: os.symlink("/", folder / "link"))
tried("in a thread", lambda: None)
def in_thread(): tried("in a thread", lambda: (folder / "new").touch())
thread = threading.Thread(target=in_thread); thread.start(); thread.join()
said["in a child"] = os.system(f"touch '{folder}/new' 2>/dev/null") != 0
"""


def refused(said: dict[str, object]) -> bool:
    return all(value in (1, 13, 18, True) for value in said.values())


@pytest.mark.parametrize("given", ["the database", "its folder"])
def test_nothing_near_the_data_can_be_changed(python: Run, places: tuple[Path, Path], given: str) -> None:
    path, own = places
    before = tree_state(path.parent)
    said = tell(python, WRITES, path if given == "the database" else path.parent, own)
    assert len(said) == 12
    assert refused(said), said
    assert tree_state(path.parent) == before


def test_without_it_the_same_attempts_succeed(python: Run, places: tuple[Path, Path]) -> None:
    path, own = places
    done = python(
        PRELUDE.replace("found = protect(data)\nif not found.holds:", "if False:")
        + WRITES
        + "\nprint(json.dumps(said))",
        path,
        own,
    )
    assert done.returncode == 0, done.stderr
    assert not refused(json.loads(done.stdout))


def test_everywhere_else_one_can_write(python: Run, places: tuple[Path, Path]) -> None:
    path, own = places
    code = """
tried("own folder", lambda: (other / "export.csv").write_text("x"))
tried("terminal", lambda: open("/dev/null", "w").write("x"))
tried("move", lambda: ((other / "sub").mkdir(), (other / "export.csv").rename(other / "sub" / "moved.csv")))
tried("remove", lambda: shutil.rmtree(other / "sub"))
tried("temporary", lambda: tempfile.TemporaryFile(dir="/var/tmp").close())
"""
    assert set(tell(python, code, path, own).values()) == {"done"}


def test_the_catalog_reads_and_a_copy_can_be_made(python: Run, places: tuple[Path, Path]) -> None:
    path, own = places
    before = tree_state(path.parent)
    code = """
from resonance_tui.catalog import Catalog
from resonance_tui.catalog.sqlite.private_copy import take_copy
with Catalog(data) as catalog:
    said["runs"] = len(catalog)
    said["frame"] = list(catalog["c3c3c3c3"].images()[2].shape)
    said["pid"] = catalog.writer_pid()
with take_copy(data) as copy, Catalog.on_copy(copy) as catalog:
    said["copied"] = len(catalog)
"""
    said = tell(python, code, path, own)
    assert said == {"runs": 6, "frame": [32, 48], "pid": None, "copied": 6}
    assert tree_state(path.parent) == before


def test_not_even_sqlite_leaves_a_log_beside_a_database_that_has_one(
    python: Run, places: tuple[Path, Path]
) -> None:
    path, own = places
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA journal_mode = wal").fetchall()
    before = tree_state(path.parent)
    code = """
def naive():
    connection = sqlite3.connect(f"file:{data}?mode=ro", uri=True)
    connection.execute("SELECT count(*) FROM runs").fetchall()
    os._exit(3)
tried("naive", naive)
"""
    assert "readonly" in str(tell(python, code, path, own)["naive"])
    assert tree_state(path.parent) == before


def test_in_a_home_that_holds_the_data_openly_its_other_folders_stay_writable(
    python: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = small(tmp_path / "beam.db")
    (tmp_path / ".cache").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    code = """
tried("cache", lambda: (folder / ".cache" / "x").write_text("x"))
tried("beside", lambda: (folder / "beam.db-wal").touch())
tried("database", lambda: open(folder / "beam.db", "r+b").close())
tried("store", lambda: (folder / "beam.zarr" / "x").touch())
"""
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + code + "\nprint(json.dumps(said))", str(path), str(tmp_path)],
        capture_output=True, text=True, check=True, env=python_env() | {"HOME": str(tmp_path)},
    )  # fmt: skip
    said = json.loads(done.stdout)
    if "why" in said:
        pytest.skip(said["why"])
    assert said == {"cache": "done", "beside": 13, "database": 13, "store": 13}


def test_a_store_that_is_a_link_to_another_disk_is_protected_there(
    python: Run, places: tuple[Path, Path], tmp_path: Path
) -> None:
    path, own = places
    path.with_suffix(".zarr").rename(tmp_path / "disk.zarr")
    path.with_suffix(".zarr").symlink_to(tmp_path / "disk.zarr")
    link = own / "link.db"
    link.symlink_to(path)
    code = f"""
tried("the store", lambda: Path({str(tmp_path / "disk.zarr")!r}, "x").touch())
tried("the database itself", lambda: Path({str(path.parent)!r}, "x").touch())
tried("beside the link", lambda: (other / "x").touch())
"""
    assert set(tell(python, code, link, own).values()) == {13}


def test_after_other_threads_were_started_it_is_not_claimed_to_hold() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    found = protect(Path("/nowhere/beam.db"))
    stop.set()
    thread.join()
    assert not found.holds
    assert found.why


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_elsewhere_than_on_linux_it_does_not_hold(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert protect(Path("x.db")) == landlock.Protection(False, f"there is no Landlock on {system}")


def test_a_folder_that_does_not_answer_is_not_waited_for(python: Run, places: tuple[Path, Path]) -> None:
    path, own = places
    slow = """
import time
from resonance_tui.cli import sandbox as landlock
before = landlock._others
def slow(*a):
    yield from before(*a)
    time.sleep(600)
landlock._others = slow
begun = time.monotonic()
"""
    rest = """
said["seconds"] = time.monotonic() - begun
tried("own", lambda: (other / "x").touch())
print(json.dumps(said), flush=True)
os._exit(0)
"""
    done = python(slow + PRELUDE + rest, path, own)
    said = json.loads(done.stdout)
    if "why" not in said:
        assert said["seconds"] < 30
        assert said["own"] == "done"


@pytest.mark.timing
def test_protecting_takes_no_time(python: Run, places: tuple[Path, Path]) -> None:
    path, own = places
    code = """
import subprocess, time
begun = time.process_time()
protect(data)
said["ms"] = 1000 * (time.process_time() - begun)
"""
    assert float(str(tell(python, code, path, own)["ms"])) < 300


# -- what lies near the data -----------------------------------------------------------------------------


def test_files_with_the_data_lie_near_it_and_others_do_not(places: tuple[Path, Path]) -> None:
    path, own = places
    (own / "link").symlink_to(path.parent)
    (own / "inner.zarr").mkdir()
    for data in (path, path.parent):
        for near in ("x", "sub/x", "beam.zarr/x", "beam.zarr/runs/x", "../data/x", "beam.db"):
            assert lies_near(data, path.parent / near)
        assert lies_near(data, own / "link" / "x")
        assert lies_near(data, own / "link" / "beam.zarr" / "x")
        assert lies_near(data, own / "inner.zarr" / "x")
        assert not lies_near(data, own / "x")
        assert not lies_near(data, own / "link" / ".." / "x"), "the folder that holds the data's"
        assert not lies_near(data, Path("/nowhere/x"))


def test_where_a_store_or_a_database_is_a_link_its_own_place_is_near(
    places: tuple[Path, Path], tmp_path: Path
) -> None:
    path, own = places
    path.with_suffix(".zarr").rename(tmp_path / "disk")
    path.with_suffix(".zarr").symlink_to(tmp_path / "disk")
    (own / "link.db").symlink_to(path)
    assert lies_near(path, tmp_path / "disk" / "x")
    for data in (own, own / "link.db"):
        assert lies_near(data, path.parent / "x")
        assert lies_near(data, own / "x")


def test_in_a_home_that_holds_the_data_openly_only_its_own_files_are_near(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = small(tmp_path / "beam.db")
    (tmp_path / ".local").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    assert lies_near(path, tmp_path / "x.log")
    assert lies_near(path, tmp_path / "beam.zarr" / "x.log")
    assert not lies_near(path, tmp_path / ".local" / "x.log")


WITH_USER_FILES = PRELUDE.replace(
    "found = protect(data)",
    """
from functools import partial
from resonance_tui.cli.sandbox import lies_near
from resonance_tui.user_files import log, log_file
from resonance_tui.user_files.locations import make_folders
from resonance_tui.user_files.state import StateFile
made = make_folders(lambda place: lies_near(data, place / "file"))
log.BoundedLogFile = partial(log_file.BoundedLogFile, max_bytes=1000)
log.start_log(made.log.usable / "x.log")
found = protect(data)""",
)

WRITE_BOTH = """
StateFile(made.state.usable / "state.json").remember_beamtime(data, 1.0)
for number in range(30):
    assert log.log_failure("x", ValueError("y" * number)) is not None
said["state"] = "state.json" in os.listdir(made.state.usable)
said["logs"] = sorted(os.listdir(made.log.usable))
tried("data", lambda: (folder / "new").touch())
print(json.dumps(said))
"""


@pytest.mark.parametrize("openly", [False, True], ids=["a folder of its own", "openly in the home"])
def test_state_and_log_can_be_written_while_the_data_cannot(tmp_path: Path, openly: bool) -> None:
    folder = tmp_path if openly else tmp_path / "data"
    folder.mkdir(exist_ok=True)
    path = small(folder / "beam.db")
    home = {"HOME": str(tmp_path), HOME_VARIABLE: "" if openly else str(tmp_path / "own")}
    done = subprocess.run(
        [sys.executable, "-c", WITH_USER_FILES + WRITE_BOTH, str(path), str(tmp_path)],
        capture_output=True, text=True, check=False, env=python_env() | home,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    if "why" in said:
        pytest.skip(said["why"])
    assert said["logs"] == ["x.log", "x.log.1", "x.log.2"], "it is renamed as it grows"
    assert (said["state"], said["data"]) == (True, 13)


def test_a_log_in_the_folder_that_holds_the_datas_stays_bounded(places: tuple[Path, Path]) -> None:
    """Nothing can be renamed there once Landlock holds; what was made before can be emptied."""
    path, _ = places
    code = (
        WITH_USER_FILES.replace("made.log.usable / ", "data.parent.parent / ")
        + """
for number in range(30):
    assert log.log_failure("x", ValueError("y" * number)) is not None
print(json.dumps({**said, "size": os.stat(data.parent.parent / "x.log").st_size}))
"""
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path), str(path.parent)],
        capture_output=True, text=True, check=False, env=python_env(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    if "why" not in said:
        assert 0 < said["size"] <= 1000
        assert not (path.parent.parent / "x.log.1").exists()


# -- the doctor ------------------------------------------------------------------------------------------


def doctor(*arguments: str | Path) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "resonance_tui", "doctor", *map(str, arguments)],
        capture_output=True, text=True, timeout=PATIENCE_S, env=unmeasured_env(), check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return {line[:18].strip(): line[19:] for line in done.stdout.splitlines()}


def test_the_doctor_says_what_it_finds_and_changes_nothing(places: tuple[Path, Path]) -> None:
    path, _ = places
    before = tree_state(path.parent)
    found = doctor(path)
    assert sqlite3.sqlite_version in found["SQLite"]
    assert "textual 8" in found["libraries"]
    assert found["beamtime"] == "beam.db, rollback journal"
    assert found["frames"] == "beam.zarr is there"
    assert found["kept from writing"].startswith(("yes", "no: "))
    assert "GB in" in found["room for a copy"]
    assert found["state"].endswith("state, can be written")
    assert found["log"].endswith("log, can be written")
    if sys.platform == "linux":
        assert found["file locks"] == "work; no writer right now"
    assert tree_state(path.parent) == before


def test_the_doctor_claims_nothing_that_it_could_not_try(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.db", tmp_path / "missing" / "beam.db"):
        assert not doctor(path)["kept from writing"].startswith("yes")


@pytest.mark.skipif(sys.platform != "linux", reason="locks are asked for on Linux only")
def test_the_doctor_names_the_writer(places: tuple[Path, Path]) -> None:
    path, _ = places
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        assert (
            doctor(path)["file locks"]
            == f"work; process {os.getpid()} is writing and keeps readers out: use --copy"
        )


def test_the_doctor_needs_no_beamtime(tmp_path: Path) -> None:
    assert "beamtime" not in doctor()
    assert doctor(tmp_path)["beamtimes"].startswith("0 in")
    assert "no such file" in doctor(tmp_path / "x.db")["beamtime"]

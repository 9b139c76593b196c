"""The process that reads for the app: the same rows, the same words, and a lock that is soon given back."""

from __future__ import annotations

import gc
import os
import signal
import sqlite3
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from resonance_tui.catalog import (
    Catalog,
    CatalogBusyError,
    CatalogChangedError,
    CatalogClosedError,
    CatalogError,
    CatalogNotFoundError,
)
from resonance_tui.catalog.sqlite import reader_process as reader_process_module
from resonance_tui.catalog.sqlite.connection import open_database
from resonance_tui.catalog.sqlite.paging import Record
from resonance_tui.catalog.sqlite.reader_process import ReaderLostError, connect, use_reader_process
from tests.beamtime import NEXAFS_UID, SMALL_UIDS, small
from tests.conftest import end_by_closing
from tests.waiting import PATIENCE_S, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from resonance_tui.catalog.sqlite.reader_process import ReaderProcess

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def open_files(pid: int, name: str) -> int:
    return sum(os.path.basename(os.readlink(link)) == name for link in Path(f"/proc/{pid}/fd").iterdir())


def test_every_row_is_the_one_that_would_be_read_here(
    reader_process: ReaderProcess, small_beamtime: Path
) -> None:
    here, there = open_database(small_beamtime), connect(small_beamtime)
    assert there.columns == here.columns
    for table in here.columns:
        sql = f"SELECT *, 1.1 AS real, x'00ff' AS blob, NULL AS absent FROM {table} LIMIT ?"
        (ours, whole), (theirs, all_of_it) = here.page(sql, (100,)), there.page(sql, (100,))
        assert (whole, len(ours)) == (all_of_it, len(theirs))
        for mine, its in zip(ours, theirs, strict=True):
            assert [*its] == [*mine]
            assert (its.keys(), len(its), its[-1]) == (mine.keys(), len(mine), mine[-1])
            assert all(its[name] == mine[name] and its[name.upper()] == mine[name] for name in mine.keys())  # noqa: SIM118
            with pytest.raises(IndexError):
                its["no such column"]
    here.close()


def test_what_goes_wrong_there_is_said_as_if_it_had_gone_wrong_here(
    reader_process: ReaderProcess, small_beamtime: Path
) -> None:
    with pytest.raises(CatalogNotFoundError, match="no such file"):
        Catalog(small_beamtime.with_name("missing.db"))
    writer = sqlite3.connect(small_beamtime)
    catalog = Catalog(small_beamtime)
    catalog.patience = 0.1
    writer.execute("BEGIN EXCLUSIVE")
    with pytest.raises(CatalogBusyError, match="locked by the running scan"):
        catalog.recent()
    begun = time.monotonic()
    with pytest.raises(CatalogBusyError):
        Catalog.open_patiently(small_beamtime, 1.0)
    assert time.monotonic() - begun > 0.3
    writer.close()
    assert [run.uid for run in catalog.recent()] == SMALL_UIDS
    catalog.close()
    with pytest.raises(CatalogClosedError, match="open it again"):
        catalog.recent()
    with pytest.raises(CatalogError, match="unexpected TypeError"):
        connect(small_beamtime).page(5, ())  # type: ignore[arg-type]


def test_a_reader_that_was_killed_is_replaced_and_nobody_notices(
    reader_process: ReaderProcess, small_beamtime: Path, real_beamtime: Path
) -> None:
    catalogs = [Catalog(small_beamtime), Catalog(real_beamtime)]
    run = catalogs[0][NEXAFS_UID]
    before = [[run.uid for run in catalog.recent()] for catalog in catalogs]
    killed = reader_process.pid
    os.kill(killed, signal.SIGKILL)
    assert [[run.uid for run in catalog.recent()] for catalog in reversed(catalogs)] == before[::-1]
    assert len(run.table()) == 30
    assert reader_process.pid != killed


def test_a_question_that_is_broken_off_leaves_no_answer_to_the_next(
    reader_process: ReaderProcess, small_beamtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = Catalog(small_beamtime)

    def out_of_memory(file: Any) -> Any:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(reader_process_module.pickle, "load", out_of_memory)
        with pytest.raises(MemoryError):
            len(catalog)
    assert [run.uid for run in catalog.recent()] == SMALL_UIDS
    assert len(catalog) == 6


def test_where_no_reader_can_be_had_it_is_read_here(
    reader_process: ReaderProcess, small_beamtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_process_module, "_MODULE", "resonance_tui.no_such_module")
    os.kill(reader_process.pid, signal.SIGKILL)
    assert len(Catalog(small_beamtime)) == 6


def test_a_reader_that_is_replaced_does_not_take_another_file_for_its_own(
    reader_process: ReaderProcess, small_beamtime: Path, tmp_path: Path
) -> None:
    catalog = Catalog(small_beamtime)
    other = small(tmp_path / "other.db")
    os.replace(other, small_beamtime)
    os.kill(reader_process.pid, signal.SIGKILL)
    with pytest.raises(CatalogChangedError, match="open it again"):
        catalog.recent()


def test_threads_whose_reader_is_killed_under_them_read_nothing_wrong(
    reader_process: ReaderProcess, small_beamtime: Path, real_beamtime: Path
) -> None:
    wrong: list[object] = []
    done = threading.Event()

    def read(path: Path) -> None:
        catalog = Catalog(path)
        known = [run.uid for run in catalog.recent()]
        while not done.is_set():
            try:
                if (now := [run.uid for run in catalog.recent()]) != known:
                    wrong.append(now)
            except Exception as error:  # noqa: BLE001
                wrong.append(error)

    threads = [threading.Thread(target=read, args=(p,)) for p in (small_beamtime, real_beamtime) * 2]
    for thread in threads:
        thread.start()
    watching = Catalog(small_beamtime)
    for _ in range(5):
        time.sleep(0.2)
        os.kill(reader_process.pid, signal.SIGKILL)
        assert len(watching) == 6  # only one that has begun to read is killed again
    done.set()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert wrong == []


@linux_only
def test_what_nobody_uses_any_more_is_closed_there(
    reader_process: ReaderProcess, small_beamtime: Path
) -> None:
    catalogs = [Catalog(small_beamtime) for _ in range(5)]
    kept = catalogs[0]
    at_first = open_files(reader_process.pid, small_beamtime.name)
    catalogs[1].close()
    del catalogs
    gc.collect()
    assert len(kept) == 6
    # each has one of its own; one more is kept for as long as the process lives, for its header
    assert (at_first, open_files(reader_process.pid, small_beamtime.name)) == (6, 2)


@linux_only
def test_a_reader_ends_with_the_one_it_reads_for(
    start_python: Callable[..., Any], small_beamtime: Path
) -> None:
    code = (
        "import sys; from pathlib import Path; from resonance_tui.catalog import Catalog\n"
        "from resonance_tui.catalog.sqlite import reader_process\n"
        "pool = reader_process.use_reader_process(); catalog = Catalog(Path(sys.argv[1]))\n"
        "print(*pool.pids, len(catalog), flush=True); input()"
    )
    process = start_python(code, small_beamtime)
    pid, runs = map(int, process.stdout.readline().split())
    assert runs == 6
    assert Path(f"/proc/{pid}").exists()
    process.kill()
    process.communicate()
    until(lambda: not Path(f"/proc/{pid}").exists(), "the reader process ends")


def test_a_reader_is_made_once_for_the_whole_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_process_module, "_pool", None)
    pool = use_reader_process()
    assert pool is not None
    assert use_reader_process() is pool
    assert len(pool.pids) == 1
    end_by_closing(pool.processes[0])


def test_one_that_dies_at_every_question_is_given_up(
    reader_process: ReaderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_process_module, "_MODULE", "resonance_tui.no_such_module")
    os.kill(reader_process.pid, signal.SIGKILL)
    with pytest.raises(ReaderLostError, match="dies again and again"):
        reader_process.ask("open", 1, Path("beam.db"))


def test_what_cannot_be_said_of_a_row_is_still_a_row() -> None:
    record = Record(["uid", "plan_name"], ("a", "scan"))
    assert repr(record) == "<Record {'uid': 'a', 'plan_name': 'scan'}>"
    assert len(repr(Record(["text"], ("x" * 1000,)))) < 300

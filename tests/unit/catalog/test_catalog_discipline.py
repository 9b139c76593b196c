"""The read discipline: no read of ours may cost the acquisition a run, and no call changes a file."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from resonance_tui.catalog import (
    Catalog,
    CatalogBusyError,
    CatalogError,
    CatalogInterruptedError,
    FrameUnavailableError,
)
from tests.beamtime import (
    NEXAFS_UID,
    OPEN_UID,
    RSOXS_UID,
    SMALL_UIDS,
    BeamtimeBuilder,
    chunk_file,
    long_run,
    small,
    small_frames,
    tree_state,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel about locks")


# Nothing is created and nothing is changed


def tour(path: Path) -> None:
    """Every call there is, with what succeeds and what fails."""
    with Catalog(path) as catalog:
        repr(catalog)
        uids = list(catalog)
        assert uids == SMALL_UIDS
        assert (len(catalog), uids[0] in catalog, "x" in catalog, bool(catalog)) == (6, True, False, True)
        catalog.recent(3)
        catalog.by_sample("ps_100kd")
        catalog.samples()
        for key in ("nonesuch", "a1a1", -7):
            with contextlib.suppress(CatalogError):
                catalog[key]
        for uid in uids:
            run = catalog[uid]
            _ = (run.plan_name, run.num_events, run.sample, run.metadata, run.operator, run.streams)
            for stream in ("primary", "nonesuch"):
                run.table(stream)
                run.count_events(stream)
                run.event_page(stream=stream)
                list(run.event_pages(stream))
            for field in [*run.image_fields, "nonesuch"]:
                images = run.images(field)
                for i in range(len(images)):
                    images.is_stored(i)
                    with contextlib.suppress(FrameUnavailableError):
                        images[i]
                repr(images)
            repr(run)
        assert (catalog[RSOXS_UID].images()[::-2] == small_frames()[::-2]).all()
    with contextlib.suppress(CatalogError):
        Catalog(path.with_name("missing.db"))


def names(folder: Path) -> list[str]:
    return sorted(str(path) for path in folder.rglob("*"))


@pytest.mark.parametrize("version", [1, 2])
def test_no_call_creates_or_changes_a_file(tmp_path: Path, version: int) -> None:
    path = small(tmp_path / "beam.db", version)
    chunk_file(path.with_suffix(".zarr"), f"runs/{RSOXS_UID}/detector_image", 0).write_bytes(b"damaged")
    before = tree_state(tmp_path)
    tour(path)
    assert tree_state(tmp_path) == before


def test_no_call_creates_the_store(tmp_path: Path) -> None:
    with BeamtimeBuilder(tmp_path / "beam.db") as b:
        b.run(events=[{"a": 1}])
        (event,) = b.raw("SELECT uid FROM events")[0]
        b.image_ref(event, "detector_image", "runs/x/detector_image", 0, (4, 4))
    before = tree_state(tmp_path)
    with Catalog(b.path) as catalog:
        assert len(catalog[-1].images()) == 0
    assert tree_state(tmp_path) == before


def test_a_wal_database_is_read_without_a_file_beside_it(tmp_path: Path) -> None:
    path = small(tmp_path / "beam.db")
    conn = sqlite3.connect(path)
    assert conn.execute("PRAGMA journal_mode = wal").fetchone()[0] == "wal"
    conn.close()
    before, listed = tree_state(tmp_path), names(tmp_path)
    assert [name for name in listed if name.endswith(("-wal", "-shm"))] == []
    with Catalog(path) as catalog:
        assert names(tmp_path) == listed
        assert len(catalog[NEXAFS_UID].table()) == 30
        assert names(tmp_path) == listed
    assert tree_state(tmp_path) == before
    tour(path)
    assert tree_state(tmp_path) == before


def test_what_stands_in_a_wal_is_read(tmp_path: Path) -> None:
    path = small(tmp_path / "beam.db")
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("PRAGMA journal_mode = wal")
    writer.execute("INSERT INTO runs (uid, plan_name, time_start) VALUES ('fresh', 'scan', 1.9e9)")
    listed = names(tmp_path)
    with Catalog(path) as catalog:
        assert catalog[-1].uid == "fresh"
        writer.execute("INSERT INTO runs (uid, plan_name, time_start) VALUES ('fresher', 'scan', 2e9)")
        assert catalog[-1].uid == "fresher"
        assert names(tmp_path) == listed
    assert names(tmp_path) == listed
    writer.close()


# Nothing stays locked


def not_found(catalog: Catalog, key: str) -> None:
    with pytest.raises(KeyError):
        catalog[key]


CALLS: dict[str, Callable[[Catalog], Any]] = {
    "recent": lambda c: c.recent(3),
    "by_sample": lambda c: c.by_sample("ps_100kd"),
    "samples": lambda c: c.samples(),
    "len": len,
    "in": lambda c: "x" in c,
    "one of iter": lambda c: next(iter(c)),
    "repr": repr,
    "a uid": lambda c: c[RSOXS_UID],
    "a prefix": lambda c: c["c3c3"],
    "recency": lambda c: c[-2],
    "no run": lambda c: not_found(c, "nonesuch"),
    "an ambiguous prefix": lambda c: not_found(c, "a1a1"),
    "sample": lambda c: c[RSOXS_UID].sample,
    "num_events": lambda c: c[OPEN_UID].num_events,
    "streams": lambda c: c[RSOXS_UID].streams,
    "image_fields": lambda c: c[RSOXS_UID].image_fields,
    "table": lambda c: c[NEXAFS_UID].table(),
    "count_events": lambda c: c[NEXAFS_UID].count_events(),
    "event_page": lambda c: c[NEXAFS_UID].event_page(offset=5, limit=3),
    "images": lambda c: c[RSOXS_UID].images(),
    "a frame": lambda c: c[RSOXS_UID].images()[3],
    "frames": lambda c: c[RSOXS_UID].images()[1:3],
    "repr of a run": lambda c: repr(c[RSOXS_UID]),
}


def may_be_locked_at_once(path: Path) -> bool:
    other = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN EXCLUSIVE")
        other.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return False
    finally:
        other.close()
    return True


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_after_a_call_nothing_is_locked(small_beamtime: Path, call: Callable[[Catalog], Any]) -> None:
    with Catalog(small_beamtime) as catalog:
        result = call(catalog)
        assert catalog._conn.in_transaction is False
        assert may_be_locked_at_once(small_beamtime)
        del result


def test_after_opening_nothing_is_locked(small_beamtime: Path) -> None:
    with Catalog(small_beamtime):
        assert may_be_locked_at_once(small_beamtime)
    assert may_be_locked_at_once(small_beamtime)


def test_between_two_pages_nothing_is_locked(tmp_path: Path) -> None:
    path = tmp_path / "beam.db"
    long_run(path, 3000, 5)
    with Catalog(path) as catalog:
        seen = 0
        for page in catalog[-1].event_pages():
            assert may_be_locked_at_once(path)
            seen += len(page.seq_num)
        assert seen == 3000


def test_a_half_read_list_of_runs_locks_nothing(many_beamtime: Path) -> None:
    with Catalog(many_beamtime) as catalog:
        uids = iter(catalog)
        first = next(uids)
        assert may_be_locked_at_once(many_beamtime)
        assert next(uids) != first


def test_a_lock_that_stays_would_be_noticed(small_beamtime: Path) -> None:
    naive = sqlite3.connect(f"{small_beamtime.as_uri()}?mode=ro", uri=True)
    cursor = naive.execute("SELECT * FROM events")
    cursor.fetchone()
    assert not may_be_locked_at_once(small_beamtime)
    cursor.close()
    assert may_be_locked_at_once(small_beamtime)
    naive.close()


# The writer holds the file


@pytest.fixture
def locked(small_beamtime: Path) -> Iterator[sqlite3.Connection]:
    """A writer whose cache has spilled: it holds EXCLUSIVE until it commits."""
    writer = sqlite3.connect(small_beamtime, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    yield writer
    if writer.in_transaction:
        writer.execute("ROLLBACK")
    writer.close()


def test_a_read_while_the_writer_holds_the_file_is_busy_and_then_works(
    small_beamtime: Path, slept: list[float]
) -> None:
    writer = sqlite3.connect(small_beamtime, isolation_level=None)
    with Catalog(small_beamtime) as catalog:
        run = catalog[NEXAFS_UID]
        writer.execute("BEGIN EXCLUSIVE")
        for call in (catalog.recent, run.table):
            slept.clear()
            with pytest.raises(CatalogBusyError) as caught:
                call()
            assert 1.0 < sum(slept) <= catalog.patience + 0.12  # the last pause is lengthened by chance
            assert small_beamtime.name in str(caught.value)
            assert type(caught.value) is CatalogBusyError
        writer.execute("COMMIT")
        assert len(catalog.recent()) == 6
        assert len(run.table()) == 30
        assert catalog._conn.in_transaction is False
    writer.close()


def test_a_repr_says_what_it_can_while_the_writer_holds_the_file(small_beamtime: Path) -> None:
    writer = sqlite3.connect(small_beamtime, isolation_level=None)
    with Catalog(small_beamtime) as catalog:
        run = catalog[OPEN_UID]
        writer.execute("BEGIN EXCLUSIVE")
        assert small_beamtime.name in repr(catalog)
        assert OPEN_UID[:6] in repr(run)
    writer.close()


def test_a_short_wait_for_the_writer_is_not_noticed(small_beamtime: Path) -> None:
    writer = sqlite3.connect(small_beamtime, isolation_level=None, check_same_thread=False)
    with Catalog(small_beamtime) as catalog:
        writer.execute("BEGIN EXCLUSIVE")
        timer = threading.Timer(0.1, writer.execute, ["COMMIT"])
        timer.start()
        assert len(catalog.recent()) == 6
        timer.join()
    writer.close()


def test_opening_a_file_that_the_writer_holds_is_busy_and_then_works(
    small_beamtime: Path, locked: sqlite3.Connection
) -> None:
    with pytest.raises(CatalogBusyError) as caught:
        open_and_list(small_beamtime)
    assert small_beamtime.name in str(caught.value)
    locked.execute("COMMIT")
    assert open_and_list(small_beamtime) == 6


def open_and_list(path: Path) -> int:
    with Catalog(path) as catalog:
        return len(catalog.recent())


def test_frames_are_read_while_the_writer_holds_the_file(small_beamtime: Path) -> None:
    writer = sqlite3.connect(small_beamtime, isolation_level=None)
    with Catalog(small_beamtime) as catalog:
        images = catalog[RSOXS_UID].images()
        writer.execute("BEGIN EXCLUSIVE")
        assert (images[4] == small_frames()[4]).all()
    writer.close()


def test_uncommitted_events_are_not_seen_and_committed_ones_are(small_beamtime: Path) -> None:
    writer = sqlite3.connect(small_beamtime, isolation_level=None)
    with Catalog(small_beamtime) as catalog:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO runs (uid, plan_name, time_start) VALUES ('fresh', 'scan', 1.9e9)")
        assert len(catalog) == 6
        writer.execute("COMMIT")
        assert catalog[-1].uid == "fresh"
    writer.close()


# The writer died


DYING_WRITER = """
import os, sqlite3, sys, uuid
conn = sqlite3.connect(sys.argv[1], isolation_level=None)
conn.execute("PRAGMA cache_size = 20")  # spills after some events, as the real one does after thousands
(stream,) = conn.execute("SELECT uid FROM streams LIMIT 1").fetchone()
conn.execute("BEGIN")
conn.executemany("INSERT INTO events VALUES (?, ?, ?, 0, ?, '{}')",
    ((uuid.uuid4().hex, stream, 1000 + i, '{"a": "' + "x" * 300 + '"}') for i in range(5000)))
if len(sys.argv) > 2:
    print("spilled", flush=True); input()
os._exit(1)
"""


def talk(process: subprocess.Popen[str], text: str) -> str:
    """Say a line (if any) and wait for the answer."""
    assert process.stdin is not None
    assert process.stdout is not None
    if text:
        process.stdin.write(text)
        process.stdin.flush()
    return process.stdout.readline().strip()


def hot_journal(path: Path, python: Callable[..., Any]) -> dict[str, Any]:
    assert python(DYING_WRITER, path).returncode == 1
    journal = path.with_name(path.name + "-journal")
    assert journal.stat().st_size > 512
    return tree_state(path.parent)


def test_a_writer_that_died_is_told_and_nothing_is_repaired(
    small_beamtime: Path, python: Callable[..., Any]
) -> None:
    before = hot_journal(small_beamtime, python)
    for _ in range(2):
        with pytest.raises(CatalogInterruptedError) as caught:
            open_and_list(small_beamtime)
        assert small_beamtime.name in str(caught.value)
    assert tree_state(small_beamtime.parent) == before


def test_once_a_writer_has_opened_it_again_all_is_read(
    small_beamtime: Path, python: Callable[..., Any]
) -> None:
    hot_journal(small_beamtime, python)
    with pytest.raises(CatalogInterruptedError):
        open_and_list(small_beamtime)
    writer = sqlite3.connect(small_beamtime)
    assert writer.execute("SELECT count(*) FROM events WHERE seq_num >= 1000").fetchone()[0] == 0
    writer.close()
    assert open_and_list(small_beamtime) == 6


@linux_only
def test_a_writer_that_dies_while_we_look_is_busy_and_then_interrupted(
    small_beamtime: Path, start_python: Callable[..., Any]
) -> None:
    with Catalog(small_beamtime) as catalog:
        assert len(catalog) == 6
        writer = start_python(DYING_WRITER, small_beamtime, "wait")
        assert talk(writer, "") == "spilled"
        with pytest.raises(CatalogBusyError) as caught:
            catalog.recent()
        assert type(caught.value) is CatalogBusyError
        writer.communicate("\n")
        with pytest.raises(CatalogInterruptedError):
            catalog.recent()
        repairer = sqlite3.connect(small_beamtime)
        repairer.execute("SELECT count(*) FROM events").fetchone()
        repairer.close()
        assert len(catalog.recent()) == 6


# The real beamtime, toured and unchanged


def test_the_real_beamtime_is_unchanged_by_reading_it(real_beamtime: Path) -> None:
    before = tree_state(real_beamtime.parent)
    with warnings.catch_warnings(), Catalog(real_beamtime) as catalog:
        warnings.simplefilter("error")
        for uid in catalog:
            run = catalog[uid]
            assert len(run.table()) == run.num_events
            assert all(frame.shape == (256, 256) for frame in run.images())
    assert tree_state(real_beamtime.parent) == before

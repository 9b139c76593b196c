"""What has changed since one last looked: new runs, ends, commits, frames, locks, and the file itself."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from resonance_tui.catalog import CatalogBusyError, CatalogError, CatalogNotFoundError, Watch
from resonance_tui.catalog.watch import Changes, FileState
from resonance_tui.simulator.writer import BeamtimeWriter
from tests.beamtime import OPEN_UID, BeamtimeBuilder, chunk_file, small, tree_state
from tests.unit.catalog.sqlite.test_locks import linux
from tests.unit.catalog.test_catalog_discipline import may_be_locked_at_once
from tests.writers import Writer

Start = Callable[..., Writer]


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = 4e9  # far from any file's time: what was written counts as settled

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[BeamtimeWriter]:
    with BeamtimeWriter(tmp_path / "live.db") as writer:
        yield writer


@pytest.fixture
def watch(writer: BeamtimeWriter) -> Iterator[Watch]:
    watch = Watch(writer.db_path, Clock())
    first = watch.poll()
    assert (first.new_runs, first.error, first.open_run) == ((), None, None)
    yield watch
    watch.close()


def nothing_new(changes: Changes) -> bool:
    return not (changes.new_runs or changes.ended or changes.committed or changes.new_frames)


def test_where_nothing_moved_nothing_is_read(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Watch, "_read", lambda *_: pytest.fail("it was read"))
    for _ in range(3):
        changes = watch.poll()
        assert nothing_new(changes)
        assert changes.file is FileState.THERE


def test_a_run_is_seen_to_begin_and_to_end(writer: BeamtimeWriter, watch: Watch) -> None:
    uid = writer.open_run("scan", None, 1.77e9)
    begun = watch.poll()
    assert [run.uid for run in begun.new_runs] == [uid]
    assert begun.open_run is not None
    assert begun.open_run.uid == uid
    writer.open_stream({})
    assert watch.poll().new_runs == ()
    writer.write_event({"i0": 1.0}, 1.77e9)
    assert watch.poll().ended == ()
    writer.close_run("failed", 1.77e9 + 5)
    ended = watch.poll()
    assert [(run.uid, run.exit_status, run.time_stop) for run in ended.ended] == [(uid, "failed", 1.77e9 + 5)]
    assert (ended.open_run, ended.new_runs) == (None, ())
    assert watch.newest is not None
    assert watch.newest.exit_status == "failed"
    assert nothing_new(watch.poll())


def test_runs_that_came_and_went_between_two_looks_are_new_ones(writer: BeamtimeWriter, watch: Watch) -> None:
    uids = []
    for i in range(3):
        uids.append(writer.open_run("scan", None, 1.77e9 + i))
        writer.close_run("success", 1.77e9 + i)
    changes = watch.poll()
    assert [run.uid for run in changes.new_runs] == uids
    assert (changes.ended, changes.open_run) == ((), None)


def test_of_more_new_runs_than_are_read_at_once_none_is_lost(writer: BeamtimeWriter, watch: Watch) -> None:
    for i in range(450):
        writer.open_run("scan", None, 1.77e9 + i)
    found = [run.uid for _ in range(3) for run in watch.poll().new_runs]
    assert len(found) == len(set(found)) == 450
    assert nothing_new(watch.poll())


def test_a_run_left_open_may_still_be_closed_after_newer_ones(writer: BeamtimeWriter, watch: Watch) -> None:
    old = writer.open_run("scan", None, 1.77e9)
    writer.open_run("scan", None, 1.77e9 + 1)
    watch.poll()
    with closing(sqlite3.connect(writer.db_path)) as other:
        other.execute("UPDATE runs SET time_stop = 1.0, exit_status = 'aborted' WHERE uid = ?", (old,))
        other.commit()
    assert [run.uid for run in watch.poll().ended] == [old]


def test_a_commit_of_an_open_run_is_told(writer: BeamtimeWriter, watch: Watch) -> None:
    writer.open_run("scan", None, 1.77e9)
    writer.open_stream({})
    watch.poll()
    writer.write_event({"i0": 1.0}, 1.77e9)
    assert not watch.poll().committed
    writer.open_stream({}, "baseline")
    assert watch.poll().committed


def test_two_commits_within_one_tick_of_the_clock_are_both_seen(writer: BeamtimeWriter) -> None:
    clock = Clock()
    watch = Watch(writer.db_path, clock)
    writer.open_run("scan", None, 1.77e9)
    status = writer.db_path.stat()
    clock.now = status.st_mtime
    watch.poll()
    first = writer.open_run("scan", None, 1.77e9 + 1)
    os.utime(writer.db_path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert [run.uid for run in watch.poll().new_runs] == [first]
    watch.close()


def test_frames_are_told_as_they_come_though_nothing_is_committed(
    writer: BeamtimeWriter, watch: Watch
) -> None:
    writer.open_run("scan", None, 1.77e9)
    writer.open_stream({})
    assert watch.poll().frames == {}
    for n in range(1, 4):
        event = writer.write_event({"i0": 1.0}, 1.77e9)
        writer.write_image(event, "detector_image", np.full((4, 4), n, np.int32))
        changes = watch.poll()
        assert (changes.frames, changes.new_frames) == ({"detector_image": n}, True)
        assert not watch.poll().new_frames
    writer.write_image(event, "second_image", np.ones((4, 4), np.int32))
    assert watch.poll().frames == {"detector_image": 3, "second_image": 1}


def test_an_announced_frame_is_told_when_its_chunk_is_there(small_beamtime: Path) -> None:
    last = chunk_file(small_beamtime.with_suffix(".zarr"), f"runs/{OPEN_UID}/detector_image", 2)
    aside = last.with_name("aside")
    last.rename(aside)
    watch = Watch(small_beamtime, Clock())
    assert watch.poll().frames == {"detector_image": 2}
    assert not watch.poll().new_frames
    aside.rename(last)
    changes = watch.poll()
    assert (changes.frames, changes.new_frames) == ({"detector_image": 3}, True)
    watch.close()


def test_a_locked_database_is_not_even_tried_and_then_read_at_once(
    writer: BeamtimeWriter, watch: Watch
) -> None:
    uid = writer.open_run("scan", None, 1.77e9)
    seen = watch.poll()
    other = sqlite3.connect(writer.db_path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")  # a process does not see its own locks: SQLite answers instead
    other.execute("INSERT INTO runs (uid, plan_name, time_start) VALUES ('late', 'scan', 1.8e9)")
    os.utime(writer.db_path)
    watch._clock.now += 10.0  # type: ignore[attr-defined]
    locked = watch.poll()
    assert isinstance(locked.error, CatalogBusyError)
    assert (locked.new_runs, locked.as_of) == ((), seen.as_of)
    assert locked.open_run is not None
    assert locked.open_run.uid == uid
    other.execute("COMMIT")
    free = watch.poll()
    assert [run.uid for run in free.new_runs] == ["late"]
    assert (free.error, free.as_of) == (None, watch._clock())
    other.close()


@linux
def test_a_writer_that_ran_out_of_cache_is_named_with_the_time(tmp_path: Path, start_writer: Start) -> None:
    path = tmp_path / "live.db"
    writer = start_writer(path)
    uid = writer("run")
    clock = Clock()
    watch = Watch(path, clock)
    assert watch.poll().shut_since is None
    writer("frames 1")
    writer("events 12000")
    begun, clock.now = clock.now, clock.now + 60
    first = watch.poll()
    assert (first.locks.pid, first.shut_since, first.as_of, first.error) == (
        writer.pid,
        clock.now,
        begun,
        None,
    )
    clock.now += 60
    writer("frames 2")
    later = watch.poll()
    assert (later.shut_since, later.as_of, later.new_frames) == (begun + 60, begun, True)
    assert later.frames == {"detector_image": 3}
    writer("close")
    free = watch.poll()
    assert ([run.uid for run in free.ended], free.shut_since, free.as_of) == ([uid], None, clock.now)
    watch.close()


def test_opened_on_a_locked_database_it_waits_for_its_turn(small_beamtime: Path, slept: list[float]) -> None:
    with closing(sqlite3.connect(small_beamtime, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        watch = Watch(small_beamtime, Clock())
        first = watch.poll()
        assert sum(slept) <= 0.1, "it must not wait"
        assert isinstance(first.error, CatalogBusyError)
        assert (watch.catalog, first.as_of) == (None, None)
        writer.execute("ROLLBACK")
        assert watch.poll().error is None
        assert watch.catalog is not None
        watch.close()


def test_a_file_that_is_not_there_is_said_to_be_deleted_and_read_when_it_comes(tmp_path: Path) -> None:
    watch = Watch(tmp_path / "late.db", Clock())
    assert watch.poll().file is FileState.DELETED
    small(tmp_path / "late.db")
    came = watch.poll()
    assert (came.file, came.error) == (FileState.RETURNED, None)
    assert came.open_run is not None
    watch.close()


def test_a_database_moved_away_and_put_back_goes_on(writer: BeamtimeWriter, watch: Watch) -> None:
    away = writer.db_path.with_name("away.db")
    writer.db_path.rename(away)
    gone = watch.poll()
    assert (gone.file, gone.error) == (FileState.DELETED, None)
    assert watch.catalog is not None
    assert len(watch.catalog) == 0
    away.rename(writer.db_path)
    uid = writer.open_run("scan", None, 1.77e9)
    back = watch.poll()
    assert back.file is FileState.RETURNED
    assert [run.uid for run in back.new_runs] == [uid]


def test_a_database_that_was_replaced_is_opened_anew(small_beamtime: Path, tmp_path: Path) -> None:
    watch = Watch(small_beamtime, Clock())
    watch.poll()
    old = watch.catalog
    with BeamtimeBuilder(tmp_path / "other.db") as b:
        uid = b.run(stop=None, events=[])
    (tmp_path / "other.db").replace(small_beamtime)
    changes = watch.poll()
    assert changes.file is FileState.REPLACED
    assert changes.open_run is not None
    assert changes.open_run.uid == uid
    assert watch.catalog is not old
    assert watch.catalog is not None
    assert list(watch.catalog) == [uid]
    assert watch.poll().file is FileState.THERE
    watch.close()


def test_rows_numbered_anew_make_what_was_read_void(small_beamtime: Path) -> None:
    watch = Watch(small_beamtime, Clock())
    watch.poll()
    with BeamtimeBuilder.reopened(small_beamtime) as b:
        b.raw("DELETE FROM runs WHERE uid = ?", (OPEN_UID,))
    os.utime(small_beamtime, (5.0, 5.0))
    changes = watch.poll()
    assert (changes.file, changes.open_run) == (FileState.REPLACED, None)
    watch.close()


def test_a_write_ahead_log_is_followed(tmp_path: Path) -> None:
    with BeamtimeWriter(tmp_path / "live.db", wal=True) as writer:
        watch = Watch(writer.db_path, Clock())
        watch.poll()
        uid = writer.open_run("scan", None, 1.77e9)
        assert [run.uid for run in watch.poll().new_runs] == [uid]
        writer.close_run("success", 1.77e9)
        assert [run.uid for run in watch.poll().ended] == [uid]
        watch.close()


def test_a_write_ahead_log_that_comes_into_use_is_followed_too(tmp_path: Path) -> None:
    path = small(tmp_path / "beam.db")
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA journal_mode = wal").fetchall()
    watch = Watch(path, Clock())
    watch.poll()
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("INSERT INTO runs (uid, plan_name, time_start) VALUES ('fresh', 'scan', 1.9e9)")
        changes = watch.poll()
        assert changes.error is None
        assert [run.uid for run in changes.new_runs] == ["fresh"]
    watch.close()


def test_no_look_changes_a_file_or_leaves_a_lock(small_beamtime: Path) -> None:
    before = tree_state(small_beamtime.parent)
    watch = Watch(small_beamtime)
    for _ in range(3):
        assert watch.poll().error is None
        assert may_be_locked_at_once(small_beamtime)
    watch.close()
    assert tree_state(small_beamtime.parent) == before


@pytest.mark.parametrize("what", ["deleted", "emptied", "a folder", "text", "no folder"])
def test_a_look_never_raises(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    path = small(folder / "beam.db")
    watch = Watch(path, Clock())
    watch.poll()
    path.unlink()
    if what == "emptied":
        path.touch()
    elif what == "a folder":
        path.mkdir()
    elif what == "text":
        path.write_text("notes")
    elif what == "no folder":
        shutil.rmtree(folder)
    changes = watch.poll()
    assert isinstance(changes.error, CatalogError) or changes.file is FileState.DELETED
    assert not isinstance(changes.error, CatalogNotFoundError)
    assert watch.catalog is not None
    watch.close()


ODD_METADATA = {
    "an endless shape": {"shape": [float("inf"), 4, 4]},
    "a separator with NUL": {"chunk_key_encoding": {"name": "default", "configuration": {"separator": "\0"}}},
    "no object": None,
}


@pytest.mark.parametrize("changes", ODD_METADATA.values(), ids=ODD_METADATA)
def test_odd_metadata_of_the_open_run_hides_no_run_that_comes_later(
    watch: Watch, writer: BeamtimeWriter, changes: dict[str, object] | None
) -> None:
    import json

    uid = writer.open_run("scan", None, time.time())
    writer.open_stream({})
    event = writer.write_event({"x_position": 1.0}, time.time())
    writer.write_image(event, "detector_image", np.zeros((4, 4), dtype=np.int32))
    file = writer.db_path.with_suffix(".zarr") / "runs" / uid / "detector_image" / "zarr.json"
    file.write_text(json.dumps(changes and json.loads(file.read_text()) | changes))
    looked = watch.poll()
    assert (looked.error, [run.uid for run in looked.new_runs], looked.frames) == (None, [uid], {})
    writer.close_run("success", time.time())
    assert [run.uid for run in watch.poll().ended] == [uid]
    later = writer.open_run("scan", None, time.time())
    assert [run.uid for run in watch.poll().new_runs] == [later]


def test_what_nobody_foresaw_is_an_error_of_one_look(
    watch: Watch, writer: BeamtimeWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OverflowError("cannot convert float infinity to integer")

    writer.open_run("scan", None, time.time())
    with monkeypatch.context() as patched:
        patched.setattr(Watch, "_read_once", fail)
        looked = watch.poll()
        assert str(looked.error) == "live.db cannot be looked at (unexpected OverflowError)"
    looked = watch.poll()
    assert looked.error is None
    assert len(looked.new_runs) == 1
    with monkeypatch.context() as patched:
        patched.setattr("resonance_tui.catalog.watch.live_fields", fail)
        assert watch.poll().frames == {}

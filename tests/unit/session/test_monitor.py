"""The thread that watches a beamtime: what it delivers of the run in progress, and that nothing ends it but its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resonance_tui.catalog import CatalogBusyError, CatalogError, Watch
from resonance_tui.catalog.catalog import Catalog, store_beside
from resonance_tui.catalog.run_state import Phase
from resonance_tui.catalog.run_witness import RunWitness
from resonance_tui.catalog.watch import FileState
from resonance_tui.session import BeamtimeChanged, BeamtimeMonitor, LiveRun
from resonance_tui.session import monitor as monitor_module
from resonance_tui.simulator.writer import BeamtimeWriter
from tests.beamtime import OPEN_UID, BeamtimeBuilder, nexafs_events, small, small_frames
from tests.unit.catalog.sqlite.test_locks import linux
from tests.waiting import until
from tests.writers import Writer

Monitor = Callable[[Path], "Watched"]


class Watched:
    """A monitor that looks as often as it can, and what it has delivered."""

    def __init__(self, path: Path) -> None:
        self.delivered: list[BeamtimeChanged] = []
        witness = RunWitness(path, store_beside(path).absolute())
        self.monitor = BeamtimeMonitor(path, self.delivered.append, witness)
        self.monitor.start()
        until(lambda: self.delivered, "the first look")

    def until(self, condition: Callable[[BeamtimeChanged], object], what: str) -> BeamtimeChanged:
        """The first delivery that fits, from now on or among those that nobody asked for yet."""
        found: list[BeamtimeChanged] = []

        def there() -> bool:
            while self.delivered:
                changed = self.delivered.pop(0)
                if condition(changed):
                    found.append(changed)
                    return True
            return False

        until(there, what)
        return found[0]

    def until_live(self, condition: Callable[[LiveRun], object], what: str) -> LiveRun:
        """The first state of the run in progress that fits."""
        changed = self.until(lambda one: one.live is not None and condition(one.live), what)
        assert changed.live is not None
        return changed.live


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Monitor]:
    monkeypatch.setattr(monitor_module, "_LOOK_EVERY_S", 0.01)
    started: list[Watched] = []

    def start(path: Path) -> Watched:
        started.append(Watched(path))
        return started[-1]

    yield start
    for one in started:
        one.monitor.close()


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[BeamtimeWriter]:
    with BeamtimeWriter(tmp_path / "live.db") as writer:
        yield writer


def write_frames(writer: BeamtimeWriter, n: int) -> None:
    for i in range(n):
        event = writer.write_event({"i0": 1.0}, 1.77e9 + i)
        writer.write_image(event, "detector_image", np.full((4, 4), i + 1, np.int32))


# the run in progress


def test_a_run_is_told_from_its_beginning_over_its_frames_to_its_end(
    writer: BeamtimeWriter, watch: Monitor
) -> None:
    watched = watch(writer.db_path)
    uid = writer.open_run("scan", None, time.time())
    writer.open_stream({"sam_x_position": {"source": "motor"}})
    begun = watched.until(lambda one: one.changes.new_runs, "a new run")
    assert [run.uid for run in begun.changes.new_runs] == [uid]
    live = begun.live
    # a commit of this very process can pass for an interrupted one, for one look
    if live is None or not live.goes_on:
        live = watched.until_live(lambda one: one.goes_on, "the run")
    assert (live.uid, live.field, live.frames, live.cadence) == (uid, "", 0, None)
    write_frames(writer, 3)
    live = watched.until_live(lambda one: one.frames == 3, "three frames")
    assert (live.field, live.state.phase, live.state.by_this_process) == (
        "detector_image",
        Phase.RUNNING,
        True,
    )
    assert live.cadence is not None
    assert live.elapsed >= 0
    assert (live.expected, live.left) == (0, None), "nothing to go by"
    writer.close_run("success", time.time())
    ended = watched.until(lambda one: one.changes.ended, "its end")
    assert [(run.uid, run.exit_status) for run in ended.changes.ended] == [(uid, "success")]
    assert ended.live is None


def test_how_many_events_a_run_may_get_is_known_from_earlier_ones(
    writer: BeamtimeWriter, watch: Monitor
) -> None:
    for _ in range(3):
        writer.open_run("scan", None, 1.77e9)
        writer.open_stream({"sam_x_position": {"source": "motor"}})
        for i in range(12):
            writer.write_event({"sam_x_position": float(i)}, 1.77e9 + i)
        writer.close_run("success", 1.77e9 + 60)
    uid = writer.open_run("scan", None, time.time())
    writer.open_stream({"sam_x_position": {"source": "motor"}})
    write_frames(writer, 3)
    live = watch(writer.db_path).until_live(lambda one: one.expected, "an estimate")
    assert (live.uid, live.expected, live.expected_from) == (uid, 12, 3)
    writer.abandon_run()


def test_a_run_that_is_looked_at_while_the_database_is_locked_is_estimated_later(
    writer: BeamtimeWriter, watch: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.open_run("scan", None, 1.77e9)
    writer.open_stream({})
    writer.write_event({}, 1.77e9)
    writer.close_run("success", 1.77e9 + 1)
    asked: list[int] = []
    earlier_like = Catalog.earlier_like

    def locked_at_first(catalog: Catalog, *how: Any) -> Any:
        asked.append(1)
        if len(asked) == 1:
            raise CatalogBusyError("locked")
        return earlier_like(catalog, *how)

    monkeypatch.setattr(Catalog, "earlier_like", locked_at_first)
    monkeypatch.setattr(monitor_module, "_BEAT_S", 0.0)
    writer.open_run("scan", None, time.time())
    writer.open_stream({})
    watched = watch(writer.db_path)
    watched.until_live(lambda one: one.expected == 1, "an estimate")
    watched.until_live(lambda _: True, "another look")
    assert len(asked) == 2, "looked up once it could be"
    writer.abandon_run()


def test_a_run_in_progress_is_told_again_though_nothing_changes(
    small_beamtime: Path, watch: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor_module, "_BEAT_S", 0.0)
    watched = watch(small_beamtime)
    for _ in range(3):
        live = watched.until_live(lambda _: True, "a beat")
        assert (live.uid, live.frames) == (OPEN_UID, 3)


@linux
def test_a_run_in_a_database_that_was_locked_all_along_is_known_by_its_frames(
    tmp_path: Path, start_writer: Callable[..., Writer], watch: Monitor
) -> None:
    path = tmp_path / "locked.db"
    writer = start_writer(path)
    uid = writer("run")
    writer("frames 2")
    writer("events 4000")  # its cache spills: nobody else can read
    watched = watch(path)
    live = watched.until_live(lambda one: one.frames == 2, "its frames")
    assert (live.uid, live.field, live.state.phase, live.state.pid) == (
        uid, "detector_image", Phase.RUNNING, writer.pid,
    )  # fmt: skip
    writer("frames 1")
    watched.until_live(lambda one: one.frames == 3, "one more")
    writer("close")
    # the locks of a look are asked for before it reads: those of the first that can read may still be held
    watched.until(
        lambda one: (
            one.changes.as_of is not None and one.live is None and not one.changes.locks.readers_blocked
        ),
        "its end, and a free database",
    )


@linux
def test_a_locked_database_without_a_frame_has_no_run_to_tell_of(
    tmp_path: Path, start_writer: Callable[..., Writer], watch: Monitor
) -> None:
    writer = start_writer(tmp_path / "locked.db")
    uid = writer("run")
    writer("events 4000")
    watched = watch(tmp_path / "locked.db")
    locked = watched.until(lambda _: True, "the first look")
    assert locked.changes.locks.readers_blocked
    assert (locked.live, locked.changes.as_of) == (None, None)
    writer("close")
    read = watched.until(lambda one: one.changes.as_of is not None, "a look that could read")
    assert read.live is None
    writer("run")
    assert watched.until_live(lambda _: True, "a new run").uid != uid


# other changes


def test_what_becomes_of_the_file_is_told(small_beamtime: Path, watch: Monitor, tmp_path: Path) -> None:
    watched = watch(small_beamtime)
    aside = small_beamtime.rename(tmp_path / "aside.db")
    watched.until(lambda one: one.changes.file is FileState.DELETED, "it is gone")
    aside.rename(small_beamtime)
    watched.until(lambda one: one.changes.file is FileState.RETURNED, "it is back")
    other = small((tmp_path / "other").with_suffix(".db"))
    other.replace(small_beamtime)
    watched.until(lambda one: one.changes.file is FileState.REPLACED, "it is another")


def test_events_that_are_committed_to_an_open_run_are_told(
    beamtime: Callable[..., BeamtimeBuilder], watch: Monitor
) -> None:
    b = beamtime()
    uid = b.run(events=nexafs_events(3, 20.0), stop=None)
    watched = watch(b.path)
    (stream,) = b.raw("SELECT uid FROM streams")[0]
    b.raw("INSERT INTO events VALUES ('new', ?, 4, 2e9, '{}', '{}')", (stream,))
    changed = watched.until(lambda one: one.changes.committed, "a commit")
    assert changed.changes.open_run is not None
    assert changed.changes.open_run.uid == uid


def test_an_error_of_any_kind_is_told_and_does_not_end_the_thread(
    small_beamtime: Path, watch: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = watch(small_beamtime)
    with monkeypatch.context() as patch:
        patch.setattr(Watch, "poll", lambda _: 1 / 0)
        changed = watched.until(lambda one: one.changes.error is not None, "the error")
        assert isinstance(changed.changes.error, CatalogError)
        assert "beamtime.db cannot be looked at" in str(changed.changes.error)
        assert changed.live is None
    watched.until(lambda one: one.changes.error is None and one.live is not None, "it is over")
    with monkeypatch.context() as patch:
        patch.setattr(monitor_module, "live_images", lambda *_: 1 / 0)
        changed = watched.until(lambda one: one.changes.error is not None, "an error of the run in progress")
        assert "the run in progress cannot be looked at" in str(changed.changes.error)
        assert changed.changes.open_run is not None, "the rest is told"


def test_it_looks_at_once_where_it_is_told_to_and_no_more_once_it_is_closed(
    small_beamtime: Path, watch: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor_module, "_AT_REST_AFTER_S", -1.0)
    monkeypatch.setattr(monitor_module, "_AT_REST_EVERY_S", 1e6)
    looks: list[float] = []
    closed: list[bool] = []
    poll, close = Watch.poll, Watch.close

    def counted(watch: Watch) -> Any:
        looks.append(time.monotonic())
        return poll(watch)

    monkeypatch.setattr(Watch, "poll", counted)
    monkeypatch.setattr(Watch, "close", lambda watch: (close(watch), closed.append(True)))
    watched = watch(small_beamtime)
    assert len(looks) == 1
    watched.monitor.look_now()
    until(lambda: len(looks) == 2, "a second look")
    watched.monitor.close()
    until(lambda: closed, "its end")
    assert len(looks) == 2


def test_frames_whose_folder_is_damaged_do_not_hide_the_run(
    beamtime: Callable[..., BeamtimeBuilder], watch: Monitor
) -> None:
    b = beamtime()
    uid = b.run(events=[], stop=None, frames={"detector_image": small_frames(2)}, refs=False)
    (b.zarr_path / "runs" / uid / "detector_image" / "zarr.json").write_text("damaged")
    changed = watch(b.path).until(lambda _: True, "the first look")
    assert changed.changes.error is None
    assert changed.live is not None
    assert (changed.live.uid, changed.live.frames) == (uid, 0)

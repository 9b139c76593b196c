"""A session as scripts use it: opened, runs described and kept, curves, a private copy, a locked file."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resonance_tui.analysis.curves import PlotSpec
from resonance_tui.analysis.exposure import Thresholds
from resonance_tui.catalog import (
    AmbiguousUidError,
    CatalogBusyError,
    CatalogClosedError,
    CatalogNotFoundError,
    CatalogSlowError,
    NotACatalogError,
    RunNotFoundError,
)
from resonance_tui.session import BeamtimeSession, Progress, TaskCancelledError, open_beamtime
from resonance_tui.session import beamtime as beamtime_module
from resonance_tui.session import description as description_module
from resonance_tui.session.beamtime import Waiting
from tests.beamtime import (
    NEXAFS_UID,
    OPEN_UID,
    RSOXS_UID,
    BeamtimeBuilder,
    many_runs,
    nexafs_events,
    small_frames,
    tree_state,
)
from tests.unit.session.reads import a_task


@pytest.fixture
def session(small_beamtime: Path) -> Iterator[BeamtimeSession]:
    with open_beamtime(small_beamtime) as session:
        yield session


# opened


def test_a_beamtime_is_opened_by_path_or_text_and_left_as_it_is(small_beamtime: Path) -> None:
    before = tree_state(small_beamtime.parent)
    for path in (small_beamtime, str(small_beamtime)):
        with open_beamtime(path) as session:
            assert session.path == small_beamtime
            assert session.describe(-1).uid == OPEN_UID
        with pytest.raises(CatalogClosedError):
            session.describe(-1)
    assert tree_state(small_beamtime.parent) == before


def test_what_is_no_beamtime_is_said_when_it_is_opened(tmp_path: Path) -> None:
    with pytest.raises(CatalogNotFoundError):
        open_beamtime(tmp_path / "none.db")
    (tmp_path / "text.db").write_text("text" * 100)
    with pytest.raises(NotACatalogError):
        open_beamtime(tmp_path / "text.db")
    BeamtimeSession(tmp_path / "none.db").close()  # one that was never needed


def test_a_script_waits_for_a_commit_and_an_app_hardly(small_beamtime: Path) -> None:
    with open_beamtime(small_beamtime) as script, BeamtimeSession(small_beamtime) as app:
        assert script.catalog().patience == 2.0
        assert app.catalog().patience == 0.1


# which run


def test_a_run_is_described_by_uid_beginning_or_place(session: BeamtimeSession) -> None:
    for name in (RSOXS_UID, "c3c3", -4):
        assert session.describe(name).uid == RSOXS_UID
    with pytest.raises(AmbiguousUidError):
        session.describe("a1a1")
    for name in ("c3", "0000", "", -7, 0):
        with pytest.raises(RunNotFoundError):
            session.describe(name)


def test_a_beginning_that_has_become_ambiguous_is_so(session: BeamtimeSession) -> None:
    assert session.describe("c3c3").uid == RSOXS_UID
    with BeamtimeBuilder.reopened(session.path) as b:
        b.run(events=[], uid="c3c3" + "0" * 28)
    with pytest.raises(AmbiguousUidError):
        session.describe("c3c3")


# kept


def test_a_closed_run_is_described_once_per_depth_and_stream(session: BeamtimeSession) -> None:
    first = session.describe(NEXAFS_UID)
    assert session.describe(NEXAFS_UID) is first
    assert session.describe("a1a1a1", parts=["scan", "row"]) is first
    row = session.describe(NEXAFS_UID, parts=["row"])
    assert row is not first
    assert session.describe(NEXAFS_UID, parts=["row"]) is row
    assert session.describe(NEXAFS_UID, "other") is not first


def test_an_open_run_is_described_each_time(session: BeamtimeSession) -> None:
    assert session.describe(OPEN_UID) is not session.describe(OPEN_UID)


@pytest.mark.parametrize("forget", [BeamtimeSession.forget, lambda s: s.forget_run(RSOXS_UID)])
def test_what_is_forgotten_is_described_again(
    session: BeamtimeSession, forget: Callable[[BeamtimeSession], None]
) -> None:
    first = session.describe(RSOXS_UID)
    before = session.generation
    forget(session)
    assert session.generation != before
    assert session.describe(RSOXS_UID) is not first
    assert session.describe("c3c3").uid == RSOXS_UID


def test_other_thresholds_are_another_description(session: BeamtimeSession) -> None:
    parts = ("row", "frames")
    assert session.thresholds == Thresholds()
    first = session.describe(RSOXS_UID, parts=parts)
    session._thresholds = Thresholds(saturated=1000.0, over_pixels=1)
    second = session.describe(RSOXS_UID, parts=parts)
    assert first.exposures is not None
    assert second.exposures is not None
    assert (first.exposures[5].mark, second.exposures[5].mark) == ("good", "over")
    session._thresholds = None
    assert session.describe(RSOXS_UID, parts=parts) is first


def test_what_is_read_while_all_is_forgotten_is_not_kept(
    session: BeamtimeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = description_module.describe_run

    def forgets(*how: Any, **more: Any) -> Any:
        found = made(*how, **more)
        session.forget()
        return found

    monkeypatch.setattr(description_module, "describe_run", forgets)
    first = session.describe(RSOXS_UID)
    monkeypatch.undo()
    assert session.describe(RSOXS_UID) is not first


def test_descriptions_are_kept_within_bounds(small_beamtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_beamtime(small_beamtime) as session:
        size = max(session.describe(RSOXS_UID).nbytes, session.describe(NEXAFS_UID, parts=["row"]).nbytes)
    monkeypatch.setattr(beamtime_module, "_DESCRIPTIONS_BYTES", size)
    with open_beamtime(small_beamtime) as session:
        first = session.describe(RSOXS_UID)
        assert session.describe(RSOXS_UID) is first
        session.describe(NEXAFS_UID, parts=["row"])
        assert session.describe(RSOXS_UID) is not first


def test_so_many_runs_are_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beamtime_module, "_MAX_RUNS", 2)
    uids = many_runs(tmp_path / "many.db", 3)
    with open_beamtime(tmp_path / "many.db") as session:
        runs = [session.run(uid) for uid in uids]
        assert session.run(uids[2]) is runs[2]
        assert len(session._runs) == 2


# not in the user interface's thread


def test_a_thread_that_must_not_wait_is_refused(session: BeamtimeSession) -> None:
    session.keep_off(threading.get_ident())
    with pytest.raises(RuntimeError, match="reader thread"):
        session.describe(NEXAFS_UID)
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(session.describe(NEXAFS_UID).uid))
    thread.start()
    thread.join()
    assert found == [NEXAFS_UID]


# curves and lists


def test_curves_are_those_of_a_first_plot_or_of_a_recipe(session: BeamtimeSession) -> None:
    (first,) = session.curves(NEXAFS_UID)
    assert (first.y, first.divided, first.points) == ("tey_signal", True, 30)
    (raw,) = session.curves("a1a1a1", PlotSpec("energy_position", ("i0",)))
    np.testing.assert_allclose(raw.values, [0.003 + 1e-5 * i for i in range(30)])
    assert session.curves(-1) == (), "no event yet"
    assert session.curves(NEXAFS_UID, stream="none") == ()


# a private copy


def test_a_private_copy_is_read_instead_and_dropped_again(
    session: BeamtimeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beamtime_module, "_REPORT_EVERY_S", -1.0)
    told: list[Any] = []
    before = session.generation
    assert session.copied is None
    taken = session.take_copy(a_task(told.append))
    assert session.copied == taken
    assert session.generation != before
    assert told
    assert all(isinstance(one, Progress) for one in told)
    with BeamtimeBuilder.reopened(session.path) as b:
        b.run(events=nexafs_events(3, 20.0), uid="99" * 16)
    with pytest.raises(RunNotFoundError):
        session.describe("99" * 16)
    session.forget()
    assert session.copied == taken, "it is read until it is dropped"
    first = session.catalog().copy
    assert first is not None
    session.take_copy(a_task())
    assert not first.path.exists()
    assert session.describe("99" * 16).events == 3
    second = session.catalog().copy
    session.drop_copy()
    assert second is not None
    assert not second.path.exists()
    assert (session.copied, session.catalog().copy) == (None, None)
    session.drop_copy()
    assert session.describe("99" * 16).events == 3


# a locked file


def test_what_waits_for_a_locked_file_says_so_once_and_goes_on_when_it_is_free(
    session: BeamtimeSession,
) -> None:
    told: list[Any] = []
    tries: list[int] = []

    def read() -> str:
        tries.append(1)
        if len(tries) < 4:
            session.unlocked()
            raise CatalogBusyError("locked", hint="wait")
        return "read"

    waits: list[float] = []
    task = a_task(told.append)
    task.wait = lambda seconds: waits.append(seconds) or session.unlocked()  # type: ignore[method-assign,func-returns-value]
    assert session.when_unlocked(task, read) == "read"
    assert told == [Waiting("locked; wait")]
    assert len(waits) == 3


def test_who_waits_for_a_locked_file_can_be_cancelled(session: BeamtimeSession) -> None:
    def locked() -> None:
        raise CatalogBusyError("locked")

    task = a_task(lambda _: task.cancel())
    with pytest.raises(TaskCancelledError):
        session.when_unlocked(task, locked)


def test_a_read_that_is_too_slow_each_time_is_given_up(
    session: BeamtimeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beamtime_module, "_RETRY_S", 0.0)
    tries: list[int] = []

    def slow() -> None:
        tries.append(1)
        raise CatalogSlowError("slow")

    with pytest.raises(CatalogSlowError):
        session.when_unlocked(a_task(), slow)
    assert len(tries) == 3


def test_an_app_that_ends_breaks_off_what_is_under_way_and_waits_for_nothing(
    session: BeamtimeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    for name in ("interrupt", "close"):
        monkeypatch.setattr(session.catalog(), name, lambda name=name: done.append(name))
    session.close()
    assert done == (["close"] if sys.platform == "win32" else ["interrupt"])
    monkeypatch.undo()


# what a description says does not depend on who asked before


def test_fields_that_nothing_announces_are_told_with_the_events_and_never_with_the_row_alone(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    with beamtime() as b:
        uid = b.run(events=[{"energy_position": 270.0 + i, "word": "on"} for i in range(4)], data_keys={})

    def fields(session: BeamtimeSession, *parts: Any) -> list[str]:
        return list(session.describe(uid, parts=parts).streams[0].fields)

    with open_beamtime(b.path) as first, open_beamtime(b.path) as second:
        assert fields(first, "row") == []
        assert fields(first, "row", "scan") == ["energy_position", "word"]
        assert fields(second, "row", "scan") == ["energy_position", "word"]
        assert fields(second, "row") == []
        described = second.describe(uid).streams[0].fields
        assert (str(described["word"].role), described["word"].dtype) == ("setting", "string")


def test_a_part_that_there_is_not_is_refused_and_one_part_may_be_a_word(small_beamtime: Path) -> None:
    with open_beamtime(small_beamtime) as session:
        with pytest.raises(ValueError, match="bogus"):
            session.describe(-1, parts=["bogus"])  # type: ignore[list-item]
        assert session.describe(-1, parts="scan").parts == {"scan"}


def test_the_frames_of_another_stream_are_its_own(beamtime: Callable[..., BeamtimeBuilder]) -> None:
    with beamtime() as b:
        uid = b.run(events=[{"a": 1.0}] * 3, frames={"image": small_frames(3)})
        b.stream(uid, "dark", [{"a": 1.0}] * 2)
    with open_beamtime(b.path) as session:
        assert session.main_stream(uid) == "primary"
        exposures = session.describe(uid, parts=["frames"]).exposures
        assert [(one.field, one.index, one.event) for one in exposures] == [
            ("image", 0, 1), ("image", 1, 2), ("image", 2, 3),
        ]  # fmt: skip
        assert session.describe(uid, "dark", parts=["frames"]).exposures == ()


def test_the_stream_looked_at_unasked_is_the_longest_where_primary_has_no_event(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    with beamtime() as b:
        uid = b.run(None, stream=None)
        b.stream(uid, "baseline", [{"a": 1.0}] * 9)
        b.stream(uid, "fly", [{"a": 1.0}] * 3)
    with open_beamtime(b.path) as session:
        assert session.main_stream(uid) == session.main_stream(-1) == "fly"

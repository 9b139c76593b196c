"""What a session answers while the catalog is locked, and once its file is another."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from resonance_tui.catalog import Catalog, CatalogBusyError, CatalogError
from resonance_tui.session import Task, TaskCancelledError, frame_series
from resonance_tui.session.beamtime import BeamtimeSession
from resonance_tui.session.frames import FrameLoader
from tests.beamtime import NEXAFS_UID, RSOXS_UID, BeamtimeBuilder, nexafs_events, small_frames

UNCLOSED_UID = "77" * 16


def a_ticket() -> Task[Any]:
    return Task("kind", "key", lambda _: None)


@pytest.fixture
def session(small_beamtime: Path) -> BeamtimeSession:
    """Reads a beamtime that has an open run, with its events committed and its frames in the store."""
    with BeamtimeBuilder.reopened(small_beamtime) as b:
        events = nexafs_events(5, 20.0)
        b.run(None, stop=None, events=events, frames={"image": small_frames(3)}, refs=False, uid=UNCLOSED_UID)
    session = BeamtimeSession(small_beamtime)
    session.catalog().patience = 0.05
    return session


@pytest.fixture
def lock(small_beamtime: Path, session: BeamtimeSession) -> Iterator[sqlite3.Connection]:
    """A writer that can lock the catalog, which is open."""
    writer = sqlite3.connect(small_beamtime, isolation_level=None)
    yield writer
    writer.close()


# a locked catalog


def test_a_locked_catalog_answers_with_the_open_run_as_it_was_last_known(
    session: BeamtimeSession, lock: sqlite3.Connection
) -> None:
    session.columns.stream(UNCLOSED_UID, a_ticket())
    known = session.run(UNCLOSED_UID)
    lock.execute("BEGIN EXCLUSIVE")
    with pytest.raises(CatalogBusyError):
        session.catalog()[UNCLOSED_UID]
    assert session.run(UNCLOSED_UID) is known
    assert session.columns.axes(UNCLOSED_UID).fast == "energy_position", "what was read of it still counts"
    frames = session.frames.frames(UNCLOSED_UID)
    assert frames is not None
    assert frames.shape[0] == 3, "the frames are in the store, which nobody locks"


def test_a_locked_catalog_says_so_of_a_run_that_was_never_read(
    session: BeamtimeSession, lock: sqlite3.Connection
) -> None:
    session.describe(UNCLOSED_UID, parts=["row"])
    lock.execute("BEGIN EXCLUSIVE")
    with pytest.raises(CatalogBusyError):
        session.describe(NEXAFS_UID)


def test_an_open_run_is_asked_for_anew_once_the_catalog_is_free(
    session: BeamtimeSession, lock: sqlite3.Connection
) -> None:
    session.describe(UNCLOSED_UID, parts=["row"])
    lock.execute("BEGIN EXCLUSIVE")
    lock.execute("UPDATE runs SET time_stop = time_start + 60 WHERE uid = ?", (UNCLOSED_UID,))
    assert session.run(UNCLOSED_UID).time_stop is None
    lock.execute("COMMIT")
    assert session.run(UNCLOSED_UID).time_stop is not None


def test_a_closed_run_is_asked_for_once(session: BeamtimeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    get = Catalog.__getitem__

    def counted(catalog: Catalog, key: object) -> object:
        asked.append(key)
        return get(catalog, key)  # type: ignore[index]

    monkeypatch.setattr(Catalog, "__getitem__", counted)
    for uid in (RSOXS_UID, RSOXS_UID, UNCLOSED_UID, UNCLOSED_UID):
        session.describe(uid)
    assert asked == [RSOXS_UID, UNCLOSED_UID, UNCLOSED_UID], "an open one may have changed"
    session.forget_run(RSOXS_UID)
    session.describe(RSOXS_UID)
    assert asked[3:] == [RSOXS_UID]


# another file


def test_a_replaced_database_is_opened_anew_once_all_is_forgotten(
    session: BeamtimeSession, small_beamtime: Path
) -> None:
    session.columns.stream(NEXAFS_UID, a_ticket())
    other = small_beamtime.with_name("other.db")
    with BeamtimeBuilder(other) as b:
        b.run(b.sample("another"), "scan", events=nexafs_events(5, 20.0), uid=NEXAFS_UID)
    before = session.catalog()
    os.replace(other, small_beamtime)
    session.forget()
    assert session.catalog() is not before
    assert session.columns.page(NEXAFS_UID, 0).total == 5
    assert len(session.columns.stream(NEXAFS_UID, a_ticket())) == 5
    with pytest.raises(CatalogError):
        session.describe(RSOXS_UID)


def test_a_database_that_is_the_same_file_keeps_its_connection_and_is_read_anew_all_the_same(
    session: BeamtimeSession, lock: sqlite3.Connection
) -> None:
    assert len(session.columns.stream(NEXAFS_UID, a_ticket())) == 30
    before = session.catalog()
    session.forget()
    assert session.catalog() is before
    assert len(session.columns.stream(NEXAFS_UID, a_ticket())) == 30
    lock.execute("DELETE FROM events WHERE seq_num > 12")
    assert len(session.columns.stream(NEXAFS_UID, a_ticket())) == 30, "kept until all is forgotten"
    session.forget()
    assert len(session.columns.stream(NEXAFS_UID, a_ticket())) == 12


# checking every exposure


def read_frames(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The frames of many that are read from here on."""
    monkeypatch.setattr(frame_series, "_REPORT_EVERY_S", float("inf"))  # all of it at the end
    read: list[int] = []
    passing_by = FrameLoader.passing_by

    def counted(self: FrameLoader, images: object, uid: str, index: int) -> object:
        read.append(index)
        return passing_by(self, images, uid, index)  # type: ignore[arg-type]

    monkeypatch.setattr(FrameLoader, "passing_by", counted)
    return read


def test_between_any_two_frames_checking_gives_way_to_what_is_more_urgent(
    session: BeamtimeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = read_frames(monkeypatch)
    asked: list[int] = []

    def pause() -> bool:
        asked.append(len(read))
        return len(asked) in (2, 3, 4)

    assessed = session.series.exposures(RSOXS_UID, (), a_ticket(), pause, all_of_them=True)
    assert asked == [0, 1, 1, 1, 1, 2, 3, 4, 5]
    assert sorted(assessed.exposures) == list(range(6))


def test_checking_leaves_out_what_is_known_and_ends_where_nobody_wants_it(
    session: BeamtimeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = read_frames(monkeypatch)
    assessed = session.series.exposures(RSOXS_UID, (0, 3), a_ticket(), lambda: False, all_of_them=True)
    assert read == sorted(assessed.exposures) == [1, 2, 4, 5]
    task = a_ticket()
    read.clear()
    with pytest.raises(TaskCancelledError):
        session.series.exposures(RSOXS_UID, (), task, lambda: len(read) == 2 and task.cancel() is None,
                                all_of_them=True)  # fmt: skip
    assert read == [0, 1]

"""Troubles of helper processes, of databases under our hands and of odd data, without a locked file."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from resonance_tui.catalog import (
    Catalog,
    CatalogClosedError,
    CatalogCopyError,
    CatalogDamagedError,
    CatalogError,
    FrameUnavailableError,
)
from resonance_tui.catalog.events import UnreadableError, decode, read_rows
from resonance_tui.catalog.frames.growing import live_images
from resonance_tui.catalog.sqlite import connection as database_module
from resonance_tui.catalog.sqlite import private_copy, reader_process
from resonance_tui.catalog.sqlite.connection import open_database
from resonance_tui.catalog.sqlite.copy_main import main as copy_main
from resonance_tui.catalog.sqlite.errors import translate
from resonance_tui.catalog.sqlite.private_copy import take_copy
from tests.beamtime import OPEN_UID, BeamtimeBuilder, write_stack


def no_process(*_: object, **__: object) -> Any:
    raise OSError(11, "Resource temporarily unavailable")


def stub(code: str) -> Callable[..., subprocess.Popen[bytes]]:
    """Starts another program in place of a helper."""

    def start(*_: object, **__: object) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-S", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    return start


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where copies go; nothing is left there."""
    place = tmp_path / "room"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    yield place
    assert list(place.iterdir()) == []


# -- copies ------------------------------------------------------------------------------------------------


def test_where_no_process_can_be_started_no_copy_is_made_and_it_is_said(
    small_beamtime: Path, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private_copy, "start_helper", no_process)
    with pytest.raises(CatalogCopyError, match="Resource temporarily unavailable"):
        take_copy(small_beamtime)


def test_a_copying_process_that_dies_is_told(
    small_beamtime: Path, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private_copy, "start_helper", stub("raise SystemExit(3)"))
    with pytest.raises(CatalogCopyError, match="the process that copies it died"):
        take_copy(small_beamtime)


def test_a_copying_process_that_does_not_end_is_ended(
    small_beamtime: Path, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    code = "import time; print('{\"taken\": 1.5}', flush=True); time.sleep(600)"

    def start(*_: object) -> subprocess.Popen[bytes]:
        started.append(stub(code)())
        return started[-1]

    monkeypatch.setattr(private_copy, "start_helper", start)
    monkeypatch.setattr(private_copy, "_LAST_WORD_S", 0.05)
    copy = take_copy(small_beamtime)
    assert copy.taken == 1.5
    copy.remove()
    assert started[0].returncode == -9
    assert not copy.path.parent.exists()


def test_an_error_of_the_system_while_copying_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from resonance_tui.catalog.sqlite import copy_main as copy_module

    monkeypatch.setattr(sys, "argv", ["copying", str(tmp_path / "gone.db"), str(tmp_path), "0.1"])
    monkeypatch.setattr(copy_module, "_remove_when_alone", lambda _: None)
    monkeypatch.setattr(copy_module.os, "nice", lambda _: 0)
    copy_main()
    assert "the file could not be copied (No such file or directory)" in capsys.readouterr().out


# -- the reader process ------------------------------------------------------------------------------------


def test_where_no_process_can_be_started_reads_remain_here(
    small_beamtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_process, "_pool", None)
    monkeypatch.setattr(reader_process, "start_helper", no_process)
    assert reader_process.use_reader_process() is None
    with Catalog(small_beamtime) as catalog:
        assert len(catalog) == 6


def test_where_no_process_can_be_started_again_reads_go_on_here(
    reader_process: Any, small_beamtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader_process.stop()
    monkeypatch.setattr("resonance_tui.catalog.sqlite.reader_process.start_helper", no_process)
    with Catalog(small_beamtime) as catalog:
        assert isinstance(catalog._conn, database_module.ReadOnlyConnection)
        assert len(catalog) == 6


# -- the database ------------------------------------------------------------------------------------------


def test_a_text_that_no_file_can_hold_is_found_nowhere(small_beamtime: Path) -> None:
    connection = open_database(small_beamtime)
    assert connection.read_once("SELECT uid FROM runs WHERE uid = ?", ("\ud800",), 5.0) == ([], True)
    connection.close()


def test_a_closed_connection_says_so_and_closing_twice_is_once(small_beamtime: Path) -> None:
    connection = open_database(small_beamtime)
    connection.close()
    connection.close()
    with pytest.raises(CatalogClosedError, match="open it again"):
        connection.read_once("SELECT 1", (), 5.0)


def test_a_read_that_goes_over_its_budget_keeps_what_it_has(small_beamtime: Path) -> None:
    connection = open_database(small_beamtime)
    rows, whole = connection.read_once("SELECT uid FROM runs", (), -1.0)
    assert whole is False
    assert len(rows) <= 1
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    assert connection.read_once(endless, (), 0.01) == ([], False)
    connection.close()


def test_an_error_of_a_closed_connection_and_an_unknown_one_are_told(tmp_path: Path) -> None:
    path = tmp_path / "beam.db"
    closed = translate(sqlite3.ProgrammingError("Cannot operate on a closed database."), path)
    assert type(closed) is CatalogClosedError
    unknown = translate(sqlite3.OperationalError("something new"), path)
    assert type(unknown) is CatalogError
    assert str(unknown) == f"{path}: could not be read (something new)"


def test_a_database_that_sqlite_cannot_connect_to_is_an_error_of_ours(
    small_beamtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> Any:
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr(database_module, "sqlite3", SimpleNamespace(**vars(sqlite3) | {"connect": refuse}))
    with pytest.raises(CatalogError, match=r"beamtime\.db: could not be read \(unable to open"):
        open_database(small_beamtime)


def test_a_database_that_fails_while_it_is_checked_is_an_error_of_ours(
    small_beamtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise sqlite3.DatabaseError("odd")

    monkeypatch.setattr(database_module, "_check_schema", fail)
    with pytest.raises(CatalogError, match=r"could not be read \(odd\)"):
        open_database(small_beamtime)


def test_a_copy_that_is_no_database_is_damaged(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    path = tmp_path / "copy.db"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(CatalogError, match=r"copy\.db"):
        database_module.recover_copy(path)


def test_a_copy_whose_index_does_not_fit_its_table_is_damaged(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    path = tmp_path / "copy.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("CREATE TABLE a (n INTEGER NOT NULL)")
    connection.execute("CREATE INDEX i ON a (n)")
    connection.executemany("INSERT INTO a VALUES (?)", [(n,) for n in range(10)])
    connection.execute("PRAGMA writable_schema = 1")
    connection.execute(
        "UPDATE sqlite_master SET sql = 'CREATE TABLE a (n TEXT NOT NULL CHECK (n > 5))' WHERE name = 'a'"
    )
    connection.close()
    with pytest.raises(CatalogDamagedError, match=r"copy\.db: the copy is not sound"):
        database_module.recover_copy(path)


# -- odd events and frames ---------------------------------------------------------------------------------


def test_an_event_may_be_text_in_bytes() -> None:
    assert decode(b'{"a": 1}') == ({"a": 1}, 0)


@pytest.mark.parametrize("raw", [5, None, 1.5], ids=str)
def test_an_event_that_is_no_text_is_unreadable(raw: object) -> None:
    with pytest.raises(UnreadableError, match=f"no JSON text but {type(raw).__name__}"):
        decode(raw)


def test_an_integer_of_too_many_digits_costs_only_its_own_field() -> None:
    data, lost = decode('{"a": 1, "b": ' + "9" * 5000 + "}")
    assert (data, lost) == ({"a": 1, "b": None}, 5000)


def test_of_two_columns_of_one_name_in_an_event_the_first_counts() -> None:
    events = read_rows([(1, 5.0, '{"data.time": 1, "time": 2}'), (2, 6.0, '{"other": 3}')])
    assert events.columns["data.time"] == [1, None]
    assert events.columns["other"] == [None, 3]


def test_frames_of_two_sizes_are_not_stacked_and_it_is_said(tmp_path: Path) -> None:
    with BeamtimeBuilder(tmp_path / "beam.db") as b:
        uid = b.run(events=[{"a": 1}, {"a": 2}])
        events = [event for (event,) in b.raw("SELECT uid FROM events ORDER BY seq_num")]
        for number, shape in enumerate([(4, 6), (8, 6)]):
            write_stack(
                b.path.with_suffix(".zarr"), f"runs/{uid}/d{number}", np.ones((1, *shape), dtype=np.int32)
            )
            b.image_ref(events[number], "detector_image", f"runs/{uid}/d{number}", 0, shape)
    with Catalog(b.path) as catalog:
        images = catalog[uid].images("detector_image")
        assert [images[n].shape for n in range(2)] == [(4, 6), (8, 6)]
        with pytest.raises(FrameUnavailableError, match="read them one by one"):
            images[:]


def test_a_stack_that_goes_away_leaves_references_without_a_shape(small_beamtime: Path) -> None:
    store = small_beamtime.with_suffix(".zarr")
    live = live_images(None, store, OPEN_UID, "detector_image")
    assert len(live) == 3
    (store / "runs" / OPEN_UID / "detector_image" / "zarr.json").unlink()
    refs = live._refs
    assert refs[2]["shape_x"] in (0, 32)
    assert [ref["index_in_stack"] for ref in refs[0:3]] == [0, 1, 2]
    with pytest.raises(IndexError):
        refs[3]
    with pytest.raises(FrameUnavailableError):
        live[2]

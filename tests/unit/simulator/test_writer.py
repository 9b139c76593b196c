"""The writer of a simulated beamtime: what it stores, and what another process sees meanwhile."""

from __future__ import annotations

import json
import math
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from resonance_tui.simulator.writer import BeamtimeWriter, SimulatedSample
from tests.unit.simulator.stored import count, frames_of, rows

REAL = Path(__file__).resolve().parents[4] / "shared" / "real" / "beamtime.db"
KEYS = {"energy_position": {"dtype": "number", "units": "mm", "source": "motor"}}


def schema(db: Path) -> dict[tuple[str, str], str | None]:
    found = rows(db, "SELECT type, name, sql FROM sqlite_master")
    return {(kind, name): sql and " ".join(sql.split()) for kind, name, sql in found}


def frame(value: int) -> np.ndarray:
    return np.full((4, 6), value, dtype=np.int32)


@pytest.fixture
def writer(tmp_path):
    with BeamtimeWriter(tmp_path / "beamtime.db") as writer:
        yield writer


def test_the_schema_is_that_of_version_two(writer):
    assert rows(writer.db_path, "PRAGMA user_version") == [(2,)]
    assert rows(writer.db_path, "PRAGMA journal_mode") == [("delete",)]
    assert "compression_codec" in [row[1] for row in rows(writer.db_path, "PRAGMA table_info(image_refs)")]


@pytest.mark.skipif(not REAL.exists(), reason="the real beamtime is not there")
def test_the_schema_is_that_of_a_real_beamtime(writer):
    assert schema(writer.db_path) == schema(REAL)


def test_a_sample_is_visible_at_once(writer):
    sample = SimulatedSample("µ-grid [a]", "Au", "S1", ("x", "y"), "C2", {"pitch_um": 2})
    assert writer.add_sample(sample) == 1
    assert rows(writer.db_path, "SELECT * FROM samples") == [
        (1, "µ-grid [a]", "Au", "S1", '["x", "y"]', "C2", '{"pitch_um": 2}')
    ]


def test_a_run_in_progress_shows_no_events_to_another_reader(writer):
    db = writer.db_path
    sample = writer.add_sample(SimulatedSample("PS"))

    run = writer.open_run("scan", sample, 100.0, {"operator": "me"})
    assert rows(db, "SELECT * FROM runs") == [
        (run, sample, "scan", 100.0, None, None, 0, None, '{"operator": "me"}')
    ]
    assert count(db, "streams") == 0

    stream = writer.open_stream(KEYS, time_created=101.0)
    assert rows(db, "SELECT * FROM streams") == [(stream, run, "primary", json.dumps(KEYS), 101.0)]

    event = writer.write_event({"energy_position": 285.0}, 102.0)
    writer.write_image(event, "detector_image", frame(7))
    assert count(db, "events") == count(db, "image_refs") == 0
    assert frames_of(db, run).shape == (1, 4, 6)

    writer.close_run("success", 103.0)
    assert rows(db, "SELECT time_stop, exit_status, num_events FROM runs") == [(103.0, "success", 1)]
    assert rows(db, "SELECT * FROM events") == [
        (event, stream, 1, 102.0, '{"energy_position": 285.0}', '{"energy_position": 102.0}')
    ]
    assert rows(db, "SELECT * FROM image_refs") == [
        (1, event, "detector_image", f"runs/{run}/detector_image", 0, 4, 6, "int32", "blosc")
    ]


def test_a_second_stream_makes_the_earlier_events_visible(writer):
    writer.open_run("scan", None, 1.0)
    writer.open_stream(KEYS)
    writer.write_event({"i0": 1.0}, 2.0)
    assert count(writer.db_path, "events") == 0
    writer.open_stream(KEYS, name="baseline")
    assert count(writer.db_path, "events") == 1
    writer.write_event({"i0": 2.0}, 3.0)
    writer.close_run("success", 4.0)
    assert rows(writer.db_path, "SELECT seq_num FROM events") == [(1,), (1,)]
    assert rows(writer.db_path, "SELECT num_events FROM runs") == [(2,)]


def test_what_a_channel_did_not_read_is_a_bare_nan(writer):
    writer.open_run("scan", None, 1.0)
    writer.open_stream({})
    writer.write_event({"i0": math.nan, "note": None, "ok": True}, 2.0)
    writer.close_run("success", 3.0)
    assert rows(writer.db_path, "SELECT data FROM events") == [('{"i0": NaN, "note": null, "ok": true}',)]


def test_an_abandoned_run_leaves_its_frames_but_no_events(writer):
    run = writer.open_run("rsoxs", None, 1.0)
    writer.open_stream(KEYS)
    for number in range(3):
        writer.write_image(writer.write_event({"i0": 0.1}, 2.0), "detector_image", frame(number + 1))
    writer.abandon_run()
    db = writer.db_path
    assert rows(db, "SELECT uid, time_stop, exit_status, num_events FROM runs") == [(run, None, None, 0)]
    assert count(db, "streams") == 1
    assert count(db, "events") == count(db, "image_refs") == 0
    assert frames_of(db, run).shape == (3, 4, 6)


def test_after_an_abandoned_run_the_next_one_starts_afresh(writer):
    writer.open_run("scan", None, 1.0)
    writer.open_stream({})
    writer.write_event({"i0": 0.1}, 2.0)
    writer.abandon_run()
    writer.open_run("scan", None, 3.0)
    writer.open_stream({})
    writer.write_event({"i0": 0.2}, 4.0)
    writer.close_run("success", 5.0)
    assert rows(writer.db_path, "SELECT seq_num, data FROM events") == [(1, '{"i0": 0.2}')]


def test_closing_the_writer_within_a_run_abandons_it(tmp_path):
    with BeamtimeWriter(tmp_path / "beamtime.db") as writer:
        writer.open_run("scan", None, 1.0)
        writer.open_stream({})
        writer.write_event({"i0": 0.1}, 2.0)
    assert count(tmp_path / "beamtime.db", "runs") == 1
    assert count(tmp_path / "beamtime.db", "events") == 0
    assert not (tmp_path / "beamtime.db-journal").exists()


def test_a_beamtime_can_be_opened_again_and_goes_on(tmp_path):
    for plan in ("one", "two"):
        with BeamtimeWriter(tmp_path / "beamtime.db") as writer:
            writer.open_run(plan, None, 1.0)
            writer.close_run("success", 2.0)
    assert rows(tmp_path / "beamtime.db", "SELECT plan_name FROM runs ORDER BY rowid") == [("one",), ("two",)]


def test_events_need_a_stream_and_a_stream_needs_a_run(writer):
    with pytest.raises(RuntimeError, match="no run"):
        writer.open_stream({})
    writer.open_run("scan", None, 1.0)
    with pytest.raises(RuntimeError, match="no stream"):
        writer.write_event({}, 2.0)


def test_a_run_of_an_unknown_sample_is_refused(writer):
    with pytest.raises(sqlite3.IntegrityError):
        writer.open_run("scan", 99, 1.0)


def test_the_store_is_laid_out_like_a_real_one(writer):
    run = writer.open_run("rsoxs", None, 1.0)
    writer.open_stream(KEYS)
    for number in range(3):
        event = writer.write_event({"i0": 0.1}, 2.0)
        assert writer.write_image(event, "detector_image", frame(number + 5)) == number
    folder = writer.zarr_path / "runs" / run / "detector_image"
    description = json.loads((folder / "zarr.json").read_text())
    assert description["zarr_format"] == 3
    assert description["shape"] == [3, 4, 6]
    assert description["data_type"] == "int32"
    assert description["chunk_grid"]["configuration"]["chunk_shape"] == [1, 4, 6]
    assert [codec["name"] for codec in description["codecs"]] == ["bytes", "zstd"]
    assert description["codecs"][1]["configuration"] == {"level": 0, "checksum": False}
    for group in (writer.zarr_path, writer.zarr_path / "runs", writer.zarr_path / "runs" / run):
        assert json.loads((group / "zarr.json").read_text())["node_type"] == "group"
    assert (folder / "c" / "2" / "0" / "0").is_file()
    assert frames_of(writer.db_path, run)[:, 0, 0].tolist() == [5, 6, 7]


@pytest.mark.skipif(not REAL.exists(), reason="the real beamtime is not there")
def test_an_array_is_described_as_in_a_real_store(writer):
    run = writer.open_run("rsoxs", None, 1.0)
    writer.open_stream(KEYS)
    big = np.ones((256, 256), dtype=np.int32)
    writer.write_image(writer.write_event({}, 2.0), "detector_image", big)
    ours = json.loads((writer.zarr_path / "runs" / run / "detector_image" / "zarr.json").read_text())
    real = next(iter(sorted((REAL.with_suffix(".zarr") / "runs").glob("*/detector_image/zarr.json"))))
    assert ours | {"shape": 0} == json.loads(real.read_text()) | {"shape": 0}

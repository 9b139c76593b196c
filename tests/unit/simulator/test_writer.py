"""The simulated beamtime: what it holds, and what another process sees while it is written."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import sqlite3
import time
from pathlib import Path

import numpy as np
import pytest
import zarr

from resonance_tui.simulator.physics import (
    PM6_Y6,
    POLYSTYRENE,
    Detector,
    absorption,
    contrast,
    energy_grid,
    incident_flux,
)
from resonance_tui.simulator.writer import BeamtimeWriter, SimulatedSample, write_demo

REAL = Path(__file__).resolve().parents[4] / "shared" / "real" / "beamtime.db"
NOW = 1_770_000_000.0
KEYS = {"energy_position": {"dtype": "number", "units": "mm", "source": "motor"}}


def rows(db: Path, query: str, *values: object) -> list[tuple]:
    """Ask as another process does: its own connection, read only, patience of a second."""
    connection = sqlite3.connect(f"file:{db}?mode=ro", uri=True, timeout=1.0)
    try:
        return connection.execute(query, values).fetchall()
    finally:
        connection.close()


def count(db: Path, table: str) -> int:
    return rows(db, f"SELECT count(*) FROM {table}")[0][0]


def schema(db: Path) -> dict[tuple[str, str], str | None]:
    found = rows(db, "SELECT type, name, sql FROM sqlite_master")
    return {(kind, name): sql and " ".join(sql.split()) for kind, name, sql in found}


def frame(value: int) -> np.ndarray:
    return np.full((4, 6), value, dtype=np.int32)


@pytest.fixture
def writer(tmp_path):
    with BeamtimeWriter(tmp_path / "beamtime.db") as writer:
        yield writer


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Path:
    return write_demo(tmp_path_factory.mktemp("demo"), now=NOW, frame_size=64)


def events_of(db: Path, run: str) -> list[dict]:
    found = rows(
        db,
        "SELECT data FROM events JOIN streams ON streams.uid = stream_uid WHERE run_uid = ? ORDER BY seq_num",
        run,
    )
    return [json.loads(data) for (data,) in found]


def frames_of(db: Path, run: str) -> np.ndarray:
    return zarr.open_array(db.with_suffix(".zarr"), path=f"runs/{run}/detector_image", mode="r")[:]


# the writer


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


# the demo


def test_the_demo_holds_the_promised_runs(demo):
    found = rows(demo, "SELECT plan_name, exit_status, num_events FROM runs ORDER BY time_start")
    plans = [plan for plan, _, _ in found]
    statuses = [status for _, status, _ in found]
    assert 14 <= len(found) <= 18
    assert plans.count("scan") == max(plans.count(plan) for plan in set(plans))
    assert {"scan", "nexafs", "rsoxs", "count"} == set(plans)
    assert statuses.count("aborted") == statuses.count("failed") == statuses.count(None) == 1
    assert statuses[-1] == "success"  # so that the first screen has something to show
    assert [events for _, status, events in found if status == "aborted"] == [7]
    assert [events for _, status, events in found if status == "failed"] == [3]


def test_the_demo_counts_its_events_rightly(demo):
    found = rows(
        demo,
        "SELECT num_events, count(events.uid) FROM runs LEFT JOIN streams ON run_uid = runs.uid"
        " LEFT JOIN events ON stream_uid = streams.uid GROUP BY runs.uid",
    )
    assert all(noted == there for noted, there in found)


def test_the_demo_s_runs_follow_each_other_within_a_day(demo):
    found = rows(demo, "SELECT time_start, time_stop FROM runs ORDER BY time_start")
    assert NOW - found[0][0] == pytest.approx(20 * 3600, abs=3600)
    assert 60 < NOW - found[-1][0] < 900
    for (_, stop), (start, _) in itertools.pairwise(found):
        assert stop is None or stop < start
    assert rows(demo, "SELECT max(time) FROM events")[0][0] < NOW


def test_every_sample_of_the_demo_has_a_run(demo):
    names = {name for (name,) in rows(demo, "SELECT name FROM samples")}
    assert {"PS 100kd", "P3HT:PCBM 1:1", "PM6:Y6 annealed [lot 7]", "Si3N4 blank", "µ-grid"} == names
    used = rows(demo, "SELECT DISTINCT samples.name FROM runs JOIN samples ON samples.id = sample_id")
    assert {name for (name,) in used} == names


def test_the_demo_scans_one_angle_per_run_and_five_in_one(demo):
    nexafs = rows(demo, "SELECT uid, metadata FROM runs WHERE metadata LIKE '%C K%' ORDER BY time_start")
    angles = [{event["sam_th_position"] for event in events_of(demo, uid)} for uid, _ in nexafs]
    assert angles == [{20.0}, {40.0}, {55.0}, {70.0}, {90.0}, {20.0, 40.0, 55.0, 70.0, 90.0}]
    assert json.loads(nexafs[-1][1])["theta"] == [20.0, 40.0, 55.0, 70.0, 90.0]


def test_the_channels_of_a_nexafs_run_look_as_at_the_beamline(demo):
    ((uid,),) = rows(demo, "SELECT uid FROM runs WHERE metadata LIKE '%theta\": 20.0%'")
    events = events_of(demo, uid)
    assert 250 <= len(events) <= 700
    energy, i0, tey, diode, current = (
        np.array([event[name] for event in events])
        for name in ("energy_position", "i0", "tey_signal", "photodiode", "beam_current")
    )
    assert energy[0] == 270.0
    assert energy[-1] == 370.0
    assert len(np.unique(np.round(np.diff(energy), 3))) > 3
    assert abs(energy[np.argmin(i0)] - 283.4) < 0.4
    assert i0.min() < 0.002 < 0.15 < i0.max()
    assert (diode < 0).all()
    assert np.nanmin(current) > 490
    window = (energy > 284.5) & (energy < 286.0)
    peak = energy[window][np.argmax((tey - 0.0085)[window] / i0[window])]
    assert peak == pytest.approx(285.15, abs=0.15)


def test_the_demo_lines_up_x_z_and_theta(demo):
    motors = [
        json.loads(text)["lineup"]
        for (text,) in rows(
            demo, "SELECT metadata FROM runs WHERE metadata LIKE '%lineup%' ORDER BY time_start"
        )
    ]
    assert motors == ["sam_x", "sam_z", "sam_th", "sam_x"]
    ((uid,),) = rows(demo, "SELECT uid FROM runs WHERE metadata LIKE '%\"sam_z\"%'")
    diode = [event["photodiode"] for event in events_of(demo, uid)]
    # the blade covers the beam: the diode's negative signal goes towards its offset
    assert np.mean(diode[:10]) < np.mean(diode[-10:]) - 5 * np.std(diode[-10:])


def test_the_demo_has_texts_booleans_nulls_and_nan_among_its_values(demo):
    ((uid,),) = rows(demo, "SELECT uid FROM runs WHERE plan_name = 'count'")
    kinds = {type(value) for event in events_of(demo, uid) for value in event.values()}
    assert {float, str, bool, type(None)} <= kinds
    assert rows(demo, "SELECT data_keys FROM streams WHERE run_uid = ?", uid) == [("{}",)]
    assert rows(demo, "SELECT count(*) FROM events WHERE data LIKE '%NaN%'")[0][0] > 0


def test_the_frames_of_the_demo_are_there_and_referred_to(demo):
    found = rows(
        demo,
        "SELECT run_uid, num_events, count(image_refs.id), max(index_in_stack), min(zarr_group) FROM runs"
        " JOIN streams ON run_uid = runs.uid JOIN events ON stream_uid = streams.uid"
        " JOIN image_refs ON event_uid = events.uid GROUP BY run_uid ORDER BY time_start",
    )
    assert [references for _, _, references, _, _ in found] == [16, 7, 15]
    for run, events, references, last, group in found:
        assert events == references == last + 1
        assert group == f"runs/{run}/detector_image"
        frames = frames_of(demo, run)
        assert frames.shape == (references, 64, 64)
        assert frames.dtype == np.int32
        assert (frames.reshape(references, -1).max(axis=1) > 0).all()


def test_the_abandoned_run_of_the_demo_has_frames_nobody_refers_to(demo):
    ((run,),) = rows(demo, "SELECT uid FROM runs WHERE time_stop IS NULL")
    assert frames_of(demo, run).shape == (9, 64, 64)
    assert events_of(demo, run) == []
    assert count(demo, "image_refs") == 38


def test_one_frame_of_the_demo_is_over_and_one_underexposed(demo):
    runs = [
        run for (run,) in rows(demo, "SELECT DISTINCT run_uid FROM streams WHERE data_keys LIKE '%image%'")
    ]
    frames = np.concatenate([frames_of(demo, run) for run in runs])
    assert ((frames >= 200_000).sum(axis=(1, 2)) >= 500).sum() == 1
    assert ((frames < 50).mean(axis=(1, 2)) >= 0.9).sum() == 1
    usual = np.median(frames.reshape(len(frames), -1), axis=1)
    assert 70 < np.median(usual) < 1000


def test_the_same_seed_gives_the_same_beamtime(demo, tmp_path):
    again = write_demo(tmp_path / "again", now=NOW, frame_size=64)
    other = write_demo(tmp_path / "other", now=NOW, frame_size=64, seed=12)

    def everything(db: Path) -> str:
        digest = hashlib.sha256()
        for table in ("samples", "runs", "streams", "events", "image_refs"):
            digest.update(repr(rows(db, f"SELECT * FROM {table}")).encode())
        for path in sorted(db.with_suffix(".zarr").rglob("*")):
            if path.is_file():
                digest.update(path.relative_to(db.parent).as_posix().encode() + path.read_bytes())
        return digest.hexdigest()

    assert everything(again) == everything(demo)
    assert everything(other) != everything(demo)


@pytest.mark.timing
def test_the_demo_is_quick(tmp_path):
    begun = time.process_time()
    write_demo(tmp_path / "demo", frame_size=64)
    assert time.process_time() - begun < 5.0


def test_the_demo_tells_how_far_it_is(tmp_path):
    told: list[str] = []
    write_demo(tmp_path / "new" / "folder", frame_size=64, tell=told.append)
    assert "rsoxs frame 12 of 47" in told
    assert told[-1] == "rsoxs frame 47 of 47"


def test_the_demo_does_not_write_over_a_beamtime(demo):
    before = demo.read_bytes()
    with pytest.raises(FileExistsError):
        write_demo(demo.parent, frame_size=64)
    assert demo.read_bytes() == before


# the physics


@pytest.mark.parametrize("last", [340.0, 370.0])
def test_the_energies_rise_without_a_double_point(last):
    grid = energy_grid(last)
    assert (np.diff(grid) > 0.04).all()
    assert (grid[0], grid[-1]) == (270.0, last)


def test_the_flux_nearly_vanishes_in_the_carbon_dip():
    flux = incident_flux(np.array([280.0, 283.4, 285.0, 286.3, 300.0]))
    assert (flux > 0).all()
    assert flux[1] < 0.1 * flux[0]
    assert flux[3] < 0.5 * flux[2]


def test_the_pi_resonance_of_polystyrene_is_dichroic():
    at_resonance, above = np.array([285.15]), np.array([350.0])
    grazing, normal = (absorption(POLYSTYRENE, at_resonance, angle)[0] for angle in (20.0, 90.0))
    assert normal > 1.3 * grazing
    assert absorption(POLYSTYRENE, above, 20.0)[0] == pytest.approx(absorption(POLYSTYRENE, above, 90.0)[0])


def test_the_rings_are_strongest_at_the_resonance_and_shrink_with_energy():
    assert contrast(PM6_Y6, 275.0) < 0.2 < 0.8 < contrast(PM6_Y6, 284.8)
    detector = Detector(256, 1)

    def ring(energy: float) -> tuple[float, float]:
        """Radius in pixels and height of the second ring, along the row right of the beam."""
        frame = np.mean([detector.frame(PM6_Y6, energy)[60:180] for _ in range(3)], axis=0)
        down, right = np.ogrid[60 - 0.468 * 256 : 180 - 0.468 * 256, -0.527 * 256 : 256 - 0.527 * 256]
        shell = np.hypot(down, right).astype(int)
        radial = [np.median(frame[shell == radius]) for radius in range(52, 85)]
        return 52 + float(np.argmax(radial)), float(np.max(radial))

    assert ring(275.0)[0] > ring(300.0)[0]
    assert ring(284.8)[1] > 2 * ring(275.0)[1]


def test_the_beamstop_hides_the_direct_beam():
    frame = Detector(256, 1).frame(PM6_Y6, 285.0)
    row, column = round(0.468 * 256), round(0.527 * 256)
    hidden = np.median(frame[row - 3 : row + 4, column - 3 : column + 4])
    halo = np.median(frame[row - 3 : row + 4, column + 12 : column + 15])
    assert hidden < 0.2 * halo


def test_the_same_pixels_are_hot_in_every_frame():
    detector = Detector(128, 1)
    dark = [detector.frame(PM6_Y6, 275.0, dose=0.0) for _ in range(3)]
    always = np.min(dark, axis=0) > 800
    assert 4 <= always.sum() <= 6
    assert np.median(dark[0]) == pytest.approx(70, abs=1)


def test_the_anisotropy_turns_with_the_polarization():
    detector = Detector(256, 1)
    row, column = round(0.468 * 256), round(0.527 * 256)
    ratios = []
    for vertical in (False, True):
        frame = detector.frame(PM6_Y6, 284.8, vertical=vertical)
        beside = np.median(frame[row - 4 : row + 5, column + 28 : column + 34])
        above = np.median(frame[row - 33 : row - 27, column - 4 : column + 5])
        ratios.append(beside / above)
    assert ratios[0] > 1.15
    assert ratios[1] < 0.87


@pytest.mark.parametrize("size", [64, 256])
def test_spoiled_frames_are_spoiled_at_every_size(size):
    detector = Detector(size, 3)
    assert (detector.overexposed(PM6_Y6, 285.0) >= 200_000).sum() >= 500
    assert (detector.underexposed(PM6_Y6, 285.0) < 50).mean() >= 0.9


def test_of_large_frames_there_are_fewer_the_spoilt_ones_among_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resonance_tui.simulator.writer._LARGE", 32)
    told: list[str] = []
    db = write_demo(tmp_path, now=NOW, frame_size=64, tell=told.append)
    assert "17 of 17" in told[-1]
    energies = rows(db, "SELECT data FROM events e JOIN image_refs i ON i.event_uid = e.uid ORDER BY e.time")
    assert len(energies) < 17, "those of the abandoned run are not in the database"
    assert {285.4, 286.0} <= {json.loads(data)["energy_position"] for (data,) in energies[-8:]}

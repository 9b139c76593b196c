"""The simulated beamtime of one day: its runs, channels and frames."""

from __future__ import annotations

import hashlib
import itertools
import json
import time
from pathlib import Path

import numpy as np
import pytest

from resonance_tui.simulator.demo import write_demo
from tests.unit.simulator.stored import count, events_of, frames_of, rows

NOW = 1_770_000_000.0


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Path:
    return write_demo(tmp_path_factory.mktemp("demo"), now=NOW, frame_size=64)


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


def test_of_large_frames_there_are_fewer_the_spoilt_ones_among_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resonance_tui.simulator.demo._LARGE", 32)
    told: list[str] = []
    db = write_demo(tmp_path, now=NOW, frame_size=64, tell=told.append)
    assert "17 of 17" in told[-1]
    energies = rows(db, "SELECT data FROM events e JOIN image_refs i ON i.event_uid = e.uid ORDER BY e.time")
    assert len(energies) < 17, "those of the abandoned run are not in the database"
    assert {285.4, 286.0} <= {json.loads(data)["energy_position"] for (data,) in energies[-8:]}

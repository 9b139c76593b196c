"""What is known of a run as one value: how deep, what fails in part, and that it is read once."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from resonance_tui.catalog import CatalogBusyError, Run
from resonance_tui.catalog.run_state import Phase
from resonance_tui.session import BeamtimeSession, Problem, RunDescription, TaskCancelledError, description
from tests.beamtime import (
    ABORTED_UID,
    NEXAFS_UID,
    OPEN_UID,
    RSOXS_UID,
    SMALL_SHAPE,
    BeamtimeBuilder,
    angle_run,
    chunk_file,
    nexafs_events,
    small_frames,
)
from tests.unit.session.reads import EventReads, a_task


def described(path: Path, uid: str, *parts: Any, **how: Any) -> RunDescription:
    with BeamtimeSession(path) as session:
        return session.describe(uid, parts=parts, **how)


# how deep


def test_a_row_is_what_the_database_says_and_reads_no_event(small_beamtime: Path, reads: EventReads) -> None:
    run = described(small_beamtime, NEXAFS_UID, "row")
    assert reads.counts == Counter()
    assert (run.uid, run.plan, run.sample, run.operator) == (NEXAFS_UID, "nexafs", "ps_100kd", "user")
    assert (run.exit_status, run.state.phase, run.events, run.frames) == ("success", Phase.CLOSED, 30, 0)
    assert run.stopped == run.started + 600
    assert run.metadata == {"operator": "user"}
    assert run.sample_details is not None
    assert run.sample_details.tags == ["polymer", "reference"]
    (stream,) = run.streams
    assert (stream.name, stream.events) == ("primary", 30)
    assert stream.fields["energy_position"].role == "motor"
    assert (run.scan, run.curves, run.exposures, run.parts) == (None, None, None, frozenset({"row"}))
    assert (run.problems, run.image_fields) == ((), ())


def test_a_scan_is_one_read_of_its_events(small_beamtime: Path, reads: EventReads) -> None:
    run = described(small_beamtime, NEXAFS_UID, "row", "scan")
    assert reads.counts == Counter(range(1, 31))
    assert run.scan is not None
    assert run.curves is not None
    assert (run.scan.kind, len(run.curves), run.exposures) == ("energy", 1, None)
    assert run.nbytes > described(small_beamtime, NEXAFS_UID, "row").nbytes + 3 * 30 * 8 - 1


def test_frames_are_one_read_of_each(small_beamtime: Path, reads: EventReads) -> None:
    run = described(small_beamtime, RSOXS_UID, "row", "frames")
    assert reads.counts == Counter()
    (image,) = run.image_fields
    assert (image.field, image.stream, image.count, image.shape, image.dtype, image.live) == (
        "detector_image", "primary", 6, SMALL_SHAPE, "int32", False,
    )  # fmt: skip
    assert run.exposures is not None
    assert [(one.index, one.event, one.mark) for one in run.exposures] == [
        (i, i + 1, "good") for i in range(6)
    ]
    assert all(one.exposure is not None for one in run.exposures)
    assert run.curves is None


def test_a_run_without_events_has_no_scan_and_no_curve(small_beamtime: Path) -> None:
    run = described(small_beamtime, OPEN_UID, "row", "scan", "frames")
    assert (run.scan, run.curves) == (None, ())
    assert (run.events, run.frames, run.stopped, run.exit_status) == (0, 3, None, None)
    assert run.image_fields[0].live
    assert run.exposures is not None
    assert [(one.event, one.mark) for one in run.exposures] == [(None, "good")] * 3


def test_a_run_without_frames_has_no_exposures(small_beamtime: Path) -> None:
    assert described(small_beamtime, NEXAFS_UID, "frames").exposures == ()


def test_another_stream_is_described_by_its_own_events(beamtime: Callable[..., BeamtimeBuilder]) -> None:
    with beamtime() as b:
        uid = b.run(events=nexafs_events(6, 20.0), frames={"image": small_frames(2)})
        b.stream(uid, "dark", [{"i0": 0.1}] * 3, frames={"dark_image": small_frames(3)})
    with BeamtimeSession(b.path) as session:
        run = session.describe(uid, "dark")
    assert (run.stream, run.events) == ("dark", 3)
    assert run.scan is not None
    assert run.scan.kind == "count"
    assert [stream.events for stream in run.streams] == [6, 3]
    assert {(image.field, image.stream, image.count) for image in run.image_fields} == {
        ("image", "primary", 2), ("dark_image", "dark", 3),
    }  # fmt: skip
    assert run.frames == 5


def test_fields_that_only_events_have_are_described_once_they_are_read(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    with beamtime() as b:
        uids = [b.run(events=nexafs_events(3, 20.0), data_keys={}, stop=stop) for stop in (1.8e9, None)]
    for uid in uids:
        assert described(b.path, uid, "row").streams[0].fields == {}
        fields = described(b.path, uid, "scan").streams[0].fields
        assert fields["energy_position"].dtype == "float64"
        assert list(fields)[:2] == ["energy_position", "sam_th_position"]


# a long run for a label


def test_a_long_run_is_sampled_for_a_label_and_read_once_for_the_rest(
    tmp_path: Path, reads: EventReads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(description, "SAMPLED_ABOVE", 500)
    uid = angle_run(tmp_path / "a.db", 1000)
    with BeamtimeSession(tmp_path / "a.db") as session:
        run = session.describe(uid, sampled=True)
        assert run.scan is not None
        assert (run.scan.sampled, run.scan.sweeps, run.curves) == (True, None, None)
        assert run.scan.fast is not None
        assert run.scan.fast.field == "energy_position"
        assert [axis.field for axis in run.scan.of_role("slow")] == ["sam_th_position"]
        assert 200 < sum(reads.taken().values()) < 300
        whole = session.describe(uid)
        assert whole.scan is not None
        assert (whole.scan.sampled, len(whole.curves or ())) == (False, 5)
        assert reads.taken() == Counter(range(201, 1001)), "the first page was read for the label"
        assert not session.describe(uid, "primary", ("scan",), sampled=True).scan.sampled, "now it is known"
        assert reads.taken() == Counter()


# what cannot be read


def test_events_that_cannot_be_read_are_problems_and_the_others_count(
    beamtime: Callable[..., BeamtimeBuilder],
) -> None:
    events = nexafs_events(5, 20.0)
    events[1], events[3] = "{broken", '{"n": ' + "9" * 5000 + "}"
    with beamtime() as b:
        uid = b.run(events=events, metadata="no json")
    run = described(b.path, uid, "row", "scan")
    assert [(one.where, one.code) for one in run.problems] == [
        ("event 2", "broken_json"), ("event 4", "long_integer"), ("metadata", "broken_json"),
    ]  # fmt: skip
    assert "5,000 digits" in run.problems[1].text
    assert run.curves is not None
    assert run.curves[0].points == 3
    assert [one.where for one in described(b.path, uid, "row").problems] == ["metadata"]


def test_frames_whose_folder_is_missing_are_a_problem(small_beamtime: Path) -> None:
    shutil.rmtree(small_beamtime.with_suffix(".zarr"))
    run = described(small_beamtime, RSOXS_UID, "row")
    assert run.problems == (Problem("frames", "missing_frames", "there is no folder beamtime.zarr"),)
    assert (run.frames, run.image_fields[0].shape, run.image_fields[0].dtype) == (6, None, None)
    assert described(small_beamtime, NEXAFS_UID, "row").problems == ()


def test_damaged_and_missing_frames_are_marked(small_beamtime: Path) -> None:
    store = small_beamtime.with_suffix(".zarr")
    chunk_file(store, f"runs/{RSOXS_UID}/detector_image", 1).write_bytes(b"damaged")
    chunk_file(store, f"runs/{RSOXS_UID}/detector_image", 4).unlink()
    run = described(small_beamtime, RSOXS_UID, "frames")
    assert run.exposures is not None
    assert [one.mark for one in run.exposures] == ["good", "lost", "good", "good", "zero", "good"]
    assert [one.exposure is None for one in run.exposures] == [False, True, False, False, True, False]


def test_exposures_are_told_where_the_numbers_of_events_are_not_to_be_had(
    small_beamtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from resonance_tui.catalog import LazyImageSequence

    with BeamtimeSession(small_beamtime) as session:
        session.frames.frames(ABORTED_UID)

        def locked(_: LazyImageSequence) -> list[int]:
            raise CatalogBusyError("locked")

        found = session.frames.frames(ABORTED_UID)
        monkeypatch.setattr(session.frames, "frames", lambda _: found)
        monkeypatch.setattr(LazyImageSequence, "seq_nums", property(locked))
        run = session.describe(ABORTED_UID, parts=("frames",))
    assert run.exposures is not None
    assert [(one.event, one.mark) for one in run.exposures] == [(None, "good")] * 2


def test_a_description_that_nobody_wants_any_more_is_given_up(small_beamtime: Path) -> None:
    task = a_task()
    task.cancel()
    with BeamtimeSession(small_beamtime) as session, pytest.raises(TaskCancelledError):
        session.describe(NEXAFS_UID, task=task)


def test_one_description_is_of_one_moment(
    beamtime: Callable[..., BeamtimeBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    b = beamtime()
    uid = b.run(events=nexafs_events(5, 20.0), stop=None)
    read = Run.metadata.func  # type: ignore[attr-defined]

    def ends_meanwhile(run: Run) -> dict[str, Any]:
        b.raw("UPDATE runs SET time_stop = 2e9, exit_status = 'success'")
        return read(run)

    monkeypatch.setattr(Run, "metadata", property(ends_meanwhile))
    with BeamtimeSession(b.path) as session:
        run = session.describe(uid)
        assert (run.stopped, run.exit_status) == (None, None)
        assert session.describe(uid).exit_status == "success"

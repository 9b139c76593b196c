"""Long work over the frames of a run: exposures, stacks, regions, thumbnails; damaged frames, pauses, cancelled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resonance_tui.analysis.exposure import Thresholds
from resonance_tui.analysis.profiles import Region
from resonance_tui.catalog import FrameUnavailableError
from resonance_tui.session import BeamtimeSession, Progress, TaskCancelledError, frame_series
from resonance_tui.session.frames import FrameLoader, Subject
from tests.beamtime import (
    NEXAFS_UID,
    OPEN_UID,
    RSOXS_UID,
    BeamtimeBuilder,
    chunk_file,
    nexafs_events,
    small_frames,
)
from tests.unit.session.reads import a_task

FIELD = "detector_image"
ALL = small_frames(6)


@pytest.fixture
def session(small_beamtime: Path) -> Iterator[BeamtimeSession]:
    with BeamtimeSession(small_beamtime) as session:
        yield session


@pytest.fixture
def reports_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is reported now and then is reported each time."""
    monkeypatch.setattr(frame_series, "_REPORT_EVERY_S", -1.0)


@pytest.fixture
def damaged(session: BeamtimeSession) -> BeamtimeSession:
    """Of the six frames the second is damaged, and the fourth is not on disk."""
    store = session.path.with_suffix(".zarr")
    chunk_file(store, f"runs/{RSOXS_UID}/{FIELD}", 1).write_bytes(b"damaged")
    chunk_file(store, f"runs/{RSOXS_UID}/{FIELD}", 3).unlink()
    return session


# one picture


def test_a_picture_is_a_frame_a_difference_or_a_stack(session: BeamtimeSession) -> None:
    series, task = session.series, a_task()
    np.testing.assert_array_equal(series.subject(RSOXS_UID, Subject("frame", 2), task)[0], ALL[2])
    found, stored = series.subject(RSOXS_UID, Subject("difference", 4, 1), task)
    assert stored
    np.testing.assert_array_equal(found, ALL[4] - ALL[1])
    assert series.subject(RSOXS_UID, Subject("difference", 4, 1), task)[0] is found
    assert not series.subject(RSOXS_UID, Subject("difference", 4), task)[0].any(), "from itself"
    assert series.used(RSOXS_UID, "mean") is None
    found, stored = series.subject(RSOXS_UID, Subject("mean", 0), task)
    assert stored
    np.testing.assert_allclose(found, ALL.mean(axis=0))
    assert series.used(RSOXS_UID, "mean") == 6


def test_a_difference_from_what_is_not_on_disk_shows_the_frame_and_says_so(damaged: BeamtimeSession) -> None:
    frame, stored = damaged.series.subject(RSOXS_UID, Subject("difference", 0, 3), a_task())
    assert not stored
    np.testing.assert_array_equal(frame, ALL[0])


# exposures


def test_a_frame_is_assessed_and_its_exposure_looked_up(beamtime: Callable[..., BeamtimeBuilder]) -> None:
    with beamtime() as b:
        uid = b.run(events=nexafs_events(2, 20.0), frames={FIELD: small_frames(2)})
    with BeamtimeSession(b.path) as session:
        found = session.series.exposure(uid, 1, 1, a_task())
        assert found.exposures[1].verdict == "good"
        assert (found.others, found.seconds) == ({}, 1.0)


def test_thresholds_say_what_is_overexposed(small_beamtime: Path) -> None:
    with BeamtimeSession(small_beamtime, thresholds=Thresholds(saturated=1000.0, over_pixels=1)) as session:
        assert session.series.exposure(RSOXS_UID, 5, 5, a_task()).exposures[5].verdict == "over"
        assert session.series.exposures(
            RSOXS_UID, (), a_task(), lambda: False, all_of_them=True
        ).exposures[5].verdict == "over"  # fmt: skip


def test_a_frame_that_is_not_on_disk_is_marked(damaged: BeamtimeSession) -> None:
    found = damaged.series.exposure(RSOXS_UID, 3, 3, a_task())
    assert (found.exposures, found.others) == ({}, {3: "zero"})


def test_damaged_and_missing_frames_are_marked_among_all(damaged: BeamtimeSession) -> None:
    found = damaged.series.exposures(RSOXS_UID, (), a_task(), lambda: False, all_of_them=True)
    assert sorted(found.exposures) == [0, 2, 4, 5]
    assert found.others == {1: "lost", 3: "zero"}


@pytest.mark.usefixtures("reports_all")
def test_exposures_are_reported_in_parts_or_returned_all_at_once(damaged: BeamtimeSession) -> None:
    parts: list[Any] = []
    task = a_task(parts.append)
    rest = damaged.series.exposures(RSOXS_UID, (5,), task, lambda: False, all_of_them=True)
    assert [sorted({**part.exposures, **part.others}) for part in [*parts, rest]] == [
        [0],
        [1],
        [2],
        [3],
        [4],
        [],
    ]
    parts.clear()
    whole = damaged.series.assess(damaged.frames.images_of(RSOXS_UID), task)
    assert (parts, len(whole.exposures), len(whole.others)) == ([], 4, 2)


def test_many_frames_are_not_assessed_unasked(
    session: BeamtimeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_series, "_UNASKED_BYTES", ALL.nbytes - 1)
    found = session.series.exposures(RSOXS_UID, (), a_task(), lambda: False, all_of_them=False)
    assert (found.exposures, found.others) == ({}, {})
    found = session.series.exposures(RSOXS_UID, (), a_task(), lambda: False, all_of_them=True)
    assert len(found.exposures) == 6


def test_a_paused_assessment_can_be_cancelled(session: BeamtimeSession) -> None:
    task = a_task()

    def pause() -> bool:
        task.cancel()
        return True

    with pytest.raises(TaskCancelledError):
        session.series.exposures(RSOXS_UID, (), task, pause, all_of_them=True)


def test_the_newest_frame_of_a_run_in_progress_is_assessed_whatever_is_looked_at(
    session: BeamtimeSession,
) -> None:
    found = session.series.newest_exposure(OPEN_UID, FIELD, 2, a_task())
    assert found is not None
    assert (found.uid, found.index, found.exposure.verdict) == (OPEN_UID, 2, "good")
    chunk_file(session.path.with_suffix(".zarr"), f"runs/{OPEN_UID}/{FIELD}", 1).write_bytes(b"damaged")
    assert session.series.newest_exposure(OPEN_UID, FIELD, 1, a_task()) is None
    assert session.series.newest_exposure(OPEN_UID, "../else", 0, a_task()) is None
    assert session.series.newest_exposure(OPEN_UID, FIELD, 3, a_task()) is None, "not there yet"


# stacks


@pytest.mark.parametrize(
    ("kind", "dtype", "expected"),
    [
        ("mean", np.float32, ALL[[0, 2, 4, 5]].mean(axis=0)),
        ("max", np.int32, ALL[5]),
        ("sum", np.int64, ALL[[0, 2, 4, 5]].sum(axis=0)),
    ],
)
def test_a_stack_leaves_out_what_is_damaged_or_missing(
    damaged: BeamtimeSession, kind: str, dtype: type, expected: np.ndarray
) -> None:
    told: list[Any] = []
    found = damaged.series.stack(RSOXS_UID, kind, a_task(told.append))
    assert found.dtype == dtype
    np.testing.assert_allclose(found, expected)
    assert damaged.series.used(RSOXS_UID, kind) == 4
    assert told == [Progress(index, 6) for index in range(6)]
    assert damaged.series.stack(RSOXS_UID, kind, a_task(told.append)) is found
    assert len(told) == 6, "made once"


def test_a_stack_of_nothing_says_so(damaged: BeamtimeSession) -> None:
    store = damaged.path.with_suffix(".zarr")
    for index in (0, 2, 4, 5):
        chunk_file(store, f"runs/{RSOXS_UID}/{FIELD}", index).unlink()
    with pytest.raises(FrameUnavailableError, match="none of the frames can be read"):
        damaged.series.stack(RSOXS_UID, "mean", a_task())
    assert damaged.series.used(RSOXS_UID, "mean") is None


def test_a_cancelled_stack_is_made_from_the_start_the_next_time(session: BeamtimeSession) -> None:
    task = a_task(lambda progress: task.cancel() if progress.done == 3 else None)
    with pytest.raises(TaskCancelledError):
        session.series.stack(RSOXS_UID, "sum", task)
    np.testing.assert_array_equal(session.series.stack(RSOXS_UID, "sum", a_task()), ALL.sum(axis=0))


# regions


def test_a_region_is_summed_over_the_motor_that_was_scanned(session: BeamtimeSession) -> None:
    region = Region(2, 3, 10, 20)
    curve = session.series.region_curve(RSOXS_UID, region, a_task())
    assert (curve.x_name, curve.done, curve.region) == ("energy", 6, region)
    np.testing.assert_array_equal(curve.x, np.arange(270.0, 276.0))
    np.testing.assert_array_equal(curve.total, [region.of(frame).sum() for frame in ALL])
    assert curve.total[0] > 0


@pytest.mark.usefixtures("reports_all")
def test_frames_that_cannot_be_read_have_no_sum_and_parts_are_reported(damaged: BeamtimeSession) -> None:
    parts: list[Any] = []
    curve = damaged.series.region_curve(RSOXS_UID, Region(0, 0, 4, 4), a_task(parts.append))
    assert np.isnan(curve.total).tolist() == [False, True, False, True, False, False]
    assert [part.done for part in parts] == [1, 2, 3, 4, 5, 6]
    assert np.isnan(parts[0].total).sum() == 5, "a part is not changed by what comes after it"


def test_over_what_is_no_motor_frames_are_numbered_from_one(
    beamtime: Callable[..., BeamtimeBuilder], session: BeamtimeSession
) -> None:
    region = Region(0, 0, 2, 2)
    live = session.series.region_curve(OPEN_UID, region, a_task())
    assert (live.x_name, live.x.tolist()) == ("frame", [1.0, 2.0, 3.0])
    with beamtime() as b:
        still = b.run(events=[{"i0": 1.0}] * 3, frames={FIELD: small_frames(3)})
        gap = b.run(
            events=[
                {"energy_position": 270.0},
                {"i0": 1.0},
                {"energy_position": 272.0},
                {"energy_position": 273.0},
            ],
            frames={FIELD: small_frames(3)},
        )
        uncommitted = b.run(
            events=[{"energy_position": 270.0 + i} for i in range(3)],
            frames={FIELD: small_frames(5)}, refs=False, stop=None,
        )  # fmt: skip
    with BeamtimeSession(b.path) as other:
        for uid, n in ((still, 3), (gap, 3), (uncommitted, 5)):
            curve = other.series.region_curve(uid, region, a_task())
            assert (curve.x_name, curve.x.tolist()) == ("frame", list(range(1, n + 1)))
            assert np.isfinite(curve.total).all()


def test_what_is_no_number_is_not_summed(beamtime: Callable[..., BeamtimeBuilder]) -> None:
    frame = np.ones((1, 4, 4), np.float32)
    frame[0, 0, 0], frame[0, 1, 1] = np.nan, np.inf
    with beamtime() as b:
        uid = b.run(frames={FIELD: frame})
    with BeamtimeSession(b.path) as session:
        region = Region(0, 0, 4, 4)
        curve = session.series.region_curve(uid, region, a_task())
        assert curve.total.tolist() == [region.of(frame[0]).size - 2]


def test_a_region_that_nobody_wants_any_more_ends_between_two_frames(
    session: BeamtimeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, read = a_task(), []
    passing_by = FrameLoader.passing_by

    def counted(loader: FrameLoader, images: Any, uid: str, index: int) -> Any:
        read.append(index)
        if index == 2:
            task.cancel()
        return passing_by(loader, images, uid, index)

    monkeypatch.setattr(FrameLoader, "passing_by", counted)
    with pytest.raises(TaskCancelledError):
        session.series.region_curve(RSOXS_UID, Region(0, 0, 2, 2), task)
    assert read == [0, 1, 2]


# thumbnails


@pytest.mark.usefixtures("reports_all")
def test_thumbnails_are_made_once_and_none_of_what_cannot_be_read(damaged: BeamtimeSession) -> None:
    made: list[int] = []

    def reduce(frame: np.ndarray) -> np.ndarray:
        made.append(int(frame[0, 0]) // 1000 - 1)
        return frame[::8, ::8]

    parts: list[Any] = []
    rest = damaged.series.thumbnails(RSOXS_UID, [0, 1, 2, 3], reduce, a_task(parts.append))
    assert rest == {}
    found = {index: picture for part in parts for index, picture in part.items()}
    assert [found[index] is None for index in range(4)] == [False, True, False, True]
    np.testing.assert_array_equal(found[2], ALL[2][::8, ::8])
    damaged.series.thumbnails(RSOXS_UID, [0, 2, 4], reduce, a_task())
    assert made == [0, 2, 4]


def test_a_run_without_frames_has_no_series(session: BeamtimeSession) -> None:
    with pytest.raises(FrameUnavailableError):
        session.series.thumbnails(NEXAFS_UID, [0], lambda frame: frame, a_task())

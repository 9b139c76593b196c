"""The frames of runs: where they are, read once, kept in memory; missing, damaged and growing ones."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from resonance_tui.catalog import CatalogBusyError, FrameUnavailableError, LazyImageSequence
from resonance_tui.session import BeamtimeSession
from resonance_tui.session import frames as frames_module
from resonance_tui.session.frames import AbsentFrameError, Frames, Subject, difference
from tests.beamtime import (
    NEXAFS_UID,
    OPEN_UID,
    RSOXS_UID,
    SMALL_SHAPE,
    BeamtimeBuilder,
    chunk_file,
    nexafs_events,
    small_frames,
)


@pytest.fixture
def session(small_beamtime: Path) -> Iterator[BeamtimeSession]:
    with BeamtimeSession(small_beamtime) as session:
        session.catalog().patience = 0.05
        yield session


def chunk(session: BeamtimeSession, uid: str, index: int) -> Path:
    return chunk_file(session.path.with_suffix(".zarr"), f"runs/{uid}/detector_image", index)


# where they are


def test_the_frames_of_a_closed_run_are_those_of_its_events(beamtime: Callable[..., BeamtimeBuilder]) -> None:
    with beamtime() as b:
        uid = b.run(events=nexafs_events(6, 20.0))
        group = f"runs/{uid}/detector_image"
        b.stream(uid, "other", frames={"detector_image": small_frames(2)})
        for index, event in enumerate(b.raw("SELECT uid FROM events WHERE seq_num IN (2, 5)")):
            b.image_ref(event[0], "detector_image", group, index, SMALL_SHAPE)
        b.conn.commit()
    with BeamtimeSession(b.path) as session:
        assert session.frames.frames(uid) == Frames("detector_image", [1, 4], (2, *SMALL_SHAPE), "int32")
        assert session.frames.positions(uid) == [1, 4]


def test_a_run_without_frames_has_none(session: BeamtimeSession) -> None:
    assert session.frames.frames(NEXAFS_UID) is None
    with pytest.raises(FrameUnavailableError, match="no frames any more"):
        session.frames.read(NEXAFS_UID, 0)


def test_the_frames_of_an_open_run_are_those_on_disk(session: BeamtimeSession) -> None:
    assert session.frames.frames(OPEN_UID) == Frames(
        "detector_image", [0, 1, 2], (3, *SMALL_SHAPE), "int32", live=True
    )
    frame, stored = session.frames.read(OPEN_UID, 1)
    assert stored
    np.testing.assert_array_equal(frame, small_frames(2)[1])


def test_frames_are_found_while_the_database_is_locked(session: BeamtimeSession) -> None:
    with closing(sqlite3.connect(session.path, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        assert session.frames.goes_on(OPEN_UID), "nobody can say that it does not"
        found = session.frames.frames(OPEN_UID)
        assert found is not None
        assert (found.live, found.shape[0]) == (True, 3)
        assert session.frames.frames("0" * 32) is None
        assert session.frames.frames("../else") is None, "no name of a folder in the store"
    assert not session.frames.goes_on(RSOXS_UID)


def test_frames_whose_folder_is_gone_are_counted_and_named(session: BeamtimeSession) -> None:
    shutil.rmtree(session.path.with_suffix(".zarr"))
    with pytest.raises(FrameUnavailableError, match=r"6 frames missing: there is no folder .*beamtime\.zarr"):
        session.frames.frames(RSOXS_UID)
    with pytest.raises(FrameUnavailableError, match=r"frames folder not found: .*beamtime\.zarr"):
        session.frames.frames(OPEN_UID)


def test_a_run_in_progress_without_a_frame_yet_has_none(beamtime: Callable[..., BeamtimeBuilder]) -> None:
    with beamtime() as b:
        uid = b.run(events=[], stop=None, data_keys={"image": {"external": True}})
        b.run(frames={"image": small_frames(1)})  # the store is there
    with BeamtimeSession(b.path) as session:
        assert session.frames.frames(uid) is None
        assert session.frames.goes_on(uid)


def test_where_the_frames_are_is_looked_for_again_once_it_is_forgotten(session: BeamtimeSession) -> None:
    assert session.frames.positions(OPEN_UID) == [0, 1, 2]
    before = session.frames.images_of(OPEN_UID)
    assert session.frames.images_of(OPEN_UID) is before
    session.frames.forget_run(OPEN_UID)
    assert session.frames.images_of(OPEN_UID) is not before


def test_where_the_frames_are_is_remembered_of_so_many_runs(
    session: BeamtimeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames_module, "_MAX_SEQUENCES", 1)
    before = session.frames.images_of(RSOXS_UID)
    session.frames.frames(OPEN_UID)
    assert session.frames.images_of(RSOXS_UID) is not before


# reading


def test_a_frame_is_read_once_and_kept(session: BeamtimeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[object] = []
    get = LazyImageSequence.__getitem__

    def counted(images: LazyImageSequence, index: object) -> object:
        read.append(index)
        return get(images, index)  # type: ignore[call-overload]

    monkeypatch.setattr(LazyImageSequence, "__getitem__", counted)
    first, stored = session.frames.read(RSOXS_UID, 2)
    assert stored
    again, _ = session.frames.read(RSOXS_UID, 2)
    assert again is first
    assert session.frames.passing_by(session.frames.images_of(RSOXS_UID), RSOXS_UID, 2) is first
    assert read == [2]
    size = session.frames.cache.size
    session.frames.passing_by(session.frames.images_of(RSOXS_UID), RSOXS_UID, 3)
    assert session.frames.cache.size == size, "one of many takes no room"
    session.frames.forget_run(RSOXS_UID)
    assert session.frames.read(RSOXS_UID, 2)[0] is first, "a frame that was read is the same"
    session.frames.forget()
    assert session.frames.read(RSOXS_UID, 2)[0] is not first
    assert read == [2, 3, 2]


def test_a_frame_that_is_not_on_disk_is_zeros_and_not_kept(session: BeamtimeSession) -> None:
    place = chunk(session, RSOXS_UID, 1)
    aside = place.rename(place.with_name("aside"))
    frame, stored = session.frames.read(RSOXS_UID, 1)
    assert (stored, frame.any(), frame.shape) == (False, False, SMALL_SHAPE)
    with pytest.raises(AbsentFrameError, match="frame 2 is not on disk"):
        session.frames.passing_by(session.frames.images_of(RSOXS_UID), RSOXS_UID, 1)
    aside.rename(place)
    frame, stored = session.frames.read(RSOXS_UID, 1)
    assert stored
    np.testing.assert_array_equal(frame, small_frames(2)[1])


def test_a_frame_of_zeros_that_is_on_disk_is_one(beamtime: Callable[..., BeamtimeBuilder]) -> None:
    frames = np.zeros((2, 4, 4), np.int32)
    frames[0] = 7
    with beamtime() as b:
        uid = b.run(frames={"image": frames})
    # zarr leaves out a chunk of nothing but the fill value: here it is written as another program would
    source = chunk_file(b.zarr_path, f"runs/{uid}/image", 0)
    with BeamtimeSession(b.path) as session:
        assert session.frames.read(uid, 0)[1]
        assert not session.frames.read(uid, 1)[1]
        target = chunk_file(b.zarr_path, f"runs/{uid}/image", 1)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
        frame, stored = session.frames.read(uid, 1)
        assert stored
        assert (frame == 7).all()


def test_a_damaged_frame_says_so(session: BeamtimeSession) -> None:
    chunk(session, RSOXS_UID, 1).write_bytes(b"damaged")
    with pytest.raises(FrameUnavailableError):
        session.frames.read(RSOXS_UID, 1)
    assert session.frames.read(RSOXS_UID, 0)[1]


def test_complex_numbers_are_not_drawn(beamtime: Callable[..., BeamtimeBuilder]) -> None:
    with beamtime() as b:
        uid = b.run(frames={"image": np.full((1, 4, 4), 1 + 2j, np.complex64)})
    with BeamtimeSession(b.path) as session, pytest.raises(FrameUnavailableError, match="complex numbers"):
        session.frames.read(uid, 0)


def test_what_is_made_of_a_frame_is_made_once(session: BeamtimeSession) -> None:
    made: list[int] = []

    def make() -> np.ndarray:
        made.append(1)
        return np.zeros(3)

    subject = Subject("frame", 0)
    first = session.frames.reduced(subject, RSOXS_UID, (80, 24), make)
    assert session.frames.reduced(subject, RSOXS_UID, (80, 24), make) is first
    session.frames.reduced(subject, RSOXS_UID, (81, 24), make)
    session.frames.reduced(Subject("frame", 1), RSOXS_UID, (80, 24), make)
    assert len(made) == 3


@pytest.mark.parametrize(("cache_bytes", "n"), [(1, 1), (100 * 6144, 4), (6 * 6144, 2), (4 * 6144, 1)])
def test_so_many_frames_are_read_ahead_as_fit_into_half_of_the_cache(
    small_beamtime: Path, cache_bytes: int, n: int
) -> None:
    with BeamtimeSession(small_beamtime, cache_bytes) as session:
        frames = session.frames.frames(RSOXS_UID)
        assert frames is not None
        assert session.frames.ahead(frames) == n


# exposure times


@pytest.mark.parametrize(
    ("event", "seconds"),
    [
        ({"exposure": 2.0, "other_exposure": 3.0}, 2.0),
        ({"ccd_exposure_time": 4, "x": 1.0}, 4.0),
        ({"exposure": "long", "ccd_exposure": 5.0}, 5.0),
        ({"exposure": None, "i0": 1.0}, None),
        ({"i0": 1.0}, None),
    ],
)
def test_the_exposure_of_a_frame_is_what_its_event_says(
    beamtime: Callable[..., BeamtimeBuilder], event: dict[str, object], seconds: float | None
) -> None:
    with beamtime() as b:
        uid = b.run(events=[{}, event])
    with BeamtimeSession(b.path) as session:
        assert session.frames.exposure_time(uid, 1) == seconds


def test_a_locked_database_tells_no_exposure(
    session: BeamtimeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise CatalogBusyError("locked")

    monkeypatch.setattr(session.columns, "page", locked)
    assert session.frames.exposure_time(NEXAFS_UID, 0) is None


# differences


def test_a_difference_of_small_integers_is_one_of_integers() -> None:
    found = difference(np.array([[1, 5]], np.uint16), np.array([[3, 2]], np.uint16))
    assert found.dtype == np.int32
    assert found.tolist() == [[-2, 3]]


@pytest.mark.parametrize("dtype", [np.int32, np.uint32, np.int64, np.float32])
def test_a_difference_does_not_overflow(dtype: type) -> None:
    large = np.array([[2**31 - 1, 0]]).astype(dtype)
    found = difference(large, np.array([[0, 2**31 - 1]]).astype(dtype))
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, [[2**31 - 1, 1 - 2**31]], rtol=1e-6)


def test_frames_of_two_shapes_have_no_difference() -> None:
    with pytest.raises(FrameUnavailableError, match="no difference"):
        difference(np.zeros((2, 2)), np.zeros((2, 3)))
    assert difference(np.zeros((0, 2), np.int32), np.zeros((0, 2), np.int32)).shape == (0, 2)

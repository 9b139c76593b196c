"""Frames that the database does not know yet, and events as they come."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from resonance_tui.catalog import Catalog, FrameUnavailableError, LazyImageSequence, UnsafePathError
from resonance_tui.catalog.frames.growing import frames_on_disk, live_fields, live_images, newest_on_disk
from resonance_tui.catalog.frames.zarr_store import stored_frames
from resonance_tui.simulator.writer import BeamtimeWriter
from tests.beamtime import (
    OPEN_UID,
    RSOXS_UID,
    BeamtimeBuilder,
    chunk_file,
    long_run,
    small_frames,
    tree_state,
    write_stack,
)

GROUP = f"runs/{OPEN_UID}/detector_image"


def test_the_frames_of_a_run_in_progress_are_read_though_the_database_has_none(small_beamtime: Path) -> None:
    before = tree_state(small_beamtime.parent)
    with Catalog(small_beamtime) as catalog:
        run = catalog[OPEN_UID]
        assert len(run.images()) == 0
        assert run.live_fields == ["detector_image"]
        live = run.live_images()
        assert isinstance(live, LazyImageSequence)
        assert (live.shape, live.dtype, live.seq_nums) == ((3, 32, 48), "int32", [None] * 3)
        assert np.array_equal(live[:], small_frames(3))
        assert np.array_equal(live[-1], small_frames(3)[2])
    assert tree_state(small_beamtime.parent) == before


def test_the_sequence_grows_with_the_run(tmp_path: Path) -> None:
    with BeamtimeWriter(tmp_path / "live.db") as writer:
        uid = writer.open_run("scan", None, 1.77e9)
        writer.open_stream({})
        with Catalog(writer.db_path) as catalog:
            live = catalog[uid].live_images()
            assert (len(live), live.shape, live.dtype) == (0, (0, 0, 0), None)
            for n in range(1, 4):
                event = writer.write_event({}, 1.77e9)
                writer.write_image(event, "detector_image", np.full((4, 6), n, dtype=np.int32))
                assert len(live) == n
                assert live[-1][0, 0] == n
            with pytest.raises(IndexError):
                live[3]
        writer.abandon_run()


def test_a_frame_that_is_announced_counts_when_its_chunk_is_there(small_beamtime: Path) -> None:
    store = small_beamtime.with_suffix(".zarr")
    last = chunk_file(store, GROUP, 2)
    aside = last.with_name("aside")
    last.rename(aside)
    live = live_images(None, store, OPEN_UID, "detector_image")
    assert len(live) == 2
    assert np.array_equal(live[-1], small_frames(3)[1])
    aside.rename(last)
    assert np.array_equal(live[-1], small_frames(3)[2])


def test_a_frame_that_once_was_there_stays_one_though_its_chunk_is_lost(small_beamtime: Path) -> None:
    store = small_beamtime.with_suffix(".zarr")
    live = live_images(None, store, OPEN_UID, "detector_image")
    assert len(live) == 3
    chunk_file(store, GROUP, 2).unlink()
    assert len(live) == 3
    assert not live.is_stored(2)
    assert len(live_images(None, store, OPEN_UID, "detector_image")) == 2


def test_a_dark_frame_counts_when_the_next_one_is_there(tmp_path: Path) -> None:
    store = tmp_path / "x.zarr"
    bright = np.ones((4, 6), np.int32)
    write_stack(store, "runs/u/detector_image", [bright, None])
    assert len(live_images(None, store, "u", "detector_image")) == 1
    shutil.rmtree(store)
    write_stack(store, "runs/u/detector_image", [bright, None, bright])
    assert len(live_images(None, store, "u", "detector_image")) == 3


def test_of_another_layout_the_last_frame_never_counts(tmp_path: Path) -> None:
    store = tmp_path / "x.zarr"
    write_stack(store, "runs/u/detector_image", np.ones((4, 4, 6), np.int32), chunk_frames=2)
    assert stored_frames(store, "runs/u/detector_image") == 3


def test_while_the_store_is_moved_away_the_frames_are_missing_but_still_counted(small_beamtime: Path) -> None:
    store = small_beamtime.with_suffix(".zarr")
    live = live_images(None, store, OPEN_UID, "detector_image")
    assert len(live) == 3
    store.rename(store.with_name("away"))
    assert len(live) == 3
    with pytest.raises(FrameUnavailableError):
        live[0]
    store.with_name("away").rename(store)
    assert np.array_equal(live[0], small_frames(3)[0])


def test_a_damaged_description_costs_the_frames_only(small_beamtime: Path) -> None:
    description = small_beamtime.with_suffix(".zarr") / GROUP / "zarr.json"
    description.write_text("{")
    with Catalog(small_beamtime) as catalog:
        live = catalog[OPEN_UID].live_images()
        assert len(live) == 0


def test_the_fields_are_found_without_data_keys(
    tmp_path: Path, beamtime: Callable[..., BeamtimeBuilder]
) -> None:
    b = beamtime()
    uid = b.run(stop=None, events=[], data_keys={})
    for field in ("wide_image", "narrow_image"):
        write_stack(b.zarr_path, f"runs/{uid}/{field}", np.ones((1, 4, 4), np.int32))
    (b.zarr_path / "runs" / uid / "no_array").mkdir()
    with Catalog(b.path) as catalog:
        assert catalog[uid].live_fields == ["narrow_image", "wide_image"]


def test_the_described_field_comes_first_and_only_where_it_is(small_beamtime: Path) -> None:
    store = small_beamtime.with_suffix(".zarr")
    write_stack(store, f"runs/{OPEN_UID}/a_image", np.ones((1, 4, 4), np.int32))
    described = ["detector_image", "other_image"]
    assert live_fields(store, OPEN_UID, described) == ["detector_image", "a_image"]


@pytest.mark.parametrize("uid", ["..", "../..", "a/../../b", "", "a\0b", "c:x"])
def test_no_uid_leads_out_of_the_store(small_beamtime: Path, uid: str) -> None:
    store = small_beamtime.with_suffix(".zarr")
    with pytest.raises(UnsafePathError):
        live_fields(store, uid)
    live = live_images(None, store, uid, "detector_image")
    assert len(live) == 0


def test_a_link_out_of_the_store_is_not_followed(small_beamtime: Path, tmp_path: Path) -> None:
    store = small_beamtime.with_suffix(".zarr")
    write_stack(tmp_path / "secret.zarr", "x/detector_image", np.ones((2, 4, 4), np.int32))
    os.symlink(tmp_path / "secret.zarr" / "x", store / "runs" / "linked")
    with pytest.raises(UnsafePathError):
        live_fields(store, "linked")
    assert len(live_images(None, store, "linked", "detector_image")) == 0


def test_where_the_database_is_locked_the_fields_come_from_the_folder(small_beamtime: Path) -> None:
    with (
        closing(sqlite3.connect(small_beamtime, isolation_level=None)) as writer,
        Catalog(small_beamtime) as catalog,
    ):
        run = catalog[OPEN_UID]
        catalog.patience = 0.0
        writer.execute("BEGIN EXCLUSIVE")
        assert run.live_fields == ["detector_image"]
        assert np.array_equal(run.live_images()[2], small_frames(3)[2])


def test_times_of_the_last_frames_are_those_of_their_files(small_beamtime: Path) -> None:
    store = small_beamtime.with_suffix(".zarr")
    for i in range(3):
        os.utime(chunk_file(store, GROUP, i), (1000.0 + 2 * i, 1000.0 + 2 * i))
    live = live_images(None, store, OPEN_UID, "detector_image")
    assert live.frame_times() == [1000.0, 1002.0, 1004.0]
    assert live.frame_times(last=2) == [1002.0, 1004.0]
    chunk_file(store, GROUP, 1).unlink()
    assert live.frame_times() == [1000.0, 1004.0]


def test_only_the_last_frames_are_looked_at(small_beamtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from resonance_tui.catalog.frames import images

    asked: list[int] = []
    monkeypatch.setattr(images, "frame_time", lambda _store, _group, index: asked.append(index))
    live_images(None, small_beamtime.with_suffix(".zarr"), OPEN_UID, "detector_image").frame_times(last=2)
    assert asked == [1, 2]


def test_the_run_whose_frames_were_begun_last_is_found_without_the_database(small_beamtime: Path) -> None:
    store = small_beamtime.with_suffix(".zarr")
    for i, run in enumerate((store / "runs").iterdir()):
        if run.is_dir():
            os.utime(run, (1000.0 + i, 1000.0 + i))
    os.utime(store / "runs" / RSOXS_UID, (9000.0, 9000.0))
    assert newest_on_disk(store) == RSOXS_UID
    assert newest_on_disk(store / "nothing") is None


# -- events as they come ---------------------------------------------------------------------------------


def test_only_what_is_new_is_read(tmp_path: Path) -> None:
    with BeamtimeWriter(tmp_path / "live.db", commit_each=True) as writer:
        uid = writer.open_run("scan", None, 1.77e9)
        writer.open_stream({})
        with Catalog(writer.db_path) as catalog:
            run = catalog[uid]
            assert list(run.event_pages()) == []
            for i in range(450):
                writer.write_event({"i0": float(i)}, 1.77e9 + i)
            pages = list(run.event_pages())
            assert [(page.offset, len(page), page.total) for page in pages] == [
                (0, 200, 450), (200, 200, 450), (400, 50, 450)
            ]  # fmt: skip
            assert list(run.event_pages(start=450)) == []
            writer.write_event({"i0": 7.5, "late": True}, 1.77e9 + 500)
            (page,) = run.event_pages(start=450)
            assert (page.offset, page.total, page.seq_num) == (450, 451, [451])
            assert page.columns == {"i0": [7.5], "late": [True]}
        writer.close_run("success", 1.77e9 + 600)


def test_the_cost_of_what_is_new_does_not_depend_on_the_length_of_the_run(tmp_path: Path) -> None:
    steps: dict[int, int] = {}
    for n in (2_000, 50_000):
        path = tmp_path / f"{n}.db"
        uid = long_run(path, n, 2)
        with Catalog(path) as catalog:
            run = catalog[uid]
            count = 0

            def tick() -> int:
                nonlocal count
                count += 1
                return 0

            assert run.count_events() == n  # once
            catalog._conn.set_progress_handler(tick, 1)
            (page,) = run.event_pages(start=n - 5)
            assert (len(page), page.total) == (5, n)
            steps[n] = count
    assert steps[50_000] < 1.2 * steps[2_000]


def test_an_event_that_cannot_be_read_is_told(
    tmp_path: Path, beamtime: Callable[..., BeamtimeBuilder]
) -> None:
    b = beamtime()
    uid = b.run(stop=None, events=[{"a": 1}, "{broken", json.dumps({"a": 3})])
    with Catalog(b.path) as catalog:
        (page,) = catalog[uid].event_pages(start=1)
        assert page.seq_num == [2, 3]
        assert list(page.unreadable) == [2]
        assert list(catalog[uid].event_pages("nonesuch", start=1)) == []


def test_the_frames_on_disk_are_those_of_the_field_that_has_most(
    small_beamtime: Path, tmp_path: Path
) -> None:
    store = small_beamtime.with_suffix(".zarr")
    assert frames_on_disk(store, OPEN_UID) == 3
    write_stack(store, f"runs/{OPEN_UID}/second_image", small_frames(5))
    assert frames_on_disk(store, OPEN_UID) == 5
    assert frames_on_disk(store, "no such run") == 0
    assert frames_on_disk(store, "../outside") == 0
    assert frames_on_disk(tmp_path / "no.zarr", OPEN_UID) == 0

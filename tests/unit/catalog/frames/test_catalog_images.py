"""Run.images(): frames are read one by one, when they are asked for, and never from outside the store."""

from __future__ import annotations

import concurrent.futures
import itertools
import json
import os
import shutil
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from zarr import codecs

from resonance_tui.catalog import (
    Catalog,
    CatalogError,
    FrameUnavailableError,
    LazyImageSequence,
    UnsafePathError,
)
from tests.beamtime import (
    NEXAFS_UID,
    OPEN_UID,
    RSOXS_UID,
    SMALL_SHAPE,
    BeamtimeBuilder,
    chunk_file,
    small_frames,
    write_stack,
)
from tests.waiting import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GROUP = f"runs/{RSOXS_UID}/detector_image"


@pytest.fixture
def store(small_beamtime: Path) -> Path:
    return small_beamtime.with_suffix(".zarr")


@pytest.fixture
def images(small_beamtime: Path) -> LazyImageSequence:
    """Six frames; their catalog is closed already."""
    with Catalog(small_beamtime) as catalog:
        return catalog[RSOXS_UID].images()


def test_a_sequence_knows_its_shape(images: LazyImageSequence) -> None:
    assert isinstance(images, LazyImageSequence)
    assert len(images) == 6
    assert images.shape == (6, *SMALL_SHAPE)
    assert images.dtype == np.dtype("int32")
    assert images.seq_nums == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("index", range(-6, 6))
def test_a_number_gives_that_frame(images: LazyImageSequence, index: int) -> None:
    frame = images[index]
    assert isinstance(frame, np.ndarray)
    assert frame.dtype == np.int32
    assert frame.shape == SMALL_SHAPE
    assert np.array_equal(frame, small_frames()[index])


@pytest.mark.parametrize("kind", [np.int64, np.int32, np.int8, np.uint8, np.intp])
def test_integers_of_numpy_are_integers(images: LazyImageSequence, kind: Any) -> None:
    assert np.array_equal(images[kind(4)], small_frames()[4])
    if issubclass(kind, np.signedinteger):
        assert np.array_equal(images[kind(-1)], small_frames()[5])


@pytest.mark.parametrize("index", [6, 7, -7, 10**6, -(10**6), 10**30, np.int64(6), np.int64(-7)])
def test_a_number_out_of_range_is_an_index_error(images: LazyImageSequence, index: int) -> None:
    with pytest.raises(IndexError):
        images[index]


@pytest.mark.parametrize(
    "index", [1.0, np.float64(1.0), "0", None, (0, 1), [0], ..., {0}, b"0", np.array([0, 1])], ids=repr
)
def test_anything_but_a_number_or_a_slice_is_a_type_error(images: LazyImageSequence, index: Any) -> None:
    with pytest.raises(TypeError):
        images[index]


SLICES = [
    slice(*a) for a in itertools.product([None, 0, 2, -2, 9, -9], [None, 0, 4, -1, 9], [None, 1, 2, -1, -3])
]
SLICES += [slice(*np.array([1, 5, 2])), slice(None, None, 100), slice(None, None, -100)]


@pytest.mark.parametrize("index", SLICES, ids=str)
def test_a_slice_gives_a_stack(images: LazyImageSequence, index: slice) -> None:
    expected = small_frames()[index]
    stack = images[index]
    assert stack.shape == expected.shape
    assert stack.dtype == np.int32
    assert np.array_equal(stack, expected)


def test_a_slice_with_step_zero_is_a_value_error(images: LazyImageSequence) -> None:
    with pytest.raises(ValueError):
        images[::0]


def test_iterating_gives_every_frame(images: LazyImageSequence) -> None:
    frames = list(images)
    assert len(frames) == 6
    assert np.array_equal(np.stack(frames), small_frames())


def test_a_frame_is_the_callers_own(images: LazyImageSequence) -> None:
    frame = images[2]
    frame[:] = -1
    assert np.array_equal(images[2], small_frames()[2])


@pytest.mark.parametrize("dtype", ["int32", "uint16", "float32", "float64", "int8", "uint8", "bool"])
def test_a_frame_keeps_its_dtype(beamtime: Callable[..., Any], dtype: str) -> None:
    stack = (small_frames(2) % 120).astype(dtype)
    b = beamtime()
    b.run(frames={"detector_image": stack})
    b.close()
    with Catalog(b.path) as catalog:
        images = catalog[-1].images()
        assert np.array_equal(images[1], stack[1])
        assert images[1].dtype.kind == stack.dtype.kind
        assert images[1].dtype.itemsize == stack.dtype.itemsize
        assert images.dtype == images[1].dtype
        assert images[:].dtype == images[1].dtype


# Which frames


def empty(catalog: Catalog, uid: str, *field: str) -> bool:
    images = catalog[uid].images(*field)
    assert isinstance(images, LazyImageSequence)
    assert list(images) == []
    assert images[:].shape == (0, 0, 0)
    assert images[::-2].shape == (0, 0, 0)
    assert images.seq_nums == []
    with pytest.raises(IndexError):
        images[0]
    with pytest.raises(IndexError):
        images[-1]
    return len(images) == 0 and images.shape == (0, 0, 0)


def test_no_image_of_that_field_is_an_empty_sequence(small_beamtime: Path) -> None:
    with Catalog(small_beamtime) as catalog:
        assert empty(catalog, NEXAFS_UID)
        assert empty(catalog, OPEN_UID)  # its frames are not in the catalog yet
        assert empty(catalog, RSOXS_UID, "other_camera")
        assert empty(catalog, RSOXS_UID, "detector%")


def test_no_store_is_an_empty_sequence(small_beamtime: Path, store: Path) -> None:
    shutil.rmtree(store)
    with Catalog(small_beamtime) as catalog:
        assert empty(catalog, RSOXS_UID)
        assert len(catalog[RSOXS_UID].table()) == 6


def test_every_field_has_its_own_frames(beamtime: Callable[..., Any]) -> None:
    area, side = small_frames(3), small_frames(2, (5, 7)).astype("uint16")
    b = beamtime()
    uid = b.run(frames={"detector_image": area, "side camera": side})
    b.close()
    with Catalog(b.path) as catalog:
        assert np.array_equal(catalog[uid].images()[:], area)
        assert np.array_equal(catalog[uid].images("side camera")[:], side)
        assert catalog[uid].images("side camera").seq_nums == [1, 2]


def test_frames_come_in_the_order_of_their_events(beamtime: Callable[..., Any]) -> None:
    b = beamtime()
    numbers = [30, 10, 20]
    uid = b.run(frames={"detector_image": small_frames(3)}, seq_nums=numbers)
    b.close()
    with Catalog(b.path) as catalog:
        images = catalog[uid].images()
        assert images.seq_nums == [10, 20, 30]
        assert np.array_equal(images[:], small_frames(3)[[1, 2, 0]])


def test_events_without_a_frame_are_skipped(beamtime: Callable[..., Any]) -> None:
    b = beamtime()
    uid = b.run(frames={"detector_image": small_frames(4)})
    b.raw("DELETE FROM image_refs WHERE index_in_stack IN (0, 2)")
    b.close()
    with Catalog(b.path) as catalog:
        images = catalog[uid].images()
        assert images.seq_nums == [2, 4]
        assert np.array_equal(images[:], small_frames(4)[[1, 3]])


def test_a_sequence_is_made_from_references(small_beamtime: Path, store: Path) -> None:
    plain = sqlite3.connect(small_beamtime)
    plain.row_factory = sqlite3.Row
    query = "SELECT * FROM image_refs WHERE zarr_group = ? ORDER BY id"
    rows = plain.execute(query, (GROUP,)).fetchall()
    plain.close()
    with Catalog(small_beamtime) as catalog:
        for refs in (rows, [dict(row) for row in rows]):
            images = LazyImageSequence(catalog._conn, refs, store)
            assert images._conn is catalog._conn
            assert list(images._refs) == refs
            assert images._zarr_store_path == store
            assert images.shape == (6, *SMALL_SHAPE)
            assert len(images.seq_nums) == 6
            assert np.array_equal(images[::2], small_frames()[::2])
        numbered = LazyImageSequence(catalog._conn, [dict(row) | {"seq_num": 7} for row in rows[:2]], store)
        assert numbered.seq_nums == [7, 7]
        none = LazyImageSequence(catalog._conn, [], store)
        assert (len(none), none.shape) == (0, (0, 0, 0))


def test_a_sequence_of_a_run_keeps_the_store_it_reads(small_beamtime: Path, store: Path) -> None:
    with Catalog(small_beamtime) as catalog:
        images = catalog[RSOXS_UID].images()
        assert images._conn is catalog._conn
        assert images._zarr_store_path == store
        assert len(images._refs) == 6


# Reading nothing too early, nor too much


class Opened:
    """What this process opens below a folder, while it is asked to look (an audit hook cannot be removed)."""

    folder: str | None = None
    files: list[str] = []  # noqa: RUF012

    @classmethod
    def note(cls, event: str, args: tuple[Any, ...]) -> None:
        if (
            cls.folder
            and event in ("open", "os.listdir", "os.scandir")
            and isinstance(args[0], str | bytes | Path)
        ):
            path = os.fsdecode(args[0])
            if path.startswith(cls.folder):
                cls.files.append(path[len(cls.folder) + 1 :])


@pytest.fixture
def opened(store: Path) -> Iterator[list[str]]:
    if not hasattr(Opened, "installed"):
        sys.addaudithook(Opened.note)
        Opened.installed = True
    Opened.files = []
    Opened.folder = str(store)
    yield Opened.files
    Opened.folder = None


def test_nothing_of_the_store_is_read_before_a_frame_is_asked_for(
    small_beamtime: Path, opened: list[str]
) -> None:
    with Catalog(small_beamtime) as catalog:
        images = catalog[RSOXS_UID].images()
        assert (len(images), images.shape, images.seq_nums[0]) == (6, (6, *SMALL_SHAPE), 1)
        assert repr(images)
        assert opened == []


def test_one_frame_costs_one_chunk(images: LazyImageSequence, opened: list[str]) -> None:
    assert images[2].any()
    chunks = [name for name in opened if "/c/" in name]
    assert set(chunks) <= {f"{GROUP}/c/2/0/0"}


def test_a_sequence_survives_its_store_until_it_is_indexed(images: LazyImageSequence, store: Path) -> None:
    shutil.rmtree(store)
    assert (len(images), images.shape) == (6, (6, *SMALL_SHAPE))
    with pytest.raises(FrameUnavailableError):
        images[0]


def test_frames_are_read_from_many_threads(images: LazyImageSequence) -> None:
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda i: images[i % 6], range(120)))
    assert all(np.array_equal(frame, small_frames()[i % 6]) for i, frame in enumerate(found))


# Frames that are not there, or not well


def test_a_missing_chunk_is_zeros_and_is_not_stored(beamtime: Callable[..., Any]) -> None:
    frames = small_frames(4)
    b = beamtime()
    uid = b.run(frames={"detector_image": [frames[0], None, np.zeros_like(frames[0]), frames[3]]})
    b.close()
    with Catalog(b.path) as catalog:
        images = catalog[uid].images()
    assert [images.is_stored(i) for i in range(4)] == [True, False, False, True]
    assert images[1].dtype == np.int32
    assert np.array_equal(images[1], np.zeros(SMALL_SHAPE))
    assert np.array_equal(images[2], np.zeros(SMALL_SHAPE))
    assert np.array_equal(images[3], frames[3])
    assert images[:].shape == (4, *SMALL_SHAPE)


def test_every_stored_frame_is_stored(images: LazyImageSequence) -> None:
    assert [images.is_stored(i) for i in range(6)] == [True] * 6


def bomb(_: bytes) -> bytes:
    from numcodecs import Zstd

    return bytes(Zstd().encode(bytes(50_000_000)))


def wrong_size(_: bytes) -> bytes:
    from numcodecs import Zstd

    return bytes(Zstd().encode(bytes(100)))


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut short": lambda chunk: chunk[: len(chunk) // 2],
    "its last byte gone": lambda chunk: chunk[:-1],
    "zeros": lambda chunk: bytes(len(chunk)),
    "noise": lambda _: bytes(range(256)) * 20,
    "text": lambda _: b"<html>404</html>",
    "another size": wrong_size,
    "much more than a frame": bomb,
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_chunk_is_unavailable_and_costs_no_other(
    images: LazyImageSequence, store: Path, damage: Callable[[bytes], bytes]
) -> None:
    chunk = chunk_file(store, GROUP, 3)
    chunk.write_bytes(damage(chunk.read_bytes()))
    with pytest.raises(FrameUnavailableError) as caught:
        images[3]
    assert RSOXS_UID[:8] in str(caught.value) or "3" in str(caught.value)
    assert len(str(caught.value)) < 1000
    assert "\n" not in str(caught.value)
    with pytest.raises(FrameUnavailableError):
        images[2:5]
    assert np.array_equal(images[2], small_frames()[2])
    assert np.array_equal(images[4], small_frames()[4])


def meta(**changes: Any) -> Callable[[str], str]:
    return lambda text: json.dumps(json.loads(text) | changes)


METADATA: dict[str, Callable[[str], str]] = {
    "empty": lambda _: "",
    "half": lambda text: text[: len(text) // 2],
    "NUL": lambda text: "\0" * len(text),
    "null": lambda _: "null",
    "an empty object": lambda _: "{}",
    "an empty list": lambda _: "[]",
    "deeply nested": lambda _: "[" * 100_000,
    "an unknown codec": meta(codecs=[{"name": "bytes"}, {"name": "lz77x", "configuration": {}}]),
    "an unknown dtype": meta(data_type="quad128"),
    "format 4": meta(zarr_format=4),
    "a group": lambda _: '{"zarr_format": 3, "node_type": "group", "attributes": {}}',
    "an absurd shape": meta(
        shape=[6, 10**6, 10**6],
        chunk_grid={"name": "regular", "configuration": {"chunk_shape": [1, 10**6, 10**6]}},
    ),
    "chunks of nothing": meta(chunk_grid={"name": "regular", "configuration": {"chunk_shape": [0, 0, 0]}}),
    "one dimension": meta(shape=[6], chunk_grid={"name": "regular", "configuration": {"chunk_shape": [1]}}),
}


@pytest.mark.parametrize("change", METADATA.values(), ids=METADATA)
def test_a_broken_array_is_unavailable(
    images: LazyImageSequence, store: Path, change: Callable[[str], str]
) -> None:
    file = store / GROUP / "zarr.json"
    file.write_text(change(file.read_text()))
    with pytest.raises(FrameUnavailableError) as caught:
        images[0]
    assert len(str(caught.value)) < 1000


def test_a_missing_array_is_unavailable(images: LazyImageSequence, store: Path) -> None:
    shutil.rmtree(store / GROUP)
    assert images.is_stored(0) is False
    with pytest.raises(FrameUnavailableError):
        images[0]
    with pytest.raises(FrameUnavailableError):
        images[:]


@pytest.mark.parametrize("index", [6, 7, 10**9, -1, -6, "abc", 1.5], ids=repr)
def test_an_index_beyond_the_stack_is_unavailable_and_no_other_frame(
    small_beamtime: Path, index: Any
) -> None:
    conn = sqlite3.connect(small_beamtime)
    conn.execute(
        "UPDATE image_refs SET index_in_stack = ? WHERE index_in_stack = 2 AND zarr_group = ?", (index, GROUP)
    )
    conn.commit()
    conn.close()
    with Catalog(small_beamtime) as catalog:
        images = catalog[RSOXS_UID].images()
    assert len(images) == 6
    with pytest.raises(FrameUnavailableError):
        images[2]
    assert np.array_equal(images[3], small_frames()[3])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_chunk_that_would_never_end_is_unavailable_at_once(images: LazyImageSequence, store: Path) -> None:
    chunk = chunk_file(store, GROUP, 1)
    chunk.unlink()
    os.mkfifo(chunk)
    pool = concurrent.futures.ThreadPoolExecutor(1)
    reading = pool.submit(lambda: images[1])
    done, _ = concurrent.futures.wait([reading], timeout=PATIENCE_S)
    if not done:  # let the reader go, or the interpreter waits for it for ever
        os.close(os.open(chunk, os.O_WRONLY))
    pool.shutdown(wait=False)
    assert done, "reading a FIFO hangs"
    assert isinstance(reading.exception(), FrameUnavailableError)


@pytest.mark.parametrize("layout", ["several frames a chunk", "gzip", "uncompressed"])
def test_other_layouts_of_zarr_are_read_too(small_beamtime: Path, store: Path, layout: str) -> None:
    shutil.rmtree(store / GROUP)
    frames = small_frames() + 7
    layouts: dict[str, dict[str, Any]] = {
        "several frames a chunk": {"chunk_frames": 4},
        "gzip": {"compressors": codecs.GzipCodec(level=1)},
        "uncompressed": {"compressors": None},
    }
    write_stack(store, GROUP, frames, **layouts[layout])
    with Catalog(small_beamtime) as catalog:
        images = catalog[RSOXS_UID].images()
        assert np.array_equal(images[:], frames)
        assert np.array_equal(images[-1], frames[-1])


def test_frames_are_read_without_the_groups_above_them(images: LazyImageSequence, store: Path) -> None:
    (store / "zarr.json").unlink()
    (store / "runs" / "zarr.json").unlink()
    assert np.array_equal(images[0], small_frames()[0])


# Nothing from outside the store

SECRET = 4343


def outside(tmp_path: Path) -> Path:
    """A store that is none of the catalog's business; every pixel of it is SECRET."""
    other = tmp_path / "outside.zarr"
    write_stack(other, "secret", np.full((6, *SMALL_SHAPE), SECRET, dtype=np.int32))
    return other


def catalog_with(group: str, tmp_path: Path) -> tuple[Path, str]:
    with BeamtimeBuilder(tmp_path / "beam.db") as b:
        uid = b.run(frames={"detector_image": small_frames(2)})
        b.raw("UPDATE image_refs SET zarr_group = ?", (group,))
    return b.path, uid


def is_refused(images: LazyImageSequence, error: type[Exception]) -> bool:
    with pytest.raises(error) as caught:
        images[0]
    assert isinstance(caught.value, CatalogError)
    with pytest.raises(error):
        images[:]
    with pytest.raises(error):
        list(images)
    try:
        stored = images.is_stored(0)
    except CatalogError:
        stored = False
    return stored is False


ESCAPES = [
    "../outside.zarr/secret",
    "runs/../../outside.zarr/secret",
    "./../outside.zarr/secret",
    "runs/./../../outside.zarr/secret",
    "{absolute}/outside.zarr/secret",
    "//{absolute}/outside.zarr/secret",
    "file://{absolute}/outside.zarr/secret",
    "..",
    "../",
    "/",
    "/etc",
]


@pytest.mark.parametrize("group", ESCAPES)
def test_a_group_that_leads_out_of_the_store_is_refused(tmp_path: Path, group: str) -> None:
    outside(tmp_path)
    path, uid = catalog_with(group.replace("{absolute}", str(tmp_path)), tmp_path)
    with Catalog(path) as catalog:
        images = catalog[uid].images()
        assert len(images) == 2
        unsafe = not group.startswith("file:")  # a folder «file:» within the store: absent, not unsafe
        assert is_refused(images, UnsafePathError if unsafe else FrameUnavailableError)


@pytest.mark.parametrize(
    "group",
    [
        "",
        ".",
        "runs//x",
        "runs/",
        "x" * 5000,
        "a/" * 3000,
        "nul\0byte",
        "..\\outside.zarr\\secret",
        "C:\\x",
        "runs",
        "\n",
    ],
    ids=lambda g: ascii(g)[:24],
)
def test_a_group_that_is_none_is_unavailable(tmp_path: Path, group: str) -> None:
    outside(tmp_path)
    path, uid = catalog_with(group, tmp_path)
    with Catalog(path) as catalog:
        assert is_refused(catalog[uid].images(), FrameUnavailableError)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
@pytest.mark.parametrize("part", ["array", "run", "runs", "c", "c/0", "c/0/0", "c/0/0/0", "zarr.json"])
def test_a_link_within_the_store_that_leads_out_is_refused(tmp_path: Path, part: str) -> None:
    other = outside(tmp_path)
    with BeamtimeBuilder(tmp_path / "beam.db") as b:
        uid = b.run(frames={"detector_image": small_frames(2)})
    array = b.zarr_path / "runs" / uid / "detector_image"
    stand_in = tmp_path / "stand-in"  # the same tree as the store's, with the secret in it
    (stand_in / "runs" / uid).mkdir(parents=True)
    shutil.copytree(other / "secret", stand_in / "runs" / uid / "detector_image")
    names = {"array": ".", "run": "..", "runs": "../.."}
    replaced = (array / names.get(part, part)).resolve()
    target = stand_in / replaced.relative_to(b.zarr_path.resolve())
    if replaced.is_dir():
        shutil.rmtree(replaced)
    else:
        replaced.unlink()
    replaced.symlink_to(target)
    with Catalog(b.path) as catalog:
        assert is_refused(catalog[uid].images(), UnsafePathError)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_relative_link_out_of_the_store_is_refused(tmp_path: Path) -> None:
    outside(tmp_path)
    with BeamtimeBuilder(tmp_path / "beam.db") as b:
        uid = b.run(frames={"detector_image": small_frames(2)})
    array = b.zarr_path / "runs" / uid / "detector_image"
    shutil.rmtree(array)
    array.symlink_to(Path("../../../outside.zarr/secret"))
    with Catalog(b.path) as catalog:
        assert catalog[uid].images().shape == (2, *SMALL_SHAPE)
        assert is_refused(catalog[uid].images(), UnsafePathError)

"""An array's metadata is checked before any library sees it: whoever made the beamtime runs nothing here."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import zarr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from zarr.storage import LocalStore

from resonance_tui.catalog import Catalog, FrameUnavailableError, LazyImageSequence
from resonance_tui.catalog.frames.zarr_store import is_stored, read_frame, read_layout, stored_frames
from tests.beamtime import RSOXS_UID, chunk_file, small_frames
from tests.hostile import executing_array

if TYPE_CHECKING:
    pass

GROUP = f"runs/{RSOXS_UID}/detector_image"


@pytest.fixture
def store(small_beamtime: Path) -> Path:
    return small_beamtime.with_suffix(".zarr")


@pytest.fixture
def images(small_beamtime: Path) -> LazyImageSequence:
    """Six frames; their catalog is closed already."""
    with Catalog(small_beamtime) as catalog:
        return catalog[RSOXS_UID].images()


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the zarr library was given to open."""
    opened: list[str] = []
    real = zarr.Array.from_dict.__func__  # type: ignore[attr-defined]

    def note(cls: Any, place: Any, data: Any) -> Any:
        opened.append(str(place))
        return real(cls, place, data)

    monkeypatch.setattr(zarr.Array, "from_dict", classmethod(note))
    return opened


def rewrite(store: Path, **changes: Any) -> None:
    file = store / GROUP / "zarr.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def as_v2(store: Path, frames: np.ndarray, **how: Any) -> None:
    """Replace the array by one of Zarr v2."""
    import shutil

    shutil.rmtree(store / GROUP)
    array = zarr.create_array(
        LocalStore(store / GROUP), shape=frames.shape, chunks=(1, *frames.shape[1:]), dtype=frames.dtype,
        zarr_format=2, **how,
    )  # fmt: skip
    array[:] = frames


def test_a_pickle_in_a_chunk_is_never_loaded(
    small_beamtime: Path, store: Path, tmp_path: Path, decoded: list[str]
) -> None:
    trace = tmp_path / "trace"
    executing_array(store / GROUP, trace)
    with Catalog(small_beamtime) as catalog:
        run = catalog[RSOXS_UID]
        with pytest.raises(FrameUnavailableError, match="is not read: dtype"):
            run.images()[0]
        repr(run.images())
        is_stored(store, GROUP, 0)
    assert not trace.exists()
    assert decoded == []
    pickle.loads((store / GROUP / "0.0.0").read_bytes())
    assert trace.exists()


V2_REFUSED = (
    "pickle", "json2", "msgpack2", "vlen-utf8", "vlen-array", "vlen-bytes", "categorize", "astype", "packbits",
    "quantize", "bitround", "fixedscaleoffset", "base64", "fletcher32", "zfpy", "pcodec", "no such codec", "",
)  # fmt: skip


@pytest.mark.parametrize("place", ["compressor", "filters"])
@pytest.mark.parametrize("codec", V2_REFUSED)
def test_other_codecs_of_zarr_2_are_refused_before_the_library_sees_them(
    images: LazyImageSequence, store: Path, decoded: list[str], codec: str, place: str
) -> None:
    as_v2(store, small_frames())
    file = store / GROUP / ".zarray"
    named = {"id": codec}
    changes = {place: named if place == "compressor" else [named]}
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))
    with pytest.raises(FrameUnavailableError, match="is not read: codec"):
        images[0]
    assert decoded == []


def sharded(codec: Any) -> list[Any]:
    inner = {
        "chunk_shape": [1, 2, 2],
        "codecs": [{"name": "bytes"}, codec],
        "index_codecs": [{"name": "bytes"}],
    }
    return [{"name": "sharding_indexed", "configuration": inner}]


V3_REFUSED: dict[str, list[Any]] = {
    "text": [{"name": "vlen-utf8"}],
    "a pickle": [{"name": "bytes"}, {"name": "numcodecs.pickle", "configuration": {}}],
    "bits": [{"name": "bytes"}, {"name": "numcodecs.packbits"}],
    "a codec by its bare name": ["bytes", "numcodecs.pickle"],
    "one in a shard": sharded({"name": "numcodecs.pickle"}),
    "one in a shard in a shard": sharded(sharded({"name": "numcodecs.pickle"})[0]),
    "objects through delta": [
        {"name": "numcodecs.delta", "configuration": {"dtype": "|O"}}, {"name": "bytes"},
    ],
    "a codec of another namespace": [{"name": "bytes"}, {"name": "evil.zstd"}],
}  # fmt: skip


@pytest.mark.parametrize("codecs", V3_REFUSED.values(), ids=V3_REFUSED)
def test_other_codecs_of_zarr_3_are_refused_before_the_library_sees_them(
    images: LazyImageSequence, store: Path, decoded: list[str], codecs: list[Any]
) -> None:
    rewrite(store, codecs=codecs)
    with pytest.raises(FrameUnavailableError, match=r"is not read: .*codec"):
        images[0]
    assert decoded == []


V2_DTYPES = (
    "|O",
    "<U4",
    "|S3",
    "<M8[s]",
    "<m8[ns]",
    "|V8",
    [["a", "<i4"]],
    "<f16",
    "O",
    "<i3",
    4,
    None,
    "object",
)


@pytest.mark.parametrize("dtype", V2_DTYPES, ids=str)
def test_a_zarr_2_dtype_that_is_no_number_is_refused(
    images: LazyImageSequence, store: Path, decoded: list[str], dtype: Any
) -> None:
    as_v2(store, small_frames())
    file = store / GROUP / ".zarray"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"dtype": dtype}))
    with pytest.raises(FrameUnavailableError, match="is not read: dtype"):
        images[0]
    assert decoded == []


V3_DTYPES = (
    "string", "variable_length_utf8", "variable_length_bytes", "fixed_length_utf32", "r16", "bfloat16",
    {"name": "numpy.datetime64", "configuration": {"unit": "s", "scale_factor": 1}}, ["int32"], None, 32,
)  # fmt: skip


@pytest.mark.parametrize("dtype", V3_DTYPES, ids=str)
def test_a_zarr_3_dtype_that_is_no_number_is_refused(
    images: LazyImageSequence, store: Path, decoded: list[str], dtype: Any
) -> None:
    rewrite(store, data_type=dtype)
    with pytest.raises(FrameUnavailableError, match="is not read: dtype"):
        images[0]
    assert decoded == []


@pytest.mark.parametrize("dtype", ["|b1", "|u1", ">i2", "<u4", "<i8", "<f2", ">f4", "<f8", "<c8", "<c16"])
def test_numbers_of_zarr_2_are_read(images: LazyImageSequence, store: Path, dtype: str) -> None:
    frames = small_frames().astype(dtype)
    as_v2(store, frames)
    assert np.array_equal(images[2], frames[2])
    assert images[2].dtype.newbyteorder("=") == np.dtype(dtype).newbyteorder("=")


def v2_compressors() -> dict[str, Any]:
    import numcodecs

    return {
        "zstd": numcodecs.Zstd(), "gzip": numcodecs.GZip(), "zlib": numcodecs.Zlib(), "bz2": numcodecs.BZ2(),
        "lzma": numcodecs.LZMA(), "blosc": numcodecs.Blosc(), "lz4": numcodecs.LZ4(), "none": None,
    }  # fmt: skip


@pytest.mark.parametrize("name", v2_compressors())
def test_known_codecs_of_zarr_2_are_read(images: LazyImageSequence, store: Path, name: str) -> None:
    as_v2(store, small_frames(), compressors=v2_compressors()[name])
    assert np.array_equal(images[3], small_frames()[3])


@pytest.mark.parametrize("name", ["delta", "shuffle"])
def test_known_filters_of_zarr_2_are_read(images: LazyImageSequence, store: Path, name: str) -> None:
    import numcodecs

    made = numcodecs.Delta(dtype="<i4") if name == "delta" else numcodecs.Shuffle(4)
    as_v2(store, small_frames(), filters=[made])
    assert np.array_equal(images[3], small_frames()[3])


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    "how",
    [
        {"compressors": {"name": "gzip", "configuration": {"level": 1}}},
        {"compressors": {"name": "blosc", "configuration": {}}},
        {"compressors": [{"name": "zstd", "configuration": {}}, {"name": "crc32c"}]},
        {"compressors": {"name": "numcodecs.lz4", "configuration": {}}},
        {"compressors": {"name": "numcodecs.zlib", "configuration": {}}},
        {"compressors": {"name": "numcodecs.bz2", "configuration": {}}},
        {"compressors": {"name": "numcodecs.lzma", "configuration": {}}},
        {"compressors": {"name": "numcodecs.shuffle", "configuration": {"elementsize": 4}}},
        {"filters": {"name": "transpose", "configuration": {"order": [0, 2, 1]}}},
        {"filters": {"name": "numcodecs.delta", "configuration": {"dtype": "<i4"}}},
        {"shards": True},
    ],
    ids=str,
)
def test_known_codecs_of_zarr_3_are_read(images: LazyImageSequence, store: Path, how: dict[str, Any]) -> None:
    import shutil

    frames = small_frames()
    if how.pop("shards", False):
        how = {"shards": (1, *frames.shape[1:])}
    chunks = (1, frames.shape[1] // 2, frames.shape[2]) if "shards" in how else (1, *frames.shape[1:])
    shutil.rmtree(store / GROUP)
    array = zarr.create_array(
        LocalStore(store / GROUP), shape=frames.shape, chunks=chunks, dtype=frames.dtype, **how
    )
    array[:] = frames
    assert np.array_equal(images[3], frames[3])


ODD: dict[str, dict[str, Any]] = {
    "an endless shape": {"shape": [float("inf"), 4, 4]},
    "a shape that is no number": {"shape": [float("nan"), 4, 4]},
    "a shape beyond all numbers": {"shape": [10**400, 4, 4]},
    "a negative shape": {"shape": [-1, 4, 4]},
    "a true shape": {"shape": [True, 4, 4]},
    "a shape in words": {"shape": ["6", "4", "4"]},
    "a shape of shapes": {"shape": [[6], 4, 4]},
    "a shape of five": {"shape": [1, 1, 1, 4, 4]},
    "no shape": {"shape": None},
    "a separator with NUL": {"chunk_key_encoding": {"name": "default", "configuration": {"separator": "\0"}}},
    "a separator that climbs": {
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/../"}}
    },
    "a separator that is a list": {
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": []}}
    },
    "keys without a name": {"chunk_key_encoding": {"configuration": {}}},
    "no codecs": {"codecs": []},
    "codecs in words": {"codecs": "bytes"},
    "a codec without a name": {"codecs": [{"configuration": {}}]},
    "a codec named by a number": {"codecs": [{"name": 4}]},
    "endless chunks": {
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [1, float("inf"), 4]}}
    },
    "chunks of another rank": {"chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [1, 4]}}},
    "a lone surrogate": {"data_type": "\ud800"},
}


@pytest.mark.parametrize("changes", ODD.values(), ids=ODD)
def test_odd_metadata_is_an_error_of_ours_everywhere(
    small_beamtime: Path, images: LazyImageSequence, store: Path, changes: dict[str, Any]
) -> None:
    rewrite(store, **changes)
    with pytest.raises(FrameUnavailableError) as caught:
        images[0]
    assert len(str(caught.value)) < 1000
    with pytest.raises(FrameUnavailableError):
        read_layout(store, GROUP)
    with pytest.raises(FrameUnavailableError):
        stored_frames(store, GROUP)
    assert is_stored(store, GROUP, 0) is False
    assert images.frame_times() == []
    with Catalog(small_beamtime) as catalog:
        run = catalog[RSOXS_UID]
        assert run.live_fields == ["detector_image"]
        live = run.live_images()
        assert (len(live), live.shape) == (0, (0, 0, 0))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("\0"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
MEMBERS = (
    "shape", "data_type", "chunk_grid", "chunk_key_encoding", "codecs", "fill_value", "zarr_format", "node_type",
    "storage_transformers",
)  # fmt: skip


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(member=st.sampled_from(MEMBERS), value=anything)
def test_any_member_of_the_metadata_can_be_anything(
    images: LazyImageSequence, store: Path, member: str, value: Any
) -> None:
    file = store / GROUP / "zarr.json"
    text = file.read_text()
    try:
        rewrite(store, **{member: value})
        for read in (lambda: images[0], lambda: stored_frames(store, GROUP), images.frame_times):
            with contextlib.suppress(FrameUnavailableError):
                read()
    finally:
        file.write_text(text)


def test_the_library_is_given_what_was_checked_even_if_the_file_changes(
    images: LazyImageSequence, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_v2(store, small_frames())
    trace = tmp_path / "trace"
    real = read_layout

    def swap(*args: Any) -> Any:
        layout = real(*args)
        executing_array(store / GROUP, trace)
        return layout

    monkeypatch.setattr("resonance_tui.catalog.frames.zarr_store.read_layout", swap)
    with pytest.raises(FrameUnavailableError):
        images[0]
    assert not trace.exists()


def test_a_foreign_exception_becomes_an_error_of_the_tree_with_its_cause() -> None:
    from resonance_tui.catalog.errors import foreign_errors

    def fail(error: Exception) -> None:
        with foreign_errors(FrameUnavailableError, "it cannot be read"):
            raise error

    with pytest.raises(FrameUnavailableError) as caught:
        fail(KeyError("x"))
    assert str(caught.value) == "it cannot be read (unexpected KeyError)"
    assert isinstance(caught.value.__cause__, KeyError)
    with pytest.raises(FrameUnavailableError, match="not enough memory"):
        fail(MemoryError())
    with pytest.raises(FrameUnavailableError, match="No space left"):
        fail(OSError(28, "No space left on device"))
    with pytest.raises(FrameUnavailableError, match=r"^as it is$"):
        fail(FrameUnavailableError("as it is"))


OTHER_LAYOUTS: dict[str, dict[str, Any]] = {
    "gzip": {"compressors": {"name": "gzip", "configuration": {"level": 1}}},
    "shards": {"shards": (2, 32, 48)},
    "keys of v2": {
        "chunk_key_encoding": {"name": "v2", "separator": "."},
        "compressors": {"name": "gzip", "configuration": {"level": 1}},
    },
    "zarr 2": {"zarr_format": 2},
}


def stored_otherwise(store: Path, how: dict[str, Any]) -> Path:
    """Store the frames in another layout; the file of frame 0."""
    import shutil

    frames = small_frames()
    shutil.rmtree(store / GROUP)
    array = zarr.create_array(
        LocalStore(store / GROUP),
        shape=frames.shape,
        chunks=(1, *frames.shape[1:]),
        dtype=frames.dtype,
        **how,
    )
    array[:] = frames
    (key,) = read_layout(store, GROUP).chunk_keys(0)
    assert (store / GROUP / key).is_file()
    return store / GROUP / key


@pytest.mark.parametrize("how", OTHER_LAYOUTS.values(), ids=OTHER_LAYOUTS)
@pytest.mark.parametrize("what", ["a pipe", "a link out", "a link to a device", "a folder", "far too large"])
def test_a_chunk_that_is_no_file_of_the_store_is_not_read_in_any_layout(
    images: LazyImageSequence, store: Path, tmp_path: Path, how: dict[str, Any], what: str
) -> None:
    chunk = stored_otherwise(store, how)
    assert np.array_equal(images[0], small_frames()[0])
    content = chunk.read_bytes()
    chunk.unlink()
    if what == "a pipe":
        os.mkfifo(chunk)
    elif what == "a folder":
        chunk.mkdir()
    elif what == "far too large":
        chunk.write_bytes(content + bytes(10**6))
    else:
        outside = tmp_path / "outside"
        outside.write_bytes(content)
        chunk.symlink_to(outside if what == "a link out" else "/dev/zero")
    if what == "far too large" and how is OTHER_LAYOUTS["shards"]:
        return  # of a shard only the parts that are wanted are read
    with pytest.raises(FrameUnavailableError):
        images[0]
    assert np.array_equal(images[4], small_frames()[4])


def test_a_shard_of_many_frames_is_read_by_its_inner_chunks(images: LazyImageSequence, store: Path) -> None:
    stored_otherwise(store, {"shards": (6, 32, 48)})
    assert np.array_equal(images[5], small_frames()[5])
    file = store / GROUP / "zarr.json"
    metadata = json.loads(file.read_text())
    metadata["codecs"][0]["configuration"]["chunk_shape"] = [1, 1, 1]
    file.write_text(json.dumps(metadata))
    with pytest.raises(FrameUnavailableError, match="take too long"):
        images[5]


def test_a_fill_value_may_be_given_by_its_bits(images: LazyImageSequence, store: Path) -> None:
    rewrite(store, data_type="float32", fill_value="0x7fc00000")
    (store / GROUP / "c" / "2" / "0" / "0").unlink()
    assert np.isnan(images[2]).all()
    rewrite(store, data_type="float32", fill_value="Infinity")
    assert np.isinf(images[2]).all()
    rewrite(store, chunk_key_encoding="default")
    assert np.isinf(images[2]).all()


@pytest.mark.parametrize(
    ("bytes_left", "words"), [(None, None), (-1, "is damaged"), (10**4, "larger than its frame")]
)
def test_a_frame_without_compression_is_its_bytes_and_no_others(
    images: LazyImageSequence, store: Path, bytes_left: int | None, words: str | None
) -> None:
    big = small_frames()[2].astype(">i4")
    rewrite(store, codecs=[{"name": "bytes", "configuration": {"endian": "big"}}])
    raw = big.tobytes()
    chunk = chunk_file(store, GROUP, 2)
    chunk.write_bytes(raw if bytes_left is None else raw[:-1] if bytes_left < 0 else raw + bytes(bytes_left))
    if words is None:
        frame = images[2]
        assert np.array_equal(frame, big)
        assert frame.dtype == np.dtype("int32").newbyteorder("=")
        return
    with pytest.raises(FrameUnavailableError, match=words) as caught:
        images[2]
    assert caught.value.path == chunk


def test_metadata_too_large_to_be_an_arrays_is_not_read(images: LazyImageSequence, store: Path) -> None:
    file = store / GROUP / "zarr.json"
    file.write_text(file.read_text() + " " * 3_000_000)
    with pytest.raises(FrameUnavailableError, match="is no ordinary file") as caught:
        images[0]
    assert caught.value.path == file


@pytest.mark.parametrize("target", ["zarr.json", "c/2/0/0"])
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(13, "Permission denied"), "no permission to read frames"),
        (OSError(5, "Input/output error"), "Input/output error|being written, or damaged"),
    ],
    ids=["denied", "disk error"],
)
def test_a_file_of_the_store_that_cannot_be_read_is_named(
    images: LazyImageSequence,
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
    target: str,
    error: OSError,
    words: str,
) -> None:
    path = store / GROUP / target
    os.utime(path, (1.0, 1.0))  # nothing of it is remembered
    real = Path.read_bytes

    def read_bytes(self: Path) -> bytes:
        if self == path:
            raise error
        return real(self)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    with pytest.raises(FrameUnavailableError, match=words) as caught:
        images[2]
    assert caught.value.path == path


def test_a_chunk_that_cannot_be_asked_for_is_unavailable_and_not_stored(
    images: LazyImageSequence, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chunk = chunk_file(store, GROUP, 2)
    real = Path.stat

    def stat(self: Path, **how: Any) -> os.stat_result:
        if self == chunk:
            raise OSError(5, "Input/output error")
        return real(self, **how)

    monkeypatch.setattr(Path, "stat", stat)
    with pytest.raises(FrameUnavailableError, match="Input/output error") as caught:
        images[2]
    assert caught.value.path == chunk
    assert np.array_equal(images[3], small_frames()[3])


def test_of_a_layout_where_no_file_tells_every_frame_counts_as_stored(
    images: LazyImageSequence, store: Path
) -> None:
    as_v2(store, small_frames())
    assert is_stored(store, GROUP, 2)
    assert stored_frames(store, GROUP) == 5, "the last one may not be written yet"


def test_an_array_of_two_axes_is_one_frame(store: Path) -> None:
    import shutil

    shutil.rmtree(store / GROUP)
    frame = small_frames()[0]
    array = zarr.create_array(LocalStore(store / GROUP), shape=frame.shape, chunks=(8, 48), dtype=frame.dtype)
    array[:] = frame
    assert stored_frames(store, GROUP) == 1
    assert np.array_equal(read_frame(store, GROUP, 0), frame)
    with pytest.raises(FrameUnavailableError, match="out of range"):
        read_frame(store, GROUP, 1)

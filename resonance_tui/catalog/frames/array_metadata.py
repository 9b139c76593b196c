"""How the frames of an array are stored: its metadata, checked before any library sees it.

A beamtime can come from anybody. The zarr library decodes with whatever codec the metadata names, and some of those
run code from the data (``pickle``) or allocate without bounds; so only known codecs and numeric dtypes pass.
"""

from __future__ import annotations

import itertools
import json
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..errors import FrameUnavailableError

_MAX_METADATA_BYTES = 2**20
_MAX_LENGTH = 2**40
_MAX_NESTED_CODECS = 4

_CODECS = frozenset((
    "bytes", "zstd", "gzip", "zlib", "bz2", "lzma", "blosc", "lz4", "crc32c", "transpose", "shuffle", "delta",
    "sharding_indexed",
))  # fmt: skip
_NAMESPACE = "numcodecs."
_NUMBERS = frozenset((
    "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64",
))  # fmt: skip
_DTYPES = _NUMBERS | {"bool", "complex64", "complex128"}
_NUMPY_DTYPE = re.compile(r"[<>|=]?(b1|[iu][1248]|f[248]|c8|c16)")
_CODEC_DTYPES = ("dtype", "astype")
_SEPARATORS = ("/", ".")


@dataclass(frozen=True, slots=True)
class ArrayLayout:
    """How the frames of one array are stored.

    Attributes
    ----------
    shape, chunks : tuple of int
    dtype : str
        NumPy's name of it.
    fill_value : object
        What a frame without a chunk reads as, as the metadata has it.
    codecs : tuple of str
        Their names.
    big_endian : bool
    separator : str
        Between the parts of a chunk's key.
    plain : bool
        One chunk a frame, through codecs that are decoded here.
    metadata : mapping
        The checked metadata, for the zarr library.
    decoded : tuple of int
        The shape of what is decoded at a time: of a shard its inner chunk, else a chunk.
    prefixed : bool
        Whether the keys of chunks begin with ``c``.
    """

    shape: tuple[int, ...]
    chunks: tuple[int, ...]
    dtype: str
    fill_value: Any
    codecs: tuple[str, ...]
    big_endian: bool
    separator: str
    plain: bool
    metadata: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    decoded: tuple[int, ...] = ()
    prefixed: bool = True

    @property
    def frame_shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return (self.shape[-2], self.shape[-1])

    @property
    def is_sharded(self) -> bool:
        """Whether a file holds several chunks that are decoded one by one."""
        return self.decoded != self.chunks

    def chunk_keys(self, index: int) -> list[str]:
        """Return the keys of the chunks that hold frame `index`, in the array's folder."""
        axes = [range(-(-length // size)) for length, size in zip(self.shape, self.chunks, strict=True)]
        if len(axes) == 3:
            axes[0] = range(index // self.chunks[0], index // self.chunks[0] + 1)
        prefix = ["c"] if self.prefixed else []
        return [self.separator.join([*prefix, *map(str, place)]) for place in itertools.product(*axes)]


class _NotUnderstoodError(ValueError):
    """Metadata that no array can have."""


def read_metadata(path: Path, group: str) -> ArrayLayout:
    """Read and check an array's ``zarr.json`` (Zarr v3) or ``.zarray`` (Zarr v2).

    Parameters
    ----------
    path : pathlib.Path
        Of that file; known to lie inside the store.
    group : str
        The array's path in the store, for messages.

    Raises
    ------
    FrameUnavailableError
        It cannot be read, is not understood, or names a codec or dtype that is not read.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise FrameUnavailableError(
            f"the metadata of {group} cannot be read ({error.strerror})", path=path
        ) from None
    if not stat.S_ISREG(status.st_mode) or status.st_size > _MAX_METADATA_BYTES:
        raise FrameUnavailableError(f"the metadata of {group} is no ordinary file", path=path)
    return _parse(path, (status.st_ino, status.st_size, status.st_mtime_ns), group)


@lru_cache(maxsize=64)
def _parse(path: Path, _stamp: tuple[int, int, int], group: str) -> ArrayLayout:
    try:
        metadata = json.loads(path.read_bytes())
    except PermissionError:
        raise FrameUnavailableError("no permission to read frames", path=path) from None
    except (OSError, ValueError, RecursionError):
        raise FrameUnavailableError(
            f"the metadata of {group} is being written, or damaged", path=path
        ) from None
    try:
        layout = _layout_v2(metadata) if path.name == ".zarray" else _layout_v3(metadata)
    except FrameUnavailableError as error:
        raise FrameUnavailableError(f"{group} is not read: {error.reason}", path=path) from None
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError):
        raise FrameUnavailableError(f"the metadata of {group} is not understood", path=path) from None
    if len(layout.shape) not in (2, 3):
        raise FrameUnavailableError(f"{group} is no stack of frames (shape {layout.shape})", path=path)
    return layout


def _layout_v3(metadata: Any) -> ArrayLayout:
    _require(metadata["zarr_format"] == 3 and metadata.get("node_type", "array") == "array")
    grid, keys = metadata["chunk_grid"], metadata["chunk_key_encoding"]
    shape = _lengths(metadata["shape"], least=0)
    chunks = _lengths(grid["configuration"]["chunk_shape"], least=1)
    _require(len(chunks) == len(shape))
    dtype = metadata["data_type"]
    if not isinstance(dtype, str) or dtype not in _DTYPES:
        raise FrameUnavailableError(f"dtype {dtype!s:.40} is not one of numbers")
    codecs = _check_codecs(metadata["codecs"])
    if isinstance(keys, str):  # the short form
        keys = {"name": keys}
    prefixed = keys["name"] == "default"
    _require(prefixed or keys["name"] == "v2")
    separator = (keys.get("configuration") or {}).get("separator", "/" if prefixed else ".")
    _require(separator in _SEPARATORS)
    first = metadata["codecs"][0]
    endian = (
        (first.get("configuration") or {}).get("endian", "little") if isinstance(first, dict) else "little"
    )
    plain = (
        grid["name"] == "regular"
        and keys["name"] == "default"
        and dtype in _NUMBERS | {"bool"}
        and len(shape) == 3
        and chunks == (1, *shape[1:])
        and codecs in (("bytes",), ("bytes", "zstd"))
        and not metadata.get("storage_transformers")
    )
    return ArrayLayout(
        shape, chunks, dtype, metadata.get("fill_value", 0), codecs, endian == "big", separator, plain, metadata,
        _decoded_shape(metadata["codecs"], chunks), prefixed,
    )  # fmt: skip


def _layout_v2(metadata: Any) -> ArrayLayout:
    _require(metadata["zarr_format"] == 2)
    shape = _lengths(metadata["shape"], least=0)
    chunks = _lengths(metadata["chunks"], least=1)
    _require(len(chunks) == len(shape))
    dtype = metadata["dtype"]
    if not isinstance(dtype, str) or not _NUMPY_DTYPE.fullmatch(dtype):
        raise FrameUnavailableError(f"dtype {dtype!s:.40} is not one of numbers")
    compressor = metadata.get("compressor")
    coded = [*(metadata.get("filters") or ()), *([] if compressor is None else [compressor])]
    codecs = _check_codecs(coded, name_key="id")
    separator = metadata.get("dimension_separator", ".")
    _require(separator in _SEPARATORS)
    import numpy as np

    return ArrayLayout(
        shape, chunks, np.dtype(dtype).name, metadata.get("fill_value"), codecs, dtype[0] == ">", separator, False,
        {**metadata, "attributes": {}}, chunks, False,
    )  # fmt: skip


def _decoded_shape(codecs: list[Any], chunks: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of the innermost chunks, also of shards within shards."""
    for codec in codecs:
        if isinstance(codec, dict) and codec.get("name") == "sharding_indexed":
            inner = _lengths(codec["configuration"]["chunk_shape"], least=1)
            _require(len(inner) == len(chunks))
            return _decoded_shape(codec["configuration"]["codecs"], inner)
    return chunks


def _require(truth: bool) -> None:
    if not truth:
        raise _NotUnderstoodError


def _lengths(values: Any, least: int) -> tuple[int, ...]:
    found = tuple(values)
    _require(all(type(n) is int and least <= n <= _MAX_LENGTH for n in found))
    return found


def _check_codecs(codecs: Any, name_key: str = "name", depth: int = 0) -> tuple[str, ...]:
    """Return the codecs' names, once all of them, also those within shards, are known to be harmless."""
    _require(isinstance(codecs, list) and depth < _MAX_NESTED_CODECS)
    names = []
    for codec in codecs:
        name = codec if isinstance(codec, str) else codec[name_key]
        _require(isinstance(name, str))
        if name.removeprefix(_NAMESPACE) not in _CODECS:
            raise FrameUnavailableError(f"codec {name!s:.40} is not one that frames are decoded with")
        if isinstance(codec, dict):
            options = codec if name_key == "id" else (codec.get("configuration") or {})
            for key in _CODEC_DTYPES:
                dtype = options.get(key)
                if dtype is not None and not (isinstance(dtype, str) and _is_numeric(dtype)):
                    raise FrameUnavailableError(f"dtype {dtype!s:.40} of codec {name} is not one of numbers")
            for key in ("codecs", "index_codecs"):
                if key in options:
                    _check_codecs(options[key], name_key, depth + 1)
        names.append(name)
    return tuple(names)


def _is_numeric(dtype: str) -> bool:
    return dtype in _DTYPES or _NUMPY_DTYPE.fullmatch(dtype) is not None

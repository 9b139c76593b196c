"""The Zarr store of a beamtime: where a frame lies, whether it is there, and how it is decoded.

The usual layout, one zstd chunk a frame, is read here straight from its file: that costs no more than the
decoding, tells a missing chunk from a dark frame, and bounds what a damaged or hostile file can make us do.
Every other layout goes through the zarr library.
"""

from __future__ import annotations

import os
import stat
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import FrameUnavailableError, UnsafePathError, foreign_errors
from .array_metadata import ArrayLayout, read_metadata

if TYPE_CHECKING:
    import numpy as np

MAX_FRAME_BYTES = 256 * 2**20
"""A larger frame than this is not read: a detector makes none, a damaged file can claim one."""

_MAX_CHUNKS = 64
_MAX_ARRAYS = 64
_MAX_PATH = 512


def array_folder(store: Path, group: str) -> Path:
    """Return the folder of an array, made sure to lie inside the store.

    Raises
    ------
    UnsafePathError
        `group` leads out of the store: by ``..``, as an absolute path, or through a link.
    FrameUnavailableError
        There is no such folder.
    """
    parts = group.split("/") if isinstance(group, str) else []
    if (
        not parts
        or len(group) > _MAX_PATH
        or any(part in ("", ".", "..") or "\0" in part or "\\" in part or ":" in part for part in parts)
    ):
        raise UnsafePathError(f"{str(group)[:80]!r} is no place inside {store.name}; not read", path=store)
    folder = store.joinpath(*parts)
    _require_inside(store, folder)
    if not folder.is_dir():
        raise FrameUnavailableError(f"no array {group}", path=store, hint="are the frames copied completely?")
    return folder


def _require_inside(store: Path, path: Path) -> None:
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(store)):
        raise UnsafePathError(f"this leads out of {store.name}; not read", path=path)


def read_layout(store: Path, group: str) -> ArrayLayout:
    """Read an array's metadata again: a run in progress grows.

    Raises
    ------
    FrameUnavailableError
        It is missing, cannot be read, or names a codec or dtype that is not read.
    """
    with foreign_errors(FrameUnavailableError, f"the metadata of {group!s:.200} cannot be read"):
        folder = array_folder(store, group)
        path = folder / "zarr.json"
        if not path.exists() and (folder / ".zarray").exists():
            path = folder / ".zarray"  # Zarr v2
        _require_inside(store, path)
        return read_metadata(path, group)


def chunk_path(store: Path, group: str, layout: ArrayLayout, index: int) -> Path:
    """Where the chunk of frame `index` of a plain array lies."""
    return array_folder(store, group) / layout.separator.join(("c", str(index), "0", "0"))


def is_stored(store: Path, group: str, index: int) -> bool:
    """Whether frame `index` is on disk; True for layouts where one file does not tell."""
    try:
        layout = read_layout(store, group)
        if not layout.plain:
            return True
        path = chunk_path(store, group, layout, index)
        _require_inside(store, path)
        return path.is_file()
    except (FrameUnavailableError, OSError, ValueError):
        return False


def stored_frames(store: Path, group: str) -> int:
    """How many frames of an array are there: the last counts once its chunk does, or another follows it.

    The acquisition lets the array grow first and writes the chunk then, and one that died in between leaves a
    frame that never was. (A dark frame has no chunk at all: it counts when the next one comes.)

    Raises
    ------
    FrameUnavailableError
        There is no such array, or it cannot be read.
    """
    layout = read_layout(store, group)
    if len(layout.shape) != 3:
        return 1
    n = layout.shape[0]
    if n and not (layout.plain and frame_time(store, group, n - 1, layout) is not None):
        return n - 1
    return n


def frame_time(store: Path, group: str, index: int, layout: ArrayLayout | None = None) -> float | None:
    """When the chunk of a frame was written, Unix seconds; None where no file of its own tells."""
    try:
        layout = layout or read_layout(store, group)
        if not layout.plain:
            return None
        path = chunk_path(store, group, layout, index)
        _require_inside(store, path)
        status = path.stat()
    except (FrameUnavailableError, OSError, ValueError):
        return None
    return status.st_mtime if stat.S_ISREG(status.st_mode) else None


def array_names(store: Path, folder: str) -> list[str]:
    """Return the names of the arrays in a folder of the store, sorted; empty where there is none.

    Raises
    ------
    UnsafePathError
        The folder would not lie inside the store.
    """
    try:
        inside = array_folder(store, folder)
        names = sorted(entry.name for entry in inside.iterdir())[:_MAX_ARRAYS]
    except UnsafePathError:
        raise
    except (FrameUnavailableError, OSError):
        return []
    return [name for name in names if (inside / name / "zarr.json").is_file()]


def read_frame(store: Path, group: str, index: int) -> np.ndarray:
    """Read one frame.

    Parameters
    ----------
    store : pathlib.Path
        The Zarr store's folder.
    group : str
        Path of the array in the store.
    index : int
        Along the first axis, from 0.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), in the stored dtype. A frame without a chunk on disk is the fill value, as
        Zarr has it; `is_stored` tells it from a dark one.

    Raises
    ------
    FrameUnavailableError
        Missing array, index out of range, damaged chunk, a size no detector has, outside the store, …
    """
    with foreign_errors(FrameUnavailableError, f"index {index!s:.20} of {group!s:.200} cannot be read"):
        return _read_frame(store, group, index)


def _read_frame(store: Path, group: str, index: int) -> np.ndarray:
    import numpy as np

    layout = read_layout(store, group)
    n_frames = layout.shape[0] if len(layout.shape) == 3 else 1
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < n_frames:
        raise FrameUnavailableError(
            f"index {index} of {group} is out of range: {n_frames} are stored", path=store
        )
    rows, columns = layout.frame_shape
    size = rows * columns * _itemsize(layout.dtype)
    if size > MAX_FRAME_BYTES:
        raise FrameUnavailableError(
            f"a frame of {group} would take {size / 2**20:,.0f} MiB ({rows}×{columns}); not read", path=store
        )
    if not layout.plain:
        return _read_by_library(store, group, index, layout)
    path = chunk_path(store, group, layout, index)
    raw = _read_chunk(store, path, size)
    dtype = np.dtype(layout.dtype).newbyteorder(">" if layout.big_endian else "<")
    if raw is None:
        return np.full((rows, columns), _fill(layout.fill_value, np.dtype(layout.dtype)), dtype=layout.dtype)
    if layout.codecs == ("bytes",):
        if len(raw) != size:
            raise FrameUnavailableError(
                f"index {index} of {group} is damaged: {len(raw)} bytes instead of {size}", path=path
            )
        return np.frombuffer(raw, dtype=dtype).reshape(rows, columns).astype(dtype.newbyteorder("="))
    frame = np.empty((rows, columns), dtype=dtype)
    _decode_zstd(raw, frame, f"index {index} of {group}", path)
    return frame if not layout.big_endian else frame.astype(dtype.newbyteorder("="))


def _itemsize(dtype: str) -> int:
    import numpy as np

    return np.dtype(dtype).itemsize


def _fill(value: Any, dtype: np.dtype[Any]) -> Any:
    """Return the fill value of Zarr v3's metadata, which names what JSON has no number for."""
    import numpy as np

    if isinstance(value, str) and value.startswith("0x"):  # the bits of a float
        bits = int(value, 16).to_bytes(dtype.itemsize, "big")
        return np.frombuffer(bits, dtype=dtype.newbyteorder(">"))[0]
    return float(value) if isinstance(value, str) and value in ("NaN", "Infinity", "-Infinity") else value


def _read_chunk(store: Path, path: Path, frame_size: int) -> bytes | None:
    """Return the chunk's bytes; None where there is no such file."""
    if not _check_chunk_file(store, path, frame_size + frame_size // 128 + 4096):
        return None
    try:
        return path.read_bytes()
    except PermissionError:
        raise FrameUnavailableError("no permission to read frames", path=path) from None
    except OSError as error:
        raise FrameUnavailableError(f"the frame cannot be read ({error.strerror})", path=path) from None


def _check_chunk_file(store: Path, path: Path, most_bytes: int | None) -> bool:
    """Make sure that a chunk is an ordinary file inside the store, of so many bytes at most; whether it is there."""
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise FrameUnavailableError(f"the frame cannot be read ({error.strerror})", path=path) from None
    _require_inside(store, path)
    if not stat.S_ISREG(status.st_mode):
        raise FrameUnavailableError("the frame is no ordinary file", path=path)
    if most_bytes is not None and status.st_size > most_bytes:
        raise FrameUnavailableError(
            f"the chunk is larger than its frame ({status.st_size:,} bytes)", path=path
        )
    return True


def _decode_zstd(raw: bytes, frame: np.ndarray, what: str, path: Path) -> None:
    import numpy as np
    from numcodecs.zstd import Zstd

    if not raw:
        raise FrameUnavailableError(f"{what} is incomplete: its chunk is empty", path=path)
    target = frame.view(np.uint8).reshape(-1)
    try:
        if _zstd_content_size(raw) != frame.nbytes:
            raise ValueError("another size")
        Zstd().decode(raw, out=target)
    except (RuntimeError, ValueError, TypeError, IndexError, MemoryError):
        raise FrameUnavailableError(
            f"{what} cannot be read: its chunk is damaged or incomplete", path=path
        ) from None


def _zstd_content_size(raw: bytes) -> int | None:
    """Return the size a Zstandard frame says it decodes to (RFC 8878, section 3.1.1.1); None where it does not say."""
    if raw[:4] != b"\x28\xb5\x2f\xfd":
        return None
    descriptor = raw[4]
    single_segment = bool(descriptor & 0x20)
    start = 5 + (not single_segment) + (0, 1, 2, 4)[descriptor & 3]
    width = (int(single_segment), 2, 4, 8)[descriptor >> 6]
    size = int.from_bytes(raw[start : start + width], "little")
    return None if width == 0 else size + 256 * (width == 2)


_library = threading.Lock()


def _read_by_library(store: Path, group: str, index: int, layout: ArrayLayout) -> np.ndarray:
    import math

    import numpy as np

    decoded = layout.decoded
    per_frame = math.prod(-(-n // c) for n, c in zip(layout.shape[-2:], decoded[-2:], strict=True))
    decoded_bytes = math.prod(decoded) * _itemsize(layout.dtype)
    if per_frame > _MAX_CHUNKS or decoded_bytes > MAX_FRAME_BYTES:
        raise FrameUnavailableError(
            f"{group} is stored in chunks of {decoded}, {per_frame} a frame; not read, as that would take too long",
            path=store,
        )
    folder = array_folder(store, group)
    # of a shard only the parts that are wanted are read
    most_bytes = None if layout.is_sharded else decoded_bytes + decoded_bytes // 16 + 65_536
    for key in layout.chunk_keys(index):
        _check_chunk_file(store, folder / key, most_bytes)
    import zarr
    from zarr.storage import LocalStore, StorePath

    try:
        with warnings.catch_warnings(), _library:
            warnings.simplefilter("ignore")
            # from the metadata that was checked: what stands in the file by now may be another
            place = StorePath(LocalStore(folder, read_only=True))
            array = zarr.Array.from_dict(place, dict(layout.metadata))
            return np.asarray(array[index] if array.ndim == 3 else array[:])
    except FrameUnavailableError:
        raise
    except Exception as error:
        raise FrameUnavailableError(
            f"index {index} of {group} cannot be read: its chunk is missing, damaged or incomplete",
            path=folder,
        ) from error

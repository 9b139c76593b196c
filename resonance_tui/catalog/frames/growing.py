"""Frames that the database does not know yet: those of a run in progress, straight from the Zarr store."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from ..errors import FrameUnavailableError, UnsafePathError
from .images import LazyImageSequence
from .zarr_store import array_folder, array_names, read_layout, stored_frames

if TYPE_CHECKING:
    from ..sqlite.paging import Connection

_MOST_FIELDS = 64


def run_folder(uid: str) -> str:
    """Where in the store the frames of a run lie."""
    return f"runs/{uid}"


def live_fields(store: Path, uid: str, described: Sequence[str] = ()) -> list[str]:
    """Return the fields of a run that have an array in the store: the described ones first, then what else is there.

    Raises
    ------
    UnsafePathError
        The uid leads out of the store.
    """
    there = array_names(store, run_folder(uid))
    return [*(name for name in dict.fromkeys(described) if name in there),
            *(name for name in there if name not in described)][:_MOST_FIELDS]  # fmt: skip


def live_images(conn: Connection | None, store: Path, uid: str, field: str) -> LazyImageSequence:
    """Return the frames of one field of a run, as they lie in the store; the sequence grows with them."""
    return LazyImageSequence(conn, _GrowingRefs(store, f"{run_folder(uid)}/{field}"), store)


def frames_on_disk(store: Path, uid: str) -> int:
    """How many frames of a run lie in the store, of the field that has most; the database is not asked."""
    try:
        fields = live_fields(store, uid)
    except UnsafePathError:
        return 0
    return max((len(live_images(None, store, uid, field)) for field in fields), default=0)


def newest_on_disk(store: Path) -> str | None:
    """Return the uid of the run whose frames were begun last; for when the database cannot be asked."""
    try:
        with os.scandir(array_folder(store, "runs")) as entries:
            begun = [(entry.stat().st_mtime, entry.name) for entry in entries if entry.is_dir()]
    except (FrameUnavailableError, OSError):
        return None
    return max(begun, default=(0.0, None))[1]


class _GrowingRefs(Sequence[Mapping[str, Any]]):
    """What ``image_refs`` would hold of an array, worked out from the array itself each time it is asked."""

    def __init__(self, store: Path, group: str) -> None:
        self._store = store
        self._group = group
        self._known = 0

    def __len__(self) -> int:
        # while the store is moved away or its description is being replaced, what was there is still ours; and a
        # frame that once was there stays one, though its chunk be lost: somebody may be about to index it
        try:
            there = stored_frames(self._store, self._group)
            announced = read_layout(self._store, self._group).shape[0]
            self._known = max(there, min(self._known, announced))
        except UnsafePathError:
            self._known = 0
        except FrameUnavailableError:
            pass
        return self._known

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Mapping[str, Any]]: ...
    def __getitem__(self, index: int | slice) -> Mapping[str, Any] | Sequence[Mapping[str, Any]]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(self._known))]
        if not -self._known <= index < self._known:
            raise IndexError(index)
        ref: dict[str, Any] = {"zarr_group": self._group, "index_in_stack": index % self._known}
        try:
            layout = read_layout(self._store, self._group)
        except FrameUnavailableError:
            return ref | {"shape_x": 0, "shape_y": 0, "dtype": None}
        rows, columns = layout.frame_shape
        return ref | {"shape_x": rows, "shape_y": columns, "dtype": layout.dtype}

"""The frames of runs: where they are, read, kept in memory, also reduced."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from ..catalog import CatalogBusyError, CatalogInterruptedError, FrameUnavailableError, LazyImageSequence, Run
from ..catalog.frames.growing import live_fields, live_images
from .cache import DEFAULT_BYTES, ByteCache, Sized
from .columns import PRIMARY, EventColumns

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

Kind = Literal["frame", "difference", "mean", "max", "sum"]
STACKS: tuple[Kind, ...] = ("mean", "max", "sum")

S = TypeVar("S", bound=Sized)

_MAX_SEQUENCES = 16


@dataclass(frozen=True, slots=True)
class Frames:
    """Which events of a run have a frame.

    Attributes
    ----------
    positions : list of int
        Of the events, rising, one per frame.
    live : bool
        They are on disk, but not in the catalog: those of a run in progress, or whose writer died.
    """

    field: str
    positions: list[int]
    shape: tuple[int, int, int]
    dtype: str
    live: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """What a picture is of: one frame, its difference from a marked one, or all frames of the run together."""

    kind: Kind
    index: int
    marked: int | None = None


class FrameLoader:
    """Reads the frames of a beamtime; safe to use from several reader threads.

    Parameters
    ----------
    run_of : callable
        Gives the run of a uid.
    columns : EventColumns
        The events of the runs.
    store : callable
        Gives the path of the Zarr store.
    max_bytes : int
        Of frames kept in memory.
    """

    def __init__(
        self,
        run_of: Callable[[str], Run],
        columns: EventColumns,
        store: Callable[[], Path],
        max_bytes: int = DEFAULT_BYTES,
    ) -> None:
        self._run_of, self._columns, self.store = run_of, columns, store
        self.cache = ByteCache(max_bytes)
        self._images: OrderedDict[str, tuple[LazyImageSequence, list[int]]] = OrderedDict()
        self._guard = threading.Lock()

    def forget(self) -> None:
        """Read everything again from here on."""
        with self._guard:
            self._images.clear()
        self.cache.clear()

    def frames(self, uid: str) -> Frames | None:
        """Where the frames of a run are; None where it has none.

        Raises
        ------
        FileNotFoundError
            There are some, but not their folder.
        """
        try:
            run = self._run_of(uid)
            fields = run.image_fields
        except (CatalogBusyError, CatalogInterruptedError):
            return self._live_frames(uid, self.store(), ())  # the store can be asked all the same
        for field in fields:
            images = run.images_of(PRIMARY, field)
            if len(images):
                seq_nums = [seq if seq is not None else 0 for seq in images.seq_nums]
                positions = self._columns.event_indices(uid, seq_nums)
                self._keep_images(uid, images, positions)
                return Frames(field, positions, images.shape, images.dtype or "")
            if not run.zarr_path.is_dir() and (lost := run.count_images(field)):
                noun = "frame" if lost == 1 else "frames"
                raise FrameUnavailableError(f"{lost:,} {noun} missing: there is no folder {run.zarr_path}")
        if run.time_stop is not None:
            return None
        if fields and not run.zarr_path.is_dir():
            raise FrameUnavailableError(f"frames folder not found: {run.zarr_path}")
        return self._live_frames(uid, run.zarr_path, fields)

    def _live_frames(self, uid: str, store: Path, described: Sequence[str]) -> Frames | None:
        """Frames that the catalog does not know: of a run in progress, or whose writer died."""
        try:
            fields = live_fields(store, uid, described)
        except FrameUnavailableError:
            return None
        for field in fields:
            images = live_images(None, store, uid, field)
            if n := len(images):
                positions = list(range(n))
                self._keep_images(uid, images, positions)
                return Frames(field, positions, images.shape, images.dtype or "", live=True)
        return None

    def _keep_images(self, uid: str, images: LazyImageSequence, positions: list[int]) -> None:
        with self._guard:
            self._images[uid] = images, positions
            while len(self._images) > _MAX_SEQUENCES:
                self._images.popitem(last=False)

    def forget_run(self, uid: str) -> None:
        """Look again where the frames of a run are; those that were read are the same."""
        with self._guard:
            self._images.pop(uid, None)

    def images_of(self, uid: str) -> LazyImageSequence:
        """Return the frames of a run."""
        return self._found(uid)[0]

    def positions(self, uid: str) -> list[int]:
        """Return the places within the stream of the events that have a frame, one per frame."""
        return self._found(uid)[1]

    def _found(self, uid: str) -> tuple[LazyImageSequence, list[int]]:
        with self._guard:
            found = self._images.get(uid)
        if found is None:
            if self.frames(uid) is None:
                raise FrameUnavailableError("this run has no frames any more")
            found = self._images[uid]
        return found

    def read(self, uid: str, index: int) -> tuple[Array, bool]:
        """One frame, from memory where it is there, and whether it is on disk at all.

        A frame without a chunk reads as zeros. It is not kept: it may be written at any moment.

        Raises
        ------
        FrameUnavailableError
        """
        images = self.images_of(uid)
        try:
            return self.cache.made(("frame", uid, index), lambda: _stored_frame(images, index)), True
        except _NotStoredError as missing:
            return missing.frame, False

    def passing_by(self, images: LazyImageSequence, uid: str, index: int) -> Array:
        """One frame of many: it takes no room in memory from those that are looked at.

        Raises
        ------
        FrameUnavailableError
            Also where it is not on disk.
        """
        kept = self.cache.get(("frame", uid, index))
        if kept is not None:
            return cast("Array", kept)
        return stored_frame(images, index)

    def reduced(self, key: Subject, uid: str, how: tuple[object, ...], make: Callable[[], S]) -> S:
        """Return what was made of a frame's pixels for the screen, kept beside the frames; made where it is not there.

        Parameters
        ----------
        key : Subject
        how : tuple
            All that the result depends on besides.
        """
        return self.cache.made(("reduced", uid, key, *how), make)

    def ahead(self, frames: Frames) -> int:
        """How many frames to read ahead: what is shown, and them, fit into half of the cache."""
        size = max(1, frames.shape[1] * frames.shape[2] * 4)
        return max(1, min(4, self.cache.limit // (2 * size) - 1))

    def goes_on(self, uid: str) -> bool:
        """Whether more frames of a run may come; a catalog that is locked is not waited for."""
        try:
            return self._run_of(uid).time_stop is None
        except (CatalogBusyError, CatalogInterruptedError):
            return True

    def exposure_time(self, uid: str, position: int) -> float | None:
        """Return the exposure of an event in seconds, as it says itself; None where it does not."""
        try:
            columns = self._columns.page(uid, position, 1).columns
        except (CatalogBusyError, CatalogInterruptedError):
            return None
        for name in sorted(columns, key=lambda name: (name != "exposure", len(name))):
            value = columns[name][0] if columns[name] else None
            if name.endswith(("exposure", "exposure_time")) and isinstance(value, int | float):
                return float(value)
        return None


class AbsentFrameError(FrameUnavailableError):
    """A frame has no chunk on disk."""


class _NotStoredError(Exception):
    def __init__(self, frame: Array) -> None:
        self.frame = frame
        super().__init__()


def stored_frame(images: LazyImageSequence, index: int) -> Array:
    """Read a frame that is on disk.

    Raises
    ------
    FrameUnavailableError
        Also where it is not on disk.
    """
    try:
        return _stored_frame(images, index)
    except _NotStoredError:
        raise AbsentFrameError(f"frame {index + 1} is not on disk") from None


def _stored_frame(images: LazyImageSequence, index: int) -> Array:
    # asked before it is read: a chunk that lands in between is read, and no zeros pass for a stored frame
    stored = images.is_stored(index)
    frame = images[index]
    if frame.dtype.kind == "c":
        raise FrameUnavailableError(f"frame {index + 1} holds complex numbers, which are not drawn")
    if not stored and not frame.any():
        raise _NotStoredError(frame)
    return frame


def difference(frame: Array, marked: Array) -> Array:
    """`frame` − `marked`, without overflow.

    Raises
    ------
    FrameUnavailableError
        Their shapes differ.
    """
    import numpy as np

    if frame.shape != marked.shape:
        raise FrameUnavailableError(
            f"the marked frame is {marked.shape}, this one {frame.shape}: no difference"
        )
    if frame.dtype.kind in "iub" and marked.dtype.kind in "iub" and max(frame.itemsize, marked.itemsize) <= 4:
        small = all(
            a.size == 0 or (int(a.max()) < 2**30 and int(a.min()) > -(2**30)) for a in (frame, marked)
        )
        if small:
            return np.subtract(frame.astype(np.int32, copy=False), marked.astype(np.int32, copy=False))
    return np.subtract(frame, marked, dtype=np.float64)

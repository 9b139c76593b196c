"""What is read and worked out about frames: pictures, exposure, curves, sums over a run. In reader threads."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ..catalog import (
    CatalogBusyError,
    CatalogError,
    CatalogInterruptedError,
    FrameUnavailableError,
    LazyImageSequence,
    Run,
)
from ..catalog.field_names import short_name
from ..catalog.frames.growing import live_fields, live_images
from ..text.printable import plural
from .cache import DEFAULT_BYTES, ByteCache
from .frame_values import Frames, Judged, NewestVerdict, RegionCurve, Shown, Subject
from .loads import Progress, Ticket

if TYPE_CHECKING:
    import numpy as np

    from ..analysis.axes import Axes
    from ..analysis.exposure import Exposure, Thresholds
    from ..analysis.profiles import Region
    from ..picture.contact_sheet import Thumb
    from ..picture.exposure_strip import Mark
    from ..picture.frame_picture import FramePicture, Order, Reduced
    from ..picture.side_plots import Panel
    from ..picture.view import View

    Array = np.ndarray[Any, Any]

_STREAM = "primary"
_TELL_EVERY = 0.2
_LOOK_AT_MOST = 2**30
"""Bytes of frames that are looked at unasked, to fill the strip of exposures."""


class FrameReader:
    """Reads the frames of a beamtime for the screen; safe to use from several reader threads.

    Parameters
    ----------
    run_of : callable
        The run of a uid.
    axes_of : callable
        The axes of a run.
    store : callable
        Where the Zarr store is.
    limit : int
        Bytes of frames kept in memory.
    thresholds : Thresholds, optional
        When a frame is over- or underexposed.
    """

    def __init__(
        self,
        run_of: Callable[[str], Run],
        axes_of: Callable[[Run], Axes],
        store: Callable[[], Path],
        limit: int = DEFAULT_BYTES,
        thresholds: Thresholds | None = None,
    ) -> None:
        self._run_of, self._axes_of, self._store = run_of, axes_of, store
        self.cache = ByteCache(limit)
        self._thresholds = thresholds
        self._images: OrderedDict[str, LazyImageSequence] = OrderedDict()
        self._used: dict[tuple[str, str], int] = {}
        self._guard = threading.Lock()

    @property
    def thresholds(self) -> Thresholds:
        """When a frame is over- or underexposed."""
        from ..analysis.exposure import Thresholds

        return self._thresholds or Thresholds()

    def forget(self) -> None:
        """Read everything anew from here on."""
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
            return self._live_frames(uid, self._store(), ())  # the store can be asked all the same
        for field in fields:
            images = run.images_of(_STREAM, field)
            if len(images):
                self._keep_images(uid, images)
                seq_nums = [seq if seq is not None else 0 for seq in images.seq_nums]
                return Frames(field, run.event_indices(seq_nums, _STREAM), images.shape, images.dtype or "")
            if not run.zarr_path.is_dir() and (lost := run.count_images(field)):
                raise FrameUnavailableError(
                    f"{plural(lost, 'frame')} missing: there is no folder {run.zarr_path}"
                )
        if run.time_stop is not None:
            return None
        if fields and not run.zarr_path.is_dir():
            raise FrameUnavailableError(f"frames folder not found: {run.zarr_path}")
        return self._live_frames(uid, run.zarr_path, fields)

    def _live_frames(self, uid: str, store: Path, described: Sequence[str]) -> Frames | None:
        """Frames that the catalog does not know: of a run that is being taken, or whose writer died."""
        try:
            fields = live_fields(store, uid, described)
        except FrameUnavailableError:
            return None
        for field in fields:
            images = live_images(None, store, uid, field)
            if n := len(images):
                self._keep_images(uid, images)
                return Frames(field, list(range(n)), images.shape, images.dtype or "", live=True)
        return None

    def _keep_images(self, uid: str, images: LazyImageSequence) -> None:
        with self._guard:
            self._images[uid] = images
            while len(self._images) > 16:
                self._images.popitem(last=False)

    def forget_run(self, uid: str) -> None:
        """Look anew where the frames of a run are; those that were read are the same."""
        with self._guard:
            self._images.pop(uid, None)

    def _images_of(self, uid: str) -> LazyImageSequence:
        with self._guard:
            images = self._images.get(uid)
        if images is None:
            if self.frames(uid) is None:
                raise FrameUnavailableError("this run has no frames any more")
            images = self._images[uid]
        return images

    def read(self, uid: str, index: int) -> tuple[Array, bool]:
        """One frame, from memory where it is there, and whether it is on disk at all.

        A frame without a chunk reads as zeros. It is not kept: it may be written at any moment.

        Raises
        ------
        FrameUnavailableError
        """
        images = self._images_of(uid)
        try:
            return self.cache.made(("frame", uid, index), lambda: _stored_frame(images, index)), True
        except _NotStoredError as missing:
            return missing.frame, False

    def _passing_by(self, images: LazyImageSequence, uid: str, index: int) -> Array:
        """One frame of many: it takes no room in memory from those that are looked at.

        Raises
        ------
        FrameUnavailableError
            Also where it is not on disk.
        """
        kept = self.cache.get(("frame", uid, index))
        if kept is not None:
            return cast("Array", kept)
        try:
            return _stored_frame(images, index)
        except _NotStoredError:
            raise _AbsentError(f"frame {index + 1} is not on disk") from None

    # -- pictures ----------------------------------------------------------------------------------------

    def picture(
        self, uid: str, subject: Subject, order: Order, previous: FramePicture | None, ticket: Ticket
    ) -> Shown:
        """Draw a frame, or what is made of several."""
        from dataclasses import replace

        from ..picture.frame_picture import make_picture

        used = None
        array, stored = self.subject(uid, subject, ticket)
        if subject.kind == "frame":
            last = subject.index == len(self._images_of(uid)) - 1
            order = replace(order, may_come=last and self._goes_on(uid))
        else:
            signed = subject.kind == "difference"
            many = float("inf") if signed or subject.kind == "sum" else order.saturated
            order = replace(order, saturated=many, signed=signed)
            used = self._used.get((uid, subject.kind))
        reduced = self._reduced(uid, subject, array, order) if stored else None
        picture = make_picture(array, order, previous, stored=stored, reduced=reduced)
        return Shown(subject, picture, str(array.dtype), order.palette.levels, used, previous is not None)

    def _reduced(self, uid: str, subject: Subject, array: Array, order: Order) -> Reduced:
        from ..picture.frame_picture import reduce_frame, what_is_seen

        seen = what_is_seen((array.shape[0], array.shape[1]), order)
        key = ("reduced", uid, subject, seen, order.view.reduction, order.view.limits)
        return self.cache.made(key, lambda: reduce_frame(array, order))

    def subject(self, uid: str, subject: Subject, ticket: Ticket) -> tuple[Array, bool]:
        """The values a picture is drawn of, and whether all of them are on disk."""
        if subject.kind == "frame":
            return self.read(uid, subject.index)
        if subject.kind == "difference":
            marked = subject.index if subject.marked is None else subject.marked
            frame, stored = self.read(uid, subject.index)
            other, also = self.read(uid, marked)
            if not (stored and also):
                return frame, False
            key = ("difference", uid, subject.index, marked)
            return self.cache.made(key, lambda: difference(frame, other)), True
        return self.stack(uid, subject.kind, ticket), True

    def read_ahead(self, uid: str, indices: Iterable[int], order: Order, ticket: Ticket) -> None:
        """Have frames in memory, and reduced, before they are asked for."""
        for index in indices:
            ticket.check()
            try:
                frame, stored = self.read(uid, index)
            except CatalogError:
                continue
            ticket.check()
            if not stored:
                continue
            self._reduced(uid, Subject("frame", index), frame, order)
            if frame.nbytes * 4 > self.cache.limit:
                return

    def ahead(self, frames: Frames) -> int:
        """How many frames to read ahead: what is shown, and them, fit into half of the cache."""
        size = max(1, frames.shape[1] * frames.shape[2] * 4)
        return max(1, min(4, self.cache.limit // (2 * size) - 1))

    # -- exposure ----------------------------------------------------------------------------------------

    def exposure(self, uid: str, index: int, position: int, ticket: Ticket) -> Judged:
        """Judge one frame, and look up how long it was exposed."""
        from ..analysis.exposure import judge

        frame, stored = self.read(uid, index)
        if not stored:
            return Judged({}, {index: "zero"})
        exposure = judge(frame, self.thresholds, ticket.check)
        return Judged({index: exposure}, {}, seconds=self._seconds(uid, position))

    def newest_verdict(self, uid: str, field: str, index: int, ticket: Ticket) -> NewestVerdict | None:
        """What is wrong with a frame that was just written, whichever run is looked at; None where it is not there."""
        from ..analysis.exposure import judge
        from ..text.exposure import verdict_texts

        try:
            frame = self._passing_by(live_images(None, self._store(), uid, field), uid, index)
        except CatalogError:
            return None
        texts = verdict_texts(judge(frame, self.thresholds, ticket.check), self.thresholds, None)
        return NewestVerdict(uid, index, texts[0] if texts else "")

    def _goes_on(self, uid: str) -> bool:
        """Whether more frames of a run may come; a catalog that is locked is not waited for."""
        try:
            return self._run_of(uid).time_stop is None
        except (CatalogBusyError, CatalogInterruptedError):
            return True

    def _seconds(self, uid: str, position: int) -> float | None:
        try:
            columns = self._run_of(uid).event_page(position, 1, _STREAM).columns
        except (CatalogBusyError, CatalogInterruptedError):
            return None
        for name in sorted(columns, key=lambda name: (name != "exposure", len(name))):
            value = columns[name][0] if columns[name] else None
            if name.endswith(("exposure", "exposure_time")) and isinstance(value, int | float):
                return float(value)
        return None

    def exposures(
        self, uid: str, known: Sequence[int], ticket: Ticket, pause: Callable[[], bool], *, all_of_them: bool
    ) -> Judged:
        """Judge the frames of a run one by one, telling them in parts; damaged ones are left out.

        Parameters
        ----------
        pause : callable
            Whether something more urgent is being read.
        all_of_them : bool
            Where False, a run of more than a gigabyte is left alone.
        """
        from ..analysis.exposure import judge

        images = self._images_of(uid)
        n, rows, columns = images.shape
        if not all_of_them and n * rows * columns * 4 > _LOOK_AT_MOST:
            return Judged({}, {})
        found: dict[int, Exposure] = {}
        others: dict[int, Mark] = {}
        told = time.monotonic()
        skip = set(known)
        for index in range(n):
            while pause():
                ticket.wait(0.03)
            ticket.check()
            if index in skip:
                continue
            try:
                frame = self._passing_by(images, uid, index)
                found[index] = judge(frame, self.thresholds, ticket.check)
            except _AbsentError:
                others[index] = "zero"
            except CatalogError:
                others[index] = "lost"
            if time.monotonic() - told > _TELL_EVERY:
                told = time.monotonic()
                ticket.tell(Judged(found, others))
                found, others = {}, {}
        return Judged(found, others)

    # -- all frames of a run -----------------------------------------------------------------------------

    def stack(self, uid: str, kind: str, ticket: Ticket) -> Array:
        """Mean, largest or sum of all frames of a run, pixel by pixel; frames that are missing, of another shape,
        or cannot be read are left out.

        Returns
        -------
        array, shape (rows, columns)
            Of the frames' dtype for the largest; float32 for the mean; int64 or float64 for the sum.
        """
        return self.cache.made(("stack", uid, kind), lambda: self._stack(uid, kind, ticket))

    def _stack(self, uid: str, kind: str, ticket: Ticket) -> Array:
        from ..analysis.stack import Stack

        images = self._images_of(uid)
        _, rows, columns = images.shape
        # the sum counts as much as what is kept
        self.cache.make_room(rows * columns * (4 if kind == "max" else 8))
        stack = Stack("max" if kind == "max" else "mean" if kind == "mean" else "sum")
        for index in range(len(images)):
            ticket.tell(Progress(index, len(images)))
            try:
                stack.add(self._passing_by(images, uid, index))
            except (CatalogError, ValueError):
                continue
        if not stack.frames:
            raise FrameUnavailableError("none of the frames can be read")
        self._used[uid, kind] = stack.frames
        return stack.result()

    def region_curve(self, uid: str, region: Region, ticket: Ticket) -> RegionCurve:
        """The sum of a region over the frames of a run, told in parts."""
        import numpy as np

        images = self._images_of(uid)
        label, x = self._frame_axis(uid, images)
        total = np.full(len(images), np.nan)
        told = 0.0
        for index in range(len(images)):
            ticket.check()
            try:
                part = region.of(self._passing_by(images, uid, index)).astype(np.float64)
                total[index] = float(part[np.isfinite(part)].sum())
            except CatalogError:
                pass
            if time.monotonic() - told > _TELL_EVERY:
                told = time.monotonic()
                ticket.tell(RegionCurve(region, label, x, total.copy(), index + 1))
        return RegionCurve(region, label, x, total, len(images))

    def _frame_axis(self, uid: str, images: LazyImageSequence) -> tuple[str, Array]:
        """What the frames are drawn over: the motor that was scanned, else their numbers from 1."""
        import numpy as np

        from ..analysis.values import as_floats

        run = self._run_of(uid)
        fast = self._axes_of(run).fast
        numbers = np.arange(1, len(images) + 1, dtype=np.float64)
        if not fast:
            return "frame", numbers
        seq_nums = [seq if seq is not None else 0 for seq in images.seq_nums]
        wanted = run.event_indices(seq_nums, _STREAM)
        values: list[Any] = []
        for page in run.event_pages(_STREAM):
            values += page.columns.get(fast, [None] * len(page))
        x = as_floats([values[place] if 0 <= place < len(values) else None for place in wanted])
        return (short_name(fast), x) if np.isfinite(x).all() else ("frame", numbers)

    def thumbs(self, uid: str, indices: Sequence[int], ticket: Ticket) -> dict[int, Thumb | None]:
        """Thumbnails of frames, told one by one; None for a frame that cannot be read."""
        from ..picture.contact_sheet import thumbnail

        images = self._images_of(uid)

        def make(index: int) -> Thumb:
            return thumbnail(self._passing_by(images, uid, index))

        found: dict[int, Thumb | None] = {}
        told = time.monotonic()
        for index in indices:
            ticket.check()
            try:
                found[index] = self.cache.made(("thumb", uid, index), partial(make, index))
            except CatalogError:
                found[index] = None
            if time.monotonic() - told > _TELL_EVERY:
                told = time.monotonic()
                ticket.tell(found)
                found = {}
        return found

    # -- curves of one picture ---------------------------------------------------------------------------

    def panel(self, uid: str, subject: Subject, kind: str, view: View, limits: Any, ticket: Ticket) -> Panel:
        """The radial profile or the histogram of what is shown."""
        from ..analysis.profiles import centroid, histogram, radial_profile
        from ..picture.side_plots import histogram_panel, radial_panel

        array, stored = self.subject(uid, subject, ticket)
        if not stored:
            raise FrameUnavailableError("no chunk on disk")
        if kind == "histogram":
            value, count = histogram(array, view.stretch, check=ticket.check)
            return histogram_panel(value, count, limits, view.stretch)
        centre = view.hub or centroid(array)
        return radial_panel(centre, *radial_profile(array, centre, ticket.check), found=view.hub is None)


class _AbsentError(FrameUnavailableError):
    pass


class _NotStoredError(Exception):
    def __init__(self, frame: Array) -> None:
        self.frame = frame
        super().__init__()


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

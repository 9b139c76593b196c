"""Long work over the frames of a run: exposures, stacks, regions, thumbnails; with progress, in reader threads."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from ..catalog import CatalogError, FrameUnavailableError, LazyImageSequence
from ..catalog.frames.growing import live_images
from .columns import EventColumns
from .frames import AbsentFrameError, FrameLoader, Subject, difference, stored_frame
from .tasks import Progress, Task

if TYPE_CHECKING:
    import numpy as np

    from ..analysis.exposure import Exposure, FrameMark, Thresholds
    from ..analysis.profiles import Region

    Array = np.ndarray[Any, Any]

_REPORT_EVERY_S = 0.2
_PAUSE_S = 0.03
_UNASKED_BYTES = 2**30
"""Of frames that are looked at unasked, to fill the strip of exposures."""


@dataclass(frozen=True, slots=True)
class Exposures:
    """How well frames are exposed.

    Attributes
    ----------
    exposures : dict
        By frame.
    others : dict
        Marks of the frames that have none, as they are damaged or not on disk.
    seconds : float or None
        The exposure that the event of a single frame tells.
    complete : bool
        Whether no more of them are being assessed.
    """

    exposures: dict[int, Exposure]
    others: dict[int, FrameMark]
    seconds: float | None = None
    complete: bool = True


@dataclass(frozen=True, slots=True)
class NewestExposure:
    """How well the newest frame of the run in progress is exposed."""

    uid: str
    index: int
    exposure: Exposure


@dataclass(frozen=True, slots=True)
class RegionCurve:
    """The sum of a region over the frames of a run.

    Attributes
    ----------
    x_name : str
        The short name of the motor that was scanned, or ``frame``.
    x, total : array, shape (n,)
        One value a frame; `total` is NaN for those not read yet and those that cannot be read.
    done : int
        How many frames were read so far.
    """

    region: Region
    x_name: str
    x: Array
    total: Array
    done: int


class FrameSeries:
    """Works on many frames; safe to use from several reader threads.

    Parameters
    ----------
    loader : FrameLoader
    columns : EventColumns
    thresholds : callable
        Says when a frame is over- or underexposed.
    """

    def __init__(
        self, loader: FrameLoader, columns: EventColumns, thresholds: Callable[[], Thresholds]
    ) -> None:
        self._loader, self._columns, self._thresholds = loader, columns, thresholds
        self._used: dict[tuple[str, str], int] = {}

    # -- one picture -------------------------------------------------------------------------------------

    def subject(self, uid: str, subject: Subject, task: Task[Any]) -> tuple[Array, bool]:
        """Return the values of a frame, a difference or a stack, and whether all of them are on disk."""
        if subject.kind == "frame":
            return self._loader.read(uid, subject.index)
        if subject.kind == "difference":
            marked = subject.index if subject.marked is None else subject.marked
            frame, stored = self._loader.read(uid, subject.index)
            other, also = self._loader.read(uid, marked)
            if not (stored and also):
                return frame, False
            key = ("difference", uid, subject.index, marked)
            return self._loader.cache.made(key, lambda: difference(frame, other)), True
        return self.stack(uid, subject.kind, task), True

    def used(self, uid: str, kind: str) -> int | None:
        """How many frames went into a stack; None where it was not made yet."""
        return self._used.get((uid, kind))

    # -- exposure ----------------------------------------------------------------------------------------

    def exposure(self, uid: str, index: int, position: int, task: Task[Any]) -> Exposures:
        """Assess one frame, and look up how long it was exposed."""
        from ..analysis.exposure import assess_exposure

        frame, stored = self._loader.read(uid, index)
        if not stored:
            return Exposures({}, {index: "zero"})
        exposure = assess_exposure(frame, self._thresholds(), task.check)
        return Exposures({index: exposure}, {}, seconds=self._loader.exposure_time(uid, position))

    def newest_exposure(self, uid: str, field: str, index: int, task: Task[Any]) -> NewestExposure | None:
        """Assess a frame that was just written, whichever run is looked at; None where it is not there."""
        from ..analysis.exposure import assess_exposure

        try:
            images = live_images(None, self._loader.store(), uid, field)
            frame = self._loader.passing_by(images, uid, index)
        except (CatalogError, IndexError):  # it was there when it was announced
            return None
        return NewestExposure(uid, index, assess_exposure(frame, self._thresholds(), task.check))

    def exposures(
        self,
        uid: str,
        known: Sequence[int],
        task: Task[Any],
        pause: Callable[[], bool],
        *,
        all_of_them: bool,
    ) -> Exposures:
        """Assess the frames of a run one by one, reporting them in parts; damaged ones are left out.

        Parameters
        ----------
        pause : callable
            Whether something more urgent is being read.
        all_of_them : bool
            Where False, a run of more than a gigabyte is left alone.
        """
        from ..analysis.exposure import assess_exposure

        images = self._loader.images_of(uid)
        n, rows, columns = images.shape
        if not all_of_them and n * rows * columns * 4 > _UNASKED_BYTES:
            return Exposures({}, {})
        found: dict[int, Exposure] = {}
        others: dict[int, FrameMark] = {}
        reported = time.monotonic()
        skip = set(known)
        for index in range(n):
            while pause():
                task.wait(_PAUSE_S)
            task.check()
            if index in skip:
                continue
            try:
                frame = self._loader.passing_by(images, uid, index)
                found[index] = assess_exposure(frame, self._thresholds(), task.check)
            except AbsentFrameError:
                others[index] = "zero"
            except CatalogError:
                others[index] = "lost"
            if time.monotonic() - reported > _REPORT_EVERY_S:
                reported = time.monotonic()
                task.report(Exposures(found, others, complete=False))
                found, others = {}, {}
        return Exposures(found, others)

    def assess(self, images: LazyImageSequence, task: Task[Any]) -> Exposures:
        """Assess all frames of a sequence; damaged ones are marked."""
        from ..analysis.exposure import assess_exposure

        found: dict[int, Exposure] = {}
        others: dict[int, FrameMark] = {}
        for index in range(len(images)):
            task.check()
            try:
                frame = stored_frame(images, index)
                found[index] = assess_exposure(frame, self._thresholds(), task.check)
            except AbsentFrameError:
                others[index] = "zero"
            except CatalogError:
                others[index] = "lost"
        return Exposures(found, others)

    # -- all frames of a run -----------------------------------------------------------------------------

    def stack(self, uid: str, kind: str, task: Task[Any]) -> Array:
        """Return the mean, largest or sum of all frames of a run, pixel by pixel.

        Frames that are missing, of another shape, or cannot be read are left out.

        Returns
        -------
        array, shape (rows, columns)
            Of the frames' dtype for the largest; float32 for the mean; int64 or float64 for the sum.
        """
        return self._loader.cache.made(("stack", uid, kind), lambda: self._stack(uid, kind, task))

    def _stack(self, uid: str, kind: str, task: Task[Any]) -> Array:
        from ..analysis.stack import Stack

        images = self._loader.images_of(uid)
        _, rows, columns = images.shape
        # the sum counts as much as what is kept
        self._loader.cache.make_room(rows * columns * (4 if kind == "max" else 8))
        stack = Stack("max" if kind == "max" else "mean" if kind == "mean" else "sum")
        for index in range(len(images)):
            task.report(Progress(index, len(images)))
            try:
                stack.add(self._loader.passing_by(images, uid, index))
            except (CatalogError, ValueError):
                continue
        if not stack.frames:
            raise FrameUnavailableError("none of the frames can be read")
        self._used[uid, kind] = stack.frames
        return stack.result()

    def region_curve(self, uid: str, region: Region, task: Task[Any]) -> RegionCurve:
        """Return the sum of a region over the frames of a run, reported in parts."""
        import numpy as np

        images = self._loader.images_of(uid)
        x_name, x = self._frame_axis(uid, images, task)
        total = np.full(len(images), np.nan)
        reported = 0.0
        for index in range(len(images)):
            task.check()
            try:
                part = region.of(self._loader.passing_by(images, uid, index)).astype(np.float64)
                total[index] = float(part[np.isfinite(part)].sum())
            except CatalogError:
                pass
            if time.monotonic() - reported > _REPORT_EVERY_S:
                reported = time.monotonic()
                task.report(RegionCurve(region, x_name, x, total.copy(), index + 1))
        return RegionCurve(region, x_name, x, total, len(images))

    def _frame_axis(self, uid: str, images: LazyImageSequence, task: Task[Any]) -> tuple[str, Array]:
        """Return what the frames are drawn over: the motor that was scanned, else their numbers from 1."""
        import numpy as np

        fast = self._columns.axes(uid).fast
        numbers = np.arange(1, len(images) + 1, dtype=np.float64)
        if not fast:
            return "frame", numbers
        columns = self._columns.run_columns(uid, task)
        values = columns.columns.get(fast)
        wanted = np.array(self._loader.positions(uid))
        if values is None or wanted.size != numbers.size or wanted.max(initial=-1) >= values.size:
            return "frame", numbers
        x = values[wanted]
        return (columns.label(fast), x) if np.isfinite(x).all() else ("frame", numbers)

    def thumbnails(
        self, uid: str, indices: Sequence[int], reduce: Callable[[Array], Array], task: Task[Any]
    ) -> dict[int, Array | None]:
        """Small pictures of frames, reported in parts; None for a frame that cannot be read.

        Parameters
        ----------
        reduce : callable
            Makes a small array of a frame.
        """
        images = self._loader.images_of(uid)

        def make(index: int) -> Array:
            return reduce(self._loader.passing_by(images, uid, index))

        found: dict[int, Array | None] = {}
        reported = time.monotonic()
        for index in indices:
            task.check()
            try:
                found[index] = self._loader.cache.made(("thumb", uid, index), partial(make, index))
            except CatalogError:
                found[index] = None
            if time.monotonic() - reported > _REPORT_EVERY_S:
                reported = time.monotonic()
                task.report(found)
                found = {}
        return found

"""What the reader threads make of frames for the frame pane: pictures, side plots, thumbnails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...catalog import CatalogError, FrameUnavailableError
from ...session.frames import Subject

if TYPE_CHECKING:
    import numpy as np

    from ...picture.contact_sheet import Thumb
    from ...picture.frame_picture import Reduced
    from ...picture.order import FramePicture, Order
    from ...picture.side_plots import Panel
    from ...picture.view import View
    from ...session.beamtime import BeamtimeSession
    from ...session.tasks import Task

    Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture that was drawn.

    Attributes
    ----------
    subject : Subject
        What it is of.
    picture : FramePicture
    dtype : str
        Of the array.
    levels : int
        Of its colour map.
    used : int or None
        How many frames went into it.
    after_another : bool
        Whether its limits were held near those of the picture before.
    """

    subject: Subject
    picture: FramePicture
    dtype: str
    levels: int
    used: int | None = None
    after_another: bool = False


class PictureMaker:
    """Draws frames; safe to use from several reader threads.

    Parameters
    ----------
    session : BeamtimeSession
    """

    def __init__(self, session: BeamtimeSession) -> None:
        self._session = session

    def picture(
        self, uid: str, subject: Subject, order: Order, previous: FramePicture | None, task: Task[Any]
    ) -> Shown:
        """Draw a frame, or what is made of several."""
        from dataclasses import replace

        from ...picture.frame_picture import make_picture

        used = None
        frames, series = self._session.frames, self._session.series
        array, stored = series.subject(uid, subject, task)
        if subject.kind == "frame":
            last = subject.index == len(frames.images_of(uid)) - 1
            order = replace(order, may_come=last and frames.goes_on(uid))
        else:
            signed = subject.kind == "difference"
            many = float("inf") if signed or subject.kind == "sum" else order.saturated
            order = replace(order, saturated=many, signed=signed)
            used = series.used(uid, subject.kind)
        reduced = self._reduced(uid, subject, array, order) if stored else None
        picture = make_picture(array, order, previous, stored=stored, reduced=reduced)
        return Shown(subject, picture, str(array.dtype), order.palette.levels, used, previous is not None)

    def _reduced(self, uid: str, subject: Subject, array: Array, order: Order) -> Reduced:
        from ...picture.frame_picture import reduce_frame, what_is_seen

        seen = what_is_seen((array.shape[0], array.shape[1]), order)
        how = (seen, order.view.reduction, order.view.limits)
        return self._session.frames.reduced(subject, uid, how, lambda: reduce_frame(array, order))

    def read_ahead(self, uid: str, indices: Iterable[int], order: Order, task: Task[Any]) -> None:
        """Have frames in memory, and reduced, before they are asked for."""
        for index in indices:
            task.check()
            try:
                frame, stored = self._session.frames.read(uid, index)
            except CatalogError:
                continue
            task.check()
            if not stored:
                continue
            self._reduced(uid, Subject("frame", index), frame, order)
            if frame.nbytes * 4 > self._session.frames.cache.limit:
                return

    def thumbs(self, uid: str, indices: Sequence[int], task: Task[Any]) -> dict[int, Thumb | None]:
        """Thumbnails of frames, reported in parts; None for a frame that cannot be read."""
        from ...picture.contact_sheet import thumbnail

        return self._session.series.thumbnails(uid, indices, thumbnail, task)

    def panel(self, uid: str, subject: Subject, kind: str, view: View, limits: Any, task: Task[Any]) -> Panel:
        """Return the radial profile or the histogram of what is shown."""
        from ...analysis.profiles import centroid, histogram, radial_profile
        from ...picture.side_plots import histogram_panel, radial_panel

        array, stored = self._session.series.subject(uid, subject, task)
        if not stored:
            raise FrameUnavailableError("no chunk on disk")
        if kind == "histogram":
            value, count = histogram(array, view.stretch, check=task.check)
            return histogram_panel(value, count, limits, view.stretch)
        centre = view.profile_centre or centroid(array)
        return radial_panel(
            centre, *radial_profile(array, centre, task.check), found=view.profile_centre is None
        )

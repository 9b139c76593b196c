"""How well the frames of a run are exposed: that under the cursor at once, the others when there is time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..later import Later
from ..pane_reads import ignore
from ..signals import FramesReady
from .scene import Exposed
from .tasks import FrameTask

if TYPE_CHECKING:
    from ...session.frame_series import Exposures
    from ...session.tasks import Task
    from ..type_ahead import TypeAhead
    from .scene import Scene
    from .status_line import StatusLine

OTHERS_AFTER_S = 0.25
"""Seconds that frames are looked at before all others of the run are assessed."""


class ExposureReads:
    """Has frames assessed.

    Parameters
    ----------
    settle_s : float
        Seconds that the cursor rests on a frame before it is assessed.
    changed : callable
        Called when more is known.
    """

    def __init__(
        self,
        scene: Scene,
        status: StatusLine,
        settle_s: float,
        type_ahead: TypeAhead,
        changed: Callable[[], object],
    ) -> None:
        self._scene, self._status, self._settle_s = scene, status, settle_s
        self._type_ahead, self._changed = type_ahead, changed
        self._one_later = Later(scene.host)
        self._others_later = Later(scene.host, waited_for=False)

    def clear(self) -> None:
        """Another run, or all was read again: nothing is known of the frames' pixels."""
        self._one_later.stop()
        self._others_later.stop()
        self._scene.host.cancel(FrameTask.VERDICT, FrameTask.STRIP)
        self._scene.exposed = Exposed()

    def moved(self) -> None:
        """Wait until the cursor rests."""
        self._one_later.stop()

    def look(self) -> None:
        """Assess the frame that is shown once the cursor rests, and at first the others too."""
        self._one_later.start(self._settle_s, self._read_one)
        if not self._scene.exposed.known and not self._others_later.pending:
            self._others_later.start(OTHERS_AFTER_S, self._read_others)

    def _read_one(self) -> None:
        scene = self._scene
        uid, index, exposed = scene.uid, scene.index, scene.exposed
        if uid is None or index is None or scene.state.kind != "frame":
            return
        if index in exposed.known and index in exposed.seconds:
            return
        position, series = scene.host.selection.position, scene.session.series

        def take(found: Exposures) -> None:
            for assessed in found.exposures:
                scene.exposed.seconds[assessed] = found.seconds
            self._take(found)

        scene.reads.read(
            FrameTask.VERDICT, (uid, index), lambda task: series.exposure(uid, index, position, task), take,
            failed=ignore,
        )  # fmt: skip

    def _read_others(self, *, however_many: bool = False) -> None:
        scene = self._scene
        uid = scene.uid
        if uid is None or scene.frames is None:
            return
        series, known = scene.session.series, tuple(scene.exposed.known)

        def work(task: Task[Exposures]) -> Exposures:
            def wait() -> bool:
                return task.is_in_the_way_of(FrameTask.PICTURE, FrameTask.AHEAD)

            return series.exposures(uid, known, task, wait, all_of_them=however_many)

        def take(found: Exposures) -> None:
            if found.complete:
                self._status.working("")
            self._take(found)

        scene.reads.read(
            FrameTask.STRIP,
            (uid, "strip"),
            work,
            take,
            failed=lambda _: self._status.working(""),
            background=True,
        )

    def check_all(self) -> None:
        """Assess every frame of the run, however many there are."""
        exposed, frames = self._scene.exposed, self._scene.frames
        if frames is None:
            if not self._scene.is_known:
                self._type_ahead.keep(FramesReady, self.check_all)
        elif len(exposed.known) + len(exposed.others) >= self._scene.count:
            self._status.hint("all frames are checked")
        else:
            self._status.working("checking the exposures…")
            self._read_others(however_many=True)

    def _take(self, found: Exposures) -> None:
        exposed = self._scene.exposed
        exposed.known.update(found.exposures)
        exposed.others.update(found.others)
        for index in found.exposures:
            exposed.others.pop(index, None)
        self._status.describe()
        self._changed()

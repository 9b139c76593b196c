"""Reading frames ahead: those that one will want next, in the direction in which one steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...session.tasks import Task
from ..pane_reads import ignore
from .tasks import FrameTask

if TYPE_CHECKING:
    from .picture_maker import PictureMaker
    from .scene import Scene


class ReadAhead:
    """Has frames read before they are asked for."""

    def __init__(self, scene: Scene, maker: PictureMaker) -> None:
        self._scene, self._maker = scene, maker
        self.is_forward = True
        """Whether frames are stepped through from the first to the last."""

    def start(self) -> None:
        """Have the frames in memory that one will want next."""
        scene = self._scene
        uid, index, frames = scene.uid, scene.index, scene.frames
        if uid is None or index is None or frames is None:
            return
        maker, order = self._maker, scene.order(best=True)
        step = 1 if self.is_forward else -1
        near = range(1, scene.session.frames.ahead(frames) + 1)
        wanted = [n for n in (index + step * k for k in near) if 0 <= n < scene.count]

        def work(task: Task[None]) -> None:
            maker.read_ahead(uid, wanted, order, task)

        scene.reads.read(FrameTask.AHEAD, (uid, index), work, lambda _: None, failed=ignore, background=True)

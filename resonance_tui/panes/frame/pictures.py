"""Which picture is asked for, which is shown, and which waits: one in flight, the newest of those that wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...session.frames import Subject
from ...session.tasks import Progress, Task
from ..later import Later
from .tasks import FrameTask

if TYPE_CHECKING:
    from .picture_maker import PictureMaker, Shown
    from .scene import Scene
    from .status_line import StatusLine

REST_S = 0.35
"""Seconds after which what was drawn coarsely over a slow link is drawn again in full."""


class Pictures:
    """Has pictures of frames drawn, and shows them as the terminal takes them.

    Parameters
    ----------
    placed : callable
        Called when a picture is shown; told whether it is the one that is wanted, and another than before.
    """

    def __init__(
        self, scene: Scene, status: StatusLine, maker: PictureMaker, placed: Callable[[bool], object]
    ) -> None:
        self._scene, self._status, self._maker, self._placed = scene, status, maker, placed
        self._held: Shown | None = None
        self._looked_around: Subject | None = None
        self._best_later = Later(scene.host, waited_for=False)
        self._serial = 0
        self._asked_room: tuple[int, int] | None = None

    def stop(self) -> None:
        """Show no picture, and await none."""
        scene = self._scene
        scene.shown = self._held = self._asked_room = None
        scene.host.cancel(FrameTask.PICTURE)
        self._best_later.stop()

    def forget(self) -> None:
        """Nothing is known of the frames around."""
        self._looked_around = None

    def moved(self) -> None:
        """Another frame is under the cursor: that of before is not drawn again."""
        self._best_later.stop()

    @property
    def is_settled(self) -> bool:
        """Whether what is under the cursor is shown, or nothing more is being read for it."""
        scene = self._scene
        shown = scene.shown is not None and scene.shown.subject.index == scene.index
        off = scene.state.on_sheet or scene.state.is_stack
        return shown or off or not scene.host.busy(FrameTask.PICTURE)

    @property
    def fits(self) -> bool:
        """Whether the picture that was asked for last is as large as its place."""
        state = self._scene.state
        return self._asked_room == self._scene.pane.room and not state.on_sheet

    def request(self, *, best: bool = False) -> None:
        """Ask for the picture of what is selected, in the way it is looked at now."""
        scene = self._scene
        uid, index, state = scene.uid, scene.target, scene.state
        if uid is None or scene.frames is None or state.on_sheet:
            return
        if index is None and not state.is_stack:  # an event without a frame
            return
        marked = state.marked if state.kind == "difference" else None
        subject = Subject(state.kind, 0 if state.is_stack else index or 0, marked)
        order, maker, shown = scene.order(best=best), self._maker, scene.shown
        again = shown is not None and shown.subject.kind == state.kind and not best
        previous = shown.picture if shown is not None and again else None
        self._serial += 1
        self._asked_room = scene.pane.room

        def work(task: Task[Shown]) -> Shown:
            return maker.picture(uid, subject, order, previous, task)

        def progress(reached: Progress) -> None:
            self._status.working(
                f"{subject.kind} of all frames: {reached.done:,} of {reached.total:,}, esc stops"
            )

        scene.reads.read(
            FrameTask.PICTURE, (uid, subject, self._serial), work, self._take,
            failed=lambda reason: self._fail(subject, reason), progress=progress,
            slow="" if state.is_stack else "Reading the frame…",
            # what is under way is finished: held keys then show a frame now and then, not none until they rest
            finish=True,
        )  # fmt: skip
        if state.is_stack:
            self._status.working(f"{state.kind} of all frames…")

    def _take(self, shown: Shown) -> None:
        scene = self._scene
        if shown.subject.kind == scene.state.kind and not scene.state.on_sheet:
            self._held = shown
            if not scene.host.flow.busy:
                self.place()

    def _fail(self, subject: Subject, reason: str) -> None:
        scene = self._scene
        if subject.kind != scene.state.kind or scene.state.on_sheet:
            return
        if subject.kind == "frame" and subject.index != scene.target:  # gone by in a series
            return
        scene.shown = self._held = None
        self._status.clear()
        scene.pane.say(reason, error=True)

    def place(self) -> None:
        """Show the picture that waits for the terminal, where there is one."""
        scene = self._scene
        shown, self._held = self._held, None
        state = scene.state
        if shown is None or shown.subject.kind != state.kind or state.on_sheet:
            return
        if scene.target is None and not state.is_stack:
            return
        scene.shown = shown
        if state.is_stack:
            self._status.clear()
        self._status.set_line()
        scene.send(scene.pane.show_picture(shown.picture))
        self._status.describe()
        is_wanted = state.is_stack or shown.subject.index == (scene.target or 0)
        self._placed(is_wanted and self._looked_around != shown.subject)
        if not is_wanted:
            return
        self._looked_around = shown.subject
        coarse = shown.after_another or shown.levels < scene.palette().levels
        if coarse and not state.blinking:  # at rest, as it is by itself
            self._best_later.start(REST_S, lambda: self.request(best=True))

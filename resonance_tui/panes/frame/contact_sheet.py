"""The contact sheet in the frame pane: thumbnails of a run's frames, walked with the cursor."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...session.tasks import Task
from ..actions import Move
from ..pane_reads import ignore
from .state import TO_THE_END
from .tasks import FrameTask

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ...picture.contact_sheet import Sheet, Thumb
    from .picture_maker import PictureMaker
    from .scene import Scene
    from .status_line import StatusLine

    Thumbs = dict[int, Thumb | None]


class ContactSheet:
    """Shows the frames around the one under the cursor; those in view are read when they are."""

    def __init__(self, scene: Scene, status: StatusLine, maker: PictureMaker) -> None:
        self._scene, self._status, self._maker = scene, status, maker
        self._thumbs: Thumbs = {}
        self._kept: dict[int, NDArray[np.int16]] = {}
        self._kept_for: object = None
        self._is_late = False

    def forget(self) -> None:
        """Forget the thumbnails, which are old."""
        self._thumbs, self._kept = {}, {}

    def draw_late(self) -> None:
        """Draw what had to wait for the terminal."""
        if self._is_late:
            self.draw()

    def open(self) -> None:
        """Show it."""
        self._scene.state = replace(self._scene.state, on_sheet=True)

    def close(self) -> None:
        """Show the frame under the cursor again."""
        self._scene.state = replace(self._scene.state, on_sheet=False)
        self._scene.host.cancel(FrameTask.SHEET)

    def _sheet(self) -> Sheet:
        from ...picture.contact_sheet import lay_out

        return lay_out(*self._scene.pane.room, max(1, self._scene.count))

    def _text(self, first: int, sheet: Sheet) -> str:
        """Return which frames are in sight."""
        n = self._scene.count
        own = "" if self._scene.state.view.fixed is not None else ", scaled individually"
        return f"{first + 1:,}–{min(n, first + sheet.size):,} of {n:,}{own}"

    def show(self) -> None:
        """Draw the sheet around the cursor, and read what is missing on it."""
        scene = self._scene
        uid, n = scene.uid, scene.count
        if uid is None or scene.frames is None:
            return
        sheet = self._sheet()
        first = sheet.first(scene.index or 0, n)
        wanted = [k for k in range(first, min(first + sheet.size, n)) if self._thumbs.get(k) is None]
        if wanted:
            maker = self._maker

            def work(task: Task[Thumbs]) -> Thumbs:
                return maker.thumbs(uid, wanted, task)

            scene.reads.read(FrameTask.SHEET, (uid, first), work, self._add, failed=ignore, background=True)
        self.draw()

    def _add(self, thumbs: Thumbs) -> None:
        self._thumbs.update(thumbs)
        self.draw()

    def draw(self) -> None:
        """Draw what is there."""
        scene = self._scene
        self._is_late = False
        if scene.frames is None or not scene.state.on_sheet:
            return
        if scene.host.flow.busy:
            self._is_late = True
            return
        from ...picture.contact_sheet import draw_sheet

        width, height = scene.pane.room
        colours, view = scene.palette(), scene.state.view
        sheet, n, index = self._sheet(), scene.count, scene.index or 0
        self._status.sheet_text = self._text(sheet.first(index, n), sheet)
        made_for = (sheet, view.fixed, view.limits, view.stretch, colours)
        if made_for != self._kept_for:
            self._kept, self._kept_for = {}, made_for
        cells = draw_sheet(
            sheet, width, height, self._thumbs, n, index, view, colours, scene.exposed.known, self._kept
        )
        self._status.set_line()
        scene.send(scene.pane.show_cells(cells, colours))

    def steps_to(self, where: Move) -> int:
        """Return how many frames further a key leads."""
        sheet = self._sheet()
        return {
            Move.LEFT: -1, Move.RIGHT: 1, Move.UP: -sheet.columns, Move.DOWN: sheet.columns,
            Move.PAGE_UP: -sheet.size, Move.PAGE_DOWN: sheet.size, Move.FIRST: -TO_THE_END, Move.LAST: TO_THE_END,
        }[where]  # fmt: skip

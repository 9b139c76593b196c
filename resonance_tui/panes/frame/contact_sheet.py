"""The contact sheet in the frame pane: thumbnails of a run's frames, walked with the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ...picture.contact_sheet import Sheet, Thumb
    from .controller import FrameDesk


class FrameSheet:
    """Shows the frames around the one under the cursor; those in view are read when they are."""

    def __init__(self, desk: FrameDesk) -> None:
        self._desk = desk
        self.shown = False
        self._thumbs: dict[int, Thumb | None] = {}
        self._kept: dict[int, NDArray[np.int16]] = {}
        self._kept_for: object = None
        self._late = False

    def forget(self) -> None:
        """The thumbnails are old."""
        self._thumbs, self._kept = {}, {}

    def draw_late(self) -> None:
        """The terminal is ready: draw what had to wait."""
        if self._late:
            self.draw()

    def toggle(self) -> None:
        """Show it, or go back to the frame under the cursor."""
        desk = self._desk
        if desk.frames is None:
            return
        if self.shown:
            self.close()
            return
        desk.several.stop_blinking()
        desk.panels.open(None)
        desk.stop_pictures()
        self.shown = True
        if desk.index is None:
            desk.step(1)
        desk.words.describe()
        self.show()

    def close(self) -> None:
        """Back to the frame under the cursor."""
        self.shown = False
        self._desk.screen.tasks.cancel("sheet")
        self._desk.cursor_moved()

    def add(self, thumbs: dict[int, Thumb | None]) -> None:
        """Some more thumbnails are there."""
        self._thumbs.update(thumbs)
        self.draw()

    def _sheet(self) -> Sheet:
        from ...picture.contact_sheet import lay_out

        frames = self._desk.frames
        return lay_out(*self._desk.pane.room, frames.shape[0] if frames is not None else 1)

    @property
    def text(self) -> str:
        """Which frames are in sight."""
        frames = self._desk.frames
        if frames is None:
            return ""
        sheet, n = self._sheet(), frames.shape[0]
        first = sheet.first(self._desk.index or 0, n)
        own = "" if self._desk.view.fixed is not None else ", scaled individually"
        return f"{first + 1:,}–{min(n, first + sheet.size):,} of {n:,}{own}"

    def show(self) -> None:
        """Draw the sheet around the cursor, and read what is missing on it."""
        desk = self._desk
        uid, frames = desk.screen.selection.uid, desk.frames
        if uid is None or frames is None:
            return
        sheet, n = self._sheet(), frames.shape[0]
        first = sheet.first(desk.index or 0, n)
        wanted = [k for k in range(first, min(first + sheet.size, n)) if self._thumbs.get(k) is None]
        if wanted:
            pictures = desk.pictures
            desk.screen.ask("sheet", (uid, first), lambda task: pictures.thumbs(uid, wanted, task))
        self.draw()

    def draw(self) -> None:
        """Draw what is there."""
        desk = self._desk
        frames = desk.frames
        self._late = False
        if frames is None or not self.shown:
            return
        if desk.screen.flow.busy:
            self._late = True
            return
        from ...picture.contact_sheet import draw_sheet

        width, height = desk.pane.room
        colours = desk.palette()
        sheet, view = self._sheet(), desk.view
        made_for = (sheet, view.fixed, view.limits, view.stretch, colours)
        if made_for != self._kept_for:
            self._kept, self._kept_for = {}, made_for
        cells = draw_sheet(
            sheet, width, height, self._thumbs, frames.shape[0], desk.index or 0, view, colours,
            desk.exposures.known, self._kept,
        )  # fmt: skip
        desk.screen.sent(desk.pane.show_cells(cells, colours))

    def walk(self, where: str) -> None:
        """Go to the frame that a key leads to."""
        sheet = self._sheet()
        steps = {
            "left": -1, "right": 1, "up": -sheet.columns, "down": sheet.columns,
            "page_up": -sheet.size, "page_down": sheet.size, "first": -(10**9), "last": 10**9,
        }  # fmt: skip
        self._desk.step(steps[where])

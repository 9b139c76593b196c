"""Draws cells of a picture, and sends the terminal no more of it than has changed.

Textual keeps no account of what a terminal shows, and prepares every cell as a styled piece of text. Here the
strips bring their finished text along; and where the terminal is known to show the last picture, the cells that
changed are sent straight to it. Whenever that is not sure (a dialog is open, the layout changed), the picture
goes the ordinary way, whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.color import Color
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ..picture.palettes import Palette

if TYPE_CHECKING:
    from ..picture.cells import Cells
    from .ansi import Pen

_PENS = 3


class PictureStrip(Strip):
    """A line that knows the text that draws it; cut or filtered, it becomes an ordinary one.

    Parameters
    ----------
    draw : callable
        Makes the text that draws the line.
    make : callable
        Makes the segments of the whole line.
    width : int
        In cells.

    Both are called only when somebody wants what they make: most lines are asked for, and then not drawn.
    """

    __slots__ = ("_draw", "_made", "_make", "_text")

    def __init__(self, draw: Callable[[], str], make: Callable[[], list[Segment]], width: int) -> None:
        self._made: list[Segment] | None = None
        self._text: str | None = None
        self._draw, self._make = draw, make
        super().__init__((), width)

    def render(self, console: Console) -> str:
        """Return the text that draws the line."""
        if self._text is None:
            self._text = self._draw()
        return self._text

    @property
    def _segments(self) -> list[Segment]:
        if self._made is None:
            self._made = self._make()
        return self._made

    @_segments.setter
    def _segments(self, segments: list[Segment]) -> None:
        pass  # the base class sets an empty list; ours are made when they are wanted


class CellsView(Widget):
    """A picture in the whole of its place."""

    class Drawn(Message):
        """A picture is on its way to the terminal, in `size` bytes."""

        def __init__(self, size: int) -> None:
            self.size = size
            super().__init__()

    class Resized(Message):
        """There is room for a picture of another size."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._cells: Cells | None = None
        self._pen: Pen | None = None
        self._pens: dict[Palette, Pen] = {}
        self._painted: Cells | None = None
        self._painted_at: Region | None = None
        self._new = False

    @property
    def cells(self) -> Cells | None:
        """What is drawn."""
        return self._cells

    def show(self, cells: Cells | None, palette: Palette | None = None) -> int:
        """Draw a picture, or nothing.

        Returns
        -------
        int
            Bytes that are sent to the terminal already; 0 where `Drawn` will tell.
        """
        if palette is not None and (self._pen is None or self._pen.palette is not palette):
            from .ansi import Pen

            if len(self._pens) >= _PENS:
                self._pens.clear()
            self._pen = self._pens.setdefault(palette, Pen(palette))
            self.repaint()
        self._cells = cells
        if cells is None:
            self.repaint()
            self.refresh()
            return 0
        size = self._send_changes(cells)
        if size is None:
            self._new = True
            self.refresh()
        return size or 0

    def repaint(self) -> None:
        """Draw the next picture whole: what the terminal shows in our place is not known."""
        self._painted = None

    def _send_changes(self, cells: Cells) -> int | None:
        """Send what differs from the picture that the terminal shows; None where that is not known for sure.

        This goes past Textual's compositor, which would ask every widget on the same lines for all of them.
        """
        shown, pen, screen, driver = self._painted, self._pen, self.screen, self.app._driver
        if (
            shown is None
            or pen is None
            or driver is None
            or shown.shape != cells.shape
            or self.region != self._painted_at
            or not screen.is_active
            or screen._layout_required
            or self.app._batch_count
        ):
            return None
        changed = cells != shown
        lines = changed.any(axis=1).nonzero()[0].tolist()
        left, top = self.region.offset
        text = "".join(
            f"\x1b[{top + y + 1};{left + 1}H{pen.redraw(cells[y].tolist(), changed[y].tolist())}"
            for y in lines
        )
        self._painted = cells
        if text:
            self.app._begin_update()
            driver.write(text)
            self.app._end_update()
        return len(text.encode())

    def on_resize(self) -> None:
        """Ask for a picture that fits."""
        self.repaint()
        self.post_message(self.Resized())

    def render_lines(self, crop: Region) -> list[Strip]:
        """Lines of the picture."""
        cells, pen = self._cells, self._pen
        width, height = self.size
        if cells is None or pen is None or cells.shape[1] != width:
            self._painted = None
            return [Strip.blank(crop.width, self.rich_style)] * crop.height
        whole = crop.x == 0 and crop.y == 0 and crop.width == width and crop.height >= height
        strips: list[Strip] = []
        for y in crop.line_range:
            if not 0 <= y < len(cells):
                strips.append(Strip.blank(crop.width, self.rich_style))
                continue
            strip = PictureStrip(_Drawing(pen, cells[y]), _Line(pen.palette, cells[y]), width)
            strips.append(strip if crop.width == width else strip.crop(crop.x, crop.right))
        if self._new and whole:
            self._new = False
            # only what is asked for because of `show`, and with no other screen above, is sure to be drawn
            if self.screen.is_active and len(cells) <= height:
                self._painted, self._painted_at = cells, self.region
            size = sum(len(strip.render(self.app.console).encode()) for strip in strips)
            self.screen.post_message(self.Drawn(size))
        return strips


@dataclass(frozen=True, slots=True)
class _Drawing:
    """Makes the text of a line of cells."""

    pen: Pen
    line: Cells

    def __call__(self) -> str:
        return self.pen.draw(self.line.tolist())


@dataclass(frozen=True, slots=True)
class _Line:
    """Makes the segments of a line of cells."""

    palette: Palette
    line: Cells

    def __call__(self) -> list[Segment]:
        from ..picture.cells import pieces

        return [
            Segment(text, _style(self.palette, front, back))
            for text, front, back in pieces(self.line.tolist())
        ]


@lru_cache(maxsize=4096)
def _style(palette: Palette, front: int, back: int) -> Style:
    return Style(color=_colour(palette, front), bgcolor=_colour(palette, back))


def _colour(palette: Palette, code: int) -> Color | None:
    colour = palette.colours[code]
    if isinstance(colour, tuple):
        return Color.from_rgb(*colour)
    return None if colour is None else Color.from_ansi(colour)

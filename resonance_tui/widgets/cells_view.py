"""Draws cells of a picture, and sends the terminal no more of it than has changed.

Textual keeps no account of what a terminal shows, and prepares every cell as a styled piece of text. Here the
strips bring their finished text along, and after a change of picture it jumps over the cells that are the
same. Such a strip may be drawn only on top of the very picture it was made against; whenever somebody else
asks for lines (a dialog opened or closed, the layout changed), whole ones are given.
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

from ..present.colours import Palette

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..present.cells import Cells, Pen

_PENS = 6


class PictureStrip(Strip):
    """A line that knows the text that draws it; cut or filtered, it becomes an ordinary one.

    Parameters
    ----------
    draw : callable
        Makes the text that draws the line, or what has changed of it.
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
        """The text that draws the line."""
        if self._text is None:
            self._text = self._draw()
        return self._text

    @property
    def _segments(self) -> list[Segment]:  # type: ignore[override]
        if self._made is None:
            self._made = self._make()
        return self._made

    @_segments.setter
    def _segments(self, segments: list[Segment]) -> None:
        pass  # the base class sets an empty list; ours are made when they are wanted


class CellsView(Widget):
    """A picture in the whole of its place."""

    class Drawn(Message):
        """A picture that was shown is on its way to the terminal, in `size` bytes."""

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
        self._ours = False

    @property
    def cells(self) -> Cells | None:
        """What is drawn."""
        return self._cells

    def show(self, cells: Cells | None, palette: Palette | None = None) -> None:
        """Draw a picture, or nothing."""
        if palette is not None and (self._pen is None or self._pen.palette is not palette):
            from ..present.cells import Pen

            if len(self._pens) >= _PENS:
                self._pens.clear()
            self._pen = self._pens.setdefault(palette, Pen(palette))
            self.repaint()
        self._cells = cells
        if cells is None:
            self.repaint()
            self.refresh()
            return
        shown = self._painted
        if shown is None or shown.shape != cells.shape:
            self._painted = None
            self._ours = True
            self.refresh()
            return
        lines = (cells != shown).any(axis=1).nonzero()[0]
        if len(lines):
            self._ours = True
            self.refresh(Region(0, int(lines[0]), self.size.width, int(lines[-1] - lines[0]) + 1))

    def on_resize(self) -> None:
        """Ask for a picture that fits."""
        self.repaint()
        self.post_message(self.Resized())

    def repaint(self) -> None:
        """What the terminal shows in our place is not known: the next picture is drawn whole."""
        self._painted = None

    def render_lines(self, crop: Region) -> list[Strip]:
        """Lines of the picture; after `show`, what has changed of them."""
        cells, pen = self._cells, self._pen
        width, height = self.size
        if cells is None or pen is None or cells.shape[1] != width:
            self._painted = None
            return [Strip.blank(crop.width, self.rich_style)] * crop.height
        whole_lines = crop.x == 0 and crop.width == width
        if self.app.screen is not self.screen or self.region != self._painted_at:
            self._painted = None
        strips: list[Strip] = []
        size = 0
        shown, changed = self._painted, None
        if self._ours and whole_lines and shown is not None and shown.shape == cells.shape:
            difference = cells != shown
            lines = difference.any(axis=1).nonzero()[0]
            if not len(lines) or (crop.y <= lines[0] and lines[-1] < crop.bottom):
                changed = difference
        ours = self._ours and (changed is not None or (whole_lines and crop.y == 0 and crop.height >= height))
        for y in crop.line_range:
            if not 0 <= y < len(cells):
                strips.append(Strip.blank(crop.width, self.rich_style))
                continue
            new = None if changed is None else changed[y]
            strip = PictureStrip(_Drawing(pen, cells[y], new), _Line(pen.palette, cells[y]), width)
            if ours:
                size += len(strip.render(self.app.console).encode())
            strips.append(strip if whole_lines else strip.crop(crop.x, crop.right))
        if ours:
            self._ours = False
            self.post_message(self.Drawn(size))
            current = self.app.screen is self.screen
            self._painted = cells if current and len(cells) <= height else None
            self._painted_at = self.region
        return strips


@dataclass(frozen=True, slots=True)
class _Drawing:
    """Makes the text of a line of cells, or of what is new in it."""

    pen: Pen
    line: Cells
    new: NDArray[np.bool_] | None

    def __call__(self) -> str:
        if self.new is None:
            return self.pen.draw(self.line.tolist())
        return self.pen.redraw(self.line.tolist(), self.new.tolist())


@dataclass(frozen=True, slots=True)
class _Line:
    """Makes the segments of a line of cells."""

    palette: Palette
    line: Cells

    def __call__(self) -> list[Segment]:
        from ..present.cells import pieces

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

"""The lines of a plot, with the cursor laid over them: moving it draws no curve again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from .literal import segment

if TYPE_CHECKING:
    from .curve_renderer import Drawing


@dataclass(frozen=True, slots=True)
class Mark:
    """A character laid over the cell in `column` of `line`; `part` names the component class of its style."""

    column: int
    line: int
    character: str
    part: str


class CurveView(Widget, can_focus=False):
    """Shows a drawing and the marks on it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"curve-view--cursor", "curve-view--axis", "curve-view--lost"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._drawing: Drawing | None = None
        self._strips: tuple[Strip, ...] = ()
        self._marks: tuple[Mark, ...] = ()

    @property
    def drawing(self) -> Drawing | None:
        """What is shown."""
        return self._drawing

    def show(self, drawing: Drawing | None) -> None:
        """Show another drawing; marks have to be set again."""
        self._drawing = drawing
        self._strips = () if drawing is None else tuple(map(Strip, drawing.lines))
        self._marks = ()
        self.refresh()

    def mark(self, marks: Sequence[Mark]) -> None:
        """Lay these marks over the drawing instead of those that were there."""
        new = tuple(marks)
        lines = {mark.line for mark in (*self._marks, *new)} if new != self._marks else set()
        self._marks = new
        for line in lines:
            self.refresh(Region(0, line, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """One line of the drawing."""
        width = self.size.width
        if y >= len(self._strips):
            return Strip.blank(width, self.rich_style)
        strip = self._strips[y]
        for mark in self._marks:
            if mark.line == y and mark.column < strip.cell_length:
                style = self.get_component_rich_style(mark.part)
                before, rest = strip.divide([mark.column, strip.cell_length])
                rest = rest.crop(1)
                strip = Strip([*before, segment(mark.character, style), *rest])
        return strip.adjust_cell_length(width).apply_style(self.rich_style)

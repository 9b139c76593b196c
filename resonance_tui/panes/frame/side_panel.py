"""The place of curves beside the frame, and the line above that says what they show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widgets import Static

from ..curve_colours import COLOURS
from ..curve_view import CurveView
from ..literal import assemble, literal

if TYPE_CHECKING:
    from ...picture.side_plots import Panel
    from ..curve_renderer import Drawing


class SidePanel(Vertical):
    """Shows curves that were drawn."""

    class Resized(Message):
        """Curves of another size have room."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._panel: Panel | None = None

    def compose(self) -> ComposeResult:
        """Compose a title and the curves."""
        yield Static("", id="panel-title", markup=False)
        yield CurveView(id="panel-curves")

    @property
    def panel(self) -> Panel | None:
        """What is drawn."""
        return self._panel

    @property
    def room(self) -> Size:
        """Cells there are for the curves."""
        return self.query_one(CurveView).size

    def show(self, panel: Panel | None, drawing: Drawing | None, note: str = "") -> None:
        """Show curves; without any, say why."""
        self._panel = panel
        self.query_one("#panel-title", Static).update(self._title(panel, note), layout=False)
        self.query_one(CurveView).show(drawing)

    def _title(self, panel: Panel | None, note: str) -> Content:
        """Return what is shown, and which colour is what where there are several."""
        if panel is None:
            return literal(note)
        if len(panel.lines) == 1:
            return literal(panel.title)
        colours = COLOURS[self.app.current_theme.dark]
        names = [(f"  ■ {line.label}", colours[place]) for place, line in enumerate(panel.lines)]
        return assemble(panel.title, *names)

    def on_resize(self) -> None:
        """Say that another size has room."""
        self.post_message(self.Resized())

"""Curves beside the frame: cuts, radial profile, histogram, a region over the frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.color import Color
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from ..curve_colours import COLOURS, Canvas, draw_curve, set_ticks
from ..literal import assemble, literal

if TYPE_CHECKING:
    from ...picture.side_plots import Panel


class FramePanel(Vertical):
    """Draws a panel with plotext; a line above says what it shows."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._panel: Panel | None = None

    def compose(self) -> ComposeResult:
        """A title and the plot."""
        yield Static("", id="panel-title", markup=False)
        yield Canvas(id="panel-canvas")

    @property
    def panel(self) -> Panel | None:
        """What is drawn."""
        return self._panel

    def show(self, panel: Panel | None, note: str = "") -> None:
        """Draw a panel; None says why there is none yet."""
        self._panel = panel
        self.query_one("#panel-title", Static).update(self._title(panel, note), layout=False)
        self._draw()

    def _title(self, panel: Panel | None, note: str) -> Content:
        """What is shown, and which colour is what where there are several."""
        if panel is None:
            return literal(note)
        if len(panel.lines) == 1:
            return literal(panel.title)
        colour_indices = COLOURS[self.app.current_theme.dark]
        names = [(f"  ■ {line.label}", colour_indices[n]) for n, line in enumerate(panel.lines)]
        return assemble(panel.title, *names)

    def redraw(self) -> None:
        """Draw the same in the colours of another theme."""
        self.show(self._panel)

    def on_resize(self) -> None:
        """Another size shows another number of points."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        if not self.is_attached or not self.display:
            return
        canvas = self.query_one(Canvas).ready()
        if canvas is None:
            self.call_after_refresh(self._draw)
            return
        import numpy as np

        from ...analysis.curves import drawable
        from ..plot.series import Curve

        panel, plt = self._panel, canvas.plt
        plt.clear_figure()
        if panel is not None and any(len(line.x) for line in panel.lines):
            dark = self.app.current_theme.dark
            for number, line in enumerate(panel.lines):
                y = drawable(line.y)
                curve = Curve(line.label, line.x, y, np.arange(len(line.x)))
                draw_curve(plt, curve, number, self.size.width, dark=dark)
            x = np.concatenate([line.x for line in panel.lines])
            y = np.concatenate([drawable(line.y) for line in panel.lines])
            grey = Color.parse("#ffffff" if dark else "#000000").rgb
            for mark in panel.marks:
                if len(x) and x.min() <= mark <= x.max():
                    plt.vline(mark, grey)
            if panel.ticks:
                plt.xticks([at for at, _ in panel.ticks], [text for _, text in panel.ticks])
            set_ticks(
                plt,
                x,
                y,
                self.size.width,
                max(3, self.size.height - 3),
                log=panel.log,
                only_y=bool(panel.ticks),
            )
            plt.xlabel(panel.x_name)
        plt.grid(False, False)
        plt.frame(True)
        canvas.refresh()

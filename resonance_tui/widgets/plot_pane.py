"""Plot: the curves of a run and the event under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.color import Color
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widgets import Static

from .curves import HUES, Canvas, draw_curve, set_ticks
from .pane import Pane

if TYPE_CHECKING:
    from textual_plotext import PlotextPlot

    from ..present.series import Plot

_PAGE = 20


class PlotPane(Pane):
    """Draws curves with plotext, which is imported with the first of them."""

    TITLE = "Plot"

    class Moved(Message):
        """The user wants the cursor on the event at the pane's `position`."""

        def __init__(self, pane: PlotPane) -> None:
            self.pane = pane
            super().__init__()

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._plot: Plot | None = None
        self._position = 0
        self._seen = True

    def compose_content(self) -> ComposeResult:
        """A place for the canvas."""
        yield Canvas(id="canvas")
        yield Static("", id="legend", markup=False)

    def on_mount(self) -> None:
        """Follow the theme."""
        super().on_mount()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())

    @property
    def position(self) -> int:
        """The event under the cursor, by its place in the stream, from 0."""
        return self._position

    def clear(self) -> None:
        """Show nothing."""
        self._plot = None
        self._position = 0
        self.caption("")
        self.say("")

    def show_plot(self, plot: Plot | None) -> None:
        """Draw a run's curves; None says that there is nothing to draw."""
        self._plot = plot
        if plot is None:
            self.caption("")
            self.say("Nothing to draw: this run has no events with a signal (yet).")
            return
        self.show_content()
        self._draw()

    def show_cursor(self, position: int) -> None:
        """Mark the event at `position`."""
        self._position = position
        if self._plot is not None:
            self._draw()

    def on_resize(self) -> None:
        """Another size shows another number of points."""
        if self._plot is not None:
            self.call_after_refresh(self._draw)

    def on_hide(self) -> None:
        """Nobody sees the curves."""
        self._seen = False

    def on_show(self) -> None:
        """The curves are seen again; the cursor may have moved."""
        self._seen = True
        self._draw()

    def _draw(self) -> None:
        if self._plot is None or not self._seen or not self.is_attached:
            return
        canvas = self.query_one(Canvas).ready()
        if canvas is None:
            self.call_after_refresh(self._draw)
            return
        plot = self._plot
        self._describe(plot)
        self._list_curves(plot)
        _draw_curves(canvas, plot, self._position, self.content_size, dark=self.app.current_theme.dark)
        canvas.refresh()

    def _describe(self, plot: Plot) -> None:
        under = plot.describe(self._position)
        self.caption(plot.caption + (f"  ▸ {under}" if under else ""))

    def _list_curves(self, plot: Plot) -> None:
        # below the plot: inside it, the list would cover what is to be seen
        legend = self.query_one("#legend", Static)
        legend.display = len(plot.curves) > 1
        hues = HUES[self.app.current_theme.dark]
        name = f"{plot.slow[0]} " if len(plot.slow) == 1 else ""
        parts = [
            (f"  ■ {curve.label.removeprefix(name)}", hues[n % len(hues)])
            for n, curve in enumerate(plot.curves)
        ]
        legend.update(Content.assemble((name.strip(), "$text-muted"), *parts))

    def move(self, where: str) -> None:
        """Ask for the event that a key leads to."""
        if self._plot is None or not self._plot.x.size:
            return
        step = {"down": 1, "right": 1, "up": -1, "left": -1, "page_down": _PAGE, "page_up": -_PAGE}.get(
            where, 0
        )
        last = int(self._plot.x.size) - 1
        target = max(0, min(last, {"first": 0, "last": last}.get(where, self._position + step)))
        if target != self._position:
            self._position = target  # at once: the next key counts from here
            self.post_message(self.Moved(self))


def _draw_curves(canvas: PlotextPlot, plot: Plot, position: int, size: Size, *, dark: bool) -> None:
    import math

    plt = canvas.plt
    plt.clear_figure()
    for number, curve in enumerate(plot.curves):
        draw_curve(plt, curve, number, size.width, dark=dark)
    if 0 <= position < plot.x.size:
        at, value = float(plot.x[position]), float(plot.y[position])
        if math.isfinite(at) and math.isfinite(value):
            plt.scatter([at], [value], color=Color.parse("#ffffff" if dark else "#000000").rgb, marker="●")
    set_ticks(plt, plot.x, plot.y, size.width, size.height)
    plt.xlabel(plot.x_name)
    plt.grid(False, False)
    plt.frame(True)

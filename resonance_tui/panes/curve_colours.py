"""Curves drawn with plotext, wherever they stand: their colours, their strokes, their ticks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.color import Color
from textual.containers import Container

if TYPE_CHECKING:
    from textual_plotext import PlotextPlot

    from ..analysis.axes import Values
    from .plot.series import Curve

COLOURS = {
    True: ("#6cb6ff", "#f2a65a", "#7bd88f", "#e07a9b", "#b39df3", "#5fd3d0", "#e6d06c", "#c0c0c0", "#8aa0ff",
           "#d98cff", "#a0d468", "#ff8f70"),
    False: ("#1f6fb5", "#b85c00", "#2b8a3e", "#b0305c", "#6a45c9", "#0b7f84", "#8a7400", "#555555", "#3346c4",
            "#9a2fd0", "#4f7d1a", "#c2451e"),
}  # fmt: skip
"""Colours of curves, for dark and for light themes; a curve keeps its colour by its place."""

_LABELS = 10


class Canvas(Container):
    """A place for a plot; plotext is imported with the first that is drawn."""

    _plot: PlotextPlot | None = None

    def ready(self) -> PlotextPlot | None:
        """The plot to draw on; None where it was only just put there, or the app is ending."""
        if self._plot is not None:
            return self._plot
        if self.is_attached:
            from textual_plotext import PlotextPlot

            self._plot = PlotextPlot()
            self.mount(self._plot)
        return None


def draw_curve(plt: Any, curve: Curve, number: int, width: int, *, dark: bool) -> None:
    """Draw one curve, with no more points than a pane `width` cells wide can show."""
    from .plot.series import strokes, thin_out

    colour_indices = COLOURS[dark]
    colour = Color.parse(colour_indices[number % len(colour_indices)]).rgb
    for x, y in strokes(thin_out(curve, max(width - _LABELS, 10))):
        draw = plt.plot if len(x) > 1 else plt.scatter
        draw(x, y, color=colour, marker="hd")


def set_ticks(
    plt: Any, x: Values, y: Values, width: int, height: int, *, log: bool = False, only_y: bool = False
) -> None:
    """Round ticks for the points of a plot; `log` where `y` holds decadic logarithms."""
    import numpy as np

    from ..text.numbers import number
    from .plot.series import log_ticks, tick_labels, ticks

    finite = np.isfinite(x) & np.isfinite(y)
    if not finite.any():
        return
    if not only_y:
        places = ticks(float(x[finite].min()), float(x[finite].max()), width // 9)
        plt.xticks(places, tick_labels(places))
    find = log_ticks if log else ticks
    places = find(float(y[finite].min()), float(y[finite].max()), max(3, height // 2))
    plt.yticks(places, [number(10.0**place, 2) for place in places] if log else tick_labels(places))

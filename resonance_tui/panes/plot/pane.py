"""Plot: the curves of a run, the event under the cursor, and what is read from its curve."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.color import Color
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from ...terminal.text_width import width_of
from ...text.printable import plural
from ..curve_colours import COLOURS
from ..curve_view import CurveView, Mark
from ..literal import assemble, literal
from ..pane import Pane
from .canvas import Canvas

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..curve_renderer import Drawing
    from .model import Plot

_LINES_AROUND = 2  # the legend above, the values under the cursor below
_LINES_FOR_READ_OUTS = 9  # lines from which on there is room for what is read from the curve
_FIRST, _OTHER, _ON_AXIS, _NO_BEAM = "●", "○", "▲", "▾"
_MOST_LOST = 2000


class PlotPane(Pane):
    """Shows the curves that were drawn, with the cursor on them."""

    TITLE = "Plot"

    class Resized(Message):
        """The curves have another size."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._plot: Plot | None = None
        self._position = 0
        self._readings: tuple[str, ...] = ()
        self._chosen = 0
        self._prompt = self._notes = ""
        self._shown_position = self._prompt_at = 0
        self._notes_above = False
        self._legend: Content | None = None
        self._lost: NDArray[np.bool_] | None = None

    def compose_content(self) -> ComposeResult:
        """Compose the legend, the curves, and below them the values under the cursor and of its curve."""
        yield Static("", id="legend", markup=False)
        yield CurveView(id="curve-view")
        yield Static("", id="plot-cursor", markup=False)
        yield Static("", id="plot-readings", markup=False)

    @property
    def view(self) -> CurveView:
        """Where the curves are."""
        return self.query_one(CurveView)

    @property
    def canvas(self) -> Canvas:
        """Where curves are drawn; without any cells where the pane is not in sight."""
        width, height = self.content_size
        lines = _LINES_AROUND + self.has_room_for_readings
        if width <= 0 or height <= lines:
            width, height = 0, lines
        dark = self.app.current_theme.dark
        return Canvas(
            width,
            height - lines,
            dark,
            Color.parse(self.app.theme_variables.get("background", "#000000")).rgb,
        )

    def copy(self, text: str) -> None:
        """Send a text to the clipboard, where the terminal allows that."""
        self.app.copy_to_clipboard(text)

    @property
    def plot(self) -> Plot | None:
        """What is drawn."""
        return self._plot

    @property
    def position(self) -> int:
        """The event under the cursor, by its place in the stream, from 0."""
        return self._position

    @property
    def readings(self) -> tuple[str, ...]:
        """What is read from the curve under the cursor, each in words."""
        return self._readings

    @property
    def legend(self) -> str:
        """The legend, as plain text."""
        return str(self.query_one("#legend", Static).render())

    @property
    def under_cursor(self) -> str:
        """The line below the curves, as plain text."""
        return str(self.query_one("#plot-cursor", Static).render())

    # -- data --------------------------------------------------------------------------------------------

    def clear(self) -> None:
        """Show nothing."""
        self._plot = None
        self._position = self._shown_position = 0
        self._readings = ()
        self._lost = None
        self._prompt = ""
        self.view.show(None)
        self.caption("")
        self.say("")

    def show_plot(self, plot: Plot | None, drawing: Drawing | None = None) -> None:
        """Show a run's curves; None says that there is nothing to draw."""
        self._plot = plot
        if plot is None:
            self.caption("")
            self.say("Nothing to draw: this run has no events with a signal.")
            return
        if plot.is_empty:
            self.caption(plot.caption)
            self.say(plot.why_empty())
            return
        self.show_content()
        self.view.show(drawing)
        self._describe()
        self._mark()

    def show_cursor(self, position: int) -> None:
        """Mark the event at `position`."""
        self._position = position
        before, self._shown_position = self._shown_position, position
        if position != self._prompt_at:  # what was said of a key is gone with the next move
            self._prompt = ""
        if self._plot is None or self.is_noted:
            return
        self._mark()
        self._describe()
        if self._plot.trace_at(before) != self._plot.trace_at(position):
            self._list_curves()

    def show_lost(self, lost: NDArray[np.bool_] | None) -> None:
        """Mark the events that were taken without beam; None where there are none."""
        self._lost = lost
        self._describe()
        self._mark()

    def show_readings(self, readings: Sequence[str], chosen: int = 0) -> None:
        """Say what is read from the curve under the cursor; the `chosen` one stands out."""
        self._readings, self._chosen = tuple(readings), chosen
        self._describe()

    def on_resize(self) -> None:
        """Other words have room, and other curves are to be drawn."""
        self._describe()
        self.post_message(self.Resized())

    # -- drawing -----------------------------------------------------------------------------------------

    def _mark(self) -> None:
        plot, drawing = self._plot, self.view.drawing
        if plot is None or drawing is None or not 0 <= self._position < plot.x.size:
            self.view.mark(())
            return
        x = float(plot.x[self._position])
        marks = self._lost_marks(plot, drawing)
        axis = drawing.cell_of(x, drawing.y[0])
        if axis is not None:
            marks.append(Mark(axis[0], drawing.top + drawing.rows, _ON_AXIS, "curve-view--axis"))
        if self._own_curve_is_drawn(plot):
            for index, shown in reversed(list(enumerate(plot.shown))):
                y = float(shown[self._position])
                cell = drawing.cell_of(x, y) if math.isfinite(y) else None
                if cell is not None:
                    marks.append(Mark(*cell, _OTHER if index else _FIRST, "curve-view--cursor"))
        self.view.mark(marks)

    def _lost_marks(self, plot: Plot, drawing: Drawing) -> list[Mark]:
        """Where on the axis events were taken without beam."""
        lost = self._lost
        if lost is None or lost.size > plot.x.size or plot.over:
            return []
        cells = {drawing.cell_of(float(x), drawing.y[0]) for x in plot.x[: lost.size][lost][:_MOST_LOST]}
        line = drawing.top + drawing.rows
        return [Mark(cell[0], line, _NO_BEAM, "curve-view--lost") for cell in cells if cell is not None]

    @staticmethod
    def _own_curve_is_drawn(plot: Plot) -> bool:
        return not plot.over or any(curve.positions.size for curve in plot.curves)

    def _describe(self) -> None:
        plot = self._plot
        if plot is None or not self.is_attached:
            return
        title, notes = plot.title, list(plot.notes)
        if self._lost is not None and not plot.over:
            notes.append(f"{plural(int(self._lost.sum()), 'point')} without beam (▾)")
        room = self.size.width - len(self.TITLE) - 4
        while notes and width_of(" · ".join([title, notes[0]])) <= room:
            title = f"{title} · {notes.pop(0)}"
        self.caption(title)
        self._notes = " · ".join(notes)
        self._list_curves()
        self._draw_cursor_line()
        line = self.query_one("#plot-readings", Static)
        line.set_class(not self.has_room_for_readings, "-away")
        line.update(self._readings_line(), layout=False)

    def _draw_cursor_line(self) -> None:
        line = self.query_one("#plot-cursor", Static)
        if self._prompt:
            line.update(literal(self._prompt, "$accent"), layout=False)
            return
        under = self._plot.describe(self._position) if self._plot else ""
        if self._plot is not None and not self._own_curve_is_drawn(self._plot):
            under = "the run under the cursor is not among them"
        parts: list[str | tuple[str, str]] = [("▸ ", "bold $accent"), under or "no event"]
        if self._notes and not self._notes_above:
            parts.append(("   " + self._notes, "$foreground-muted"))
        line.update(assemble(*parts), layout=False)

    def prompt(self, text: str) -> None:
        """Show a line that is typed, or a hint, in place of the values under the cursor."""
        self._prompt, self._prompt_at = text, self._position
        self._draw_cursor_line()

    def take_back(self, text: str) -> None:
        """Say this no longer, if it is what stands there."""
        if self._prompt == text:
            self.prompt("")

    @property
    def has_room_for_readings(self) -> bool:
        """Whether what is read from the curve is shown."""
        return self.size.height > _LINES_FOR_READ_OUTS

    def _readings_line(self) -> Content:
        first = self._first_reading_in_sight()
        parts: list[tuple[str, str]] = [("… ", "$foreground-muted")] if first else []
        for place, text in enumerate(self._readings):
            if place < first:
                continue
            parts += [
                ("  " if place > first else "", ""),
                (text, "$accent" if place == self._chosen else "$foreground-muted"),
            ]
        return assemble(*parts)

    def _first_reading_in_sight(self) -> int:
        """Return which is the first, so that the one that stands out has room."""
        first, room = 0, self.content_size.width - 2
        widths = [width_of(text) + 2 for text in self._readings]
        while first < self._chosen and sum(widths[first : self._chosen + 1]) > room:
            first += 1
        return first

    def _list_curves(self) -> None:
        # above the plot: inside it, the list would cover what is to be seen
        plot = self._plot
        if plot is None:
            return
        entries = plot.legend(self._position)
        colour_indices = COLOURS[self.app.current_theme.dark]
        scanned = plot.scanned if not plot.over else ""
        parts: list[tuple[str, str]] = [(scanned, "$foreground-muted")]
        width = width_of(scanned)
        for entry in entries if len(entries) > 1 or plot.over else ():
            style = colour_indices[entry.colour_index % len(colour_indices)]
            parts += [
                ("  " if width else "", ""),
                ("■ ", style),
                (entry.label, f"bold underline {style}" if entry.here else style),
            ]
            width += width_of(entry.label) + 4
        self._notes_above = bool(self._notes) and width + width_of(self._notes) + 3 <= self.content_size.width
        if self._notes_above:  # where there is room, the reason is not cut
            parts.append(("   " + self._notes, "$foreground-muted"))
        legend = assemble(*parts)
        if self._legend is None or not legend.is_same(self._legend):
            self._legend = legend
            self.query_one("#legend", Static).update(legend, layout=False)

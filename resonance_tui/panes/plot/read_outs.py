"""Numbers read from the curve under the cursor: which are shown, which one stands out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..pane_reads import ignore
from . import reads
from .tasks import PlotTask

if TYPE_CHECKING:
    from ...analysis.axes import Kind as ScanKind
    from ...text.read_outs import Reading
    from ..host import Host
    from ..pane_reads import PaneReads
    from .model import Plot
    from .pane import PlotPane
    from .state import Limits


class ReadOuts:
    """Reads the curve under the cursor, in the part of x that is shown."""

    def __init__(self, host: Host, pane_reads: PaneReads, pane: PlotPane) -> None:
        self._host, self._reads, self._pane = host, pane_reads, pane
        self._readings: tuple[Reading, ...] = ()
        self._chosen = 0
        self._read_of: object = None

    def clear(self) -> None:
        """Another run."""
        self._readings, self._chosen, self._read_of = (), 0, None

    def read(self, plot: Plot, window: Limits | None, kind: ScanKind, *, again: bool = False) -> None:
        """Read the curve under the cursor, unless that was done."""
        position = self._host.selection.position
        trace = plot.trace_at(position)
        if not again and self._read_of == (id(plot), trace, window):
            return
        self._read_of = (id(plot), trace, window)
        curve = plot.curve_at(position)
        if curve is None:
            self._host.cancel(PlotTask.READ_OUTS)
            self._take(())
            return
        x, y, unit = plot.x[curve.positions], plot.ys[0][curve.positions], plot.x_unit
        self._reads.read(
            PlotTask.READ_OUTS,
            (self._host.selection.uid, trace),
            lambda _: reads.read_curve(x, y, window, kind, unit),
            self._take,
            failed=ignore,
        )

    def _take(self, readings: tuple[Reading, ...]) -> None:
        self._readings = readings
        self._chosen = next((place for place, one in enumerate(readings) if one.main), 0)
        self._show()

    def _show(self) -> None:
        self._pane.show_readings([reading.text for reading in self._readings], self._chosen)

    def choose_next(self) -> None:
        """Let the next one stand out."""
        if self._readings:
            self._chosen = (self._chosen + 1) % len(self._readings)
            self._show()
            if not self._pane.has_room_for_readings:
                self._pane.prompt(self._readings[self._chosen].text)

    def copy(self) -> None:
        """Send the one that stands out to the terminal's clipboard."""
        if self._readings:
            reading = self._readings[self._chosen]
            self._pane.copy(reading.value)
            self._pane.prompt(f"{reading.value} sent to the terminal's clipboard (where it allows it)")

"""What a reader thread reads for the plot, and makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ...text.labels import ScanLabel, scan_label
from .state import Kind, Limits, PlotState, first_of, kind_of

if TYPE_CHECKING:
    from ...analysis.axes import Axes
    from ...analysis.curves import RunColumns
    from ...session.beamtime import BeamtimeSession
    from ...session.columns import EventColumns
    from ...session.tasks import Task
    from ..curve_renderer import Drawing
    from .canvas import Canvas
    from .model import Plot


@dataclass(frozen=True, slots=True)
class ReadRun:
    """All events of a run, and what it scanned."""

    columns: RunColumns
    axes: Axes
    label: ScanLabel


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plot, its drawing where there is room for one, its kind of scan, and the colours of the runs in it.

    The drawing shows what is in sight with the cursor at `position`.
    """

    plot: Plot
    drawing: Drawing | None
    kind: Kind
    colours: Mapping[str, int]
    position: int = 0


def read_run(session: BeamtimeSession, uid: str, task: Task[Any]) -> ReadRun:
    """Read all events of a run, and what it scanned; how far the reading is, is reported."""
    columns = session.columns.run_columns(uid, task, report=True)
    axes = session.columns.axes_of(columns)
    described = session.describe(uid, parts=("row", "scan"), task=task, sampled=True)
    return ReadRun(columns, axes, scan_label(described.plan, described.scan))


def draw(
    run: ReadRun,
    state: PlotState,
    position: int,
    canvas: Canvas,
    event_columns: EventColumns,
    task: Task[Any],
) -> Drawn | None:
    """Make the curves of a run, or of overlaid ones, and draw them; None where there is nothing to draw."""
    from .drawing import draw_plot
    from .overlaid_runs import OverlaidColumns, read_overlaid
    from .series import make_plot

    columns, axes, spec = run.columns, run.axes, state.spec
    read = OverlaidColumns()
    if state.overlay:
        read = read_overlaid(state.overlay, event_columns, columns, axes, task)
    task.check()
    first, first_axes = columns, axes
    if read.others:
        first, first_axes = read.others[0].run, read.others[0].run.find_axes()
    kind = kind_of(first_axes)
    if spec is None:
        spec = first_of(first, first_axes, state.chosen.get(kind, {}))
    if spec is None:
        return None
    plot = make_plot(columns, spec, read.others, state.overlay.compare, run.label.full)
    if read.note:
        plot = replace(plot, notes=(*plot.notes, read.note))
    task.check()
    if not canvas.width or plot.is_empty:  # not in sight: drawn once it is
        return Drawn(plot, None, kind, read.colours, position)
    drawing = draw_plot(
        plot, position, canvas.width, canvas.height,
        dark=canvas.dark, background=canvas.background, window=state.window,
        dots="braille" if state.braille else "hd",
    )  # fmt: skip
    return Drawn(plot, drawing, kind, read.colours, position)


def read_curve(x: Any, y: Any, window: Limits | None, kind: Any, unit: str) -> tuple[Any, ...]:
    """Read numbers from a curve, in the part of x that is shown: see `analysis.peaks`."""
    from ...analysis.peaks import read_out, read_outs
    from ...text.read_outs import readings

    shown = slice(None) if window is None else (x >= window[0]) & (x <= window[1])
    readout = read_out(x[shown], y[shown])
    return tuple(readings(read_outs(readout, kind), readout.step if readout is not None else 0.0, unit))

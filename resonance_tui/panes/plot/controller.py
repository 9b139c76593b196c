"""All that happens around the plot pane: what is drawn of a run, and how, and what is read from it.

The screen has the one cursor and the loads; this has the spec of the plot, which is remembered for each
kind of scan, and the runs that are drawn over one another.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from ...text.numbers import number
from ...text.printable import plural
from ..line_input import LineEntry
from .overlay import Overlay

if TYPE_CHECKING:
    from ...analysis.axes import Axes
    from ...analysis.axes import Kind as ScanKind
    from ...analysis.curves import PlotSpec, RunColumns
    from ...app.browse import BrowseScreen
    from ...session.tasks import Task
    from ...text.read_outs import Reading
    from ..picker import Option
    from ..plot_drawing import Drawing, Limits
    from ..reads import ReadRun
    from .pane import PlotPane
    from .series import Plot

PLOT_GROUPS = ("columns", "curves", "readings")
"""The loads that concern the plot of one run."""

_ON_THE_CURVE = ("peak", "nearer", "further", "reading", "copy")
_STILL_READ = "the events are still being read"
_NEARER = 0.5
_NARROWEST = 1e-6  # of the whole range
_FEWEST = 2


Kind = tuple["ScanKind", "str | None"]
"""A kind of scan, and what was swept: what is chosen for one is kept for others of the kind."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plot, its drawing where there is room for one, and the colours of the runs in it."""

    plot: Plot
    drawing: Drawing | None
    kind: Kind
    colours: dict[str, int]


def _overlay_prompt(plot: Plot) -> str:
    if plot.over == plot.wanted:
        return f"{plural(plot.over, 'run')} overlaid · D difference/ratio · = end overlay"
    drawn = f"{plot.over} of {plural(plot.wanted, 'run')} overlaid"
    return f"{drawn}: no axis in common · = end overlay"


class PlotDesk:
    """The plot of the selected run.

    Parameters
    ----------
    screen : BrowseScreen
    """

    def __init__(self, screen: BrowseScreen) -> None:
        self.screen = screen
        self.entry = LineEntry(lambda text: self.pane.prompt(text))
        self.overlay = Overlay(self)
        self.columns: RunColumns | None = None
        self.axes: Axes | None = None
        self._spec: PlotSpec | None = None
        self._overlay_spec: PlotSpec | None = None
        self._overlay_kind: Kind | None = None
        self._chosen_for: dict[Kind, dict[str, Any]] = {}
        self._window: Limits | None = None
        self._drawn_for: object = None
        self._readings: tuple[Reading, ...] = ()
        self._read_of: object = None
        self._chosen = 0
        self._serial = 0
        self._scanned = ""
        self._then: list[str] = []
        self._x_wanted = ""
        self._fine = False
        self._overlay_said = ""
        self._drawn_kind: ScanKind = "scan"

    @property
    def pane(self) -> PlotPane:
        """The plot pane."""
        return self.screen.plot

    @property
    def plot(self) -> Plot | None:
        """What is drawn."""
        return self.pane.plot

    @property
    def position(self) -> int:
        """The event under the cursor."""
        return self.screen.selection.position

    @property
    def spec(self) -> PlotSpec | None:
        """How the curves are made: those of the selected run, or those that are drawn over one another."""
        return self._overlay_spec if self.overlay.request else self._spec

    # -- another run -------------------------------------------------------------------------------------

    def clear(self) -> None:
        """Another run: nothing is known of its events yet."""
        self.columns = self.axes = self._spec = None
        self._window = None
        self._drawn_for = self._read_of = None
        self._readings = ()
        self._chosen = 0
        self._then.clear()
        self._x_wanted = ""
        self.entry.close()
        self.overlay.run_changed()

    def take_run(self, read: ReadRun) -> None:
        """All events of the run were read."""
        if self.columns is None:  # read anew, what the user chose stays
            self._spec = None
        self.columns, self.axes = read.columns, read.axes
        self._scanned = read.label.full
        self.screen.runs.say_scanned(read.columns.uid, read.label)
        self.request()

    # -- drawing -----------------------------------------------------------------------------------------

    def request(self) -> None:
        """Have the curves drawn, as they are looked at now."""
        columns, axes, chosen, uid = self.columns, self.axes, self.spec, self.screen.selection.uid
        size = self.pane.room
        if columns is None or axes is None or uid is None:
            return
        theme = self.screen.app.current_theme
        background = self.screen.app.theme_variables.get("background", "#000000")
        position, window, overlay = self.position, self._window, self.overlay
        runs, compare, scanned = overlay.request, overlay.compare, self._scanned
        chosen_for = {kind: dict(changes) for kind, changes in self._chosen_for.items()}
        dots = "braille" if self._fine else "hd"
        self._serial += 1
        self._drawn_for = (columns.uid, size)

        def draw(task: Task[Any]) -> Drawn | None:
            from ..plot_drawing import draw_plot
            from .series import make_plot

            spec, kind = chosen, kind_of(axes)
            read = overlay.read(runs, columns, axes, task) if runs else None
            over = read.others if read is not None else ()
            task.check()
            first, first_axes = columns, axes
            if over:
                first, first_axes = over[0].run, over[0].run.find_axes()
                kind = kind_of(first_axes)
            if spec is None:
                spec = first_of(first, first_axes, chosen_for.get(kind, {}))
            if spec is None:
                return None
            plot = make_plot(columns, spec, over, compare, scanned)
            if read is not None and read.note:
                plot = replace(plot, notes=(*plot.notes, read.note))
            task.check()
            colours = {other.run.uid: other.colour_index for other in over}
            if not size or plot.is_empty:  # not in sight: drawn once it is
                return Drawn(plot, None, kind, colours)
            drawing = draw_plot(
                plot, position, size.width, size.height,
                dark=theme.dark, background=background, window=window, dots=dots,
            )  # fmt: skip
            return Drawn(plot, drawing, kind, colours)

        self.screen.ask("curves", (uid, self._serial), draw)
        if runs:
            self.screen.say_if_slow("curves", self.pane, "Reading the runs…")

    def fit(self) -> None:
        """Another room: draw again, from memory."""
        if self.columns is not None and self._drawn_for != (self.columns.uid, self.pane.room):
            self.request()

    def theme_changed(self) -> None:
        """Other colours."""
        self.request()

    def loaded(self, group: str, value: object) -> None:
        """Something was worked out for the selected run."""
        if group == "curves" and value is None:
            self.pane.show_plot(None)
            self.screen.live.describe()
        elif isinstance(value, Drawn):
            self._drawn_kind = value.kind[0]
            if self.overlay.request:
                self._overlay_spec, self._overlay_kind = value.plot.spec, value.kind
            else:
                self._spec = value.plot.spec
            self.pane.show_plot(value.plot, value.drawing)
            self.pane.show_cursor(self.position)
            self.screen.runs.show_colours(value.colours)
            self.pane.take_back(self._overlay_said)
            if value.plot.wanted:
                self._overlay_said = _overlay_prompt(value.plot)
                self.pane.prompt(self._overlay_said)
            self.screen.table_desk.plot_changed()
            self._read_of = None
            self._read_curve()
            self.pane.take_back(_STILL_READ)
            self._catch_up()
        elif group == "readings" and isinstance(value, tuple):
            self._readings = value
            self._chosen = next((place for place, one in enumerate(value) if one.main), 0)
            self._show_readings()

    def _catch_up(self) -> None:
        """Do what was asked for before there was anything to do it on."""
        wanted, self._x_wanted = self._x_wanted, ""
        if wanted:
            self._go_to_x(wanted)
        while self._then and not self.screen.tasks.busy("curves"):
            self.do(self._then.pop(0))

    def cursor_moved(self, before: int) -> None:
        """The cursor is on another event."""
        plot, position = self.plot, self.position
        self.pane.show_cursor(position)
        if plot is None or self.columns is None:
            return
        moved_out = self._keep_in_sight(plot, position)
        other_curve = plot.trace_at(before) != plot.trace_at(position)
        if moved_out or (other_curve and plot.in_sight(before) != plot.in_sight(position)):
            self.request()
        elif other_curve:
            self._read_curve()

    def _keep_in_sight(self, plot: Plot, position: int) -> bool:
        """Move the window to where the cursor is; whether it had to."""
        if self._window is None or not 0 <= position < plot.x.size:
            return False
        low, high = self._window
        x = float(plot.x[position])
        if not math.isfinite(x) or low <= x <= high:
            return False
        half = (high - low) / 2
        self._window = (x - half, x + half)
        return True

    # -- read-outs ---------------------------------------------------------------------------------------

    def _read_curve(self) -> None:
        """Read the curve under the cursor, in its visible range."""
        plot, uid = self.plot, self.screen.selection.uid
        if plot is None or uid is None:
            return
        trace, window = plot.trace_at(self.position), self._window
        if self._read_of == (id(plot), trace, window):
            return
        self._read_of = (id(plot), trace, window)
        curve = plot.curve_at(self.position)
        if curve is None:
            self._readings = ()
            self._show_readings()
            return
        x, y = plot.x[curve.positions], plot.ys[0][curve.positions]
        kind, unit = self._drawn_kind, plot.x_unit

        def read(_: Task[Any]) -> tuple[Reading, ...]:
            from ...analysis.readout import read_out, read_outs
            from ...text.read_outs import readings

            shown = slice(None) if window is None else (x >= window[0]) & (x <= window[1])
            readout = read_out(x[shown], y[shown])
            return readings(read_outs(readout, kind), readout.step if readout is not None else 0.0, unit)

        self.screen.ask("readings", (uid, trace), read)

    def _show_readings(self) -> None:
        self.pane.show_readings([reading.text for reading in self._readings], self._chosen)

    # -- keys --------------------------------------------------------------------------------------------

    def do(self, what: str) -> None:
        """A key of the plot pane."""
        loads = self.screen.tasks
        if what == "goto":  # the line can be typed meanwhile
            self.entry.begin("go to x, or show a range: 283 292", self._go_to_x)
            return
        coming = loads.busy("columns", "curves") or "settle" in self.screen.pending
        if self.columns is None or self.spec is None or (what in _ON_THE_CURVE and coming):
            if coming:  # on what comes
                self._then.append(what)
                self.pane.prompt(_STILL_READ if self.columns is None else "")
            return
        self.pane.prompt("")
        getattr(self, f"_do_{what}")(self.spec, self.columns)

    def _use(self, spec: PlotSpec) -> None:
        own = kind_of(self.axes) if self.axes else None
        kind = self._overlay_kind if self.overlay.request else own
        before = self.spec
        if kind is not None and before is not None:
            changes = {f.name: getattr(spec, f.name) for f in fields(spec)}
            changes = {name: value for name, value in changes.items() if value != getattr(before, name)}
            self._chosen_for.setdefault(kind, {}).update(changes)
        if self.overlay.request:
            self._overlay_spec = spec
        if kind == own:
            self._spec = spec
        self.request()

    def overlay_changed(self) -> None:
        """Other runs are drawn over one another, or none."""
        self._overlay_spec = None
        self._window = None
        self.request()

    def _do_x(self, spec: PlotSpec, columns: RunColumns) -> None:
        options = self._options(columns, (*columns.motors, "seq_num", "time"))
        self.screen.picker.open("x axis", options, (spec.x,), lambda picked: self._set_x(picked[0]))

    def _set_x(self, x: str) -> None:
        if self.spec is None or self.columns is None or self.axes is None:
            return
        self._window = None
        # what is x now tells no curves apart; what was may, where it stood still between sweeps
        by = tuple(name for name in self.spec.group_by if name != x)
        if x == self.axes.fast:
            by = self.axes.slow
        self._use(replace(self.spec, x=x, group_by=by))

    def _do_y(self, spec: PlotSpec, columns: RunColumns) -> None:
        from ...analysis.signals import signal_names

        options = self._options(columns, signal_names(columns.fields, columns.roles, columns.monitors))

        def use(picked: tuple[str, ...]) -> None:
            if self.spec is not None:
                self._use(replace(self.spec, ys=picked))

        self.screen.picker.open("y axis", options, spec.ys, use, several=True)

    def _do_by(self, spec: PlotSpec, columns: RunColumns) -> None:
        from ...analysis.axes import clusters, moves

        motors = [
            name for name in columns.motors
            if name != spec.x
            and moves(columns.columns[name])
            and _FEWEST <= clusters(columns.columns[name]).size <= len(columns) // 2
        ]  # fmt: skip
        if not motors:
            self.pane.prompt("no motor stood at few places: there is one curve")
            return
        from ..picker import Option

        none = Option("", "one curve", "")
        options = [none, *self._options(columns, motors)[: len(motors)]]

        def use(picked: tuple[str, ...]) -> None:
            if self.spec is not None:
                self._use(replace(self.spec, group_by=tuple(name for name in picked if name)))

        self.screen.picker.open(
            "a curve for each", options, spec.group_by, use, several=True, may_be_empty=True
        )

    @staticmethod
    def _options(columns: RunColumns, first: Any) -> list[Option]:
        """All fields to pick from, those that come first at the top."""
        from ...text.fields import field_name, unit_of
        from ..picker import Option

        order = dict.fromkeys((*first, *columns.fields))
        return [Option(name, field_name(name, columns), unit_of(name, columns)) for name in order]

    def _do_normalisation(self, spec: PlotSpec, columns: RunColumns) -> None:
        from ...analysis.curves import NORMALISATIONS

        normalisations = (
            NORMALISATIONS if spec.monitor is not None else tuple(n for n in NORMALISATIONS if n != "ratio")
        )
        if len(normalisations) < len(NORMALISATIONS):
            self.pane.prompt("this run has no i0 to divide by")
        at = normalisations.index(spec.normalisation) if spec.normalisation in normalisations else 0
        self._use(replace(spec, normalisation=normalisations[(at + 1) % len(normalisations)]))

    def _do_beam(self, spec: PlotSpec, columns: RunColumns) -> None:
        from ...analysis.curves import NO_BEAM

        if spec.normalisation == "none":
            self.pane.prompt("nothing is divided by i0: i does that")
            return
        at = NO_BEAM.index(spec.no_beam) if spec.no_beam in NO_BEAM else 0
        share = NO_BEAM[(at + 1) % len(NO_BEAM)]
        self.pane.prompt(f"points with less than {share:.1%} of the strong i0 are hidden" if share
                         else "no point is hidden for its i0")  # fmt: skip
        self._use(replace(spec, no_beam=share))

    def _do_scale(self, spec: PlotSpec, columns: RunColumns) -> None:
        from ...analysis.curves import SCALES

        scale = SCALES[(SCALES.index(spec.scale) + 1) % len(SCALES)]
        self._use(replace(spec, scale=scale))

    def _do_derivative(self, spec: PlotSpec, columns: RunColumns) -> None:
        self._use(replace(spec, derivative=not spec.derivative))

    def _do_offset(self, spec: PlotSpec, columns: RunColumns) -> None:
        plot = self.plot
        if plot is not None and len(plot.curves) < _FEWEST and not spec.offset:
            self.pane.prompt("there is one curve: nothing to set apart")
        self._use(replace(spec, offset=not spec.offset))

    def _do_first(self, spec: PlotSpec, columns: RunColumns) -> None:
        for kind in (kind_of(self.axes) if self.axes else None, self._overlay_kind):
            if kind is not None:
                self._chosen_for.pop(kind, None)
        self._window = self._overlay_spec = self._spec = None
        self.request()

    def _do_peak(self, spec: PlotSpec, columns: RunColumns) -> None:
        target = self.plot.highest(self.position) if self.plot else None
        if target is not None:
            self._go_to(target)

    def _go_to(self, position: int) -> None:
        """Put the cursor on an event at once: a drawing that arrives before the pane's message would undo it."""
        self.pane.go_to(position)
        self.screen.move_to(position)

    def _go_to_x(self, text: str) -> None:
        """Put the cursor on the point nearest to an x, or show the part between two."""
        plot = self.plot
        if plot is None or self.screen.tasks.busy("curves", "columns"):
            self._x_wanted = text
            self.pane.prompt(_STILL_READ)
            return
        ends = _numbers(text)
        if not ends:
            self.pane.prompt(f"{text[:30]} is neither an x nor a range such as 283 292")
            return
        if len(ends) == 2:
            self._window = (min(ends), max(ends))
            self.request()
            return
        target = plot.nearest(ends[0], self.position)
        if target is None:
            return
        self._go_to(target)
        if plot.whole is not None and not plot.whole[0] <= ends[0] <= plot.whole[1]:
            low, high = (number(end, 6) for end in plot.whole)
            self.pane.prompt(f"{text} lies outside of {low}…{high}: the nearest")

    def _do_nearer(self, spec: PlotSpec, columns: RunColumns) -> None:
        self._zoom(_NEARER)

    def _do_further(self, spec: PlotSpec, columns: RunColumns) -> None:
        self._zoom(1 / _NEARER)

    def _do_whole(self, spec: PlotSpec, columns: RunColumns) -> None:
        if self._window is not None:
            self._window = None
            self.request()

    def _zoom(self, factor: float) -> None:
        """Show a smaller or larger part of the x axis, around the cursor."""
        plot, drawing = self.plot, self.pane.view.drawing
        if plot is None or drawing is None or not 0 <= self.position < plot.x.size:
            return
        low, high = drawing.x
        x = float(plot.x[self.position])
        middle = x if math.isfinite(x) and low <= x <= high else (low + high) / 2
        half = (high - low) / 2 * factor
        whole = plot.whole
        if whole is None or half < _NARROWEST * (whole[1] - whole[0]):
            return
        window = (max(whole[0], middle - half), min(whole[1], middle + half))
        self._window = None if window == whole else window
        self.request()

    def _do_reading(self, spec: PlotSpec, columns: RunColumns) -> None:
        if self._readings:
            self._chosen = (self._chosen + 1) % len(self._readings)
            self._show_readings()
            if not self.pane.has_room_for_readings:
                self.pane.prompt(self._readings[self._chosen].text)

    def _do_copy(self, spec: PlotSpec, columns: RunColumns) -> None:
        if self._readings:
            reading = self._readings[self._chosen]
            self.screen.app.copy_to_clipboard(reading.value)
            self.pane.prompt(f"copied {reading.value}  ({reading.text})")

    def _do_dots(self, spec: PlotSpec, columns: RunColumns) -> None:
        self._fine = not self._fine
        self.pane.prompt("finer dots, where the font has braille" if self._fine else "quarter cells")
        self.request()

    def _do_compare(self, spec: PlotSpec, columns: RunColumns) -> None:
        self.overlay.next_comparison()


def kind_of(axes: Axes) -> Kind:
    """The kind of a scan."""
    return axes.kind, axes.fast


def first_of(run: RunColumns, axes: Axes, chosen: Mapping[str, Any]) -> PlotSpec | None:
    """How a run is drawn: as it was chosen for its kind, or else as a scientist would."""
    from ...analysis.curves import first_spec

    first = first_spec(run, axes)
    return first and as_chosen(first, run, chosen)


def as_chosen(first: PlotSpec, run: RunColumns, chosen: Mapping[str, Any]) -> PlotSpec:
    """A spec with what was chosen for scans of the kind, as far as this run has the fields."""
    known = dict(chosen)
    if known.get("x", first.x) not in run.columns:
        known.pop("x")
        known.pop("group_by", None)
    for several in ("ys", "group_by"):
        names = tuple(name for name in known.get(several, ()) if name in run.columns)
        if known.get(several) and not names:
            known.pop(several)
        elif several in known:
            known[several] = names
    made = replace(first, **known)
    return replace(made, group_by=tuple(name for name in made.group_by if name != made.x))


def _numbers(text: str) -> list[float]:
    """One number or two, however they are set apart; none where there is anything else."""
    parts = text.replace("…", " ").replace("..", " ").replace(",", " ").split()
    if len(parts) == 1 and "-" in parts[0][1:] and "e-" not in parts[0].lower():
        head, _, tail = parts[0].rpartition("-")
        parts = [head, tail]
    try:
        found = [float(part) for part in parts]
    except ValueError:
        return []
    fits = 1 <= len(found) <= 2 and all(math.isfinite(value) for value in found)
    return found if fits and (len(found) == 1 or found[0] != found[1]) else []

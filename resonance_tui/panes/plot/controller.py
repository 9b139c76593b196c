"""The plot of the selected run: what is drawn of it, and how, and what is read from its curves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...session.tasks import Task
from .. import signals
from ..actions import Action, Move, PlotAction
from ..controller import Controller
from ..later import Later
from ..line_input import LineInput
from ..placement import Placement
from ..type_ahead import STILL_READ
from . import choices, reads
from .going import moved, understood
from .how_far import HowFar
from .messages import overlay_prompt, said_of
from .overlay import Overlay
from .read_outs import ReadOuts
from .state import ZOOM_FACTOR, PlotState, kind_of, step
from .tasks import PlotTask

if TYPE_CHECKING:
    from ...analysis.axes import Kind as ScanKind
    from ...analysis.curves import PlotSpec, RunColumns
    from ...session.beamtime import BeamtimeSession
    from ..host import Host
    from .model import Plot
    from .pane import PlotPane
    from .reads import Drawn, ReadRun

_ON_THE_CURVE = (
    PlotAction.PEAK, PlotAction.ZOOM_IN, PlotAction.ZOOM_OUT, PlotAction.NEXT_READ_OUT, PlotAction.COPY,
)  # fmt: skip


class PlotController(Controller["PlotPane"]):
    """Shows the curves of the selected run, or of overlaid runs.

    Parameters
    ----------
    settle_s : float
        Seconds that another size has to rest before the curves are drawn in it.
    """

    def __init__(self, host: Host, session: BeamtimeSession, pane: PlotPane, settle_s: float) -> None:
        super().__init__(host, session, pane)
        self.state = PlotState()
        self.line: LineInput = LineInput(pane.prompt)
        self.run: ReadRun | None = None
        self.read_outs = ReadOuts(host, self.reads, pane)
        self._settle_s = settle_s
        self._fit_later = Later(host)
        self._placement = Placement(host, pane)
        self._awaits_run = False
        self._drawn_for: object = None
        self._drawn_kind: ScanKind = "scan"
        self._serial = 0
        self._behind: int | None = None
        self._overlay_said = ""
        self._how_far = HowFar(host, pane)

    @property
    def plot(self) -> Plot | None:
        """What is drawn."""
        return self.pane.plot

    # -- signals -------------------------------------------------------------------------------------------

    def receive(self, signal: signals.Signal) -> None:
        """Take what another pane, or the screen, has published."""
        match signal:
            case signals.RunSelected(run=row):
                self._clear(awaits_run=row is not None)
            case signals.RunSettled(uid=uid) | signals.RunReread(uid=uid):
                self._read_columns(uid)
            case signals.BeamtimeReplaced():
                self._read_columns(self.host.selection.uid)
            case signals.EventSelected(before=before):
                self._follow(before)
            case signals.TerminalReady() if self._behind is not None:
                self._follow(self._behind)
            case signals.FramesReady():
                self._placement.known()
            case signals.BeamLost(lost=lost):
                self.pane.show_lost(lost)
            case signals.ThemeChanged():
                self.request()
            case _:
                self._receive_other_runs(signal)

    def _receive_other_runs(self, signal: signals.Signal) -> None:
        """Take what concerns overlaid runs, and the run in progress."""
        match signal:
            case signals.OverlayChosen(runs=runs, alike=alike):
                self._overlay(Overlay(runs, alike))
            case signals.MarksChanged(runs=runs):
                if (overlay := self.state.overlay.with_marked(runs)) is not self.state.overlay:
                    self._overlay(overlay)
            case signals.EventsGrown(uid=uid):
                if uid != self.host.selection.uid:
                    self._redraw_if_overlaid(uid)
                elif self.run is not None and not self.host.busy(PlotTask.COLUMNS):
                    self._read_columns(uid)
            case signals.RunEnded(run=run) if run.uid != self.host.selection.uid:
                self._redraw_if_overlaid(run.uid)
            case signals.LiveRunChanged(seen=seen):
                self._how_far.see(seen)

    def _clear(self, *, awaits_run: bool) -> None:
        """Another run: nothing is known of its events yet."""
        self.host.cancel(*PlotTask)
        self.reads.forget_waits()
        self.type_ahead.clear()
        self.line.close()
        self._fit_later.stop()
        self._placement.clear()
        self.state = self.state.for_next_run()
        self.run = None
        self._awaits_run = awaits_run
        self._drawn_for = self._behind = None
        self.read_outs.clear()
        self.pane.clear()

    # -- the run -------------------------------------------------------------------------------------------

    def _read_columns(self, uid: str | None) -> None:
        if uid is None:
            return
        session = self.session
        self.reads.read(
            PlotTask.COLUMNS,
            uid,
            lambda task: reads.read_run(session, uid, task),
            self._take_run,
            failed=self._run_failed,
            progress=lambda at: self.pane.say(f"Reading the events… {at.done:,} of {at.total:,}"),
            slow="Reading the events…" if self.run is None else "",
        )

    def _run_failed(self, reason: str) -> None:
        self._awaits_run = False
        self.type_ahead.clear()
        self.pane.say(reason, error=True)

    def _take_run(self, run: ReadRun) -> None:
        """All events of the run were read; read again, what the user chose stays."""
        self._awaits_run = False
        own_spec = self.state.own_spec if self.run is not None else None
        self.run = run
        self.state = replace(self.state, own_spec=own_spec, kind=kind_of(run.axes))
        self._placement.then(self.request)
        self.host.publish(signals.ColumnsReady(run.columns, run.axes, run.label))

    # -- drawing -------------------------------------------------------------------------------------------

    def request(self) -> None:
        """Have the curves drawn, as they are looked at now."""
        run, uid = self.run, self.host.selection.uid
        if run is None or uid is None:
            return
        state, position = self.state, self.host.selection.position
        canvas, columns = self.pane.canvas, self.session.columns
        self._serial += 1
        self._drawn_for = (run.columns.uid, canvas.width, canvas.height)

        def work(task: Task[Drawn | None]) -> Drawn | None:
            return reads.draw(run, state, position, canvas, columns, task)

        slow = "Reading the runs…" if state.overlay else ""
        key = (uid, self._serial)
        self.reads.read(PlotTask.CURVES, key, work, self.take_drawn, failed=self._run_failed, slow=slow)

    def fit(self) -> None:
        """Draw the same curves in another size, once that rests."""
        self._fit_later.start(self._settle_s, self._fit)

    def _fit(self) -> None:
        canvas, run = self.pane.canvas, self.run
        if run is not None and self._drawn_for != (run.columns.uid, canvas.width, canvas.height):
            self.request()

    def take_drawn(self, drawn: Drawn | None) -> None:
        """Show curves that were drawn."""
        if drawn is None:
            self.pane.show_plot(None)
            self._how_far.say()
            self.type_ahead.clear()
            self.host.publish(signals.CurvesShown())
            return
        plot = drawn.plot
        self._drawn_kind = drawn.kind[0]
        self.state = self.state.drawn(plot.spec, drawn.kind)
        self.pane.show_plot(plot, drawn.drawing)
        self.pane.show_cursor(self.host.selection.position)
        self.pane.take_back(self._overlay_said)
        if plot.wanted:
            self._overlay_said = overlay_prompt(plot)
            self.pane.prompt(self._overlay_said)
        self.read_outs.read(plot, self.state.window, drawn.kind[0], again=True)
        self.pane.take_back(STILL_READ)
        self.host.publish(signals.CurvesShown(plot.computed_columns, drawn.colours))
        self.type_ahead.release(signals.CurvesShown)
        here = self.host.selection.position  # it has moved on while they were drawn
        if drawn.position != here and plot.in_sight(drawn.position) != plot.in_sight(here):
            self.request()

    # -- the cursor ----------------------------------------------------------------------------------------

    def _follow(self, before: int) -> None:
        """Show the cursor, unless the terminal has not yet drawn the last one."""
        if self.host.flow.busy:
            self._behind = before if self._behind is None else self._behind
            return
        before, self._behind = before if self._behind is None else self._behind, None
        plot, position = self.plot, self.host.selection.position
        self.pane.show_cursor(position)
        if plot is None or self.run is None:
            return
        state = self.state
        if 0 <= position < plot.x.size:
            self.state = state.keeping_in_sight(float(plot.x[position]))
        other_curve = plot.trace_at(before) != plot.trace_at(position)
        if self.state is not state or (other_curve and plot.in_sight(before) != plot.in_sight(position)):
            self.request()
        elif other_curve:
            self.read_outs.read(plot, self.state.window, self._drawn_kind)

    def _select(self, position: int) -> None:
        before = self.host.selection.position
        if position != before:
            self.host.publish(signals.EventSelected(position, before))

    def move(self, where: Move) -> None:
        """Go along the curve, or up and down to another curve."""
        if where is Move.LAST:
            self.host.publish(signals.LastWanted())
        plot, here = self.plot, self.host.selection.position
        if plot is None or not plot.x.size:
            return
        self._select(moved(plot, here, where))

    # -- keys ----------------------------------------------------------------------------------------------

    def handle(self, action: Action) -> None:
        """Do what a key of the plot asks for."""
        match action:
            case PlotAction.GO_TO:  # the line can be typed meanwhile
                self.line.begin("go to x, or show a range: 283 292", self._go_to_x)
            case _ if self._is_early(action):
                if self._is_coming:
                    self.type_ahead.keep(signals.CurvesShown, lambda: self.handle(action))
                    self.pane.prompt(STILL_READ if self.run is None else "")
            case _:
                self.pane.prompt("")
                spec, run = self.state.spec, self.run
                if spec is not None and run is not None:
                    self._act(action, spec, run.columns)

    @property
    def _is_coming(self) -> bool:
        return (
            self._awaits_run or self._placement.pending or self.host.busy(PlotTask.COLUMNS, PlotTask.CURVES)
        )

    def _is_early(self, action: Action) -> bool:
        return self.run is None or self.state.spec is None or (action in _ON_THE_CURVE and self._is_coming)

    def _act(self, action: Action, spec: PlotSpec, columns: RunColumns) -> None:
        match action:
            case PlotAction.X | PlotAction.Y | PlotAction.GROUP_BY:
                self._choose(action, spec, columns)
            case PlotAction.PEAK:
                target = self.plot.highest(self.host.selection.position) if self.plot else None
                self._select(self.host.selection.position if target is None else target)
            case PlotAction.ZOOM_IN | PlotAction.ZOOM_OUT:
                self._zoom(ZOOM_FACTOR if action is PlotAction.ZOOM_IN else 1 / ZOOM_FACTOR)
            case PlotAction.NEXT_READ_OUT:
                self.read_outs.choose_next()
            case PlotAction.COPY:
                self.read_outs.copy()
            case PlotAction.COMPARE if not self.state.overlay:
                self.pane.prompt("only overlaid runs are compared: space marks runs, = overlays them")
            case _:
                self._set(action, spec)

    def _set(self, action: Action, spec: PlotSpec) -> None:
        before, self.state = self.state, step(self.state, action)
        self.pane.prompt(said_of(action, spec, self.state, self.plot))
        if self.state is not before and self.state != before:
            self.request()

    # -- what is drawn -------------------------------------------------------------------------------------

    def _choose(self, action: Action, spec: PlotSpec, columns: RunColumns) -> None:
        """Let the user pick what is drawn."""
        wanted = choices.wanted(action, spec, columns, self._take_choice)
        if wanted is None:
            self.pane.prompt("no motor stood at few places: there is one curve")
        else:
            self.host.publish(wanted)

    def _take_choice(self, action: Action, picked: tuple[str, ...]) -> None:
        spec, run = self.state.spec, self.run
        if spec is None or run is None:
            return
        if action is PlotAction.X:
            self.state = replace(self.state, window=None)
        self.state = self.state.using(choices.with_choice(spec, action, picked, run.axes))
        self.request()

    def _go_to_x(self, text: str) -> None:
        """Put the cursor on the point nearest to an x, or show the part between two."""
        plot = self.plot
        if plot is None or self._is_coming:
            if self._is_coming:
                self.type_ahead.keep(signals.CurvesShown, lambda: self._go_to_x(text))
            self.pane.prompt(STILL_READ if self._is_coming else "there is no curve to go along")
            return
        target = understood(text, plot, self.host.selection.position)
        if target.window is not None:
            self.state = replace(self.state, window=target.window)
            self.request()
        if target.position is not None:
            self._select(target.position)
        if target.said:
            self.pane.prompt(target.said)

    def _zoom(self, factor: float) -> None:
        plot, drawing, here = self.plot, self.pane.view.drawing, self.host.selection.position
        if plot is not None and drawing is not None and 0 <= here < plot.x.size:
            before = self.state
            self.state = before.zoomed(factor, float(plot.x[here]), drawing.x, plot.whole)
            if self.state is not before:
                self.request()

    # -- several runs --------------------------------------------------------------------------------------

    def toggle_overlay(self) -> None:
        """Overlay runs, or end that."""
        if self.state.overlay:
            self._overlay(Overlay())
        else:
            self.host.publish(signals.OverlayWanted())
        self.host.publish(signals.PaneWanted("plot", beside=True))

    def _overlay(self, overlay: Overlay) -> None:
        self.state = self.state.overlaying(overlay)
        self.request()

    def _redraw_if_overlaid(self, uid: str) -> None:
        if self.state.overlay.holds(uid):
            self.request()

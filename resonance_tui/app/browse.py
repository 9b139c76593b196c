"""The main screen: its layout, the focus, and the delivery of keys, results and signals."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.events import Key, Paste
from textual.message import Message
from textual.screen import Screen

from ..panes.actions import DetailAction, Move, RunsAction
from ..panes.controller import Controller
from ..panes.detail.controller import DetailController
from ..panes.detail.pane import DetailPane
from ..panes.events.controller import EventsController
from ..panes.events.pane import EventsPane
from ..panes.frame.controller import FrameController
from ..panes.frame.pane import FramePane
from ..panes.frame.side_panel import SidePanel
from ..panes.later import Later
from ..panes.live.controller import LiveController
from ..panes.live.title_bar import TitleBar
from ..panes.pane import Pane
from ..panes.picker import Picker
from ..panes.plot.controller import PlotController
from ..panes.plot.pane import PlotPane
from ..panes.runs.controller import RunsController
from ..panes.runs.pane import RunsPane
from ..panes.signals import (
    ChoiceWanted,
    FramesReady,
    PaneWanted,
    RunSelected,
    RunSettled,
    StatisticsToggled,
    TerminalReady,
    ThemeChanged,
)
from ..panes.type_ahead import TypeAhead
from ..session.beamtime import BeamtimeSession
from ..session.monitor import BeamtimeChanged, BeamtimeMonitor
from ..terminal.cells_view import CellsView
from ..terminal.flow_control import FlowControl
from ..text.printable import printable
from .footer import FooterLine
from .host import Outcome, ScreenHost
from .keymap import ACTIONS, KEYS, PANES, WHILE_TYPING

if TYPE_CHECKING:
    from ..panes.line_input import LineInput
    from ..panes.signals import Signal
    from ..picture.palettes import Depth

SETTLE_S = 0.09
"""Seconds the selection has to rest before anything is read for it."""


class BrowseScreen(Screen[None]):
    """Runs, events, plot, frame and the details of a run, around one selection."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual's own type
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012 - Textual's own type

    BINDINGS: ClassVar[list[BindingType]] = [*KEYS]

    class Left(Message):
        """The user wants back to where the beamtime was chosen."""

    class Watched(Message):
        """Something has changed in the beamtime."""

        def __init__(self, changed: BeamtimeChanged) -> None:
            self.changed = changed
            super().__init__()

    def __init__(
        self,
        session: BeamtimeSession,
        *,
        settle: float = SETTLE_S,
        depth: Depth = "truecolor",
        show_stats: bool = False,
        notify: bool = False,
        copy: bool = False,
    ) -> None:
        super().__init__()
        self._session, self._depth, self._settle_s = session, depth, settle
        self._show_stats, self._notifies, self._copy_first = show_stats, notify, copy
        self.flow = FlowControl(self._to_terminal, self, lambda: self.host.publish(TerminalReady()))
        self.host = ScreenHost(self, self.flow, self._say)
        self.monitor = BeamtimeMonitor(
            session.path, lambda changed: self.post_message(self.Watched(changed)), session.witness
        )
        self._settle_later = Later(self.host)
        self._pane, self._beside = "runs", "events"
        self._type_ahead = TypeAhead()
        self.controllers: dict[str, Controller[Any]] = {}

    def compose(self) -> ComposeResult:
        """Compose the panes; the stylesheet places them."""
        yield TitleBar(self._session.path)
        with Container(id="body"):
            with Container(id="upper", classes="part"):
                yield RunsPane(id="runs")
                yield DetailPane(id="detail")
            with Container(id="lower", classes="part"):
                with Container(id="left", classes="part"):
                    yield PlotPane(id="plot")
                    yield EventsPane(id="events")
                yield FramePane(id="frame")
        yield Picker(id="picker")
        yield FooterLine()

    def on_mount(self) -> None:
        """Read the run list, with the keys already working."""
        host, session, find = self.host, self._session, self.query_one
        self.picker, self._frame_pane = find(Picker), find(FramePane)
        self.runs = RunsController(host, session, find(RunsPane))
        self.detail = DetailController(host, session, find(DetailPane))
        self.events = EventsController(host, session, find(EventsPane))
        self.plot = PlotController(host, session, find(PlotPane), self._settle_s)
        self.frame = FrameController(host, session, self._frame_pane, self._depth, self._settle_s)
        self.live = LiveController(
            host, session, find(TitleBar), is_occupied=lambda: self.is_occupied, ring=self._ring,
            notifies=self._notifies,
        )  # fmt: skip
        self.controllers = dict(
            zip(PANES, (self.runs, self.events, self.plot, self.frame, self.detail), strict=True)
        )
        host.receivers = (
            self.runs, self.detail, self.events, self.plot, self.frame, self.live, self,
        )  # fmt: skip
        self.flow.is_asked = not self.app.is_headless
        self._show_pane("runs")
        self.add_class(f"-show-{self._beside}")
        host.publish(StatisticsToggled(self._show_stats))
        host.publish(RunSelected(None, by_user=False))
        session.keep_off(threading.get_ident())
        self.monitor.start()
        if self._copy_first:
            self.live.toggle_copy()
        else:
            self.runs.read_runs()
        self.app.theme_changed_signal.subscribe(self, lambda _: host.publish(ThemeChanged()))

    def on_unmount(self) -> None:
        """Wait for nothing that is still being read."""
        self.host.close()
        self.monitor.close()

    # -- delivery ------------------------------------------------------------------------------------------

    def receive(self, signal: Signal) -> None:
        """Take what concerns the layout, the focus, or the list to pick from."""
        match signal:
            case RunSelected(run=row):
                self.picker.close()
                self._type_ahead.clear()
                self._settle_later.stop()
                if row is not None:
                    settled = RunSettled(row.uid)
                    self._settle_later.start(self._settle_s, lambda: self.host.publish(settled))
            case FramesReady(frames=frames):
                self.set_class(frames is None, "-frameless")
                self._type_ahead.release(FramesReady)
            case PaneWanted(name=name, beside=True) if self._pane == "runs":
                self._show_beside(name)
            case PaneWanted(name="frame", beside=False):
                self._show_frame_or_plot()
            case PaneWanted(name=name, beside=False):
                self._show_pane(name)
            case ChoiceWanted():
                self.picker.open(signal)
            case _:
                pass

    @on(Outcome)
    def deliver(self, event: Outcome) -> None:
        """Give what came of a task to whoever asked for it."""
        self.host.deliver(event.outcome)

    @on(Watched)
    def beamtime_changed(self, event: Watched) -> None:
        """Tell the panes what has changed in the beamtime."""
        if self.is_attached:
            self.live.changed(event.changed)

    @on(PlotPane.Resized)
    def fit_plot(self) -> None:
        """Draw the curves in another size."""
        self.plot.fit()

    @on(CellsView.Resized)
    def fit_frame(self) -> None:
        """Draw the frame in another size."""
        self.frame.fit()

    @on(SidePanel.Resized)
    def fit_side_curves(self) -> None:
        """Draw the curves beside the frame in another size."""
        self.frame.side_curves.draw_again()

    @on(RunsPane.Resized)
    def fit_runs(self) -> None:
        """Read the runs that came into view."""
        self.runs.look_for_facts()

    @on(CellsView.Drawn)
    def picture_drawn(self, event: CellsView.Drawn) -> None:
        """Ask the terminal when a picture that went the ordinary way has arrived."""
        self.flow.pictures_sent(event.size)

    def _say(self, text: str, *, error: bool, is_news: bool, instead_of: str | None) -> None:
        if instead_of is not None:
            self.live.news.take_back(instead_of)
        elif is_news:
            self.live.tell(text, error=error)
        else:
            self.live.news.tell(text, error=error)

    def _to_terminal(self, text: str) -> None:
        driver = self.app._driver  # there is no other way to send a question
        if driver is not None and not self.app.is_headless:
            driver.write(text)
            driver.flush()

    def _ring(self, text: str) -> None:
        """Ring the terminal's bell, and notify the desktop, which terminals pass on or leave alone."""
        said = printable(text, 200).replace(";", ",")
        self._to_terminal(f"\a\x1b]9;{said}\x1b\\\x1b]777;notify;resonance-tui;{said}\x1b\\")

    # -- layout and focus ----------------------------------------------------------------------------------

    def repaint_picture(self) -> None:
        """Draw the next picture whole: what the terminal shows in its place is not known."""
        if self.is_mounted:
            self._frame_pane.view.repaint()

    on_screen_suspend = on_screen_resume = repaint_picture

    def _show_beside(self, name: str) -> None:
        """Show a pane below the runs, where there is room for one only."""
        self.remove_class(f"-show-{self._beside}")
        self._beside = name
        self.add_class(f"-show-{name}")

    def _show_pane(self, name: str) -> None:
        if name != "runs":
            self._show_beside(name)
        self._pane = name
        self.repaint_picture()
        self._mark_zoomed()
        self.set_focus(
            self.query_one(f"#{name}", Pane), scroll_visible=False
        )  # at once: the next key is for it

    def _show_frame_or_plot(self) -> None:
        """Show the frame, or the plot of a run without frames; once it is known which."""
        scene = self.frame.scene
        if scene.is_known:
            self._show_pane("plot" if scene.frames is None else "frame")
        elif not self._type_ahead:
            self._type_ahead.keep(FramesReady, self._show_frame_or_plot)

    def _mark_zoomed(self) -> None:
        # the pane and the containers around it; the stylesheet hides the others
        kept = self.query_one(f"#{self._pane}").ancestors_with_self if self.has_class("-zoomed") else []
        for part in self.query(".part"):
            part.set_class(part in kept, "zoomed")

    # -- keys ----------------------------------------------------------------------------------------------

    @property
    def line(self) -> LineInput | None:
        """The line that is being typed."""
        controller = self.controllers.get(self._pane)
        line = controller.line if controller is not None else None
        return line if line is not None and line.is_open else None

    @property
    def is_occupied(self) -> bool:
        """Whether the user types or picks something, or looks at all frames together."""
        lines = [controller.line for controller in self.controllers.values()]
        typing = any(line is not None and line.is_open for line in lines)
        return typing or self.picker.is_open or self.frame.scene.state.is_stack

    def take_key(self, event: Key) -> bool:
        """Take a key at once where it is typed into a line or a list, so that what follows finds it done."""
        if self.picker.is_open:
            return self.picker.take_key(event.key, event.character)
        line = self.line
        taken = line is not None and line.take_key(event.key, event.character)
        if line is not None and not line.is_open:
            self.refresh_bindings()
        return taken

    def on_paste(self, event: Paste) -> None:
        """Take a text that is pasted into a line."""
        if self.line is not None:
            self.line.paste(event.text)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a line is typed the keys are its letters; a pane's own keys work in that pane."""
        if self.line is not None or action == "line":
            return self.line is not None and action in WHILE_TYPING
        allowed = {
            "own": parameters[:1] == (self._pane,),
            "search": self._pane in ("plot", "frame", "detail"),
            "overlay": self._pane in ("runs", "plot"),
            "step_frame": not self.has_class("-frameless"),
        }
        return allowed.get(action, True)

    def action_own(self, pane: str, name: str) -> None:
        """Do what a key of a pane asks for."""
        action = ACTIONS[pane](name)
        if action is DetailAction.GO_TO:
            self._show_pane("runs")
            self.runs.handle(RunsAction.GO_TO)
        else:
            self.controllers[pane].handle(action)
        self.refresh_bindings()

    def action_line(self, key: str) -> None:
        """End the line that is typed; the keys themselves reach it before."""
        if self.line is not None:
            self.line.take_key(key, None)

    def action_search(self) -> None:
        """Search by sample name, from wherever the focus is."""
        self._show_pane("runs")
        self.runs.handle(RunsAction.SEARCH)
        self.refresh_bindings()

    def action_move(self, where: str) -> None:
        """Move in the pane that has the focus."""
        self.controllers[self._pane].move(Move(where))

    def action_pane(self, name: str) -> None:
        """Go to a pane."""
        self._show_pane(name)

    def action_next_pane(self, step: int) -> None:
        """Go to the next pane, in the order of their numbers."""
        self._show_pane(PANES[(PANES.index(self._pane) + step) % len(PANES)])

    def action_open(self) -> None:
        """Go from a run to its events, from an event to its frame or its curve, from there to the whole screen."""
        if not self.controllers[self._pane].enter():
            self.action_zoom()

    def action_back(self) -> None:
        """Leave the innermost of what is on, the zoom, the pane; then marks and search; then the beamtime."""
        if self._pane == "frame" and self.frame.back():
            return
        if self.has_class("-zoomed"):
            self.action_zoom()
        elif self._pane != "runs":
            self._show_pane("events" if self._pane in ("plot", "frame") else "runs")
        elif not self.runs.back():
            self.post_message(self.Left())

    def action_zoom(self) -> None:
        """Give the pane the whole screen, and back."""
        self.toggle_class("-zoomed")
        self.repaint_picture()
        self._mark_zoomed()

    def action_step_frame(self, step: int) -> None:
        """Go to the event of the frame `step` further."""
        self.frame.going.step(step)

    def action_overlay(self) -> None:
        """Overlay runs, or end that."""
        self.plot.toggle_overlay()

    def action_follow(self) -> None:
        """Follow the newest run and its newest frame, or no longer."""
        self.live.toggle()

    def action_notifications(self) -> None:
        """Ring the bell at news, and send them to the desktop, or no longer."""
        self.live.toggle_notifications()

    def action_copy(self) -> None:
        """Browse a private copy of the database, or the database itself again."""
        self.live.toggle_copy()

    def action_refresh(self) -> None:
        """Read everything again; the cursor stays where it is."""
        self.live.reload()

    def action_statistics(self) -> None:
        """Show what goes over the line to the terminal, or show it no longer."""
        self._show_stats = not self._show_stats
        self.host.publish(StatisticsToggled(self._show_stats))

"""The main screen: its layout, the focus, and the delivery of keys, results and signals."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message

from ..panes.actions import LiveAction
from ..panes.detail.pane import DetailPane
from ..panes.events.pane import EventsPane
from ..panes.frame.pane import FramePane
from ..panes.frame.side_panel import SidePanel
from ..panes.later import Later
from ..panes.live.title_bar import TitleBar
from ..panes.plot.pane import PlotPane
from ..panes.popup_list import PopupList
from ..panes.runs.pane import RunsPane
from ..panes.signals import (
    ChoiceWanted,
    FramesReady,
    PaneWanted,
    RunSelected,
    RunSettled,
    RunsListed,
    TerminalReady,
    ThemeChanged,
)
from ..panes.type_ahead import TypeAhead
from ..session.beamtime import BeamtimeSession
from ..session.monitor import BeamtimeChanged, BeamtimeMonitor
from ..terminal.cells_view import CellsView
from ..terminal.flow_control import FlowControl
from ..text.printable import printable
from .controllers import Controllers
from .footer import FooterLine
from .host import Outcome, ScreenHost
from .key_screen import KeyScreen
from .keys import Keys
from .options import Options

if TYPE_CHECKING:
    from ..panes.signals import Signal
    from ..picture.palettes import Depth

SETTLE_S = 0.09
"""Seconds the selection has to rest before anything is read for it."""


class BrowseScreen(KeyScreen):
    """Runs, events, plot, frame and the details of a run, around one selection."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual's own type
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012 - Textual's own type

    class Left(Message):
        """The user wants back to where the beamtime was chosen."""

    class Watched(Message):
        """Something has changed in the beamtime."""

        def __init__(self, changed: BeamtimeChanged) -> None:
            self.changed = changed
            super().__init__()

    def __init__(self, session: BeamtimeSession, options: Options, *, settle_s: float, depth: Depth) -> None:
        super().__init__()
        self._session, self._options, self._settle_s, self._depth = session, options, settle_s, depth
        self.flow = FlowControl(self._to_terminal, self, lambda: self.host.publish(TerminalReady()))
        self.host = ScreenHost(self, self.flow)
        self.monitor = BeamtimeMonitor(
            session.path, lambda changed: self.post_message(self.Watched(changed)), session.witness
        )
        self.controllers: Controllers
        self._settle_later = Later(self.host)
        self._type_ahead = TypeAhead()

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
        yield PopupList(id="picker")
        yield FooterLine()

    def on_mount(self) -> None:
        """Read the run list, with the keys already working."""
        host, options, layout = self.host, self._options, self.panes_layout
        picker = self.query_one(PopupList)
        self.controllers = controllers = Controllers(
            self, host, self._session, depth=self._depth, settle_s=self._settle_s, ring=self._ring,
            is_occupied=lambda: keys.is_typing, notifies=options.notify,
        )  # fmt: skip
        self.keys = keys = Keys(controllers, picker, layout)
        host.receivers = (*controllers.receivers, self)
        self.flow.is_asked = not self.app.is_headless
        layout.show("runs")
        host.publish(RunSelected(None, by_user=False))
        if options.show_stats:
            controllers.live.handle(LiveAction.STATISTICS)
        self._session.keep_off(threading.get_ident())
        self.monitor.start()
        if options.copy:
            controllers.live.handle(LiveAction.COPY)
        else:
            controllers.runs.read_runs()
        self.app.theme_changed_signal.subscribe(self, lambda _: host.publish(ThemeChanged()))

    def on_unmount(self) -> None:
        """Wait for nothing that is still being read."""
        self.host.close()
        self.monitor.close()

    # -- delivery ------------------------------------------------------------------------------------------

    def receive(self, signal: Signal) -> None:
        """Take what concerns the layout, the focus, or the list to pick from."""
        layout = self.panes_layout
        match signal:
            case RunSelected(run=row):
                self.query_one(PopupList).close()
                self._type_ahead.clear()
                self._settle_later.stop()
                if row is not None:
                    self._settle_later.start(self._settle_s, lambda: self._settle(row.uid))
            case RunsListed() if not self.controllers.are_complete:
                self.call_after_refresh(self.controllers.complete)
            case FramesReady(frames=frames):
                self.set_class(frames is None, "-frameless")
                self.refresh_bindings()  # there are keys for frames, or none
                self._type_ahead.release(FramesReady)
            case PaneWanted(name=name, beside=True) if layout.pane == "runs":
                layout.show_beside(name)
            case PaneWanted(name="frame", beside=False):
                self._show_frame_or_plot()
            case PaneWanted(name=name, beside=False):
                layout.show(name)
            case ChoiceWanted():
                self.query_one(PopupList).open(signal)
            case _:
                pass

    def _settle(self, uid: str) -> None:
        """Let the panes read the selected run."""
        self.controllers.complete()
        self.host.publish(RunSettled(uid))

    def _show_frame_or_plot(self) -> None:
        """Show the frame, or the plot of a run without frames; once it is known which."""
        scene = self.controllers.frame.scene
        if scene.is_known:
            self.panes_layout.show("plot" if scene.frames is None else "frame")
        elif not self._type_ahead:
            pane = self.panes_layout.pane
            self._type_ahead.keep(
                FramesReady, lambda: self._show_frame_or_plot() if self.panes_layout.pane == pane else None
            )

    @on(Outcome)
    def deliver(self, event: Outcome) -> None:
        """Give what came of a task to whoever asked for it."""
        self.host.deliver(event.outcome)

    @on(Watched)
    def beamtime_changed(self, event: Watched) -> None:
        """Tell the panes what has changed in the beamtime."""
        if self.is_attached:
            self.controllers.live.changed(event.changed)

    @on(RunsPane.Resized)
    def fit_runs(self) -> None:
        """Read the runs that came into view."""
        self.controllers.runs.read_details_soon()

    @on(PlotPane.Resized)
    def fit_plot(self) -> None:
        """Draw the curves in another size."""
        if self.controllers.are_complete:
            self.controllers.plot.fit()

    @on(CellsView.Resized)
    def fit_frame(self) -> None:
        """Draw the frame in another size."""
        if self.controllers.are_complete:
            self.controllers.frame.fit()

    @on(SidePanel.Resized)
    def fit_side_curves(self) -> None:
        """Draw the curves beside the frame in another size."""
        self.controllers.frame.side_curves.draw_again()

    @on(CellsView.Drawn)
    def picture_drawn(self, event: CellsView.Drawn) -> None:
        """Ask the terminal when a picture that went the ordinary way has arrived."""
        self.flow.pictures_sent(event.size)

    def leave(self) -> None:
        """Go back to where the beamtime was chosen."""
        self.post_message(self.Left())

    def repaint_picture(self) -> None:
        """Draw the next picture whole: something lay over it."""
        self.panes_layout.repaint_picture()

    on_screen_suspend = on_screen_resume = repaint_picture

    def _to_terminal(self, text: str) -> None:
        driver = self.app._driver  # there is no other way to send a question
        if driver is not None and not self.app.is_headless:
            driver.write(text)
            driver.flush()

    def _ring(self, text: str) -> None:
        """Ring the terminal's bell, and notify the desktop, which terminals pass on or leave alone."""
        said = printable(text, 200).replace(";", ",")
        self._to_terminal(f"\a\x1b]9;{said}\x1b\\\x1b]777;notify;resonance-tui;{said}\x1b\\")

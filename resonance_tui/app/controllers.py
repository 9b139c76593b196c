"""The controllers of all panes, made for one screen: those of the run list and of news at once, the others next."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from ..panes.controller import Controller
from ..panes.detail.pane import DetailPane
from ..panes.events.pane import EventsPane
from ..panes.frame.pane import FramePane
from ..panes.live.controller import LiveController
from ..panes.live.title_bar import TitleBar
from ..panes.plot.pane import PlotPane
from ..panes.runs.controller import RunsController
from ..panes.runs.pane import RunsPane
from ..panes.signals import LiveRunChanged, Notice

if TYPE_CHECKING:
    from textual.screen import Screen

    from ..panes.detail.controller import DetailController
    from ..panes.events.controller import EventsController
    from ..panes.frame.controller import FrameController
    from ..panes.host import Host
    from ..panes.plot.controller import PlotController
    from ..panes.signals import Signal
    from ..picture.palettes import Depth
    from ..session.beamtime import BeamtimeSession


class _ForTheRun:
    """The controllers of the panes that show the selected run; imported once the run list is shown."""

    def __init__(
        self, screen: Screen[Any], host: Host, session: BeamtimeSession, depth: Depth, settle_s: float
    ) -> None:
        from ..panes.detail.controller import DetailController
        from ..panes.events.controller import EventsController
        from ..panes.frame.controller import FrameController
        from ..panes.plot.controller import PlotController

        find = screen.query_one
        self.detail = DetailController(host, session, find(DetailPane))
        self.events = EventsController(host, session, find(EventsPane))
        self.plot = PlotController(host, session, find(PlotPane), settle_s)
        self.frame = FrameController(host, session, find(FramePane), depth, settle_s)

    def receive(self, signal: Signal) -> None:
        """Give a signal to one after the other."""
        for one in (self.detail, self.events, self.plot, self.frame):
            one.receive(signal)


class Controllers:
    """Each pane's controller, and that of what happens in the beamtime.

    Those of the panes that show a run are made by `complete`, at the latest when one of them is asked for; they are
    told then what was published before.

    Parameters
    ----------
    screen : Screen
        Where the panes are.
    depth, settle_s
        See `panes.frame.controller.FrameController`.
    is_occupied : callable
        Whether the user types or picks something.
    ring : callable
        Rings the terminal's bell.
    notifies : bool
        Whether news do that.
    """

    def __init__(
        self,
        screen: Screen[Any],
        host: Host,
        session: BeamtimeSession,
        *,
        depth: Depth,
        settle_s: float,
        is_occupied: Callable[[], bool],
        ring: Callable[[str], object],
        notifies: bool,
    ) -> None:
        self.runs = RunsController(host, session, screen.query_one(RunsPane))
        self.live = LiveController(
            host, session, screen.query_one(TitleBar), ring=ring, notifies=notifies,
            is_occupied=lambda: is_occupied() or self._shows_stack,
        )  # fmt: skip
        self.panes: dict[str, Controller[Any]] = {"runs": self.runs}
        self.receivers = (self.runs, self, self.live)
        """In the order in which signals are delivered."""
        self._make = partial(_ForTheRun, screen, host, session, depth, settle_s)
        self._made: _ForTheRun | None = None
        self._early: list[Signal] = []

    def receive(self, signal: Signal) -> None:
        """Take a signal for the panes that show a run, or keep it until there are their controllers."""
        if self._made is None:
            if isinstance(signal, LiveRunChanged):  # the newest tells all: they come at every look
                self._early = [one for one in self._early if not isinstance(one, LiveRunChanged)]
            if not isinstance(signal, Notice):
                self._early.append(signal)
        else:
            self._made.receive(signal)

    @property
    def are_complete(self) -> bool:
        """Whether all of them are there."""
        return self._made is not None

    def complete(self) -> _ForTheRun:
        """Make the controllers of the panes that show a run, where they are not there yet."""
        if self._made is None:
            self._made = made = self._make()
            self.panes |= {
                "detail": made.detail, "events": made.events, "plot": made.plot, "frame": made.frame,
            }  # fmt: skip
            early, self._early = self._early, []
            for signal in early:
                made.receive(signal)
        return self._made

    @property
    def detail(self) -> DetailController:
        """That of the run details."""
        return self.complete().detail

    @property
    def events(self) -> EventsController:
        """That of the event table."""
        return self.complete().events

    @property
    def plot(self) -> PlotController:
        """That of the plot."""
        return self.complete().plot

    @property
    def frame(self) -> FrameController:
        """That of the frame pane."""
        return self.complete().frame

    @property
    def may_have_frames(self) -> bool:
        """Whether the selected run has frames, or it is not known yet."""
        return self._made is None or self._made.frame.may_have_frames

    @property
    def _shows_stack(self) -> bool:
        return self._made is not None and self._made.frame.scene.state.is_stack

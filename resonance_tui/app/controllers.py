"""The controllers of all panes, made for one screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..panes.controller import Controller
from ..panes.detail.controller import DetailController
from ..panes.detail.pane import DetailPane
from ..panes.events.controller import EventsController
from ..panes.events.pane import EventsPane
from ..panes.frame.controller import FrameController
from ..panes.frame.pane import FramePane
from ..panes.live.controller import LiveController
from ..panes.live.title_bar import TitleBar
from ..panes.plot.controller import PlotController
from ..panes.plot.pane import PlotPane
from ..panes.runs.controller import RunsController
from ..panes.runs.pane import RunsPane

if TYPE_CHECKING:
    from textual.screen import Screen

    from ..panes.host import Host
    from ..picture.palettes import Depth
    from ..session.beamtime import BeamtimeSession


class Controllers:
    """Each pane's controller, and that of what happens in the beamtime.

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
        find = screen.query_one
        self.runs = RunsController(host, session, find(RunsPane))
        self.detail = DetailController(host, session, find(DetailPane))
        self.events = EventsController(host, session, find(EventsPane))
        self.plot = PlotController(host, session, find(PlotPane), settle_s)
        self.frame = FrameController(host, session, find(FramePane), depth, settle_s)
        self.live = LiveController(
            host, session, find(TitleBar), ring=ring, notifies=notifies,
            is_occupied=lambda: is_occupied() or self.frame.scene.state.is_stack,
        )  # fmt: skip
        self.panes: dict[str, Controller[Any]] = {
            "runs": self.runs, "events": self.events, "plot": self.plot, "frame": self.frame,
            "detail": self.detail,
        }  # fmt: skip
        self.receivers = (self.runs, self.detail, self.events, self.plot, self.frame, self.live)
        """In the order in which signals are delivered."""

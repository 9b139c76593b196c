"""What all controllers have in common: the keys and signals that they take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from .pane_reads import PaneReads, View
from .type_ahead import TypeAhead

if TYPE_CHECKING:
    from ..session.beamtime import BeamtimeSession
    from .actions import Action, Move
    from .host import Host
    from .line_input import LineInput
    from .signals import Signal

V = TypeVar("V", bound=View)


class Controller(Generic[V]):
    """Decides what its pane shows: takes keys and signals, reads by the session, and tells its widget.

    Parameters
    ----------
    host : Host
    session : BeamtimeSession
    pane : Pane
        Its own widget.
    """

    line: LineInput | None = None
    """The line that is typed into the pane, where there can be one."""

    def __init__(self, host: Host, session: BeamtimeSession, pane: V) -> None:
        self.host = host
        self.session = session
        self.pane = pane
        self.reads = PaneReads(host, session, pane)
        self.type_ahead = TypeAhead()

    # -- what the screen asks of every controller ------------------------------------------------------------

    def receive(self, signal: Signal) -> None:
        """Take what another pane, or the screen, has published."""

    def handle(self, action: Action) -> None:
        """Do what a key of the pane asks for."""

    def move(self, where: Move) -> None:
        """Do what a key that moves asks for."""

    def enter(self) -> bool:
        """Do what enter means inside the pane; False where it leads out of it."""
        return False

    def back(self) -> bool:
        """Leave the innermost of what is on; False where nothing is."""
        return False

"""The details of the selected run: read once the cursor rests, their state kept true while it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from ...session.monitor import LiveRun
from ...text.details import Section, section
from ...text.states import shown_state, state_lines
from ..controller import Controller
from ..signals import (
    BeamtimeReplaced,
    LiveRunChanged,
    PaneWanted,
    RunOvertaken,
    RunReread,
    RunSelected,
    RunSettled,
)
from . import reads
from .state import DetailState

if TYPE_CHECKING:
    from ...session.beamtime import BeamtimeSession
    from ...text.run_overview import RunRow
    from ..actions import Move
    from ..host import Host
    from ..signals import Signal
    from .pane import DetailPane


class DetailTask(StrEnum):
    """What is read for this pane."""

    DETAILS = "details"


class DetailController(Controller["DetailPane"]):
    """Shows sample, run, metadata and streams of the selected run."""

    def __init__(self, host: Host, session: BeamtimeSession, pane: DetailPane) -> None:
        super().__init__(host, session, pane)
        self.state = DetailState()

    def receive(self, signal: Signal) -> None:
        """Take what another pane, or the screen, has published."""
        match signal:
            case RunSelected(run=row):
                self._show_row(row)
            case RunSettled(uid=uid) | RunReread(uid=uid):
                self._read(uid)
            case BeamtimeReplaced():
                self._read(self.host.selection.uid)
            case LiveRunChanged(live=live) if live is not None:
                self._show_state(live)
            case RunOvertaken(run=run):
                self._show_state(run)
            case _:
                pass

    def move(self, where: Move) -> None:
        """Scroll."""
        self.pane.move(where)

    def enter(self) -> bool:
        """Go to the events."""
        self.host.publish(PaneWanted("events"))
        return True

    def _show_row(self, row: RunRow | None) -> None:
        """Show at once what the list knows of a run."""
        self.host.cancel(DetailTask.DETAILS)
        self.state = DetailState()
        self.pane.clear()
        if row is not None:
            known = [("", row.uid), ("plan", row.plan), ("started", row.when), ("state", row.status)]
            self._show((section("Run", known),), keep_scroll=False)

    def _show(self, sections: Sequence[Section], *, keep_scroll: bool) -> None:
        self.state = self.state.with_sections(sections)
        self.pane.show_sections(self.state.sections, keep_scroll=keep_scroll)

    def _read(self, uid: str | None) -> None:
        if uid is None:
            return
        session = self.session
        self.reads.read(
            DetailTask.DETAILS,
            uid,
            lambda task: reads.read_details(session, uid, task),
            lambda sections: self._show(sections, keep_scroll=True),
        )

    def _show_state(self, run: LiveRun) -> None:
        """Say how a run without an end stands, also while the catalog cannot be read; the rest is read where it can."""
        if run.uid != self.host.selection.uid:
            return
        seen = (run.uid, shown_state(run.state), run.state.pid)
        if seen == self.state.seen:
            return
        self.state = self.state.with_lines("Run", state_lines(run.state), seen)
        if self.state.sections:
            self.pane.show_sections(self.state.sections, keep_scroll=True)
        self._read(run.uid)

"""What is seen of a beamtime while the experiment runs, and the controller that tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, cast

from resonance_tui.catalog.models import RunSummary
from resonance_tui.catalog.run_state import Phase, RunState
from resonance_tui.catalog.sqlite.locks import Locks
from resonance_tui.catalog.watch import Changes
from resonance_tui.panes.live.controller import LiveController
from resonance_tui.panes.signals import RunsListed
from resonance_tui.session.beamtime import BeamtimeSession
from resonance_tui.session.monitor import BeamtimeChanged, LiveRun
from tests.unit.panes.fake_host import FakeHost
from tests.unit.panes.recorded_panes import RecordedBar

if TYPE_CHECKING:
    from resonance_tui.panes.live.title_bar import TitleBar

S = TypeVar("S")

START = 1_770_000_000.0
FREE = Locks(supported=True)
WRITING = Locks(supported=True, writer_active=True, pid=4711)
LOCKED = Locks(supported=True, writer_active=True, pid=4711, readers_blocked=True)
HALF_WRITTEN = Locks(supported=True, journal=True)


def run(uid: str, status: str | None = None) -> RunSummary:
    """A run, with its end where it has a status."""
    return RunSummary(uid, "scan", START, "ps", START + 60 if status else None, status)


def live(uid: str, phase: Phase = Phase.RUNNING, **how: Any) -> LiveRun:
    """A run without an end."""
    return LiveRun(uid, RunState(phase, pid=4711), "detector_image", began=START, **how)


@dataclass
class Live:
    """The controller, its title bar, and what it told."""

    host: FakeHost
    session: BeamtimeSession
    occupied: bool = False
    rung: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bar = RecordedBar()
        self.controller = LiveController(
            self.host,
            self.session,
            cast("TitleBar", self.bar),
            is_occupied=lambda: self.occupied,
            ring=self.rung.append,
        )
        self.host.receivers.append(self.controller)

    def list_runs(self, newest: str | None) -> None:
        """The run list shows the runs of the beamtime."""
        self.host.publish(RunsListed(newest, shows_any=newest is not None))

    def see(self, seen: LiveRun | None = None, **changes: Any) -> None:
        """Something has changed."""
        self.controller.changed(BeamtimeChanged(Changes(**({"locks": FREE} | changes)), seen))

    def see_open(self, seen: LiveRun, **changes: Any) -> None:
        """Something has changed while a run goes on that the catalog lists."""
        self.see(seen, open_run=run(seen.uid), state=seen.state, **({"locks": WRITING} | changes))

    def told(self, kind: type[S]) -> list[S]:
        """What the panes were told of a kind since the last time."""
        found = self.host.signals(kind)
        self.host.published = [signal for signal in self.host.published if not isinstance(signal, kind)]
        return found

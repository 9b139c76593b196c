"""Rows of runs, and the pane that lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from resonance_tui.catalog.run_state import Phase, RunState
from resonance_tui.panes.actions import RunsAction
from resonance_tui.panes.runs.controller import DETAILS_AFTER_S, RunsController
from resonance_tui.panes.runs.reads import RunsPart
from resonance_tui.panes.runs.tasks import RunsTask
from resonance_tui.panes.signals import RunSelected
from resonance_tui.session.beamtime import BeamtimeSession
from resonance_tui.session.monitor import LiveRun
from resonance_tui.text.run_overview import RunRow, run_row
from resonance_tui.text.states import State
from tests.unit.panes.fake_host import FakeHost
from tests.unit.panes.recorded_panes import RecordedRuns

if TYPE_CHECKING:
    from resonance_tui.panes.runs.pane import RunsPane

START = 1_770_000_000.0


def row(uid: str, sample: str = "ps", plan: str = "scan") -> RunRow:
    """A run that has its end."""
    return run_row(uid, plan, START, START + 60, sample, "success")


def open_row(uid: str, state: State = State.RUNNING) -> RunRow:
    """A run without an end."""
    return run_row(uid, "scan", START, None, "ps", None, state)


def rows(uids: str) -> list[RunRow]:
    """Runs of one letter each, newest first."""
    return [row(uid) for uid in uids]


def live(uid: str, phase: Phase = Phase.RUNNING, **how: Any) -> LiveRun:
    """A run as it is seen while it goes on, or no longer does."""
    return LiveRun(uid, RunState(phase), began=START, **how)


@dataclass
class Runs:
    """The run list, and what is asked of it."""

    host: FakeHost
    session: BeamtimeSession

    def __post_init__(self) -> None:
        self.pane = RecordedRuns()
        self.controller = RunsController(self.host, self.session, cast("RunsPane", self.pane))
        self.host.receivers.append(self.controller)

    def fill(self, listed: list[RunRow]) -> None:
        """Have these runs read, in one part."""
        self.controller.read_runs()
        self.host.answer(RunsTask.RUNS, RunsPart(listed, first=True, done=True))

    def part(self, listed: list[RunRow], *, first: bool = False) -> None:
        """Some of the runs come, while others are still being read."""
        reading = next(one for one in self.host.waiting if one.task.kind == RunsTask.RUNS)
        reading.then(RunsPart(listed, first, done=False))

    def rest(self) -> None:
        """Leave the list alone until the runs in view were read."""
        self.host.pass_time(DETAILS_AFTER_S)
        self.host.do(RunsTask.DETAILS)

    def type(self, text: str, *keys: str) -> None:
        """Type a text into the line that is open, then press keys."""
        for key in (*text, *keys):
            self.controller.line.take_key(key, key if len(key) == 1 else None)

    def search(self, text: str) -> None:
        """Search, and keep the search."""
        self.controller.handle(RunsAction.SEARCH)
        self.type(text, "enter")

    def go_to(self, text: str) -> None:
        """Type where to go."""
        self.controller.handle(RunsAction.GO_TO)
        self.type(text, "enter")

    @property
    def selected(self) -> list[tuple[str | None, bool]]:
        """Which runs were selected, and whether by the user."""
        return [(s.run.uid if s.run else None, s.by_user) for s in self.host.signals(RunSelected)]

    @property
    def said(self) -> list[str]:
        """What was said in the title bar."""
        return [one.text for one in self.host.said]

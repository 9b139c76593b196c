"""A run of several pages of events, and the pane that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from resonance_tui.panes.actions import EventsAction, Move
from resonance_tui.panes.events.controller import EventsController
from resonance_tui.panes.signals import (
    ColumnsReady,
    EventSelected,
    PageShown,
    RunSelected,
    RunSettled,
)
from resonance_tui.session.beamtime import BeamtimeSession
from resonance_tui.session.tasks import Task
from resonance_tui.text.labels import ScanLabel
from resonance_tui.text.run_overview import run_row
from tests.beamtime import FIRST_START, BeamtimeBuilder, Event
from tests.unit.panes.fake_host import FakeHost
from tests.unit.panes.recorded_panes import RecordedEvents

if TYPE_CHECKING:
    from resonance_tui.analysis.curves import RunColumns
    from resonance_tui.panes.events.pane import EventsPane

N_EVENTS = 500
SWEEP = 100
LONG_UID, SHORT_UID, EMPTY_UID = "10" * 16, "20" * 16, "30" * 16

SPIKE, MISSING, INFINITE = 150, 20, 77
"""Positions of the events whose i0 stands out, is missing, and whose tey is infinite."""

WORDS = {42: "sample moved", 342: "moved back"}
LOST = range(300, 310)


def events(count: int = N_EVENTS) -> list[Event]:
    """The energy swept at five angles; the beam lost for a while; a word here and there."""
    made: list[Event] = []
    for i in range(count):
        event: dict[str, Any] = {
            "energy_position": 270.0 + 0.5 * (i % SWEEP),
            "sam_th_position": 20.0 + 10.0 * (i // SWEEP),
            "i0": 50.0 if i == SPIKE else None if i == MISSING else 1.0 + 0.001 * (i % 7),
            "tey": float("inf") if i == INFINITE else 0.25 * i,
            "beam_current": 1.0 if i in LOST else 400.0,
            "note": WORDS.get(i),
        }
        made.append(event)
    return made


def make_beamtime(path: Path) -> Path:
    """A run of 500 events, one of three, and one that has none."""
    with BeamtimeBuilder(path) as b:
        b.run(events=events(), uid=LONG_UID)
        b.run(events=events(3), uid=SHORT_UID)
        b.run(events=[], uid=EMPTY_UID)
    return path


@dataclass
class Events:
    """The pane, and what the screen would tell it."""

    host: FakeHost
    session: BeamtimeSession

    def __post_init__(self) -> None:
        self.pane = RecordedEvents()
        self.controller = EventsController(self.host, self.session, cast("EventsPane", self.pane))
        self.host.receivers.append(self.controller)

    def select(self, uid: str | None) -> None:
        """Put the cursor of the list on a run."""
        run = run_row(uid, "scan", FIRST_START, None, "ps", None) if uid is not None else None
        self.host.publish(RunSelected(run))

    def show(self, uid: str) -> None:
        """Select a run, and have its first page read."""
        self.select(uid)
        self.host.publish(RunSettled(uid))
        self.host.do()

    def columns(self, uid: str) -> RunColumns:
        """All events of a run."""
        return self.session.columns.run_columns(uid, Task("columns", uid, lambda _: None))

    def read_all(self, columns: RunColumns | None = None) -> None:
        """All events of the selected run were read, by the plot."""
        uid = self.host.selection.uid or ""
        columns = columns if columns is not None else self.columns(uid)
        self.host.publish(ColumnsReady(columns, columns.find_axes(), ScanLabel("", "", "")))
        self.host.do()

    def go_to(self, position: int) -> None:
        """Another pane puts the cursor on an event."""
        self.host.publish(EventSelected(position, self.host.selection.position))
        self.host.do()

    def press(self, *actions: EventsAction | Move) -> None:
        """Press keys, and wait for what they ask for."""
        for action in actions:
            if isinstance(action, Move):
                self.controller.move(action)
            else:
                self.controller.handle(action)
            self.host.do()

    def on_column(self, key: str) -> None:
        """Put the column cursor on a field."""
        self.pane.table.go_to_column(key)
        assert self.pane.table.column_key == key

    def type(self, text: str) -> None:
        """Type a line, and end it by enter."""
        for key in text:
            self.controller.line.take_key(key, key)
        self.controller.line.take_key("enter", None)
        self.host.do()

    def find(self, text: str) -> None:
        """Look for something in the column under the cursor."""
        self.press(EventsAction.FIND)
        self.type(text)

    @property
    def position(self) -> int:
        """Where the one cursor of all panes is."""
        return self.host.selection.position

    @property
    def shown(self) -> PageShown:
        """What the other panes know of the page."""
        return self.host.signals(PageShown)[-1]

    @property
    def rows(self) -> tuple[int, ...]:
        """The numbers of the events on the page."""
        assert self.pane.page is not None
        return self.pane.page.seq_nums

"""A plot pane without a screen, which remembers what it was told, and a bench with a controller on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from resonance_tui.panes.plot.canvas import Canvas
from resonance_tui.panes.plot.controller import PlotController
from resonance_tui.panes.plot.tasks import PlotTask
from resonance_tui.panes.signals import ChoiceWanted, FramesReady, RunSelected, RunSettled
from resonance_tui.text.run_overview import RunRow
from resonance_tui.text.states import State
from tests.unit.panes.fake_host import FakeHost

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from resonance_tui.panes.actions import Action, PlotAction
    from resonance_tui.panes.curve_renderer import Drawing
    from resonance_tui.panes.plot.model import Plot
    from resonance_tui.panes.plot.pane import PlotPane
    from resonance_tui.session.beamtime import BeamtimeSession

SETTLE_S = 0.2
NOTHING_TO_DRAW = "nothing to draw"


@dataclass
class RecordedView:
    """Where the curves are."""

    drawing: Drawing | None = None


@dataclass
class RecordedPane:
    """What a `PlotPane` is to its controller."""

    canvas: Canvas = field(default_factory=lambda: Canvas(60, 15, True, (16, 20, 24)))
    has_room_for_readings: bool = True
    plot: Plot | None = None
    view: RecordedView = field(default_factory=RecordedView)
    note: str = ""
    """The line in place of the curves."""
    note_is_error: bool = False
    has_content: bool = False
    position: int = 0
    hint: str = ""
    """The line that is typed, or what was said of a key."""
    hints: list[str] = field(default_factory=list)
    """All of them that ever stood there."""
    readings: list[str] = field(default_factory=list)
    chosen: int = 0
    copied: list[str] = field(default_factory=list)
    lost: NDArray[np.bool_] | None = None
    shown: int = 0
    """How often curves were shown."""

    def clear(self) -> None:
        """Show nothing."""
        self.plot, self.view.drawing = None, None
        self.position, self.readings, self.lost = 0, [], None
        self.hint = ""
        self.say("")

    def say(self, text: str, *, error: bool = False) -> None:
        """Show a line in place of the curves."""
        self.note, self.note_is_error, self.has_content = text, error, False

    def show_plot(self, plot: Plot | None, drawing: Drawing | None = None) -> None:
        """Show curves."""
        self.plot = plot
        self.shown += 1
        if plot is None:
            self.say(NOTHING_TO_DRAW)
            return
        self.view.drawing = drawing
        self.note, self.note_is_error, self.has_content = "", False, True

    def show_cursor(self, position: int) -> None:
        """Mark an event."""
        self.position = position

    def show_lost(self, lost: NDArray[np.bool_] | None) -> None:
        """Mark the events without beam."""
        self.lost = lost

    def show_readings(self, readings: Sequence[str], chosen: int = 0) -> None:
        """Say what was read from the curve."""
        self.readings, self.chosen = list(readings), chosen

    def prompt(self, text: str) -> None:
        """Show a line that is typed, or a hint."""
        self.hint = text
        self.hints.append(text)

    def take_back(self, text: str) -> None:
        """Say this no longer."""
        if self.hint == text:
            self.hint = ""

    def when_drawn(self, action: Callable[[], object]) -> None:
        """Do something once what is shown now was drawn: at once."""
        action()

    def copy(self, text: str) -> None:
        """Send a text to the clipboard."""
        self.copied.append(text)


class Bench:
    """A controller with a host and a pane; what it publishes comes back to it, as from the screen."""

    def __init__(self, session: BeamtimeSession | None = None) -> None:
        self.host = FakeHost()
        self.pane = RecordedPane()
        self.controller = PlotController(
            self.host, cast("BeamtimeSession", session), cast("PlotPane", self.pane), SETTLE_S
        )
        self.host.receivers.append(self.controller)

    @property
    def plot(self) -> Plot:
        """The curves that are shown."""
        assert self.pane.plot is not None
        return self.pane.plot

    def select(self, uid: str) -> None:
        """Let the cursor of the run list come to a run and rest there; nothing is read yet."""
        self.host.publish(RunSelected(row_of(uid)))
        self.host.publish(FramesReady(None))
        self.host.publish(RunSettled(uid))

    def settle(self, uid: str) -> None:
        """Let the cursor rest on the selected run, which has no frames, and show all there is of it."""
        self.host.publish(FramesReady(None))
        self.host.publish(RunSettled(uid))
        self.host.do()

    def show(self, uid: str) -> None:
        """Select a run, and show all there is of it."""
        self.select(uid)
        self.host.do()

    def press(self, *actions: Action) -> None:
        """Press keys, one after the other, each when the last one is done."""
        for action in actions:
            self.controller.handle(action)
            self.host.do()

    def pick(self, action: PlotAction, *keys: str) -> None:
        """Press a key that has a list to pick from, and pick these."""
        self.controller.handle(action)
        self.host.signals(ChoiceWanted)[-1].done(keys)
        self.host.do()

    def type(self, text: str) -> None:
        """Type a line, and end it with enter."""
        for character in text:
            self.controller.line.take_key(character, character)
        self.controller.line.take_key("enter", None)

    def resize(self, width: int, height: int = 15) -> None:
        """Give the pane another size."""
        self.pane.canvas = replace(self.pane.canvas, width=width, height=height)
        self.controller.fit()

    def times_drawn(self) -> int:
        """How often curves were asked for."""
        return self.host.kinds_asked().count(PlotTask.CURVES)

    def times_read(self) -> int:
        """How often the run's events were asked for."""
        return self.host.kinds_asked().count(PlotTask.COLUMNS)


def row_of(uid: str, **more: Any) -> RunRow:
    """A run as the list shows it."""
    return RunRow(uid, 1.77e9, 1.77e9 + 600, "scan", "a sample", State.SUCCESS, "success", **more)

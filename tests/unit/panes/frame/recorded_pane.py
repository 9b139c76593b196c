"""A frame pane without a screen, which remembers what it was told, and a bench with a controller on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar, cast

from resonance_tui.panes.frame.controller import FrameController
from resonance_tui.panes.frame.tasks import FrameTask
from resonance_tui.panes.signals import EventSelected, RunSelected, RunSettled
from resonance_tui.picture.palettes import ThemeColours
from resonance_tui.text.run_overview import RunRow
from resonance_tui.text.states import State
from tests.unit.panes.fake_host import FakeHost

if TYPE_CHECKING:
    from resonance_tui.analysis.exposure import FrameMark
    from resonance_tui.panes.actions import Action
    from resonance_tui.panes.curve_renderer import Drawing
    from resonance_tui.panes.frame.pane import FramePane
    from resonance_tui.picture.cells import Cells
    from resonance_tui.picture.order import FramePicture
    from resonance_tui.picture.palettes import Depth, Palette
    from resonance_tui.picture.side_plots import Panel
    from resonance_tui.session.beamtime import BeamtimeSession

SETTLE_S = 0.1
PICTURE_BYTES = 1000
LINE_BYTES = 10


@dataclass
class RecordedSidePanel:
    """The place of curves beside the frame."""

    room: tuple[int, int] = (40, 12)
    panel: Panel | None = None
    drawing: Drawing | None = None
    note: str = ""

    def show(self, panel: Panel | None, drawing: Drawing | None, note: str = "") -> None:
        """Show curves, or why there are none."""
        self.panel, self.drawing, self.note = panel, drawing, note


@dataclass
class RecordedPane:
    """What a `FramePane` is to its controller."""

    TITLE: ClassVar[str] = "Frame"

    room: tuple[int, int] = (60, 20)
    strip_room: int = 60
    size: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(width=100, height=22))
    theme_colours: ThemeColours = field(default_factory=ThemeColours)
    is_dark: bool = True
    side_panel: RecordedSidePanel = field(default_factory=RecordedSidePanel)
    side_is_open: bool = False
    has_content: bool = False
    note: str = ""
    """The line in place of the picture."""
    note_is_error: bool = False
    title: str = ""
    first: str = ""
    """What comes first in the title."""
    alarm: str = ""
    picture: FramePicture | None = None
    sheet: Cells | None = None
    pictures: list[FramePicture] = field(default_factory=list)
    """All that were ever shown."""
    sheets: int = 0
    words: str = ""
    """The line below the picture, without the strip of exposures."""
    is_typed: bool = False
    strip: tuple[int, tuple[FrameMark, ...], int | None] = (0, (), None)
    line_drawn: int = 0
    when_next_drawn: list[Callable[[], object]] = field(default_factory=list)

    def caption(self, text: str, *, first: str = "", alarm: str = "") -> None:
        """Say something in the title."""
        self.title, self.first, self.alarm = text, first, alarm

    def clear(self) -> None:
        """Show nothing."""
        self.caption("")
        self.say("")
        self.picture = self.sheet = None
        self.set_line("", False, 0, (), None)

    def say(self, text: str, *, error: bool = False) -> None:
        """Show a line in place of the picture."""
        self.note, self.note_is_error, self.has_content = text, error, False

    def show_picture(self, picture: FramePicture) -> int:
        """Show a frame."""
        self.picture, self.sheet = picture, None
        self.pictures.append(picture)
        return self._show()

    def show_cells(self, cells: Cells, palette: Palette) -> int:
        """Show a contact sheet."""
        self.picture, self.sheet = None, cells
        self.sheets += 1
        return self._show()

    def _show(self) -> int:
        self.note, self.note_is_error, self.has_content = "", False, True
        return PICTURE_BYTES

    def open_side_panel(self, shown: bool) -> None:
        """Make room for curves, or take it back."""
        self.side_is_open = shown

    def set_line(
        self, words: str, strong: bool, first: int, verdicts: Sequence[FrameMark], at: int | None
    ) -> bool:
        """Prepare the line below the picture."""
        new = (words, strong, (first, tuple(verdicts), at))
        if new == (self.words, self.is_typed, self.strip):
            return False
        self.words, self.is_typed, self.strip = new
        return True

    def draw_line(self) -> int:
        """Draw the line below the picture."""
        self.line_drawn += 1
        return LINE_BYTES

    def when_drawn(self, action: Callable[[], object]) -> None:
        """Do something once what is shown now was drawn."""
        self.when_next_drawn.append(action)

    def draw(self) -> bool:
        """Do what waits until all is drawn; False where nothing does."""
        waiting, self.when_next_drawn = self.when_next_drawn, []
        for action in waiting:
            action()
        return bool(waiting)


class Bench:
    """A controller with a host and a pane; what it publishes comes back to it, as from the screen."""

    def __init__(self, session: BeamtimeSession | None = None, depth: Depth = "truecolor") -> None:
        self.host = FakeHost()
        self.pane = RecordedPane()
        self.controller = FrameController(
            self.host, cast("BeamtimeSession", session), cast("FramePane", self.pane), depth, SETTLE_S
        )
        self.scene = self.controller.scene
        self.host.receivers.append(self.controller)

    @property
    def picture(self) -> FramePicture:
        """The picture that is shown."""
        assert self.pane.picture is not None
        return self.pane.picture

    @property
    def panel(self) -> Panel:
        """The curves beside the frame."""
        assert self.pane.side_panel.panel is not None
        return self.pane.side_panel.panel

    def do(self) -> None:
        """Do all that is asked for; exposures last, as they wait for pictures to be drawn."""
        while True:
            self.host.do(*(kind for kind in FrameTask if kind is not FrameTask.STRIP))
            if not self.pane.draw():
                break
        self.host.do()

    def select(self, uid: str) -> None:
        """Let the cursor of the run list come to a run and rest there; nothing is read yet."""
        self.host.publish(RunSelected(row_of(uid)))
        self.host.publish(RunSettled(uid))

    def show(self, uid: str) -> None:
        """Select a run and show its frame."""
        self.select(uid)
        self.do()

    def go(self, position: int) -> None:
        """Select an event, and show its frame."""
        self.host.publish(EventSelected(position, self.host.selection.position))
        self.do()

    def press(self, *actions: Action) -> None:
        """Press keys, one after the other, each when the last one is done."""
        for action in actions:
            self.controller.handle(action)
            self.do()

    def rest(self) -> None:
        """Look at what is shown until nothing more comes of that."""
        for _ in range(3):
            self.host.pass_time(0.5)
            self.do()

    def type(self, text: str) -> None:
        """Type a line, and end it with enter."""
        for character in text:
            self.controller.line.take_key(character, character)
        self.controller.line.take_key("enter", None)
        self.do()

    def times(self, kind: str) -> int:
        """How often something of a kind was asked for."""
        return self.host.kinds_asked().count(kind)


def row_of(uid: str) -> RunRow:
    """A run as the list shows it."""
    return RunRow(uid, 1.77e9, 1.77e9 + 600, "scan", "a sample", State.SUCCESS, "success")

"""Frame: the detector frame of the event under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.color import Color
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from ..present.colours import Inks, Palette
from ..present.text import printable
from .cells_view import CellsView
from .frame_panel import FramePanel
from .pane import Pane

if TYPE_CHECKING:
    from ..present.cells import Cells
    from ..present.panel import Panel
    from ..present.picture import FramePicture

_PAGE = 10
_WIDE = 100

_MARK_STYLES = {"▲": "bold $text-error", "▼": "bold $text-warning", "○": "bold $text-error", "▪": "$text-success"}


class FramePane(Pane):
    """The frame, its place among the frames of the run in the title, curves beside it, and a strip that says
    how well each frame of the run is exposed."""

    TITLE = "Frame"

    class Stepped(Message):
        """The user wants another frame: `step` further, or the first or last (by a huge step)."""

        def __init__(self, step: int) -> None:
            self.step = step
            super().__init__()

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._picture: FramePicture | None = None
        self._strip = Content("")
        self._words = Content("")

    def compose_content(self) -> ComposeResult:
        """The picture, curves, and a line about the frames."""
        with Container(id="frame-body"):
            yield CellsView(id="frame-view")
            yield FramePanel(id="frame-panel")
        yield Static("", id="frame-strip", markup=False)

    def on_mount(self) -> None:
        """Nothing is shown yet."""
        super().on_mount()
        self.panel.display = False

    @property
    def view(self) -> CellsView:
        """Where the picture is drawn."""
        return self.query_one(CellsView)

    @property
    def panel(self) -> FramePanel:
        """Where curves are drawn."""
        return self.query_one(FramePanel)

    @property
    def room(self) -> tuple[int, int]:
        """Cells for the picture: (columns, lines)."""
        size = self.view.size
        if size.width and size.height:
            return (size.width, size.height)
        return (max(1, self.content_size.width), max(1, self.content_size.height - 1))

    @property
    def inks(self) -> Inks:
        """The theme's colours for what is written into a picture."""
        theme = self.app.current_theme
        back, ink, alarm, good = (
            Color.parse(colour or "#808080").rgb
            for colour in (theme.background, theme.foreground, theme.error, theme.success)
        )
        faint = (3 * ink[0] + 2 * back[0]) // 5, (3 * ink[1] + 2 * back[1]) // 5, (3 * ink[2] + 2 * back[2]) // 5
        return Inks(back, ink, faint, alarm, good)

    @property
    def picture(self) -> FramePicture | None:
        """The frame that is shown; None where it is something else, or nothing."""
        return None if self.is_noted else self._picture

    def clear(self) -> None:
        """Show nothing."""
        self.caption("")
        self.say("")
        self._picture = None
        self.view.show(None)
        self.show_strip(0, (), None)
        self.say_below("")

    def show_picture(self, picture: FramePicture) -> None:
        """Show a frame."""
        self._picture = picture
        self._show(picture.cells, picture.palette)

    def show_cells(self, cells: Cells, palette: Palette) -> None:
        """Show another picture than a frame: a contact sheet."""
        self._picture = None
        self._show(cells, palette)

    def _show(self, cells: Cells, palette: Palette) -> None:
        if self.is_noted:
            self.view.repaint()
            self.show_content()
        self.view.show(cells, palette)

    def say(self, text: str, *, error: bool = False) -> None:
        """Show a line in place of the picture."""
        self.view.repaint()
        super().say(text, error=error)

    def open_panel(self, shown: bool) -> None:
        """Make room for curves, or take it back; beside the picture where the pane is wide, else below it."""
        if self.panel.display != shown:
            self.view.repaint()
            self.panel.display = shown

    def show_panel(self, panel: Panel | None, note: str = "") -> None:
        """Draw curves; without any, say why."""
        self.panel.show(panel, note)

    def show_strip(self, first: int, marks: Sequence[str], at: int | None) -> None:
        """Show how well frames are exposed, one cell for each; `at` is the one under the cursor, `first` the first."""
        parts = [
            (mark, ("reverse " if at == first + n else "") + _MARK_STYLES.get(mark, "$text-muted"))
            for n, mark in enumerate(marks)
        ]
        self._strip = Content.assemble(*parts)
        self._show_line()

    def say_below(self, text: str, *, strong: bool = False) -> None:
        """Say something in the line below the picture: how far long work is, what is being typed."""
        words = printable(text)
        self._words = Content.assemble((words, "bold $accent" if strong else "$text-muted"))
        self._show_line()

    def _show_line(self) -> None:
        gap = "  " if self._words.plain and self._strip.plain else ""
        self.query_one("#frame-strip", Static).update(
            Content.assemble(self._words, gap, self._strip), layout=False
        )

    @property
    def strip_room(self) -> int:
        """Cells for marks in the line below."""
        taken = len(self._words.plain)
        return max(0, self.content_size.width - (taken + 2 if taken else 0))

    def on_resize(self) -> None:
        """Where the pane is wide, curves stand beside the picture."""
        self.set_class(self.size.width >= _WIDE, "-beside")

    def move(self, where: str) -> None:
        """Step through the frames."""
        steps = {
            "down": 1, "right": 1, "up": -1, "left": -1, "page_down": _PAGE, "page_up": -_PAGE,
            "first": -(10**9), "last": 10**9,
        }  # fmt: skip
        self.post_message(self.Stepped(steps[where]))

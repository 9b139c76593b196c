"""Frame: the detector frame of the event under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.color import Color
from textual.containers import Container
from textual.widgets import Static

from ...picture.palettes import Palette, ThemeColours
from ...terminal.cells_view import CellsView
from ...text.printable import printable
from ..literal import literal
from ..pane import Pane
from .side_panel import SidePanel

if TYPE_CHECKING:
    from ...analysis.exposure import FrameMark
    from ...picture.cells import Cells
    from ...picture.order import FramePicture

_WIDE, _FLAT = 60, 2.4  # cells, and columns to a line, from which curves have room beside the picture


class FramePane(Pane):
    """The frame, curves beside it, and a strip that says how well each frame of the run is exposed."""

    TITLE = "Frame"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._picture: FramePicture | None = None
        self._cells: Cells | None = None
        self._palette: Palette | None = None
        self._words, self._strong = "", False
        self._strip: tuple[int, tuple[FrameMark, ...], int | None] = (0, (), None)

    def compose_content(self) -> ComposeResult:
        """Compose the picture, curves, and a line about the frames."""
        with Container(id="frame-body"):
            yield CellsView(id="frame-view")
            yield SidePanel(id="frame-panel")
        yield Static("", id="frame-words", markup=False)

    def on_mount(self) -> None:
        """Nothing is shown yet."""
        super().on_mount()
        self.panel.display = False

    @property
    def view(self) -> CellsView:
        """Where the picture is drawn."""
        return self.query_one(CellsView)

    @property
    def panel(self) -> SidePanel:
        """Where curves are drawn."""
        return self.query_one(SidePanel)

    side_panel = panel

    @property
    def is_dark(self) -> bool:
        """Whether the theme is dark."""
        return self.app.current_theme.dark

    @property
    def room(self) -> tuple[int, int]:
        """Cells for the picture: (columns, lines)."""
        size = self.view.size or self.content_size
        return (max(1, size.width), max(1, size.height - 1))

    @property
    def theme_colours(self) -> ThemeColours:
        """The theme's colours for what is written into a picture."""
        theme = self.app.current_theme
        back, ink, alarm, good = (
            Color.parse(colour or "#808080").rgb
            for colour in (theme.background, theme.foreground, theme.error, theme.success)
        )
        faint = (
            (3 * ink[0] + 2 * back[0]) // 5,
            (3 * ink[1] + 2 * back[1]) // 5,
            (3 * ink[2] + 2 * back[2]) // 5,
        )
        return ThemeColours(back, ink, faint, alarm, good)

    @property
    def picture(self) -> FramePicture | None:
        """The frame that is shown; None where it is something else, or nothing."""
        return None if self.is_noted else self._picture

    def clear(self) -> None:
        """Show nothing."""
        self.caption("")
        self.say("")
        self._picture = self._cells = None
        self.view.show(None)
        self.set_line("", False, 0, (), None)

    def show_picture(self, picture: FramePicture) -> int:
        """Show a frame; the bytes that are sent already."""
        self._picture = picture
        return self._show(picture.cells, picture.palette)

    def show_cells(self, cells: Cells, palette: Palette) -> int:
        """Show another picture than a frame, a contact sheet; the bytes that are sent already."""
        self._picture = None
        return self._show(cells, palette)

    def _show(self, cells: Cells, palette: Palette) -> int:
        self._cells, self._palette = cells, palette
        if self.is_noted:
            self.view.repaint()
            self.show_content()
        return self._send()

    def _send(self) -> int:
        """Return the picture and the line below it, as one."""
        if self._cells is None or self._palette is None or self.is_noted:
            return 0
        from ...picture.cells import under
        from ...picture.exposure_strip import line_cells

        line = line_cells(self._cells.shape[1], self._words, self._strong, *self._strip)
        return self.view.show(under(self._cells, line), self._palette)

    def say(self, text: str, *, error: bool = False) -> None:
        """Show a line in place of the picture."""
        self.view.repaint()
        super().say(text, error=error)

    def open_side_panel(self, shown: bool) -> None:
        """Make room for curves, or take it back; beside the picture where the pane is wide, else below it."""
        if self.panel.display != shown:
            self.view.repaint()
            self.panel.display = shown

    def set_line(
        self, words: str, strong: bool, first: int, verdicts: Sequence[FrameMark], at: int | None
    ) -> bool:
        """Return what stands below the picture, from the next time it is shown on; whether that is anything new.

        Parameters
        ----------
        words : str
            How far long work is, or what is being typed (`strong`).
        first, verdicts, at
            How well frames are exposed, one cell for each from frame `first` on; `at` is under the cursor.
        """
        new = (printable(words), strong, (first, tuple(verdicts), at))
        if new == (self._words, self._strong, self._strip):
            return False
        self._words, self._strong, self._strip = new
        # without a picture, what is typed is to be seen all the same
        self.query_one("#frame-words", Static).update(literal(self._words), layout=False)
        return True

    def draw_line(self) -> int:
        """Draw the line below the picture; the bytes that are sent already."""
        return self._send()

    @property
    def strip_room(self) -> int:
        """Cells for marks in the line below, at most."""
        return self.room[0]

    def on_resize(self) -> None:
        """Where the pane is wide, curves stand beside the picture."""
        width, height = self.size
        self.set_class(width >= _WIDE and width >= _FLAT * height, "-beside")

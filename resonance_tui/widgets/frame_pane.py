"""Frame: the detector frame of the event under the cursor."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from ..present.colours import LEVELS, NO_DATA, colour_map
from .pane import Pane

if TYPE_CHECKING:
    from ..present.picture import FramePicture

_PAGE = 10
_NOTHING = -2


class FrameView(Widget):
    """A picture in half-block cells, in the middle of its place."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._picture: FramePicture | None = None
        self._strips: list[Strip] = []

    @property
    def picture(self) -> FramePicture | None:
        """What is drawn."""
        return self._picture

    def show(self, picture: FramePicture | None) -> None:
        """Draw a picture, or nothing."""
        self._picture = picture
        self._strips = [] if picture is None else [_strip(picture, row) for row in range(picture.cell_rows)]
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of cells."""
        width = self.size.width
        row = y - max(0, (self.size.height - len(self._strips)) // 2)
        if self._picture is None or not 0 <= row < len(self._strips):
            return Strip.blank(width, self.rich_style)
        left = max(0, (width - self._picture.cell_columns) // 2)
        margin = [Segment(" " * left, self.rich_style)] if left else []
        return Strip([*margin, *self._strips[row]]).adjust_cell_length(width, self.rich_style)


def _strip(picture: FramePicture, row: int) -> Strip:
    segments = []
    for (upper, lower), count in picture.runs(row):
        block = " " if upper == lower else "▀"
        segments.append(Segment(block * count, _cell_style(upper, lower)))
    return Strip(segments, picture.cell_columns)


@lru_cache(maxsize=4096)
def _cell_style(upper: int, lower: int) -> Style:
    if upper == lower:
        return Style(bgcolor=_colour(upper))
    if lower == _NOTHING:
        return Style(color=_colour(upper))
    return Style(color=_colour(upper), bgcolor=_colour(lower))


@lru_cache(maxsize=64)
def _colour(level: int) -> Color:
    return Color.from_rgb(*(NO_DATA if level < 0 else colour_map("viridis", LEVELS)[level]))


class FramePane(Pane):
    """The frame, with its place among the frames of the run in the title and its scale below."""

    TITLE = "Frame"

    class Stepped(Message):
        """The user wants another frame: `step` further, or the first or last (by a huge step)."""

        def __init__(self, step: int) -> None:
            self.step = step
            super().__init__()

    class Resized(Message):
        """There is room for a picture of another size."""

    def compose_content(self) -> ComposeResult:
        """The picture, and a line about it."""
        yield FrameView(id="frame-view")
        yield Static("", id="frame-scale", markup=False)

    @property
    def room(self) -> tuple[int, int]:
        """Cells for the picture: (columns, rows)."""
        size = self.query_one(FrameView).size
        if size.width and size.height:
            return (size.width, size.height)
        return (max(1, self.content_size.width), max(1, self.content_size.height - 1))

    @property
    def picture(self) -> FramePicture | None:
        """What is shown."""
        return None if self.is_noted else self.query_one(FrameView).picture

    def clear(self) -> None:
        """Show nothing."""
        self.caption("")
        self.say("")
        self.query_one(FrameView).show(None)

    def show_picture(self, picture: FramePicture) -> None:
        """Show a frame."""
        view = self.query_one(FrameView)
        view.show(picture)
        text = picture.scale_text
        if not picture.stored:
            text = "all zero, or missing on disk"
        self.query_one("#frame-scale", Static).update(Content(text))
        self.show_content()

    def on_resize(self) -> None:
        """Ask for a picture that fits."""
        self.post_message(self.Resized())

    def move(self, where: str) -> None:
        """Step through the frames."""
        steps = {
            "down": 1, "right": 1, "up": -1, "left": -1, "page_down": _PAGE, "page_up": -_PAGE,
            "first": -(10**9), "last": 10**9,
        }  # fmt: skip
        self.post_message(self.Stepped(steps[where]))

"""What all panes have in common: a title, a line that says what is missing or wrong, and the same keys."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from ..present.text import printable


class Pane(Container, can_focus=True):
    """A titled part of the screen that takes the keys while it has the focus.

    What moves is asked of `move`: ``up``, ``down``, ``page_up``, ``page_down``, ``first``, ``last``,
    ``left`` or ``right``.
    """

    TITLE: ClassVar[str] = ""
    HELP_TEXT: ClassVar[str] = ""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move('down')", "Down", id="pane.down", show=False, tooltip="One down"),
        Binding("up,k", "move('up')", "Up", id="pane.up", show=False, tooltip="One up"),
        Binding("pagedown,ctrl+f", "move('page_down')", "Page down", id="pane.page_down", show=False,
                tooltip="A page down"),
        Binding("pageup,ctrl+b", "move('page_up')", "Page up", id="pane.page_up", show=False, tooltip="A page up"),
        Binding("home,g", "move('first')", "First", id="pane.first", show=False, tooltip="To the first"),
        Binding("end,G", "move('last')", "Last", id="pane.last", show=False, tooltip="To the last"),
        Binding("left,h", "move('left')", "Left", id="pane.left", show=False,
                tooltip="Left: columns in Events, the event before in Plot and Frame"),
        Binding("right,l", "move('right')", "Right", id="pane.right", show=False,
                tooltip="Right: columns in Events, the event after in Plot and Frame"),
        Binding("enter", "open", "Open", id="pane.open", key_display="⏎",
                tooltip="Go in: from a run to its events, from an event to its frame or curve"),
    ]  # fmt: skip

    class Opened(Message):
        """`enter` was pressed on what the pane shows."""

        def __init__(self, pane: Pane) -> None:
            self.pane = pane
            super().__init__()

        @property
        def control(self) -> Pane:
            """The pane."""
            return self.pane

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="part")

    def compose(self) -> ComposeResult:
        """The pane's content, and above it the line that stands in for it."""
        yield Static("", classes="note", markup=False)
        yield from self.compose_content()

    def compose_content(self) -> ComposeResult:
        """What the pane shows when there is something to show."""
        yield from ()

    def on_mount(self) -> None:
        """Show the bare title."""
        self.caption("")

    def caption(self, text: str) -> None:
        """What stands in the pane's title after its name."""
        self.border_title = Content.assemble(
            (self.TITLE, "bold"), ("  " + printable(text) if text else "", "")
        )

    def say(self, text: str, *, error: bool = False) -> None:
        """Show a line in place of the content: nothing there, being read, or what went wrong."""
        note = self.query_one(".note", Static)
        note.update(Content(printable(text)))
        note.set_class(error, "-error")
        self.add_class("-noted")

    def show_content(self) -> None:
        """Show the content again."""
        self.remove_class("-noted")

    @property
    def is_noted(self) -> bool:
        """Whether a line stands in for the content."""
        return self.has_class("-noted")

    def move(self, where: str) -> None:
        """Move within the pane."""

    def action_move(self, where: str) -> None:
        """A key that moves."""
        self.move(where)

    def action_open(self) -> None:
        """`enter`."""
        self.post_message(self.Opened(self))

"""What all panes have in common: a title, a line that says what is missing or wrong, and the same keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.geometry import Region
from textual.widgets import Static

from ..text.printable import printable
from .literal import assemble, literal


class Pane(Container, can_focus=True):
    """A titled part of the screen that has the focus or not; its controller takes the keys."""

    TITLE: ClassVar[str] = ""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="part")

    def compose(self) -> ComposeResult:
        """Compose the pane's content, and above it the line that stands in for it."""
        yield Static("", classes="note", markup=False)
        yield from self.compose_content()

    def compose_content(self) -> ComposeResult:
        """Compose what the pane shows when there is something to show."""
        yield from ()

    def on_mount(self) -> None:
        """Show the bare title."""
        self.caption("")

    def caption(self, text: str, *, first: str = "", alarm: str = "") -> None:
        """Say something in the title after the pane's name: first things first, an alarm, loud, and the rest."""
        title = assemble(
            (self.TITLE, "bold"),
            ("  " + printable(first) if first else "", ""),
            "  " if alarm else "",
            (f" {printable(alarm)} " if alarm else "", "bold $background on $error"),
            ((" · " if first and not alarm else "  ") + printable(text) if text else "", ""),
        )
        before = self._border_title
        if before is not None and title.is_same(before):
            return
        self._border_title: Content | None = title  # setting the property would draw the whole pane again
        left, top = self.content_offset
        self.refresh(Region(-left, -top, self.outer_size.width, 1))

    def say(self, text: str, *, error: bool = False) -> None:
        """Show a line in place of the content: nothing there, being read, or what went wrong."""
        note = self.query_one(".note", Static)
        note.update(literal(text))
        note.set_class(error, "-error")
        self.add_class("-noted")

    def when_drawn(self, action: Callable[[], object]) -> None:
        """Do something once what has changed by now was laid out and drawn."""
        self.call_after_refresh(action)

    def show_content(self) -> None:
        """Show the content again."""
        self.remove_class("-noted")

    @property
    def has_content(self) -> bool:
        """Whether something is shown that is worth more than a line about what cannot be read now."""
        return not self.is_noted

    @property
    def is_noted(self) -> bool:
        """Whether a line stands in for the content."""
        return self.has_class("-noted")

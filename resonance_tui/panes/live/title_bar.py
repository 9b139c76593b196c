"""The line at the top: which beamtime this is, and what there is to say about all of it."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Static

from ...terminal.text_width import shorten, width_of
from ...text.printable import printable
from ..literal import assemble


class TitleBar(Static):
    """File name and folder, or a message; at the right whether the newest is followed."""

    def __init__(self, path: Path) -> None:
        super().__init__("", markup=False, id="title-bar")
        self._path = path
        self._news = self._badge = ""
        self._standing: tuple[str, ...] = ()
        self._error = False

    def on_mount(self) -> None:
        """Show the file."""
        self._draw()

    def tell(self, message: str, *, error: bool = False) -> None:
        """Say something after the file's name; an empty message takes it back."""
        self._news, self._error = message, error
        self._draw()

    def stand(self, *messages: str) -> None:
        """Say something that stays true for long, wherever there is nothing newer to tell.

        Of several ways to say it, the longest first, the first that has room.
        """
        if messages != self._standing:
            self._standing = messages
            self._draw()

    @property
    def stands(self) -> bool:
        """Whether something is said that stays true for long."""
        return bool(self._standing)

    def badge(self, text: str) -> None:
        """Show a word at the right."""
        if text != self._badge:
            self._badge = text
            self._draw()

    @property
    def text(self) -> str:
        """The line, as plain text."""
        return str(self.render())

    def on_resize(self) -> None:
        """Keep the word at the right there."""
        self._draw()

    def _draw(self) -> None:
        name = printable(self._path.name, 60)
        style = "$text-muted"
        if self._news or self._standing:
            style = "$text-error" if self._news and self._error else "$text-warning"
        room = (
            self.content_size.width - width_of(name) - 2 - (width_of(self._badge) + 4 if self._badge else 0)
        )
        ways = (self._news,) if self._news else self._standing or (str(self._path.parent),)
        texts = [printable(way, 400) for way in ways]
        rest = next((text for text in texts if width_of(text) <= room), texts[-1])
        rest = shorten(rest, room) if room > 0 else rest
        gap = " " * max(1, room - width_of(rest) + 1)
        badge = [(gap, ""), (f" {self._badge} ", "bold $background on $accent")] if self._badge else []
        self.update(assemble((name, "bold"), "  ", (rest, style), *badge))

"""A number typed in the frame pane: which frame to go to, or the limits of the picture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.events import Key

if TYPE_CHECKING:
    from .controller import FrameDesk

_LONGEST = 32


class FrameEntry:
    """Takes the keys of a number, from the first digit to enter or esc."""

    def __init__(self, desk: FrameDesk) -> None:
        self._desk = desk
        self.text: str | None = None
        self._limits = False

    @property
    def prompt(self) -> str:
        """What stands below the picture meanwhile."""
        what = "limits: low high" if self._limits else "go to frame"
        return f"{what} ▸ {self.text}_  ⏎ esc"

    def begin_number(self) -> None:
        """Ask for the number of a frame."""
        if self._desk.frames is not None:
            self.text, self._limits = "", False
            self._desk.words.draw_line()

    def begin_limits(self) -> None:
        """Ask for the two limits of the picture."""
        if self._desk.own_limits():
            return
        if self._desk.frames is not None:
            self.text, self._limits = "", True
            self._desk.words.draw_line()

    def take_key(self, event: Key) -> bool:
        """Take a key that belongs to a number; True where it does."""
        character = event.character or ""
        if self.text is None:
            if self._desk.frames is None or not "1" <= character <= "9":
                return False
            self.text, self._limits = character, False
        elif event.key == "enter":
            text, self.text = self.text, None
            self._done(text)
        elif event.key == "escape":
            self.text = None
        elif event.key == "backspace":
            self.text = self.text[:-1] or ("" if self._limits else None)
        elif character.isascii() and (
            character.isdigit() or (self._limits and character and character in "+-.e ,")
        ):
            self.text = (self.text + character)[:_LONGEST]
        elif not event.is_printable:
            self.text = None
            self._desk.words.draw_line()
            return False
        self._desk.words.draw_line()
        return True

    def _done(self, text: str) -> None:
        desk = self._desk
        if not self._limits:
            if text:
                desk.go_to(int(text) - 1)
            return
        try:
            low, high = (float(part) for part in text.replace(",", " ").split())
        except ValueError:
            desk.words.hint("limits are two numbers: low high")
            return
        if not -float("inf") < low < high < float("inf"):
            desk.words.hint("the first limit must be the smaller one")
            return
        desk.look_with(replace(desk.view, fixed=(low, high)))

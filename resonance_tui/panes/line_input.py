"""A line that is typed into a pane: an x to go to, a value to find."""

from __future__ import annotations

from collections.abc import Callable

from textual.events import Key

_LONGEST = 64


class LineEntry:
    """Takes the keys of a line at once, from its opening to enter or esc.

    Parameters
    ----------
    show : callable
        Shows the line as it stands; called with an empty text when it is done.
    """

    def __init__(self, show: Callable[[str], object]) -> None:
        self._show = show
        self._label = ""
        self._text: str | None = None
        self._done: Callable[[str], object] | None = None

    @property
    def is_open(self) -> bool:
        """Whether it takes the keys."""
        return self._text is not None

    def begin(self, label: str, done: Callable[[str], object]) -> None:
        """Ask for a line; `done` is called with it."""
        self._label, self._text, self._done = label, "", done
        self._draw()

    def close(self) -> None:
        """Ask no longer."""
        self._text = None
        self._show("")

    def take_key(self, event: Key) -> bool:
        """Take a key; False where it is none of a line's."""
        if self._text is None:
            return False
        if event.key == "enter":
            text, done = self._text, self._done
            self.close()
            if done is not None and text.strip():
                done(text.strip())
            return True
        if event.key == "escape":
            self.close()
            return True
        if event.key == "backspace":
            self._text = self._text[:-1]
        elif event.character is not None and event.character.isprintable():
            self._text = (self._text + event.character)[:_LONGEST]
        elif event.key in ("ctrl+q", "ctrl+c"):
            return False
        elif event.key in ("tab", "shift+tab"):  # to another pane
            self.close()
            return False
        self._draw()
        return True

    def _draw(self) -> None:
        self._show(f"{self._label} ▸ {self._text}_   ⏎ esc")

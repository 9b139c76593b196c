"""A line that is typed into a pane: a search, a value to find, a frame to go to, the limits of a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

MAX_CHARACTERS = 64
_QUITS = ("ctrl+q", "ctrl+c")


@dataclass(frozen=True, slots=True)
class Line:
    """A text, and where in it the cursor is."""

    text: str = ""
    cursor: int = 0

    def typed(self, text: str, limit: int = MAX_CHARACTERS) -> Line:
        """Return the line with a text typed at the cursor, as far as there is room for it."""
        text = "".join(character for character in text if character.isprintable())
        text = text[: max(0, limit - len(self.text))]
        return Line(self.text[: self.cursor] + text + self.text[self.cursor :], self.cursor + len(text))

    def without(self, start: int, stop: int) -> Line:
        """Return the line without a part of its text."""
        start, stop = max(0, start), min(len(self.text), stop)
        return Line(self.text[:start] + self.text[stop:], start)

    def word_start(self) -> int:
        """Return where the word before the cursor begins."""
        return self.text[: self.cursor].rstrip().rfind(" ") + 1

    def marked(self) -> str:
        """Return the text with a mark at the cursor."""
        if self.cursor == len(self.text):
            return self.text + "_"
        return f"{self.text[: self.cursor]}▏{self.text[self.cursor :]}"


def edited(line: Line, key: str, character: str | None) -> Line | None:
    """Return a line as a key leaves it; None where the key does not write."""
    at, end = line.cursor, len(line.text)
    match key:
        case "backspace" | "ctrl+h":
            return line.without(at - 1, at) if at else line
        case "delete":
            return replace(line.without(at, at + 1), cursor=at)
        case "left":
            return replace(line, cursor=max(0, at - 1))
        case "right":
            return replace(line, cursor=min(end, at + 1))
        case "home" | "ctrl+a":
            return replace(line, cursor=0)
        case "end" | "ctrl+e":
            return replace(line, cursor=end)
        case "ctrl+w":
            return line.without(line.word_start(), at)
        case "ctrl+u":
            return line.without(0, at)
        case "ctrl+k":
            return line.without(at, end)
    if character is not None and character.isprintable():
        return line.typed(character)
    return None


class LineInput:
    """Takes the keys of a line at once, from its opening to enter or esc.

    Parameters
    ----------
    show : callable
        Shows the line as it stands; called with an empty text when it is done.
    """

    def __init__(self, show: Callable[[str], object]) -> None:
        self._show = show
        self._label = ""
        self._line: Line | None = None
        self._done: Callable[[str], object] | None = None
        self._changed: Callable[[str], object] | None = None
        self._left: Callable[[], object] | None = None

    @property
    def is_open(self) -> bool:
        """Whether it takes the keys."""
        return self._line is not None

    @property
    def text(self) -> str | None:
        """What was typed; None where nothing is asked for."""
        return self._line.text if self._line is not None else None

    @property
    def is_search(self) -> bool:
        """Whether each text on the way is used, as in a search."""
        return self._changed is not None

    @property
    def prompt(self) -> str:
        """The line as it stands."""
        if self._line is None:
            return ""
        return f"{self._label} ▸ {self._line.marked()}   ⏎ esc" if self._label else self._line.marked()

    def begin(
        self,
        label: str,
        done: Callable[[str], object],
        *,
        text: str = "",
        changed: Callable[[str], object] | None = None,
        left: Callable[[], object] | None = None,
    ) -> None:
        """Ask for a line.

        Parameters
        ----------
        label : str
            What is asked for.
        done : callable
            Called with what was typed, once enter ends it; without `changed`, only where that is something.
        text : str
            What stands in it to begin with.
        changed : callable, optional
            Called with each text on the way.
        left : callable, optional
            Called where esc ends it.
        """
        self._label, self._line = label, Line(text, len(text))
        self._done, self._changed, self._left = done, changed, left
        self._show(self.prompt)

    def close(self) -> None:
        """Ask no longer."""
        if self._line is not None:
            self._line = None
            self._show("")

    def take_key(self, key: str, character: str | None) -> bool:
        """Take a key; False where it is none of a line's."""
        line = self._line
        if line is None or key in _QUITS:
            return False
        if key == "escape":
            left = self._left
            self.close()
            if left is not None:
                left()
            return True
        if key == "enter":
            self._end(by_enter=True)
            return True
        then = edited(line, key, character)
        if then is None:  # it is no text: the line ends, and the key does what it does
            self._end(by_enter=False)
            return False
        self._use(then)
        return True

    def paste(self, text: str) -> None:
        """Take a text that is pasted."""
        if self._line is not None:
            self._use(self._line.typed(text))

    def _use(self, line: Line) -> None:
        before, self._line = self._line, line
        self._show(self.prompt)
        if self._changed is not None and (before is None or before.text != line.text):
            self._changed(line.text)

    def _end(self, *, by_enter: bool) -> None:
        text, done, searches = (self.text or "").strip(), self._done, self.is_search
        self.close()
        if done is not None and (searches or (by_enter and text)):
            done(text)

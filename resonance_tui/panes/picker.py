"""A list to pick from, over the screen: what is typed narrows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.widgets import Static

from ..terminal.text_width import left, width_of
from ..text.printable import printable
from .literal import assemble, literal

_LINES = 12


@dataclass(frozen=True, slots=True)
class Option:
    """Something to pick: what it is to the program, what it is called, and a remark."""

    key: str
    name: str
    remark: str = ""


Done = Callable[[tuple[str, ...]], None]


class Picker(Static):
    """Shows options; the screen gives it the keys at once, so that what is typed in one go finds it open.

    With `several`, space marks; enter takes what is marked, or else what is under the cursor.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)
        self._options: Sequence[Option] = ()
        self._marked: list[str] = []
        self._done: Done | None = None
        self._several = False
        self._may_be_empty = False
        self._touched = False
        self._text = ""
        self._cursor = 0

    @property
    def is_open(self) -> bool:
        """Whether it takes the keys."""
        return self._done is not None

    @property
    def shown(self) -> list[Option]:
        """The options that hold what was typed."""
        wanted = self._text.casefold()
        return [option for option in self._options if wanted in f"{option.name} {option.remark}".casefold()]

    def open(
        self, title: str, options: Sequence[Option], marked: Sequence[str], done: Done, *,
        several: bool = False, may_be_empty: bool = False, only_marked: bool = False,
    ) -> None:  # fmt: skip
        """Ask; `done` is called with the keys that were picked: with `only_marked`, never what is just under
        the cursor.
        """
        self._options, self._done, self._several = options, done, several
        self._marked = [key for key in marked if any(key == option.key for option in options)]
        self._may_be_empty, self._touched = may_be_empty, only_marked
        self._text = ""
        self._cursor = next((i for i, option in enumerate(options) if option.key in self._marked), 0)
        self.border_title = literal(title)
        self.border_subtitle = literal("space marks · ⏎ takes · esc" if several else "⏎ takes · esc")
        self.display = True
        self._draw()
        self._place()

    def _place(self) -> None:
        """In the middle, a third from the top."""
        width, height = self.screen.size
        lines = min(len(self._options), self._lines) + 4
        self.styles.offset = (max(0, (width - self._width - 4) // 2), max(0, (height - lines) // 3))

    @property
    def _lines(self) -> int:
        """Options that have room."""
        return max(1, min(_LINES, self.screen.size.height - 6))

    @property
    def _width(self) -> int:
        widest = max(
            (width_of(option.name) + width_of(option.remark) + 5 for option in self._options), default=0
        )
        return max(32, min(60, widest))

    def on_resize(self) -> None:
        """Stay in the middle."""
        if self.is_open:
            self._place()

    def close(self) -> None:
        """Ask no longer."""
        self._done = None
        self.display = False

    def take_key(self, key: str, character: str | None) -> bool:
        """Take a key; False for those that end the program."""
        if key in ("ctrl+q", "ctrl+c"):
            return False
        shown = self.shown
        if key == "escape":
            self.close()
        elif key == "enter":
            self._take(shown)
        elif key in ("down", "up", "pagedown", "pageup", "home", "end"):
            step = {"down": 1, "up": -1, "pagedown": _LINES, "pageup": -_LINES}.get(key, 0)
            target = {"home": 0, "end": len(shown) - 1}.get(key, self._cursor + step)
            self._cursor = max(0, min(len(shown) - 1, target))
        elif key == "space" and self._several:
            self._toggle(shown)
        elif key == "backspace":
            self._text, self._cursor = self._text[:-1], 0
        elif character is not None and character.isprintable():
            self._text, self._cursor = (self._text + character)[:40], 0
        if self.is_open:
            self._draw()
        return True

    def _toggle(self, shown: Sequence[Option]) -> None:
        if not shown:
            return
        key = shown[self._cursor].key
        self._touched = True
        if key in self._marked:
            self._marked.remove(key)
        else:
            self._marked.append(key)
        self._cursor = min(self._cursor + 1, len(shown) - 1)

    def _take(self, shown: Sequence[Option]) -> None:
        if self._touched and (self._marked or self._may_be_empty):
            picked = tuple(self._marked)
        elif shown:
            picked = (shown[self._cursor].key,)
        else:
            return
        done = self._done
        self.close()
        if done is not None:
            done(picked)

    def _draw(self) -> None:
        shown = self.shown
        most = self._lines
        first = max(0, min(self._cursor - most // 2, len(shown) - most))
        lines = [assemble(("▸ ", "$accent"), self._text or ("type to narrow", "$foreground-muted"))]
        for place, option in enumerate(shown[first : first + most], start=first):
            mark = "■ " if option.key in self._marked else "  "
            name = left(f"{mark}{printable(option.name, 48)}  {printable(option.remark, 24)}", self._width)
            here = place == self._cursor
            style = "$block-cursor-foreground on $block-cursor-background" if here else ""
            lines.append(literal(name, style))
        if not shown:
            lines.append(Content.styled("nothing of that name", "$foreground-muted"))
        elif len(shown) > most:
            lines.append(literal(f"{self._cursor + 1} of {len(shown)}", "$foreground-muted"))
        self.update(Content("\n").join(lines))

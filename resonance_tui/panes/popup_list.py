"""A list to pick from, over the screen: what is typed narrows it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from ..terminal.text_width import left, width_of
from ..text.printable import printable
from .line_input import Line, edited
from .literal import assemble, literal
from .signals import Choice, ChoiceWanted

_LINES = 12


class PopupList(Static):
    """Shows options; the screen gives it the keys at once, so that what is typed in one go finds it open.

    With `several`, space marks; enter takes what is marked, or else what is under the cursor.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)
        self._wanted: ChoiceWanted | None = None
        self._marked: list[str] = []
        self._touched = False
        self._line = Line()
        self._cursor = 0

    @property
    def is_open(self) -> bool:
        """Whether it takes the keys."""
        return self._wanted is not None

    @property
    def shown(self) -> list[Choice]:
        """The choices that hold what was typed."""
        text = self._line.text.casefold()
        return [choice for choice in self._choices if text in f"{choice.name} {choice.remark}".casefold()]

    @property
    def _choices(self) -> Sequence[Choice]:
        return self._wanted.choices if self._wanted is not None else ()

    def open(self, wanted: ChoiceWanted) -> None:
        """Ask; with `only_marked`, what is just under the cursor is never taken."""
        choices = wanted.choices
        self._wanted = wanted
        self._marked = [key for key in wanted.marked if any(key == choice.key for choice in choices)]
        self._touched = wanted.only_marked
        self._line = Line()
        self._cursor = next((i for i, choice in enumerate(choices) if choice.key in self._marked), 0)
        self.border_title = literal(wanted.title)
        self.border_subtitle = literal("space marks · ⏎ takes · esc" if wanted.several else "⏎ takes · esc")
        self.display = True
        self._draw()
        self._place()

    def _place(self) -> None:
        """In the middle, a third from the top."""
        width, height = self.screen.size
        lines = min(len(self._choices), self._lines) + 4
        self.styles.offset = (max(0, (width - self._width - 4) // 2), max(0, (height - lines) // 3))

    @property
    def _lines(self) -> int:
        """Options that have room."""
        return max(1, min(_LINES, self.screen.size.height - 6))

    @property
    def _width(self) -> int:
        widest = max(
            (width_of(choice.name) + width_of(choice.remark) + 5 for choice in self._choices), default=0
        )
        return max(32, min(60, widest))

    def on_resize(self) -> None:
        """Stay in the middle."""
        if self.is_open:
            self._place()

    def close(self) -> None:
        """Ask no longer."""
        self._wanted = None
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
        elif key == "space" and self._wanted is not None and self._wanted.several:
            self._toggle(shown)
        elif (line := edited(self._line, key, character)) is not None:
            self._line, self._cursor = line, 0
        if self.is_open:
            self._draw()
        return True

    def paste(self, text: str) -> None:
        """Narrow the list by a text that is pasted."""
        self._line, self._cursor = self._line.typed(text), 0
        self._draw()

    def _toggle(self, shown: Sequence[Choice]) -> None:
        if not shown:
            return
        key = shown[self._cursor].key
        self._touched = True
        if key in self._marked:
            self._marked.remove(key)
        else:
            self._marked.append(key)
        self._cursor = min(self._cursor + 1, len(shown) - 1)

    def _take(self, shown: Sequence[Choice]) -> None:
        wanted = self._wanted
        if wanted is None:
            return
        if self._touched and (self._marked or wanted.may_be_empty):
            picked = tuple(self._marked)
        elif shown:
            picked = (shown[self._cursor].key,)
        else:
            return
        self.close()
        wanted.done(picked)

    def _draw(self) -> None:
        shown = self.shown
        most = self._lines
        first = max(0, min(self._cursor - most // 2, len(shown) - most))
        lines = [assemble(("▸ ", "$accent"), self._line.text or ("type to narrow", "$foreground-muted"))]
        for place, choice in enumerate(shown[first : first + most], start=first):
            mark = "■ " if choice.key in self._marked else "  "
            name = left(f"{mark}{printable(choice.name, 48)}  {printable(choice.remark, 24)}", self._width)
            here = place == self._cursor
            style = "$block-cursor-foreground on $block-cursor-background" if here else ""
            lines.append(literal(name, style))
        if not shown:
            lines.append(Content.styled("nothing of that name", "$foreground-muted"))
        elif len(shown) > most:
            lines.append(literal(f"{self._cursor + 1} of {len(shown)}", "$foreground-muted"))
        self.update(Content("\n").join(lines))

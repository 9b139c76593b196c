"""Help: the keys that work where it was called, from the bindings themselves."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static

from ..panes.literal import assemble, literal
from .keymap import group_of, place_of

_KEYS_WIDTH = 14
_TEXT_WIDTH = 52


@dataclass(frozen=True, slots=True)
class KeyLine:
    """The keys of one action, its name and what it does, and the heading it stands under."""

    group: str
    keys: str
    name: str
    tooltip: str

    def holds(self, text: str) -> bool:
        """Whether a search for `text` finds it."""
        return text.casefold() in f"{self.keys} {self.name} {self.tooltip}".casefold()


def key_lines(screen: Screen[object]) -> list[KeyLine]:
    """Every binding that is active on a screen, each once, with all its keys."""
    found: dict[str, tuple[list[str], Binding, str]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if not binding.id or not active.tooltip:
            continue
        keys, _, _ = found.setdefault(active.tooltip, ([], binding, active.tooltip))
        shown = screen.app.get_key_display(binding)
        if shown not in keys:
            keys.append(shown)
    in_order = sorted(found.values(), key=lambda one: place_of(one[1].id or ""))
    return [
        KeyLine(group_of(binding.id or ""), " ".join(keys), binding.description, tooltip)
        for keys, binding, tooltip in in_order
    ]


class HelpScreen(ModalScreen[None]):
    """Lists the keys; what is typed narrows the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark", "dismiss", "Close", id="help.close", tooltip="Close the help"),
        Binding("down,pagedown", "scroll(1)", "Down", id="help.down", show=False, tooltip="Scroll down"),
        Binding("up,pageup", "scroll(-1)", "Up", id="help.up", show=False, tooltip="Scroll up"),
    ]

    def __init__(self, lines: list[KeyLine], where: str) -> None:
        super().__init__()
        self._lines = lines
        self._where = where

    def compose(self) -> ComposeResult:
        """Compose a filter and the list."""
        with VerticalScroll(id="help-box", can_focus=False) as box:
            box.border_title = literal(f"Keys in {self._where}")
            box.border_subtitle = Content("esc closes · type to filter")
            box.can_focus = False
            narrow = Input(placeholder="type to filter", id="help-filter")
            narrow.cursor_blink = False
            yield narrow
            yield Static("", id="help-keys", markup=False)

    def on_mount(self) -> None:
        """List everything."""
        self._list("")
        for narrow in self.query(Input):
            narrow.focus()

    @on(Input.Changed)
    def narrow(self, event: Input.Changed) -> None:
        """List what holds the typed text."""
        if event.value == "?":
            self.dismiss()
            return
        self._list(event.value)

    def _list(self, text: str) -> None:
        shown: list[Content] = []
        group = ""
        for line in self._lines:
            if not line.holds(text):
                continue
            if line.group != group:
                group = line.group
                shown += [Content("")] * bool(shown) + [literal(group, "bold")]
            first, *more = wrap(line.tooltip, _TEXT_WIDTH)
            shown.append(assemble((f"{line.keys:<{_KEYS_WIDTH}}", "$accent"), first))
            shown += [literal(" " * _KEYS_WIDTH + rest) for rest in more]
        nothing = Content.styled("No key does that.", "$text-muted")
        for keys in self.query("#help-keys").results(Static):  # none where the app ends meanwhile
            keys.update(Content("\n").join(shown) if shown else nothing)

    def action_scroll(self, direction: int) -> None:
        """Scroll by half a page."""
        box = self.query_one("#help-box", VerticalScroll)
        box.scroll_relative(y=direction * max(1, box.size.height // 2), animate=False)

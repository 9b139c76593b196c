"""Help: the keys that work where it was called, from the bindings themselves."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static

_WIDTH = 14


def key_lines(screen: Screen[object]) -> list[tuple[str, str, str]]:
    """(keys, name, what they do) of every binding that is active on a screen, each once."""
    found: dict[tuple[str, str], tuple[list[str], str, str]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if not binding.id or not active.tooltip:
            continue
        keys, _, _ = found.setdefault((binding.id, binding.action), ([], binding.description, active.tooltip))
        shown = screen.app.get_key_display(binding)
        if shown not in keys:
            keys.append(shown)
    return [(" ".join(keys), name, tooltip) for keys, name, tooltip in found.values()]


class HelpScreen(ModalScreen[None]):
    """Lists the keys; what is typed narrows the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark", "dismiss", "Close", id="help.close", tooltip="Close the help"),
        Binding("down,pagedown", "scroll(1)", "Down", id="help.down", show=False, tooltip="Scroll down"),
        Binding("up,pageup", "scroll(-1)", "Up", id="help.up", show=False, tooltip="Scroll up"),
    ]

    def __init__(self, lines: list[tuple[str, str, str]], where: str) -> None:
        super().__init__()
        self._lines = lines
        self._where = where

    def compose(self) -> ComposeResult:
        """A filter and the list."""
        with VerticalScroll(id="help-box", can_focus=False) as box:
            box.border_title = Content(f"Keys in {self._where}")
            box.border_subtitle = Content("esc closes · type to filter")
            box.can_focus = False
            narrow = Input(placeholder="type to filter", id="help-filter")
            narrow.cursor_blink = False
            yield narrow
            yield Static("", id="help-keys", markup=False)

    def on_mount(self) -> None:
        """List everything."""
        self._list("")
        self.query_one(Input).focus()

    @on(Input.Changed)
    def narrow(self, event: Input.Changed) -> None:
        """List what holds the typed text."""
        if event.value == "?":
            self.dismiss()
            return
        self._list(event.value)

    def _list(self, text: str) -> None:
        wanted = text.casefold()
        lines = [
            Content.assemble((f"{keys:<{_WIDTH}}", "$accent"), tooltip)
            for keys, name, tooltip in self._lines
            if wanted in f"{keys} {name} {tooltip}".casefold()
        ]
        nothing = Content.styled("No key does that.", "$text-muted")
        self.query_one("#help-keys", Static).update(Content("\n").join(lines) if lines else nothing)

    def action_scroll(self, direction: int) -> None:
        """Scroll by half a page."""
        box = self.query_one("#help-box", VerticalScroll)
        box.scroll_relative(y=direction * max(1, box.size.height // 2), animate=False)

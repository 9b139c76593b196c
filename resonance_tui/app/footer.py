"""The keys of the moment, in the bottom line.

Textual's own footer makes a widget of every key, again for every pane one goes to, and keeps watching those it took
away: some 100 kB and a slower footer for each change of pane, for as long as the program runs.
"""

from __future__ import annotations

from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from ..panes.literal import assemble
from .key_screen import KeyScreen
from .keymap import LINE_KEYS

_KEY = "bold $footer-key-foreground on $footer-key-background"
_NAME = "$footer-description-foreground on $footer-description-background"


class FooterLine(Widget):
    """Every binding of the screen that is to be shown: its key, and its name."""

    def __init__(self) -> None:
        super().__init__()
        self._drawn: Content | None = None

    def on_mount(self) -> None:
        """Draw whenever other keys work."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        if not self.is_attached or screen is not self.screen:
            return
        if self._drawn is None or not self._line().is_same(self._drawn):
            self.refresh()

    @property
    def text(self) -> str:
        """The line, as plain text."""
        return self._line().plain

    def _shown(self) -> list[tuple[Binding, bool]]:
        """Return what the keys do now, and whether that works; while something is typed they are letters."""
        screen = self.screen
        if isinstance(screen, KeyScreen) and screen.is_typing:
            return [(binding, True) for binding in LINE_KEYS]
        return [(active.binding, active.enabled) for active in screen.active_bindings.values()]

    def render(self) -> Content:
        """Return the line as it is drawn."""
        self._drawn = self._line()
        return self._drawn

    def _line(self) -> Content:
        """Return the keys and their names, one action once."""
        parts: list[tuple[str, str]] = []
        seen: set[str] = set()
        for binding, enabled in self._shown():
            if not binding.show or binding.action in seen:
                continue
            seen.add(binding.action)
            faint = "" if enabled else "dim "
            parts.append((f" {self.app.get_key_display(binding)} ", f"{faint}{_KEY}"))
            parts.append((f"{binding.description} ", f"{faint}{_NAME}"))
        return assemble(*parts)

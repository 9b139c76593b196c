"""The actions of the main screen's bindings: each hands its key on."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.events import Key, Paste
from textual.screen import Screen

from ..panes.actions import Move, RunsAction
from .keymap import KEYS
from .layout import Layout

if TYPE_CHECKING:
    from .keys import Keys


class KeyScreen(Screen[None]):
    """A screen with panes that keys are for."""

    BINDINGS: ClassVar[list[BindingType]] = [*KEYS]

    def __init__(self) -> None:
        super().__init__()
        self.panes_layout = Layout(self)
        self.keys: Keys | None = None
        """Who keys are given to, once there are panes."""
        self._was_typing = False

    @property
    def is_typing(self) -> bool:
        """Whether a line is typed into the pane that has the focus, or picked from a list."""
        return self.keys is not None and self.keys.takes_letters

    def leave(self) -> None:
        """Go back to where the beamtime was chosen."""

    def take_key(self, event: Key) -> bool:
        """Take a key that is typed into a line or a list."""
        if self.keys is None:
            return False
        taken = self.keys.take(event.key, event.character)
        self._show_keys_of_line()
        return taken

    def _show_keys_of_line(self) -> None:
        """Let the footer show other keys while a line is typed."""
        if self.is_typing != self._was_typing:
            self._was_typing = self.is_typing
            self.refresh_bindings()

    def on_paste(self, event: Paste) -> None:
        """Take a text that is pasted into a line."""
        if self.keys is not None:
            self.keys.paste(event.text)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether a key works where the focus is."""
        return self.keys is None or self.keys.allows(action, parameters)

    def action_own(self, pane: str, name: str) -> None:
        """Do what a key of a pane asks for."""
        if self.keys is not None:
            self.keys.do(pane, name)
            self._show_keys_of_line()

    def action_line(self, key: str) -> None:
        """End the line that is typed; the keys themselves reach it before."""
        if self.keys is not None:
            self.keys.take(key, None)

    def action_search(self) -> None:
        """Search by sample name, from wherever the focus is."""
        if self.keys is not None:
            self.keys.do_in_runs(RunsAction.SEARCH)
            self._show_keys_of_line()

    def action_move(self, where: str) -> None:
        """Move in the pane that has the focus."""
        if self.keys is not None:
            self.keys.move(Move(where))

    def action_open(self) -> None:
        """Go in: to the events, the frame, the whole screen."""
        if self.keys is not None:
            self.keys.enter()

    def action_back(self) -> None:
        """Go back one step; from the run list to where the beamtime was chosen."""
        if self.keys is not None and not self.keys.back():
            self.leave()

    def action_pane(self, name: str) -> None:
        """Go to a pane."""
        self.panes_layout.show(name)

    def action_next_pane(self, step: int) -> None:
        """Go to the next pane, in the order of their numbers."""
        self.panes_layout.show_next(step)

    def action_zoom(self) -> None:
        """Give the pane the whole screen, and back."""
        self.panes_layout.toggle_zoom()

    def action_step_frame(self, step: int) -> None:
        """Go to the event of the frame `step` further."""
        if self.keys is not None:
            self.keys.step_frame(step)

    def action_overlay(self) -> None:
        """Overlay runs, or end that."""
        if self.keys is not None:
            self.keys.overlay()

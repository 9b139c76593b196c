"""Which pane has the focus, which is in sight where there is room for one only, and the zoom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..panes.frame.pane import FramePane
from ..panes.pane import Pane
from .keymap import PANES

if TYPE_CHECKING:
    from textual.screen import Screen

_BESIDE_AT_FIRST = "events"


class Layout:
    """Shows and hides panes by classes of the screen; the stylesheet does the rest.

    Parameters
    ----------
    screen : Screen
    """

    def __init__(self, screen: Screen[Any]) -> None:
        self._screen = screen
        self.pane = PANES[0]
        """The pane that has the focus."""
        self._beside = _BESIDE_AT_FIRST
        screen.add_class(f"-show-{_BESIDE_AT_FIRST}")

    @property
    def is_zoomed(self) -> bool:
        """Whether the pane has the whole screen."""
        return self._screen.has_class("-zoomed")

    def show(self, name: str) -> None:
        """Give a pane the focus."""
        if name != PANES[0]:
            self.show_beside(name)
        self.pane = name
        self._screen.set_class(name == "frame", "-in-frame")
        self.repaint_picture()
        self._mark_zoomed()
        pane = self._screen.query_one(f"#{name}", Pane)
        self._screen.set_focus(pane, scroll_visible=False)  # at once: the next key is for it

    def show_next(self, step: int) -> None:
        """Give the next pane the focus, in the order of their numbers."""
        self.show(PANES[(PANES.index(self.pane) + step) % len(PANES)])

    def show_beside(self, name: str) -> None:
        """Show a pane below the runs, where there is room for one only."""
        self._screen.remove_class(f"-show-{self._beside}")
        self._beside = name
        self._screen.add_class(f"-show-{name}")

    def toggle_zoom(self) -> None:
        """Give the pane the whole screen, and back."""
        self._screen.toggle_class("-zoomed")
        self.repaint_picture()
        self._mark_zoomed()

    def _mark_zoomed(self) -> None:
        # the pane and the containers around it; the stylesheet hides the others
        kept = self._screen.query_one(f"#{self.pane}").ancestors_with_self if self.is_zoomed else []
        for part in self._screen.query(".part"):
            part.set_class(part in kept, "zoomed")

    def repaint_picture(self) -> None:
        """Draw the next picture whole: what the terminal shows in its place is not known."""
        for pane in self._screen.query(FramePane):
            pane.view.repaint()

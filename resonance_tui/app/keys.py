"""The one dispatcher for keys: what is typed goes to the open line or list first, all else is an action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..panes.actions import Action, DetailAction, LiveAction, Move, RunsAction
from .keymap import ACTIONS, EVERY_PANE, WHILE_TYPING

if TYPE_CHECKING:
    from ..panes.controller import Controller
    from ..panes.line_input import LineInput
    from ..panes.popup_list import PopupList
    from .controllers import Controllers
    from .layout import Layout


class Keys:
    """Gives keys to whoever they are for."""

    def __init__(self, controllers: Controllers, picker: PopupList, layout: Layout) -> None:
        self._controllers, self._picker, self._layout = controllers, picker, layout

    # -- typing --------------------------------------------------------------------------------------------

    @property
    def line(self) -> LineInput | None:
        """The line that is being typed into the pane that has the focus."""
        focused = self._controllers.panes.get(self._layout.pane)  # not there yet while the program starts
        line = focused.line if focused is not None else None
        return line if line is not None and line.is_open else None

    @property
    def is_typing(self) -> bool:
        """Whether a line is being typed anywhere, or picked from a list."""
        lines = [controller.line for controller in self._controllers.panes.values()]
        return self._picker.is_open or any(line is not None and line.is_open for line in lines)

    @property
    def takes_letters(self) -> bool:
        """Whether letters are typed now, and not keys."""
        return self._picker.is_open or self.line is not None

    def take(self, key: str, character: str | None) -> bool:
        """Take a key at once where it is typed into a line or a list, so that what follows finds it done."""
        if self._picker.is_open:
            return self._picker.take_key(key, character)
        line = self.line
        return line is not None and line.take_key(key, character)

    def paste(self, text: str) -> None:
        """Take a text that is pasted into a line."""
        if self._picker.is_open:
            self._picker.paste(text)
        elif self.line is not None:
            self.line.paste(text)

    # -- actions -------------------------------------------------------------------------------------------

    def allows(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Return whether an action is to be had here: while a line is typed the keys are its letters."""
        if self.line is not None or action == "line":
            return self.line is not None and action in WHILE_TYPING
        pane = self._layout.pane
        allowed = {
            "own": parameters[:1] in ((pane,), (EVERY_PANE,)),
            "search": pane in ("plot", "frame", "detail"),
            "overlay": pane in ("runs", "plot"),
            "step_frame": self._controllers.may_have_frames,
        }
        return allowed.get(action, True)

    @property
    def _focused(self) -> Controller[Any]:
        """The controller of the pane that has the focus."""
        self._controllers.complete()
        return self._controllers.panes[self._layout.pane]

    def do(self, pane: str, name: str) -> None:
        """Do what a key of a pane asks for."""
        action: Action = ACTIONS[pane](name)
        if isinstance(action, LiveAction):
            self._controllers.live.handle(action)
        elif action is DetailAction.GO_TO:
            self.do_in_runs(RunsAction.GO_TO)
        else:
            self._focused.handle(action)

    def do_in_runs(self, action: RunsAction) -> None:
        """Go to the run list, and do it there."""
        self._layout.show("runs")
        self._controllers.runs.handle(action)

    def move(self, where: Move) -> None:
        """Move in the pane that has the focus."""
        self._focused.move(where)

    def enter(self) -> None:
        """Go from a run to its events, from an event to its frame or its curve, from there to the whole screen."""
        if not self._focused.enter():
            self._layout.toggle_zoom()

    def back(self) -> bool:
        """Leave the innermost of what is on, the zoom, the pane; then marks and search; False where nothing is left."""
        layout = self._layout
        if layout.pane == "frame" and self._controllers.frame.back():
            return True
        if layout.is_zoomed:
            layout.toggle_zoom()
        elif layout.pane != "runs":
            layout.show("events" if layout.pane in ("plot", "frame") else "runs")
        else:
            return self._controllers.runs.back()
        return True

    def step_frame(self, steps: int) -> None:
        """Go to the event of the frame so many steps further."""
        self._controllers.frame.going.step(steps)

    def overlay(self) -> None:
        """Overlay runs, or end that."""
        self._controllers.plot.toggle_overlay()

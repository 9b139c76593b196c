"""The limits of the contrast: locked, free, or typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from .state import OWN_LIMITS

if TYPE_CHECKING:
    from ...picture.view import View
    from ..line_input import LineInput
    from .scene import Scene
    from .status_line import StatusLine


class Limits:
    """Sets the limits of the picture.

    Parameters
    ----------
    look_with : callable
        Draws the frame with another view.
    """

    def __init__(
        self, scene: Scene, status: StatusLine, line: LineInput, look_with: Callable[[View], object]
    ) -> None:
        self._scene, self._status, self._line, self._look_with = scene, status, line, look_with

    def _has_own_limits(self) -> bool:
        """Whether what is shown has limits that cannot be those of frames; then that is said."""
        kind = self._scene.state.kind
        if kind in OWN_LIMITS:
            self._status.hint(f"a {kind} has limits of its own")
        return kind in OWN_LIMITS

    def toggle_lock(self) -> None:
        """Lock the limits of the picture that is shown, or free them."""
        if self._has_own_limits():
            return
        view, shown = self._scene.state.view, self._scene.shown
        if view.fixed is not None:
            self._look_with(replace(view, fixed=None))
        elif shown is not None:
            self._look_with(replace(view, fixed=shown.picture.limits))
        else:
            self._status.hint("enter opens a frame to lock its limits")

    def ask(self) -> None:
        """Let the user type them."""
        if not self._has_own_limits() and self._scene.frames is not None:
            self._line.begin("limits: low high", self._use_limits)

    def _use_limits(self, text: str) -> None:
        try:
            low, high = (float(part) for part in text.replace(",", " ").split())
        except ValueError:
            self._status.hint("limits are two numbers: low high")
            return
        if not -float("inf") < low < high < float("inf"):
            self._status.hint("the first limit must be the smaller one")
            return
        self._look_with(replace(self._scene.state.view, fixed=(low, high)))

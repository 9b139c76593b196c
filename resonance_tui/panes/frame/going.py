"""Going to another frame: by steps, by its number, by a pixel or a value that is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..signals import EventSelected, FramesReady
from .go_to import FrameNumber, Pixel, ScannedValue, nearest_frame, understood

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..type_ahead import TypeAhead
    from .crosshair import Crosshair
    from .pictures import Pictures
    from .scene import Scene
    from .status_line import StatusLine

FAR = 10**8
"""From here on, a number means the first or the last."""


class Going:
    """Moves the one cursor to the event of another frame.

    Parameters
    ----------
    show_frame : callable
        Shows the frame itself, where all of them together are shown.
    """

    def __init__(
        self,
        scene: Scene,
        status: StatusLine,
        pictures: Pictures,
        crosshair: Crosshair,
        type_ahead: TypeAhead,
        show_frame: Callable[[], object],
    ) -> None:
        self._scene, self._status, self._pictures, self._crosshair = scene, status, pictures, crosshair
        self._type_ahead, self._show_frame = type_ahead, show_frame
        self.scanned: NDArray[np.float64] | None = None
        """The motor that was scanned, by position in the stream."""

    def step(self, steps: int) -> None:
        """Go to the event of the frame so many steps further."""
        scene = self._scene
        if scene.frames is None:
            if not scene.is_known:
                self._type_ahead.keep(FramesReady, lambda: self.step(steps))
            return
        self._status.key_pressed()
        self._pictures.is_forward = steps > 0
        self.go_to(scene.place_after(steps))

    def go_to(self, index: int, *, by_user: bool = True) -> None:
        """Go to the event of a frame; the first or the last where there is no such."""
        scene = self._scene
        if scene.frames is None:
            return
        positions = scene.frames.positions
        if not 0 <= index < len(positions) and abs(index) < FAR:
            self._status.hint(f"there are frames 1 to {len(positions):,}")
        if scene.state.is_stack:  # whoever goes to a frame wants to see it
            self._show_frame()
        position, before = positions[max(0, min(len(positions) - 1, index))], scene.host.selection.position
        if position != before:
            scene.host.publish(EventSelected(position, before, by_user))

    def go_to_typed(self, text: str) -> None:
        """Go to a frame, a pixel or a value that was typed."""
        match understood(text):
            case FrameNumber(number=number):
                self.go_to(self._scene.count + number if number < 0 else number - 1)
            case Pixel(row=row, column=column):
                self._crosshair.go_to(row, column)
            case ScannedValue(value=value):
                self._go_to_value(value)
            case None:
                self._status.hint(f"{text[:30]} is no frame, no row,column and no value")

    def _go_to_value(self, value: float) -> None:
        frames = self._scene.frames
        if frames is None or self.scanned is None:
            self._status.hint("what was scanned is not known")
            return
        index = nearest_frame(self.scanned, frames.positions, value)
        if index is None:
            self._status.hint("no frame has such a value")
        else:
            self.go_to(index)

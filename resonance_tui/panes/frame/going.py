"""Going to another frame: by steps, by its number, by a pixel or a value that is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..signals import ColumnsReady, EventSelected, FramesReady
from ..type_ahead import STILL_READ
from .go_to import FrameNumber, Pixel, ScannedValue, nearest_frame, understood
from .state import TO_THE_END

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ...analysis.axes import Axes
    from ...analysis.curves import RunColumns
    from ..type_ahead import TypeAhead
    from .crosshair import Crosshair
    from .read_ahead import ReadAhead
    from .scene import Scene
    from .status_line import StatusLine


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
        read_ahead: ReadAhead,
        crosshair: Crosshair,
        type_ahead: TypeAhead,
        show_frame: Callable[[], object],
    ) -> None:
        self._scene, self._status, self._read_ahead, self._crosshair = scene, status, read_ahead, crosshair
        self._type_ahead, self._show_frame = type_ahead, show_frame
        self.scanned: NDArray[np.float64] | None = None
        """The motor that was scanned, by position in the stream."""
        self._unit = ""
        self._is_scan_known = False

    def clear(self) -> None:
        """Another run: it is not known what was scanned."""
        self.scanned, self._unit, self._is_scan_known = None, "", False

    def scan_known(self, columns: RunColumns, axes: Axes) -> None:
        """Take what was scanned."""
        self.scanned, self._unit = columns.columns.get(axes.fast or ""), columns.unit(axes.fast or "")
        self._is_scan_known = True
        self._type_ahead.release(ColumnsReady)

    def step(self, steps: int) -> None:
        """Go to the event of the frame so many steps further."""
        scene = self._scene
        if scene.frames is None:
            if not scene.is_known:
                self._type_ahead.keep(FramesReady, lambda: self.step(steps))
            return
        self._status.key_pressed()
        self._read_ahead.is_forward = steps > 0
        self.go_to(scene.place_after(steps))

    def go_to(self, index: int, *, by_user: bool = True) -> None:
        """Go to the event of a frame; the first or the last where there is no such."""
        scene = self._scene
        if scene.frames is None:
            return
        positions = scene.frames.positions
        if not 0 <= index < len(positions) and abs(index) < TO_THE_END // 10:
            self._status.hint(f"there are frames 1 to {len(positions):,}")
        if scene.state.is_stack:  # whoever goes to a frame wants to see it
            self._show_frame()
        position, before = positions[max(0, min(len(positions) - 1, index))], scene.host.selection.position
        if position != before:
            scene.host.publish(EventSelected(position, before, by_user))

    def go_to_typed(self, text: str) -> None:
        """Go to a frame, a pixel or a value that was typed; once what it needs is known."""
        if self._scene.frames is None:
            self._type_ahead.keep(FramesReady, lambda: self.go_to_typed(text))
            return
        self._status.key_pressed()  # that it waited, where it did
        match understood(text):
            case FrameNumber(number=number):
                self.go_to(self._scene.count + number if number < 0 else number - 1)
            case Pixel(row=row, column=column):
                self._crosshair.go_to(row, column)
            case ScannedValue(unit=unit) if self._unit and unit and unit.casefold() != self._unit.casefold():
                self._status.hint(f"the scan is in {self._unit}, not in {unit[:12]}")
            case ScannedValue(value=value) if self._is_scan_known:
                self._go_to_value(value)
            case ScannedValue():
                self._status.hint(STILL_READ)
                self._type_ahead.keep(ColumnsReady, lambda: self.go_to_typed(text))
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

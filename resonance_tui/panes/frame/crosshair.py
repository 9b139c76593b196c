"""The crosshair of the frame pane, and what is set with it: cuts, the centre of the radial profile, a region."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...picture.view import View
    from .scene import Scene
    from .side_curves import SideCurves
    from .status_line import StatusLine


class Crosshair:
    """Shows it, moves it, and sets regions with it.

    Parameters
    ----------
    look_with : callable
        Draws the frame with another view.
    """

    def __init__(
        self,
        scene: Scene,
        status: StatusLine,
        side_curves: SideCurves,
        look_with: Callable[[View], object],
    ) -> None:
        self._scene, self._status, self._side_curves, self._look_with = scene, status, side_curves, look_with

    @property
    def _view(self) -> View:
        return self._scene.state.view

    def toggle(self) -> None:
        """Show it, in the middle of what is seen, or no longer."""
        scene = self._scene
        if scene.frames is None or scene.state.on_sheet:
            return
        if self._view.crosshair is None:
            self._look_with(self._view.with_cross(scene.shape, *scene.room))
            return
        self._look_with(replace(self._view, crosshair=None, region_anchor=None))
        if self._side_curves.kind == "cuts":
            self._side_curves.open(None)

    def go_to(self, row: int, column: int) -> None:
        """Put it on a pixel."""
        rows, columns = self._scene.shape
        if not (0 <= row < rows and 0 <= column < columns):
            self._status.hint(f"rows 0 to {rows - 1:,}, columns 0 to {columns - 1:,}")
            return
        self._look_with(replace(self._view, crosshair=(row, column)))

    def back(self) -> bool:
        """Take it away, then the region; False where there is neither."""
        if self._view.crosshair is not None:
            self.toggle()
            return True
        if self._view.region is None:
            return False
        self._look_with(replace(self._view, region=None, region_anchor=None))
        if self._side_curves.kind == "region":
            self._side_curves.open(None)
        return True

    def cuts(self) -> None:
        """Show the row and the column through it."""
        scene = self._scene
        if scene.frames is None or scene.state.on_sheet:
            return
        if self._side_curves.kind != "cuts" and self._view.crosshair is None:
            self.toggle()
        self._side_curves.toggle("cuts")

    def centre_here(self) -> None:
        """Put the centre of the radial profile here."""
        cross = self._view.crosshair
        if cross is None:
            self._status.hint("x shows the crosshair that c needs")
        else:
            self._side_curves.set_centre((float(cross[0]), float(cross[1])))

    def region_corner(self) -> None:
        """Begin a region here, or end it."""
        scene = self._scene
        if scene.frames is None or scene.state.on_sheet:
            return
        from ...analysis.profiles import Region

        view = self._view
        if view.crosshair is None:
            self.toggle()
            self._status.hint("a sets a corner here")
        elif view.region_anchor is None:
            self._side_curves.forget_region()
            region = Region.between(view.crosshair, view.crosshair)
            self._look_with(replace(view, region_anchor=view.crosshair, region=region))
            self._status.hint("move to the other corner, a again")
        else:
            region = Region.between(view.region_anchor, view.crosshair)
            self._look_with(replace(view, region_anchor=None, region=region))
            self._side_curves.follow()

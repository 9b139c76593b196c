"""How a frame is looked at: contrast, colours, zoom, crosshair, region. Pure values; each change is a new one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from ..analysis.contrast import STRETCHES, Stretch
from ..analysis.profiles import Region
from .palettes import MAPS

Reduction = Literal["mean", "max"]
Shape = tuple[int, int]

LIMITS: tuple[tuple[float, float] | None, ...] = ((1.0, 99.5), (0.1, 99.9), (5.0, 95.0), None)
"""Percentiles that are dark and bright; None stands for the smallest and the largest value."""

_LARGEST_PIXEL = 16
"""Screen pixels a detector pixel is magnified to at most."""

_MOST_STEPS = 4
_PAN = 0.25
_FAR_STEPS = 10


@dataclass(frozen=True, slots=True)
class View:
    """How a frame is looked at.

    Attributes
    ----------
    stretch : {"linear", "sqrt", "log"}
        The root first: under it the noise of counting is as large where it is dark as where it is bright.
    limits : int
        Place in `LIMITS`.
    fixed : (float, float), optional
        Limits that are typed or locked; they come before `limits`.
    zoom : int
        0 shows the whole frame, each step halves what is seen.
    view_centre : (float, float), optional
        Row and column in the middle of the window; the frame's own where None.
    crosshair : (int, int), optional
        Row and column of the crosshair.
    region_anchor : (int, int), optional
        Where a region was begun.
    profile_centre : (float, float), optional
        Row and column around which the radial profile is taken; the centroid where None.
    """

    reduction: Reduction = "mean"
    stretch: Stretch = "sqrt"
    limits: int = 0
    fixed: tuple[float, float] | None = None
    map: str = MAPS[0]
    zoom: int = 0
    view_centre: tuple[float, float] | None = None
    crosshair: tuple[int, int] | None = None
    region_anchor: tuple[int, int] | None = None
    region: Region | None = None
    profile_centre: tuple[float, float] | None = None

    @property
    def contrast_text(self) -> str:
        """The stretch and the limits in words."""
        percentiles = LIMITS[self.limits]
        if self.fixed is not None:
            limits = "locked"
        elif percentiles is None:
            limits = "min–max"
        else:
            limits = f"{percentiles[0]:g}–{percentiles[1]:g}%"
        return f"{self.stretch} {limits}"

    def next_stretch(self) -> View:
        """Linear, square root, logarithm, and round again."""
        return replace(self, stretch=STRETCHES[(STRETCHES.index(self.stretch) + 1) % len(STRETCHES)])

    def next_limits(self) -> View:
        """Take the next percentiles; what was locked is free again."""
        at = self.limits if self.fixed is not None else (self.limits + 1) % len(LIMITS)
        return replace(self, limits=at, fixed=None)

    def next_map(self, step: int) -> View:
        """Another colour map."""
        return replace(self, map=MAPS[(MAPS.index(self.map) + step) % len(MAPS)])

    def other_reduction(self) -> View:
        """Mean or largest."""
        return replace(self, reduction="max" if self.reduction == "mean" else "mean")

    def zoomed(self, step: int, shape: Shape, width: int, height: int) -> View:
        """Nearer or further, around the crosshair where it is set, else around the middle."""
        if step < 0 and self.zoom + step <= 0:
            return replace(self, zoom=0, view_centre=None)
        seen = window(self, shape, width, height)
        middle = seen.middle if self.crosshair is None else (self.crosshair[0] + 0.5, self.crosshair[1] + 0.5)
        for steps in range(1, _MOST_STEPS):  # a step that whole pixels leave without effect is passed over
            closer = replace(self, zoom=max(0, self.zoom + steps * step), view_centre=middle)
            then = window(closer, shape, width, height)
            if (then.bottom - then.top, then.right - then.left) != (
                seen.bottom - seen.top, seen.right - seen.left
            ):  # fmt: skip
                return replace(closer, view_centre=then.middle)
        return self  # as near as it gets

    def panned(self, down: int, right: int, shape: Shape, width: int, height: int) -> View:
        """Move the window by a quarter of itself."""
        seen = window(self, shape, width, height)
        row, column = seen.middle
        moved = (
            row + down * max(1.0, _PAN * (seen.bottom - seen.top)),
            column + right * max(1.0, _PAN * (seen.right - seen.left)),
        )
        return replace(self, view_centre=moved)._kept_inside(shape, width, height)

    def _kept_inside(self, shape: Shape, width: int, height: int) -> View:
        return replace(self, view_centre=window(self, shape, width, height).middle)

    def with_cross(self, shape: Shape, width: int, height: int) -> View:
        """Set the crosshair into the middle of the window."""
        row, column = window(self, shape, width, height).middle
        return replace(
            self, crosshair=(max(0, min(shape[0] - 1, int(row))), max(0, min(shape[1] - 1, int(column))))
        )

    def moved_cross(
        self, down: int, right: int, shape: Shape, width: int, height: int, *, far: bool = False
    ) -> View:
        """Move the crosshair by one pixel of the screen, or ten; the window follows it."""
        if self.crosshair is None:
            return self
        seen = window(self, shape, width, height)
        step = max(1, round((seen.bottom - seen.top) / seen.rows)) * (_FAR_STEPS if far else 1)
        row = max(0, min(shape[0] - 1, self.crosshair[0] + down * step))
        column = max(0, min(shape[1] - 1, self.crosshair[1] + right * step))
        moved = replace(self, crosshair=(row, column))
        if seen.top <= row < seen.bottom and seen.left <= column < seen.right:
            return moved
        return replace(moved, view_centre=(row + 0.5, column + 0.5))._kept_inside(shape, width, height)


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a frame that is seen, and its size on the screen.

    Attributes
    ----------
    top, left, bottom, right : int
        Detector pixels; `bottom` and `right` are the first ones outside.
    rows, columns : int
        Pixels of the screen it is drawn with.
    """

    top: int
    left: int
    bottom: int
    right: int
    rows: int
    columns: int

    @property
    def middle(self) -> tuple[float, float]:
        """Row and column in the middle."""
        return ((self.top + self.bottom) / 2, (self.left + self.right) / 2)

    @property
    def magnified(self) -> int:
        """Whole screen pixels in a detector pixel; 0 where a screen pixel holds several."""
        return self.rows // (self.bottom - self.top)

    def whole(self, shape: Shape) -> bool:
        """Whether all of a frame is seen."""
        return (self.top, self.left, self.bottom, self.right) == (0, 0, *shape)


def window(view: View, shape: Shape, width: int, height: int) -> Window:
    """Return what of a frame is seen in `width` × `height` square pixels of the screen."""
    rows, columns = max(1, shape[0]), max(1, shape[1])
    width, height = max(1, width), max(1, height)
    scale = max(columns / width, rows / height) / 2**view.zoom
    if scale >= 1 or view.zoom == 0:
        seen_rows, seen_columns = (
            max(1, min(rows, round(height * scale))),
            max(1, min(columns, round(width * scale))),
        )
        drawn_rows = max(1, min(height, round(seen_rows / scale)))
        drawn_columns = max(1, min(width, round(seen_columns / scale)))
    else:
        times = min(_LARGEST_PIXEL, max(1, int(1 / scale)))
        seen_rows, seen_columns = max(1, min(rows, height // times)), max(1, min(columns, width // times))
        drawn_rows, drawn_columns = min(height, seen_rows * times), min(width, seen_columns * times)
    row, column = view.view_centre or (rows / 2, columns / 2)
    top = max(0, min(rows - seen_rows, round(row - seen_rows / 2)))
    left = max(0, min(columns - seen_columns, round(column - seen_columns / 2)))
    return Window(top, left, top + seen_rows, left + seen_columns, drawn_rows, drawn_columns)

"""Contact sheet: small pictures of the frames of a run, side by side, as the cells of a pane."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..analysis.contrast import percentile_limits, stretched, to_levels
from ..analysis.exposure import Exposure
from ..analysis.reduce import area_mean, fit
from .cells import Cells, blank_cells, mono_cells, pixel_cells, write
from .palettes import ALARM, CURSOR, FAINT, INK, MISSING, NAN, Palette
from .view import LIMITS, View

Thumb = NDArray[np.float32]

SIDE = 48
"""Pixels of a thumbnail's longer side, as it is kept."""

_WIDEST = 40
_NARROWEST = 10


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where the thumbnails of a run lie in a pane: `columns` × `rows` of them, each `width` × `height` cells."""

    columns: int
    rows: int
    width: int
    height: int

    @property
    def size(self) -> int:
        """Frames on a sheet."""
        return self.columns * self.rows

    def first(self, index: int, frames: int) -> int:
        """Return the first frame of the sheet that shows frame `index`; sheets move by whole rows."""
        row, last = index // self.columns, (max(frames, 1) - 1) // self.columns
        top = max(0, min(row - self.rows // 2, last - self.rows + 1))
        return top * self.columns


def lay_out(width: int, height: int, frames: int) -> Sheet:
    """Lay out a sheet for a pane of `width` × `height` cells.

    The largest thumbnails with which all frames are in sight; where those would be too small, as many as there is
    room for.
    """
    for side in range(_WIDEST, _NARROWEST - 1, -2):
        sheet = _with_thumbs(width, height, side)
        if sheet.size >= frames:
            return sheet
    return _with_thumbs(width, height, _NARROWEST)


def _with_thumbs(width: int, height: int, side: int) -> Sheet:
    wide, high = min(side, max(4, width)), min(side // 2 + 1, max(2, height))
    return Sheet(max(1, (width + 1) // (wide + 1)), max(1, height // high), wide, high)


def thumbnail(frame: NDArray[np.generic]) -> Thumb:
    """Return a frame reduced to at most 48 pixels a side, by its mean."""
    return area_mean(frame, *fit((frame.shape[0], frame.shape[1]), SIDE, SIDE)).astype(np.float32)


def draw_sheet(
    sheet: Sheet, width: int, height: int, thumbs: Mapping[int, Thumb | None], frames: int, index: int,
    view: View, palette: Palette, verdicts: Mapping[int, Exposure],
    kept: MutableMapping[int, NDArray[np.int16]] | None = None,
) -> Cells:  # fmt: skip
    """Return the sheet around frame `index`.

    Parameters
    ----------
    thumbs : mapping
        What is known by now, by frame; None for a frame that could not be read.
    kept : mapping, optional
        Colours of thumbnails for this sheet, view and palette; what is missing is added.
    """
    kept = {} if kept is None else kept
    cells = blank_cells(height, width)
    first = sheet.first(index, frames)
    left = max(0, (width - sheet.columns * (sheet.width + 1) + 1) // 2)
    for place in range(min(sheet.size, frames - first)):
        frame = first + place
        top, at = (place // sheet.columns) * sheet.height, left + (place % sheet.columns) * (sheet.width + 1)
        chosen = frame == index
        verdict = verdicts[frame].verdict if frame in verdicts else None
        mark = {"over": " ▲", "under": " ▼", "zero": " ○"}.get(verdict or "", "")
        name = f"{frame + 1}{mark}"
        name = f"▸{name}" if chosen else f" {name}"
        write(cells, top, at, name[: sheet.width], INK if chosen else ALARM if mark else FAINT)
        if frame in thumbs:
            thumb = thumbs[frame]
            if thumb is not None and frame not in kept:
                kept[frame] = thumb_codes(thumb, sheet, view, palette)
            mono = palette.depth == "mono"
            _put(cells, thumb, kept.get(frame), top + 1, at, sheet, mono=mono, chosen=chosen)
        else:
            write(cells, top + sheet.height // 2, at + 1, "reading…"[: sheet.width], FAINT)
    return cells


def _put(
    cells: Cells, thumb: Thumb | None, codes: NDArray[np.int16] | None, top: int, left: int, sheet: Sheet,
    *, mono: bool, chosen: bool,
) -> None:  # fmt: skip
    lines = sheet.height - 1
    if thumb is None or codes is None:
        write(cells, top + lines // 2, left, "unreadable"[: sheet.width], ALARM)
        return
    if chosen and not mono:
        codes = codes.copy()
        codes[0, :] = codes[-1, :] = CURSOR
        codes[:, 0] = codes[:, -1] = CURSOR
    drawn = mono_cells(codes) if mono else pixel_cells(codes)
    drawn = drawn[: max(0, min(lines, len(cells) - top)), : max(0, cells.shape[1] - left)]
    cells[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn


def thumb_codes(thumb: Thumb, sheet: Sheet, view: View, palette: Palette) -> NDArray[np.int16]:
    """Return the colours of a thumbnail, each with limits of its own unless they are fixed; shape (rows, columns)."""
    rows, columns = fit((thumb.shape[0], thumb.shape[1]), sheet.width, 2 * (sheet.height - 1))
    values = area_mean(thumb, rows, columns)
    limits = view.fixed or percentile_limits(thumb, *(LIMITS[view.limits] or (0.0, 100.0)))
    share = stretched(values, limits, view.stretch)
    if palette.depth == "mono":
        share = share[::2]
    codes = to_levels(share, palette.levels)
    codes[codes < 0] = NAN
    if not thumb.any():
        codes[:] = MISSING
    return codes

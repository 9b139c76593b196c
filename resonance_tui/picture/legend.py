"""The lines below a picture: the colour bar, what the crosshair is on, the legend, the numbers of a region."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..analysis.profiles import RegionNumbers
from ..text.numbers import number
from .cells import Cells, mono_cells, write
from .palettes import ALARM, FAINT, INK, MISSING, NAN, NEGATIVE, SATURATED, UNSET, mono_text

if TYPE_CHECKING:
    from .order import FramePicture, Order
    from .view import View

_LINES = 2  # the colour bar, and what is to be said
_BAR = 24

Part = tuple[str, int, int | None]
"""A text, its colour index, and the code of a colour that is shown before it."""


def legend_lines(view: View) -> int:
    """Return how many lines stand below a picture."""
    return _LINES + (view.region is not None)


def write_legend(cells: Cells, picture: FramePicture, order: Order) -> None:
    """Write the lines below a picture."""
    height = len(cells)
    below = legend_lines(picture.view)
    if height <= below:
        return
    line = height - below
    if picture.stored:
        _write_bar(cells, line, picture, signed=order.signed)
    _write_parts(cells, line + 1, _numbers(picture, order), _legend(picture, order))
    if picture.region is not None:
        _write_parts(cells, line + 2, _region_numbers(picture.region), [])


def _write_parts(cells: Cells, line: int, numbers: list[Part], legend: list[Part]) -> None:
    """Numbers and legend in the middle of a line; where there is no room, the last numbers go first."""
    width = cells.shape[1]

    def length(parts: list[Part]) -> int:
        return sum(len(text) + 2 + 2 * (swatch is not None) for text, _, swatch in parts) - 2

    while len(numbers) > 2 and length(numbers + legend) > width:
        numbers = numbers[:-1]
    say = numbers + legend
    while len(say) > 1 and length(say) > width:
        say = say[:-1]
    left = max(0, (width - length(say)) // 2)
    for text, ink, swatch in say:
        if swatch is not None:
            write(cells, line, left, "█" if swatch <= UNSET else chr(swatch >> 6), swatch & UNSET)
            left += 2
        write(cells, line, left, text, ink)
        left += len(text) + 2


def _write_bar(cells: Cells, line: int, picture: FramePicture, *, signed: bool) -> None:
    """Write the counts that are dark, the map, counts that are bright, and how they are stretched."""
    width = cells.shape[1]
    dark, bright = (number(limit, 4) for limit in picture.limits)
    view = replace(picture.view, fixed=None) if signed else picture.view  # a difference has its own limits
    words = f"{view.contrast_text} · {view.reduction}"
    if picture.palette.name != "viridis":
        words += f" · {picture.palette.name}"
    room = width - len(dark) - len(bright) - 4
    bar = max(0, min(_BAR, room))
    if room - bar < len(words) + 2:
        bar = max(8, min(bar, room - len(words) - 2))
    total = len(dark) + len(bright) + bar + 2 + (len(words) + 2 if room - bar >= len(words) + 2 else 0)
    left = max(0, (width - total) // 2)
    write(cells, line, left, dark, FAINT)
    left += len(dark) + 1
    levels = (np.arange(bar) * picture.palette.levels // max(1, bar)).astype(np.int16)
    drawn = mono_cells(levels) if picture.palette.depth == "mono" else levels.astype(np.int64) * 65
    fits = max(0, min(bar, width - left))
    cells[line, left : left + fits] = drawn[:fits]
    left += bar + 1
    write(cells, line, left, bright, FAINT)
    left += len(bright) + 2
    if left + len(words) <= width:
        write(cells, line, left, words, FAINT)


def _numbers(picture: FramePicture, order: Order) -> list[Part]:
    if not picture.stored:
        why = "being written, or all zero" if order.may_come else "all zero, or missing"
        return [(f"no chunk on disk: {why}", ALARM, None)]
    reading = picture.reading
    if reading is None:
        return []
    return [
        (f"row {reading.row} col {reading.column}", FAINT, None),
        (number(reading.value, 6), INK, None),
        (f"5×5 {number(reading.around, 5)}", FAINT, None),
    ]


def _region_numbers(region: RegionNumbers) -> list[Part]:
    parts: list[Part] = [
        (f"Σ {number(region.total, 6)}", INK, None),
        (f"mean {number(region.mean, 5)} ± {number(region.std, 4)}", FAINT, None),
        (f"{number(region.lowest, 5)} … {number(region.highest, 6)}", FAINT, None),
        (f"{region.pixels:,} px", FAINT, None),
    ]
    if region.saturated:
        parts.insert(1, (f"{region.saturated:,} saturated", ALARM, None))
    return parts


def _legend(picture: FramePicture, order: Order) -> list[Part]:
    """Name the special colours that are seen, and which part of the frame that is."""
    parts: list[Part] = []
    if not picture.stored:
        return parts
    if not picture.window.whole(picture.shape):
        parts.append((where_text(picture), FAINT, None))
    seen = set(np.unique(picture.codes).tolist())
    names = {
        SATURATED: f"≥ {number(order.saturated, 3)}", NEGATIVE: "negative", NAN: "not a number", MISSING: "missing",
    }  # fmt: skip
    mono = picture.palette.depth == "mono"
    marked: list[Part] = [
        (name, FAINT, ord(mono_text(code)) << 6 | INK if mono else code)
        for code, name in names.items()
        if code in seen
    ]
    return marked + parts


def where_text(picture: FramePicture) -> str:
    """Which part of the frame is seen."""
    seen = picture.window
    rows = f"{seen.top}–{seen.bottom - 1}"
    columns = f"{seen.left}–{seen.right - 1}"
    zoom = seen.rows / max(1, seen.bottom - seen.top)
    times = f"{zoom:.0f}:1" if zoom >= 1 else f"1:{1 / zoom:.3g}"
    return f"seen: {rows} × {columns} {times}"

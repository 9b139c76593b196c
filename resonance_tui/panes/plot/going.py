"""Going along curves: where a key leads to, and what was typed to go to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...text.numbers import number
from ..actions import Move

if TYPE_CHECKING:
    from .model import Plot
    from .state import Limits

PAGE_POINTS = 20
"""Events that a page key goes along the curve."""

_STEPS = {
    Move.DOWN: 1, Move.RIGHT: 1, Move.UP: -1, Move.LEFT: -1, Move.PAGE_DOWN: PAGE_POINTS,
    Move.PAGE_UP: -PAGE_POINTS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """An event to go to, a part of x to show, and what is to be said."""

    position: int | None = None
    window: Limits | None = None
    said: str = ""


def moved(plot: Plot, position: int, where: Move) -> int:
    """Return the event that a key leads to: along the curve, or up and down to another curve."""
    last = plot.x.size - 1
    if where in (Move.UP, Move.DOWN) and plot.n_traces > 1:
        return plot.across(position, 1 if where is Move.DOWN else -1)
    target = {Move.FIRST: 0, Move.LAST: last}.get(where, position + _STEPS.get(where, 0))
    return max(0, min(last, target))


def understood(text: str, plot: Plot, position: int) -> Target:
    """Read an x to go to on the curve under the cursor, or two of them, between which x is shown."""
    ends = numbers_in(text)
    if not ends:
        return Target(said=f"{text[:30]} is neither an x nor a range such as 283 292")
    if len(ends) > 1:
        return Target(window=(min(ends), max(ends)))
    nearest = plot.nearest(ends[0], position)
    if nearest is None or plot.whole is None or plot.whole[0] <= ends[0] <= plot.whole[1]:
        return Target(nearest)
    low, high = (number(end, 6) for end in plot.whole)
    return Target(nearest, said=f"{text} lies outside of {low}…{high}: the nearest")


def numbers_in(text: str) -> list[float]:
    """Return one number or two, however they are set apart; none where there is anything else."""
    parts = text.replace("…", " ").replace("..", " ").replace(",", " ").split()
    if len(parts) == 1 and "-" in parts[0][1:] and "e-" not in parts[0].lower():
        head, _, tail = parts[0].rpartition("-")
        parts = [head, tail]
    try:
        found = [float(part) for part in parts]
    except ValueError:
        return []
    fits = 1 <= len(found) <= 2 and all(math.isfinite(value) for value in found)
    return found if fits and (len(found) == 1 or found[0] != found[1]) else []

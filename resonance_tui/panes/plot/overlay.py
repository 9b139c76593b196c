"""Which runs are overlaid: the marked ones, or the last few of the same sample and kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ..signals import OverlaidRun

Compare = Literal["none", "difference", "ratio"]
COMPARISONS: tuple[Compare, ...] = ("none", "difference", "ratio")


@dataclass(frozen=True, slots=True)
class Overlay:
    """Which runs are overlaid, and how they are compared.

    Attributes
    ----------
    runs : tuple of OverlaidRun
        In their order; the first is what others are compared with. Empty where the selected run stands alone.
    alike : bool
        Whether only those of the selected run's kind are meant, and few.
    compare : {"none", "difference", "ratio"}
    """

    runs: tuple[OverlaidRun, ...] = ()
    alike: bool = False
    compare: Compare = "none"

    def __bool__(self) -> bool:
        return bool(self.runs)

    def holds(self, uid: str) -> bool:
        """Return whether a run is one of them."""
        return any(run.uid == uid for run in self.runs)

    def with_marked(self, runs: Sequence[OverlaidRun]) -> Overlay:
        """Return the overlay of other marked runs; none of fewer than two, unchanged where it is not of marked ones."""
        if not self or self.alike:
            return self
        return replace(self, runs=tuple(runs)) if len(runs) > 1 else Overlay()

    def compared_next(self) -> Overlay:
        """Return the overlay with the next comparison."""
        at = COMPARISONS.index(self.compare)
        return replace(self, compare=COMPARISONS[(at + 1) % len(COMPARISONS)])

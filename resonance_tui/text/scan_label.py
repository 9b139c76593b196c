"""The words for what a run scanned, as the run list keeps them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScanLabel:
    """What was scanned, and the plan's name where it says more than ``scan``.

    Attributes
    ----------
    full : str
        With how many points a sweep has.
    short : str
        Without; the list has a column of points.
    shortest : str
        Without the plan's name, too.
    """

    full: str
    short: str
    shortest: str

    def fitting(self, width: int) -> str:
        """The longest form that fits; the short one, to be cut, where none does."""
        return next(
            (form for form in (self.full, self.short, self.shortest) if len(form) <= width), self.short
        )

"""What a run scanned, in a few words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .numbers import in_span
from .printable import printable

if TYPE_CHECKING:
    from ..session.scan import Axis, Scan

_PLAIN_PLANS = ("scan", "count")
_NAME, _PLAN = 20, 24


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
        """Return the longest form that fits; the short one, to be cut, where none does."""
        return next(
            (form for form in (self.full, self.short, self.shortest) if len(form) <= width), self.short
        )


def scan_label(plan: str, scan: Scan | None) -> ScanLabel:
    """``energy 270→369.9 (730) × sam_th 5``; the plan's name after it where it tells more than ``scan``.

    Parameters
    ----------
    plan : str
    scan : Scan or None
        None where there is no event.
    """
    name = "" if plan in _PLAIN_PLANS else printable(plan, _PLAN)
    fast = scan.fast if scan is not None else None
    if scan is None or fast is None:
        alone = name or ("count" if scan is not None or plan == "count" else plan)
        return ScanLabel(alone, alone, alone)
    x = _name(fast)
    slow = "".join(f" × {_name(axis)} {axis.setpoints}" for axis in reversed(scan.of_role("slow")))
    other = "".join(f" × {_name(axis)}" for axis in scan.of_role("other"))
    along = "".join(f" + {_name(axis)}" for axis in scan.of_role("comoving"))
    tail = f" {name}" if name else ""
    if scan.kind == "map":
        second = _name((*scan.of_role("slow"), *scan.of_role("other"))[0])
        text = f"map {x}{along} × {second}"
        size = f" ({scan.size[0]:,} × {scan.size[1]:,})" if scan.size is not None else ""
        return ScanLabel(f"{text}{size}{tail}", text + tail, text)
    head = f"line-up {x}{along}" if scan.kind == "line-up" else f"{x}{along}"
    short = f"{head} {_span(fast)}{slow}{other}"
    return ScanLabel(f"{head} {_span(fast)}{_points(scan)}{slow}{other}{tail}", short + tail, short)


def _name(axis: Axis) -> str:
    return printable(axis.label, _NAME)


def _span(axis: Axis) -> str:
    if axis.decimals is None:
        return in_span(axis.first, axis.last)
    return in_span(round(axis.first, axis.decimals), round(axis.last, axis.decimals))


def _points(scan: Scan) -> str:
    """`` (730)``: points of a sweep, and how many sweeps where they are repeated: `` (125, 4 sweeps)``."""
    if scan.points is None:
        return ""
    return f" ({scan.points:,})" if scan.passes == 1 else f" ({scan.points:,}, {scan.passes} sweeps)"

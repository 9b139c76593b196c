"""Was a frame exposed well? Counted on all of its pixels, never on what a pane shows of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .contrast import sample

Verdict = Literal["good", "over", "under", "zero"]

FrameMark = Verdict | Literal["lost"] | None
"""What is known of a frame: its exposure, that it cannot be read, or nothing yet."""

_MEGAPIXEL = 2**20
_BLOCK = 2**19


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a frame is over- or underexposed.

    Attributes
    ----------
    saturated : float
        Counts from which a pixel no longer tells the truth.
    over_pixels : float
        So many saturated pixels per 1024² make a frame overexposed.
    dim : float
        Counts below which a pixel has seen next to nothing.
    under_share : float
        Such a share of dim pixels makes a frame underexposed.
    target : float
        Where the 99.9 percentile of a good frame lies, as a share of `saturated`.
    """

    saturated: float = 2e5
    over_pixels: float = 500.0
    dim: float = 50.0
    under_share: float = 0.9
    target: float = 0.5


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the pixels of a frame say of its exposure.

    Attributes
    ----------
    saturated, dim, negative, missing : int
        Pixels at or above saturation, below `Thresholds.dim`, below zero, and not finite.
    lowest, highest : float
        Of the finite pixels; NaN where there is none.
    dark, bright : float
        The 1st and the 99.9th percentile, from a sample.
    """

    verdict: Verdict
    pixels: int
    saturated: int
    dim: int
    negative: int
    missing: int
    lowest: float
    highest: float
    dark: float
    bright: float

    def suggested(self, exposure: float, thresholds: Thresholds) -> float | None:
        """Suggest the exposure that brings the 99.9 percentile to its target, counts rising linearly with it.

        Parameters
        ----------
        exposure : float
            Of this frame.
        thresholds : Thresholds

        Returns
        -------
        float or None
            In the unit of `exposure`; of a saturated frame an upper bound. None where the counts tell nothing.
        """
        # of what is saturated, the true counts are higher than any: half of it is the most that could be right
        bright = max(self.bright, thresholds.saturated) if self.verdict == "over" else self.bright
        net = bright - self.dark
        if not (exposure > 0 and net > 0):
            return None
        return float(exposure * (thresholds.target * thresholds.saturated - self.dark) / net)


def assess_exposure(
    frame: NDArray[Any], thresholds: Thresholds, check: Callable[[], object] = lambda: None
) -> Exposure:
    """Assess the exposure of a frame by every pixel of it.

    Parameters
    ----------
    frame : array, shape (n, m)
        In counts.
    thresholds : Thresholds
    check : callable
        Called between blocks; may raise to give up.
    """
    lowest, highest = np.inf, -np.inf
    saturated = dim = negative = missing = 0
    step = max(1, _BLOCK // max(1, frame.shape[1] * frame.itemsize))
    for start in range(0, len(frame), step):
        check()
        block = frame[start : start + step]
        if block.dtype.kind == "f":
            finite = np.isfinite(block)
            if not finite.all():
                missing += int(block.size - np.count_nonzero(finite))
                block = block[finite]
        if block.size == 0:
            continue
        low, high = float(block.min()), float(block.max())
        lowest, highest = min(lowest, low), max(highest, high)
        if high >= thresholds.saturated:
            saturated += int(np.count_nonzero(block >= thresholds.saturated))
        if low < thresholds.dim:
            dim += int(np.count_nonzero(block < thresholds.dim)) if high >= thresholds.dim else block.size
        if low < 0:
            negative += int(np.count_nonzero(block < 0))
    values = sample(frame)
    dark, bright = (float(v) for v in np.percentile(values, (1, 99.9))) if values.size else (0.0, 0.0)
    seen = frame.size - missing
    verdict: Verdict = "good"
    if seen and lowest == highest == 0:
        verdict = "zero"
    elif saturated and saturated >= thresholds.over_pixels * frame.size / _MEGAPIXEL:
        verdict = "over"
    elif seen and dim >= thresholds.under_share * seen:
        verdict = "under"
    nothing = seen == 0
    return Exposure(
        verdict, frame.size, saturated, dim, negative, missing,
        float("nan") if nothing else lowest, float("nan") if nothing else highest, dark, bright,
    )  # fmt: skip

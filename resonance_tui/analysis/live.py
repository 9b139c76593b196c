"""A run in progress: how fast frames come, whether they have stopped coming, and how many there may be."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

SHORTEST_STALL_S = 10.0
"""Seconds: no shorter silence is called a stall."""

_CADENCES, _LONGEST_GAPS = 5.0, 2.0
_RUNS = 9  # of the earlier runs that an estimate is made from


def gaps(times: Sequence[float]) -> list[float]:
    """Return the seconds between one frame and the next; those of a clock that was set back are left out."""
    return [later - earlier for earlier, later in pairwise(times) if later >= earlier]


def cadence(times: Sequence[float]) -> float | None:
    """Return the median seconds from frame to frame, which the moves of a slow axis do not shift.

    Parameters
    ----------
    times
        When the last frames were written, Unix seconds, oldest first.

    Returns
    -------
    float or None
        None for fewer than three frames: one gap alone can be a slow move.
    """
    between = gaps(times)
    return statistics.median(between) if len(between) > 1 else None


def patience(times: Sequence[float], longest_gap: float = 0.0) -> float | None:
    """Return how many seconds without a frame are not yet a stall; None where the cadence is not known.

    Five frames may fail to come, and twice the longest pause of this run so far, as a slow axis moves again.

    Parameters
    ----------
    times
        When the last frames were written, Unix seconds, oldest first.
    longest_gap
        The longest pause seen in this run before those, seconds.
    """
    usual = cadence(times)
    if usual is None:
        return None
    longest = max(longest_gap, *gaps(times))
    return max(SHORTEST_STALL_S, _CADENCES * usual, _LONGEST_GAPS * longest)


def stalled(times: Sequence[float], now: float, longest_gap: float = 0.0) -> float | None:
    """Return for how many seconds no frame has come, if that is a stall; None where it is none, or not known.

    See `patience`.
    """
    allowed = patience(times, longest_gap)
    if allowed is None:
        return None
    silent = now - times[-1]
    return silent if silent > allowed else None


class Done(Protocol):
    """A run of the same plan that came to its end, as the catalog tells of it."""

    @property
    def num_events(self) -> int:
        """How many events it had."""

    @property
    def same_sample(self) -> bool:
        """Whether it was of the sample in question."""

    @property
    def motors(self) -> AbstractSet[str]:
        """The motors it names."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many events a run may get, judged by earlier ones; it is planned nowhere.

    Attributes
    ----------
    events : int
    runs : int
        How many earlier runs it comes from.
    alike : bool
        Whether these all had that many.
    """

    events: int
    runs: int
    alike: bool


def estimate_events(earlier: Sequence[Done], motors: AbstractSet[str], taken: int = 0) -> Estimate | None:
    """Estimate how many events a run will get: the median of earlier runs of the same kind.

    Parameters
    ----------
    earlier
        Runs of the same plan, newest first.
    motors
        The motors that the run names; only runs that name the same ones are of its kind. Those of the same
        sample are preferred.
    taken
        What it has already; shorter runs are no guide any more.

    Returns
    -------
    Estimate or None
        None where there is nothing to go by.
    """
    alike = [run for run in earlier if run.motors == motors and run.num_events >= max(taken, 1)]
    same_sample = [run for run in alike if run.same_sample]
    numbers = [run.num_events for run in same_sample or alike][:_RUNS]
    if not numbers:
        return None
    return Estimate(statistics.median_low(numbers), len(numbers), len(set(numbers)) == 1)


def time_left(estimate: Estimate | None, taken: int, started: float, now: float) -> float | None:
    """Estimate the seconds that a run may still take, at its own mean pace, slow moves included; None if unknown."""
    if estimate is None or taken < 2 or now <= started:
        return None
    return max(0, estimate.events - taken) * (now - started) / taken

"""Follow mode: whether the newest is followed, and how much came since it was paused."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class FollowState:
    """Whether the newest run and its newest frame are followed.

    Attributes
    ----------
    is_on : bool
    newer : int or None
        Runs and frames that came since it was paused; None where it is not paused.
    """

    is_on: bool = False
    newer: int | None = None

    @property
    def is_paused(self) -> bool:
        """Whether a move of the user has paused it."""
        return self.newer is not None

    @property
    def badge(self) -> str:
        """What is said of it at the top."""
        if self.is_on:
            return "FOLLOWING"
        return "" if self.newer is None else f"PAUSED: {self.newer:,} newer"

    def toggled(self) -> FollowState:
        """Return the state after the key for it: on, on again after a pause, or off."""
        return FollowState(is_on=not self.is_on)

    def paused(self) -> FollowState:
        """Return the state after a move of the user."""
        return FollowState(newer=0) if self.is_on else self

    def with_newer(self, count: int) -> FollowState:
        """Return the state after so many runs or frames have come."""
        return self if self.newer is None else replace(self, newer=self.newer + count)

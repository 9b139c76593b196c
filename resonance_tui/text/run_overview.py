"""A run as a row of the list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .labels import ScanLabel
from .printable import printable
from .states import State, closed_state
from .times import day_and_minute, short_duration

if TYPE_CHECKING:
    from ..catalog.models import RunSummary


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as the list knows it at once."""

    uid: str
    time_start: float
    time_stop: float | None
    plan: str
    sample: str
    state: State
    status: str
    exit_status: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it has no end."""
        return self.time_stop is None and self.exit_status is None

    def with_state(self, state: State) -> RunRow:
        """Return the same run, in another state."""
        return replace(self, state=state, status=state.word)

    @property
    def when(self) -> str:
        """When it started, to the minute."""
        return day_and_minute(self.time_start)

    @property
    def duration(self) -> str:
        """How long it took; a dash while that is open."""
        return short_duration(self.time_start, self.time_stop)


@dataclass(frozen=True, slots=True)
class RowDetails:
    """What costs a read per run, and is filled in for the rows in view.

    Attributes
    ----------
    scanned : ScanLabel
    points, frames : int or None
        Events saved, and frames in the catalog or, of a run without an end, on disk.
    state : State or None
        Of a run without an end; what its row says was worked out without a look at its frames.
    """

    scanned: ScanLabel
    points: int | None
    frames: int | None
    state: State | None = None


def run_row(
    uid: str,
    plan: str,
    time_start: float,
    time_stop: float | None,
    sample: str | None,
    exit_status: str | None,
    state: State = State.ABANDONED,
) -> RunRow:
    """Make a row of a run's plain values; names are made printable here.

    Parameters
    ----------
    state : State
        Of a run without an end.
    """
    if exit_status is not None or time_stop is not None:
        state = closed_state(exit_status)
    status = printable(exit_status, 12) if state is State.OTHER and exit_status else state.word
    return RunRow(
        uid,
        time_start,
        time_stop,
        printable(plan, 80),
        printable(sample or "", 120),
        state,
        status,
        exit_status,
    )


def run_row_of(run: RunSummary, state: State = State.ABANDONED) -> RunRow:
    """Make a row of a run; `state` is that of one without an end."""
    return run_row(
        run.uid, run.plan_name, run.time_start, run.time_stop, run.sample_name, run.exit_status, state
    )

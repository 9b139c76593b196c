"""The run list: what is shown of each run, and which runs a sample search keeps."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..text.labels import ScanLabel
from ..text.printable import plural, printable
from ..text.states import State, closed_state
from ..text.times import day_and_minute, short_duration


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
        """The same run, in another state."""
        return replace(self, state=state, status=state.word)

    @property
    def when(self) -> str:
        """When it started, to the minute."""
        return day_and_minute(self.time_start)

    @property
    def took(self) -> str:
        """How long it took; a dash while that is open."""
        return short_duration(self.time_start, self.time_stop)


@dataclass(frozen=True, slots=True)
class RunFacts:
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
    """A row from a run's plain values; names are made printable here.

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


def _folded(text: str) -> str:
    """A text as the search compares it: case and ways to compose an accent make no difference."""
    return unicodedata.normalize("NFC", text.casefold())


class SampleFilter:
    """Keeps the runs whose sample name holds a text, anywhere and in any case."""

    def __init__(self, text: str = "") -> None:
        self.text = text.strip()
        self._wanted = _folded(self.text)

    def __bool__(self) -> bool:
        return bool(self._wanted)

    def matches(self, row: RunRow) -> bool:
        """Whether a run is kept."""
        return self._wanted in _folded(row.sample)

    def keep(self, rows: Sequence[RunRow]) -> list[RunRow]:
        """The runs that match, in their order; a name is looked at once however many runs it has."""
        if not self._wanted:
            return list(rows)
        verdicts: dict[str, bool] = {}
        kept = []
        for row in rows:
            verdict = verdicts.get(row.sample)
            if verdict is None:
                verdict = verdicts[row.sample] = self.matches(row)
            if verdict:
                kept.append(row)
        return kept

    def caption(self, shown: int, total: int, more: bool) -> str:
        """«12 of 340 runs: sample ~ p3ht», or how many there are."""
        dots = "…" if more else ""
        if not self:
            return plural(total, "run") + dots
        return f"{shown:,} of {plural(total, 'run')}{dots}: sample ~ {printable(self.text, 40)}"

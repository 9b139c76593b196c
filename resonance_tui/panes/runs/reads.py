"""What a reader thread reads for the run list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...catalog import CatalogBusyError, CatalogError
from ...catalog.errors import CatalogDamagedError, foreign_errors
from ...text.labels import ScanLabel, scan_label
from ...text.run_overview import RowDetails, RunRow, run_row_of
from ...text.states import State, shown_state

if TYPE_CHECKING:
    from ...session.beamtime import BeamtimeSession
    from ...session.description import RunDescription
    from ...session.tasks import Task


@dataclass(frozen=True, slots=True)
class RunsPart:
    """Some more rows of the run list; `done` with the last ones."""

    rows: list[RunRow]
    first: bool
    done: bool


@dataclass(frozen=True, slots=True)
class ReadDetails:
    """What was read of one run, beside its row."""

    uid: str
    details: RowDetails


def read_runs(session: BeamtimeSession, task: Task[RunsPart]) -> RunsPart:
    """Read all runs, newest first; reported in parts, the first as soon as it is there."""
    part = RunsPart([], True, False)
    for some in session.run_list():
        task.check()
        states = {uid: shown_state(state) for uid, state in some.states.items()}
        rows = [run_row_of(run, states.get(run.uid, State.ABANDONED)) for run in some.runs]
        part = RunsPart(rows, some.first, some.done)
        if not some.done:
            task.report(part)
    return part


def read_details(
    session: BeamtimeSession, uids: Sequence[str], task: Task[ReadDetails | None]
) -> ReadDetails | None:
    """Read what was scanned, and how many points and frames there are: reported run by run."""
    for uid in uids:
        task.check()
        try:
            with foreign_errors(CatalogDamagedError, "the run cannot be read"):
                details = details_of(session.describe(uid, parts=("row", "scan"), task=task, sampled=True))
        except CatalogBusyError:
            raise
        except CatalogError as error:  # this one only
            reason = f"unreadable: {error.sentence}"
            details = RowDetails(ScanLabel(reason, reason, "unreadable"), None, None)
        task.report(ReadDetails(uid, details))
    return None


def details_of(run: RunDescription) -> RowDetails:
    """Return what the list shows of a run besides its row."""
    state = shown_state(run.state) if run.stopped is None else None
    return RowDetails(scan_label(run.plan, run.scan), run.events, run.frames, state)

"""What the reader threads read for the screen: from the session to values that are ready to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..catalog import CatalogBusyError, CatalogError, EventPage, RunSummary
from ..catalog.errors import CatalogDamagedError, foreign_errors
from ..catalog.field_names import DataKeys, field_labels, motors_of
from ..session.columns import PAGE_EVENTS, PRIMARY
from ..text.details import Section, run_details
from ..text.labels import ScanLabel, scan_label
from ..text.run_rows import RunFacts, RunRow, run_row
from ..text.states import State, shown_state
from .events.table_page import Layout, TablePage, table_page

if TYPE_CHECKING:
    from ..analysis.axes import Axes
    from ..analysis.curves import RunColumns
    from ..session.beamtime import BeamtimeSession
    from ..session.description import RunDescription
    from ..session.tasks import Task


@dataclass(frozen=True, slots=True)
class RunsPart:
    """Some more rows of the run list; `done` with the last ones."""

    rows: list[RunRow]
    first: bool
    done: bool


@dataclass(frozen=True, slots=True)
class ReadRun:
    """All events of a run, and what it scanned."""

    columns: RunColumns
    axes: Axes
    label: ScanLabel


def run_row_of(run: RunSummary, state: State = State.ABANDONED) -> RunRow:
    """A run as a row of the list; `state` is that of one without an end."""
    return run_row(
        run.uid, run.plan_name, run.time_start, run.time_stop, run.sample_name, run.exit_status, state
    )


def read_runs(session: BeamtimeSession, task: Task[RunsPart]) -> RunsPart:
    """All runs, newest first; reported in parts, the first as soon as it is there."""
    part = RunsPart([], True, False)
    for some in session.run_list():
        task.check()
        states = {uid: shown_state(state) for uid, state in some.states.items()}
        rows = [run_row_of(run, states.get(run.uid, State.ABANDONED)) for run in some.runs]
        part = RunsPart(rows, some.first, some.done)
        if not some.done:
            task.report(part)
    return part


def read_facts(session: BeamtimeSession, uids: Sequence[str], task: Task[None]) -> None:
    """What was scanned, and how many points and frames there are: reported run by run."""
    for uid in uids:
        task.check()
        try:
            with foreign_errors(CatalogDamagedError, "the run cannot be read"):
                facts = facts_of(session.describe(uid, parts=("row", "scan"), task=task, sampled=True))
        except CatalogBusyError:
            raise
        except CatalogError as error:  # this one only
            reason = f"unreadable: {error.sentence}"
            facts = RunFacts(ScanLabel(reason, reason, "unreadable"), None, None)
        task.report((uid, facts))


def facts_of(run: RunDescription) -> RunFacts:
    """What the list shows of a run besides its row."""
    state = shown_state(run.state) if run.stopped is None else None
    return RunFacts(scan_label(run.plan, run.scan), run.events, run.frames, state)


def read_details(session: BeamtimeSession, uid: str, task: Task[object]) -> tuple[Section, ...]:
    """Sample, run, metadata and streams of a run, as headed lines."""
    # the events, too: they may have fields that nothing announces
    return run_details(session.describe(uid, parts=("row", "scan"), task=task, sampled=True))


def read_run(session: BeamtimeSession, uid: str, task: Task[ReadRun]) -> ReadRun:
    """All events of a run, and what it scanned; how far the reading is, is reported."""
    columns = session.columns.run_columns(uid, task, report=True)
    axes = session.columns.axes_of(columns)
    described = session.describe(uid, parts=("row", "scan"), task=task, sampled=True)
    return ReadRun(columns, axes, scan_label(described.plan, described.scan))


def read_page(session: BeamtimeSession, uid: str, offset: int) -> EventPage:
    """One page of a run's events, as they were taken."""
    return session.columns.page(uid, offset, PAGE_EVENTS)


def read_sorted_page(
    session: BeamtimeSession, uid: str, positions: Sequence[int], offset: int, task: Task[Any]
) -> EventPage:
    """The events at these positions, in this order: the page at the row `offset` of a table that is sorted."""
    return session.columns.stream(uid, task).page_at(positions, offset)


def table_of(
    session: BeamtimeSession,
    uid: str,
    page: EventPage,
    layout: Layout,
    positions: Sequence[int] | None = None,
) -> TablePage:
    """A page of events, formatted."""
    axes, keys = session.columns.axes(uid), _data_keys(session, uid)
    scanned = [name for name in (axes.fast, *axes.slow) if name]
    known = session.columns.known(uid)  # a page may lack fields that others have
    labels = field_labels((*page.columns, *keys, *(known.columns if known is not None else ())))
    return table_page(page, scanned, motors_of(keys, page.columns), labels, layout, positions)


def _data_keys(session: BeamtimeSession, uid: str) -> DataKeys:
    stream = session.run(uid).streams.get(PRIMARY)
    return stream.data_keys if stream is not None else {}

"""The list of runs, newest first, in parts: the newest as soon as they are there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..catalog import Catalog, RunSummary
from ..catalog.frames.growing import frames_on_disk
from ..catalog.run_state import RunState
from ..catalog.run_witness import RunWitness

_FIRST_PART, _PART = 1, 5000
"""The least number of runs in the first part, and in each later one."""


@dataclass(frozen=True, slots=True)
class RunList:
    """Some more runs, newest first; `done` with the last ones.

    Attributes
    ----------
    runs : list of RunSummary
    first : bool
        Whether these are the newest.
    states : dict of str to RunState
        Of the run that was started last, where it has no end; of no other run without an end more may come.
    """

    runs: list[RunSummary]
    first: bool
    done: bool
    states: dict[str, RunState]


def read_run_list(catalog: Catalog, witness: RunWitness, store: Path) -> Iterator[RunList]:
    """Read all runs, newest first, in parts.

    Parameters
    ----------
    catalog : Catalog
    witness : RunWitness
        Gives the state of the run that was started last.
    store : pathlib.Path
        The Zarr store, in which its frames are counted.
    """
    runs: list[RunSummary] = []
    first = True
    states = _newest_open(catalog, witness, store)
    for page in catalog.run_pages():
        runs += page
        if len(runs) >= (_FIRST_PART if first else _PART):
            yield RunList(runs, first, False, states)
            runs, first = [], False
    yield RunList(runs, first, True, states)


def _newest_open(catalog: Catalog, witness: RunWitness, store: Path) -> dict[str, RunState]:
    """Return the state of the run started last, by rowid, where it has no end.

    Its events are not looked for: the first rows wait for this.
    """
    for _, run in catalog.last_started(1):
        if run.time_stop is None and run.exit_status is None:
            frames = frames_on_disk(store, run.uid)
            return {run.uid: witness.state(run, newest=True, frames=frames)}
    return {}

"""What has become of a run: known from the locks, the files' times and newer runs, and found without a lock."""

from __future__ import annotations

import contextlib
import enum
from dataclasses import dataclass
from pathlib import Path

from .locks import Locks, probe

SILENCE = 600.0
"""Seconds without a write after which a run that nobody writes does not go on any more."""

LONGEST = 2 * 24 * 3600.0
"""Seconds that a run takes at most: a copy was just written, too, but of a run that began long ago."""


class Phase(enum.Enum):
    """What has become of a run."""

    RUNNING = "running"
    """A process has it open for writing at this moment."""
    IDLE = "idle"
    """It has no end, and nobody writes right now: between two events, or just died."""
    CLOSED = "closed"
    ABANDONED = "abandoned"
    """It has no end and will get none."""
    INTERRUPTED = "interrupted"
    """Abandoned, with frames on disk, and none of its events was saved."""


@dataclass(frozen=True, slots=True)
class RunState:
    """What has become of a run, and by what it is known.

    Attributes
    ----------
    phase : Phase
    exit_status : str or None
        Of a closed run.
    pid : int or None
        The process that writes; None where there is none or it cannot be seen from here.
    can_tell : bool
        Whether this system can say who writes; else only the files' times speak.
    frames, events : int or None
        On disk and in the database; None where that was not looked at or cannot be.
    changed : float or None
        When it was last written to, Unix seconds.
    silent : float or None
        How many seconds ago that was.
    """

    phase: Phase
    exit_status: str | None = None
    pid: int | None = None
    can_tell: bool = True
    frames: int | None = None
    events: int | None = None
    changed: float | None = None
    silent: float | None = None

    def __str__(self) -> str:
        saved = (
            "no events saved" if self.events == 0 else f"{self.events:,} events saved" if self.events else ""
        )
        if self.phase is Phase.CLOSED:
            return self.exit_status or "closed"
        if self.phase is Phase.RUNNING:
            return f"running (PID {self.pid})" if self.pid is not None else "running (elsewhere)"
        if self.phase is Phase.IDLE:
            who = (
                "nobody writes at this moment"
                if self.can_tell
                else "who writes cannot be told on this system"
            )
            ago = "" if self.silent is None else f", last written {_span(self.silent)} ago"
            return f"open: {who}{ago}"
        frames = f"{self.frames:,} {'frame' if self.frames == 1 else 'frames'} on disk" if self.frames else ""
        rest = ", ".join(part for part in (frames, saved) if part)
        return f"{self.phase.value}: {rest}" if rest else self.phase.value


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def judge(
    *,
    time_start: float,
    time_stop: float | None,
    exit_status: str | None,
    newest: bool,
    locks: Locks,
    changed: float | None,
    now: float,
    frames: int | None = None,
    events: int | None = None,
) -> RunState:
    """What has become of a run, from all that can be seen of it.

    Parameters
    ----------
    time_start, time_stop, exit_status
        As its row has them.
    newest : bool
        Whether no run was started after it: the acquisition takes one at a time.
    locks : Locks
        Of its database, now.
    changed : float or None
        When database or frames were last written, Unix seconds.
    now : float
        Unix seconds.
    frames, events : int, optional
        On disk, and in the database.
    """
    silent = None if changed is None else max(0.0, now - changed)
    if time_stop is not None or exit_status is not None:
        phase = Phase.CLOSED
    elif newest and locks.writing:
        phase = Phase.RUNNING
    elif newest and not locks.interrupted and _may_go_on(silent, time_start, now):
        phase = Phase.IDLE
    else:
        phase = Phase.INTERRUPTED if frames and not events else Phase.ABANDONED
    running = phase is Phase.RUNNING
    return RunState(
        phase, exit_status, locks.pid if running else None, locks.can_tell, frames, events, changed, silent
    )


def _may_go_on(silent: float | None, time_start: float, now: float) -> bool:
    sane = isinstance(time_start, float | int) and now - time_start < LONGEST
    return sane and silent is not None and silent <= SILENCE


def writer_pid(db_path: Path) -> int | None:
    """The process that has a write transaction open on a database.

    Returns
    -------
    int or None
        None where nobody has, where the writer is this very process, and where the system cannot tell
        (it is asked on Linux only).
    """
    return probe(db_path).pid


def last_change(db_path: Path, zarr_path: Path, uid: str) -> float | None:
    """When anything of a run was last written, Unix seconds: database, journal, or its frames."""
    places = [db_path, db_path.with_name(db_path.name + "-journal"), db_path.with_name(db_path.name + "-wal")]
    with contextlib.suppress(OSError, ValueError):
        if not uid.isalnum():
            raise ValueError(uid)
        places += [field / "zarr.json" for field in (zarr_path / "runs" / uid).iterdir()]
    times = []
    for place in places:
        with contextlib.suppress(OSError):
            times.append(place.stat().st_mtime)
    return max(times, default=None)

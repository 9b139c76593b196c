"""The state of a run: one rule, from all that can be seen of it (see `run_witness`).

List, run details, plot, frame, live news and ``doctor`` show this value; nobody else decides it. What it takes costs
no lock: the rows as they were read, the kernel's answer who holds one, and the times of files.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from .sqlite.locks import Locks

GROWTH_S = 10.0
"""Seconds of our own clock for which growth seen between two looks means that somebody writes."""

STARTING_S = 120.0
"""Seconds that a run may take to its first event: until then the acquisition holds no lock."""

SILENCE_S = 600.0
"""Seconds without growth after which a run without a writer does not go on any more."""

LONGEST_S = 2 * 24 * 3600.0
"""Seconds that a run takes at most."""


class Phase(enum.Enum):
    """The state of a run."""

    STARTING = "starting"
    """Begun, and no event was taken yet: the acquisition holds no lock before the first one."""
    RUNNING = "running"
    """A process writes it."""
    OPEN = "open"
    """It has no end, and no process writes right now; it may go on."""
    CLOSED = "closed"
    INTERRUPTED = "interrupted"
    """It has no end and will get none; frames are on disk, or events were lost."""
    ABANDONED = "abandoned"
    """It has no end and will get none."""
    UNKNOWN = "unknown"
    """It has no end, and here it cannot be told who writes."""


class Reason(enum.Enum):
    """Why a run is thought to be in its state, where that is worth telling."""

    GROWS = "grows"
    """It was seen to grow; no lock is held."""
    NEWER_RUN = "newer run"
    OTHER_WRITER = "other writer"
    """Another process than the one that wrote it holds the lock."""
    JOURNAL = "journal"
    """A transaction was left unfinished, and there is no writer."""
    WRITER_GONE = "writer gone"
    """The process that wrote it has ended."""
    SILENCE = "silence"
    """It has not grown for too long."""


GOES_ON = frozenset((Phase.STARTING, Phase.RUNNING, Phase.OPEN, Phase.UNKNOWN))
"""The states in which more of a run may come."""


@dataclass(frozen=True, slots=True)
class RunState:
    """The state of a run, and by what it is known.

    Attributes
    ----------
    phase : Phase
    exit_status : str or None
        Of a closed run.
    reason : Reason or None
    pid : int or None
        The process that writes or, of an interrupted run, that wrote; None where it cannot be seen from here.
    by_this_process : bool
        It is this very process that writes, as a notebook at the beamline does.
    frames, events : int or None
        On disk and in the database; None where that was not looked at or cannot be.
    changed : float or None
        When a file of it was last written, Unix seconds; None where that is not known, or the file's clock is ahead.
    """

    phase: Phase
    exit_status: str | None = None
    reason: Reason | None = None
    pid: int | None = None
    by_this_process: bool = False
    frames: int | None = None
    events: int | None = None
    changed: float | None = None

    @property
    def goes_on(self) -> bool:
        """Whether more of the run may come."""
        return self.phase in GOES_ON

    def __str__(self) -> str:
        return self.exit_status or self.phase.value if self.phase is Phase.CLOSED else self.phase.value


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a run without an end.

    Attributes
    ----------
    newest : bool
        No run was started after it, by rowid: the acquisition takes one at a time.
    locks : Locks
        Of its database, now.
    writer_seen : bool
        A process was seen to hold the writer's lock while this run was the newest.
    writer_is_other : bool
        The process that holds the lock now is another one than that.
    writer_gone : bool
        That process has ended.
    lost : bool
        It was found to be interrupted before.
    grew : float or None
        Seconds of our own clock since a file of it was seen to change; None where none was.
    watched : float
        Seconds of our own clock since the first look at it.
    file_age : float or None
        Seconds from the newest time of its files to our clock; negative where that lies ahead, None without files.
    age : float or None
        Seconds since it began; None where our clock cannot tell.
    frames, events : int or None
        On disk and in the database.
    """

    newest: bool
    locks: Locks
    writer_seen: bool = False
    writer_is_other: bool = False
    writer_gone: bool = False
    lost: bool = False
    grew: float | None = None
    watched: float = 0.0
    file_age: float | None = None
    age: float | None = None
    frames: int | None = None
    events: int | None = None


def classify_run(evidence: Evidence) -> tuple[Phase, Reason | None]:
    """Decide the state of a run that has neither a stop time nor an exit status; the first rule that fits.

    Parameters
    ----------
    evidence : Evidence
    """
    locks = evidence.locks
    lost = bool(evidence.frames) or evidence.lost or (evidence.writer_seen and not evidence.events)
    ended = Phase.INTERRUPTED if lost else Phase.ABANDONED
    if not evidence.newest:
        return ended, Reason.NEWER_RUN
    if locks.writer_active:
        if evidence.writer_is_other:
            return Phase.INTERRUPTED, Reason.OTHER_WRITER
        return Phase.RUNNING, None
    if evidence.writer_gone:
        return Phase.INTERRUPTED, Reason.WRITER_GONE
    if locks.interrupted or locks.leftover:
        return Phase.INTERRUPTED, Reason.JOURNAL
    if evidence.grew is not None and evidence.grew <= GROWTH_S:
        return Phase.RUNNING, Reason.GROWS
    young = evidence.age is not None and 0.0 <= evidence.age < STARTING_S
    if locks.supported and young and not evidence.events and not evidence.frames:
        return Phase.STARTING, None
    if _is_over(evidence):
        return ended, Reason.SILENCE
    return (Phase.OPEN if locks.supported else Phase.UNKNOWN), None


def _is_over(evidence: Evidence) -> bool:
    still = evidence.watched if evidence.grew is None else evidence.grew
    silent = evidence.file_age is not None and evidence.file_age >= SILENCE_S
    old = evidence.age is not None and evidence.age >= LONGEST_S
    return still >= SILENCE_S or silent or old

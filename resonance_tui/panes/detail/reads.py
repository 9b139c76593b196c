"""What a reader thread reads for the details."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...text.details import Section, run_details

if TYPE_CHECKING:
    from ...session.beamtime import BeamtimeSession
    from ...session.tasks import Task


def read_details(session: BeamtimeSession, uid: str, task: Task[Any]) -> tuple[Section, ...]:
    """Read sample, run, metadata and streams of a run, as headed lines."""
    # the events, too: they may have fields that nothing announces
    return run_details(session.describe(uid, parts=("row", "scan"), task=task, sampled=True))

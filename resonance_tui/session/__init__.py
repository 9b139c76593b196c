"""One open beamtime, for whoever asks: runs described, events as columns, curves, frames. No Textual, no Rich.

Public beside the catalog, for scripts and for the code that the program hands out.

Examples
--------
>>> from pathlib import Path
>>> from resonance_tui.session import open_beamtime
>>> with open_beamtime(Path("beamtime.db")) as session:    # doctest: +SKIP
...     run = session.describe(-1)
...     curve = session.curves(run.uid)[0]
"""

from __future__ import annotations

from pathlib import Path

from .beamtime import SCRIPT_PATIENCE_S, BeamtimeSession
from .description import (
    FrameDescription,
    ImageField,
    Problem,
    RunDescription,
    StreamDescription,
)
from .monitor import BeamtimeChanged, BeamtimeMonitor, LiveRun
from .scan import Axis, Curve, Scan, Sweep
from .tasks import Lane, Progress, Task, TaskCancelledError, TaskFailed, TaskResult, TaskRunner


def open_beamtime(path: Path | str) -> BeamtimeSession:
    """Open a beamtime, read-only.

    Parameters
    ----------
    path : pathlib.Path or str
        The SQLite file; the frames are in the Zarr store beside it.

    Returns
    -------
    BeamtimeSession
        To be used in a ``with`` statement, or closed.

    Raises
    ------
    CatalogError
        The file is missing, may not be read, is no beamtime, is locked for longer than two seconds, …
    """
    session = BeamtimeSession(Path(path), patience_s=SCRIPT_PATIENCE_S)
    session.catalog()
    return session


__all__ = [
    "Axis",
    "BeamtimeChanged",
    "BeamtimeMonitor",
    "BeamtimeSession",
    "Curve",
    "FrameDescription",
    "ImageField",
    "Lane",
    "LiveRun",
    "Problem",
    "Progress",
    "RunDescription",
    "Scan",
    "StreamDescription",
    "Sweep",
    "Task",
    "TaskCancelledError",
    "TaskFailed",
    "TaskResult",
    "TaskRunner",
    "open_beamtime",
]

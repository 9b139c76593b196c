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

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .beamtime import BeamtimeSession
    from .description import FrameDescription, ImageField, Problem, RunDescription, StreamDescription
    from .monitor import BeamtimeChanged, BeamtimeMonitor, LiveRun
    from .scan import Axis, Curve, Scan, Sweep
    from .tasks import Lane, Progress, Task, TaskCancelledError, TaskFailed, TaskResult, TaskRunner

_HOMES = {
    "beamtime": ("BeamtimeSession",),
    "description": ("FrameDescription", "ImageField", "Problem", "RunDescription", "StreamDescription"),
    "monitor": ("BeamtimeChanged", "BeamtimeMonitor", "LiveRun"),
    "scan": ("Axis", "Curve", "Scan", "Sweep"),
    "tasks": (
        "Lane", "Progress", "Task", "TaskCancelledError", "TaskFailed", "TaskResult", "TaskRunner",
    ),
}  # fmt: skip
"""Module → what is public of it; imported when it is asked for, so that the program's first rows do not wait."""


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f".{module}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


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
    from .beamtime import SCRIPT_PATIENCE_S, BeamtimeSession

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

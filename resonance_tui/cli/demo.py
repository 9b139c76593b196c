"""``resonance-tui demo``: the app on a simulated beamtime in a temporary folder, with a run in progress."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from .simulate import DEMO_FOLDER

EXIT_CANNOT_WRITE = 1
EXIT_STOPPED = 130

_RUNS = ("--remove-folder", "--forever", "--events", "24", "--rate", "0.5", "--pause", "5")
_END_PATIENCE_S = 5.0


def demo(
    browse: Callable[[Path], int], fail: Callable[[str, int], NoReturn], *, frame_size: int, still: bool
) -> int:
    """Write a simulated beamtime, browse it, and remove it.

    Parameters
    ----------
    browse : callable
        Runs the app on the beamtime; returns its exit code.
    fail : callable
        Ends the process where the beamtime cannot be written; told why in one line, and the exit code.
    frame_size : int
        Rows and columns of a frame.
    still : bool
        Whether no run is in progress.

    Returns
    -------
    int
        The exit code of the app.
    """
    from ..simulator.demo import write_demo
    from ..simulator.live import start_simulation

    with tempfile.TemporaryDirectory(prefix=DEMO_FOLDER, ignore_cleanup_errors=True) as folder:

        def tell(text: str) -> None:
            sys.stderr.write(f"\r\x1b[Kwriting a simulated beamtime to {folder}: {text}")
            sys.stderr.flush()

        try:
            path = write_demo(Path(folder), frame_size=frame_size, tell=tell)
        except OSError as error:
            fail(f"the demo cannot be written to {folder}: {error.strerror}", EXIT_CANNOT_WRITE)
        except KeyboardInterrupt:
            fail("stopped", EXIT_STOPPED)
        sys.stderr.write("\r\x1b[K")
        writer = None if still else start_simulation(path, *_RUNS)
        try:
            return browse(path)
        finally:
            if writer is not None:
                writer.communicate(timeout=_END_PATIENCE_S)

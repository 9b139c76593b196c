"""Processes of our own that do what this one must not, or cannot do well enough."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def start_helper(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Run a module of this package, with pipes to its standard input and output.

    No key and no signal of the terminal reaches it: it ends when its standard input does.

    Raises
    ------
    OSError
        No process can be started.
    """
    package = str(Path(__file__).resolve().parent.parent.parent)
    known = os.environ.get("PYTHONPATH")
    return subprocess.Popen(
        # -P: a module in the current folder, which may be the data's, is nobody's to import
        [sys.executable, "-P", "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": package if not known else f"{package}{os.pathsep}{known}"},
    )

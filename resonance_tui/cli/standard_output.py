"""Standard output of the subcommands: whole lines, whatever it is connected to and whatever it can encode."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable
from typing import TextIO

EXIT_CANNOT_WRITE = 1
EXIT_CLOSED_PIPE = 141
"""128 + SIGPIPE: how a shell sees a program whose reader has gone away, as ``head`` does."""


def write_lines(lines: Iterable[str], fail: Callable[[str], object]) -> int:
    r"""Write lines to standard output.

    What its encoding does not have is written as ``\uXXXX``.

    Parameters
    ----------
    lines : iterable of str
    fail : callable
        Told in one line why they cannot be written; not of a closed pipe, which is no mistake of anybody's.

    Returns
    -------
    int
        The process's exit code.
    """
    out = sys.stdout
    if out is None:
        fail("standard output is closed")
        return EXIT_CANNOT_WRITE
    try:
        for line in lines:
            _write(out, line)
        out.flush()
    except BrokenPipeError:
        _let_go()
        return EXIT_CLOSED_PIPE
    except OSError as error:
        _let_go()
        fail(f"standard output: {error.strerror or error}")
        return EXIT_CANNOT_WRITE
    return 0


def _write(out: TextIO, line: str) -> None:
    if not isinstance(out, io.TextIOWrapper):
        out.write(line + "\n")
        return
    left = memoryview((line + os.linesep).encode(out.encoding, "backslashreplace"))
    while (
        left
    ):  # unbuffered, as with PYTHONUNBUFFERED, a part may be written, and the text layer would lose the rest
        left = left[out.buffer.write(left) :]


def _let_go() -> None:
    """Send to nowhere what is still buffered: Python would try, and complain, once more as it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):
        pass
    finally:
        os.close(nowhere)

"""How long a test waits for what is certain to happen: long enough for any machine, however busy."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 60.0
"""Only a test that fails waits for so long; no promise of the program's is measured by it."""


def until(condition: Callable[[], object], what: str = "") -> None:
    """Wait until a condition holds; an assertion error where it never does."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, f"never happened: {what or condition}"
        time.sleep(0.01)

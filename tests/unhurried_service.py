"""The process that reads for another one, for tests: a read's budget is its own time, not the machine's.

Beside processes that take its core away, the real one cuts reads short, as it should; what is read then depends on
the machine. How long locks are held is measured with the real one (`tests/unit/test_lock_holds.py`, `tests/soak`).
"""

from __future__ import annotations

import time
from types import SimpleNamespace

from resonance_tui.catalog.sqlite import connection, worker_main

OWN_TIME = SimpleNamespace(monotonic=time.thread_time)
"""Stands in for the module `time` in `connection`: a clock that goes on only while its thread has a core."""

if __name__ == "__main__":
    connection.time = OWN_TIME  # type: ignore[assignment]
    worker_main.main()

"""What is read for the run list."""

from __future__ import annotations

from enum import StrEnum


class RunsTask(StrEnum):
    """Kinds of tasks."""

    RUNS = "runs"
    DETAILS = "row details"

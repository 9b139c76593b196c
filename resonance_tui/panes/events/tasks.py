"""What is read for the event table."""

from __future__ import annotations

from enum import StrEnum


class EventsTask(StrEnum):
    """Kinds of tasks."""

    PAGE = "events"
    LAYOUT = "layout"
    """A page that is in memory, in another layout."""
    OUTLIERS = "outliers"
    FIND = "find"
    ORDER = "order"

"""Which events are read from the database, and tasks that nobody runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from resonance_tui.catalog import Run
from resonance_tui.session import Task


def a_task(report: Callable[[Any], object] | None = None) -> Task[Any]:
    """A task by itself; what it reports is given to `report`."""
    task: Task[Any] = Task("kind", "key", lambda _: None)
    if report is not None:
        task._report = lambda outcome: report(outcome.value)  # type: ignore[union-attr]
    return task


class EventReads:
    """Counts the events that are read, each by its number, in all runs together."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.counts: Counter[Any] = Counter()
        self.pages = 0
        self.before_page: Callable[[int], object] = lambda _: None
        """Is told the number of each page, from 0, before it is read."""
        rows_of = Run._rows

        def counted(run: Run, *how: Any) -> Iterator[Any]:
            rows = rows_of(run, *how)
            while True:
                number, self.pages = self.pages, self.pages + 1
                self.before_page(number)
                found = next(rows, None)
                if found is None:
                    return
                self.counts.update(row["seq_num"] for row in found)
                yield found

        monkeypatch.setattr(Run, "_rows", counted)

    def taken(self) -> Counter[Any]:
        """What was read since the last time."""
        counts, self.counts = self.counts, Counter()
        return counts


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> EventReads:
    """What is read from here on."""
    return EventReads(monkeypatch)

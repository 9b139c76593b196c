"""Finding events: what was typed, where it was found, and the next of these."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..signals import ColumnsReady, PageShown
from ..type_ahead import STILL_READ
from .queries import OUTLIERS, Found, Query, column_called, nearest, odd_values, understood, words_in
from .tasks import EventsTask

if TYPE_CHECKING:
    from ...analysis.curves import RunColumns
    from ..host import Host
    from ..pane_reads import PaneReads
    from ..type_ahead import TypeAhead
    from .column_values import ShownColumns
    from .pane import EventsPane

_PLACE = re.compile(r"-?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)")  # also as a place is shown: 1,234


class Finder:
    """Finds events, and goes to them.

    Parameters
    ----------
    columns : ShownColumns
        What the columns of the table hold.
    select : callable
        Puts the cursor on an event.
    describe : callable
        Says what the column under the cursor holds.
    """

    def __init__(
        self,
        host: Host,
        pane_reads: PaneReads,
        pane: EventsPane,
        columns: ShownColumns,
        type_ahead: TypeAhead,
        select: Callable[[int], object],
        describe: Callable[[], object],
    ) -> None:
        self._host, self._reads, self._pane, self._columns = host, pane_reads, pane, columns
        self._type_ahead, self._select, self._describe = type_ahead, select, describe
        self._found: Found | None = None

    def clear(self) -> None:
        """Forget what was found: another run, or other events."""
        self._found = None

    def find(self, text: str) -> None:
        """Go to the first event that has what was typed."""
        run = self._columns.run
        if run is None:
            self._pane.prompt(STILL_READ)
            self._type_ahead.keep(ColumnsReady, lambda: self.find(text))
            return
        query = understood(text)
        key = self._column_called(query.column) if query.column else self._pane.table.column_key
        values, name = self._columns.values(key), self._columns.heading(key)
        if query.odd and key is None:
            self._pane.prompt(f"no column is called {query.column[:40]}")
        elif query.odd:
            found = odd_values(name, values, self._columns.outliers.get(key or ""), query.odd)
            self._go_to_found(found, f"no {'outlier' if query.odd == OUTLIERS else query.odd} in {name}")
        elif query.value is not None and values is not None and key is not None:
            found = nearest(name, values, query)
            if found is not None:
                self._pane.table.go_to_column(key)
            self._go_to_found(found, f"{name} has no value")
        else:
            self._find_words(query, run)

    def _find_words(self, query: Query, run: RunColumns) -> None:
        texts = run.words

        def show(found: Found) -> None:
            key = self._column_called(query.text)
            if not found.places.size and key is not None:
                self._pane.table.go_to_column(key)
                self._describe()
            else:
                nothing = f'no column is called "{query.text[:40]}", and no event holds it'
                self._go_to_found(found if found.places.size else None, nothing)

        self._reads.read(
            EventsTask.FIND,
            (self._host.selection.uid, query.text),
            lambda task: words_in(texts, query.text, task.check),
            show,
            failed=self._pane.prompt,
        )

    def _column_called(self, name: str) -> str | None:
        page = self._columns.page
        return column_called(name, [(column.key, column.label) for column in page.columns] if page else [])

    def _go_to_found(self, found: Found | None, nothing: str) -> None:
        self._found = found
        if found is None:
            self._pane.prompt(nothing)
            return
        self._go_to(found, self._host.selection.position - 1)

    def go_to_next(self) -> None:
        """Go to the next event that was found."""
        if self._found is None:
            self._pane.prompt("nothing to find yet: / searches")
        else:
            self._go_to(self._found, self._host.selection.position)

    def _go_to(self, found: Found, after: int) -> None:
        place = found.after(after)
        position = int(found.places[place])
        self._select(position)
        n = found.places.size
        more = f" · n: the next ({place + 1} of {n:,})" if n > 1 else ""
        self._pane.prompt(f"{found.words}: event {position + 1:,}{more}")

    def go_to_event(self, text: str) -> None:
        """Go to an event by its place: 8, or -1 for the last."""
        if self._columns.page is None:
            self._pane.prompt(STILL_READ)
            self._type_ahead.keep(PageShown, lambda: self.go_to_event(text))
            return
        self._pane.take_back(STILL_READ)
        total = self._columns.page.total
        if _PLACE.fullmatch(text) is None:
            self._pane.prompt(f"{text[:30]} is no number of an event: 1 to {total:,}")
            return
        number = int(text.replace(",", "")[:30])
        position = total + number if number < 0 else number - 1
        if 0 <= position < total:
            self._select(position)
        else:
            self._pane.prompt(f"there is no event {text[:30]}: 1 to {total:,}")

"""The runs of the beamtime as they come in, and those of them that are listed."""

from __future__ import annotations

from collections.abc import Sequence

from ...text.run_overview import RunRow
from ...text.states import State
from .sample_filter import SampleFilter

MIN_UID = 8
"""From so many digits on, a number is the beginning of a uid."""


class Listing:
    """All runs, newest first, and the search that narrows them.

    The first time they are listed as they come; when they are read again, what was listed stays until the new
    list is whole.
    """

    def __init__(self) -> None:
        self.rows: list[RunRow] = []
        self.filter = SampleFilter()
        self._incoming: list[RunRow] = []
        self._is_partial = True
        self._shows_parts = True

    @property
    def newest(self) -> RunRow | None:
        """The newest run of all."""
        return self.rows[0] if self.rows else None

    @property
    def is_partial(self) -> bool:
        """Whether more runs are still being read."""
        return self._is_partial

    def listed(self) -> list[RunRow]:
        """Return the runs that the search keeps."""
        return self.filter.keep(self.rows)

    def row_of(self, uid: str) -> RunRow | None:
        """Return the row of a run."""
        return next((row for row in self.rows if row.uid == uid), None)

    def take(self, rows: Sequence[RunRow], *, first: bool, done: bool) -> Sequence[RunRow] | None:
        """Take some more runs of the beamtime.

        Returns
        -------
        sequence of RunRow or None
            The rows that follow on those that are listed; None where all have to be listed again.
        """
        if first:
            self._incoming = []
            self._shows_parts = not self.rows
        self._incoming.extend(rows)
        self._is_partial = not done
        if self._shows_parts and not first and not self.filter:
            return rows
        if self._shows_parts or done:
            self.rows = self._incoming
            return None
        return ()

    def add(self, rows: Sequence[RunRow]) -> bool:
        """Add runs that were started since, newest first; False where all were known."""
        known = {row.uid for row in self.rows}
        fresh = [row for row in rows if row.uid not in known]
        if not fresh:
            return False
        if self.rows is self._incoming:
            self._incoming = self.rows = [*fresh, *self.rows]
        else:
            self.rows = [*fresh, *self.rows]
            if self._is_partial:  # the list that is being read may have been begun before them
                listed = {row.uid for row in self._incoming}
                self._incoming = [*(row for row in fresh if row.uid not in listed), *self._incoming]
        return True

    def replace(self, row: RunRow) -> None:
        """Know something else of a run."""
        place = next((i for i, known in enumerate(self.rows) if known.uid == row.uid), None)
        if place is not None:
            self.rows[place] = row

    def in_state(self, uid: str, state: State) -> RunRow | None:
        """Return a run without an end in another state; None where it is in that, or has an end."""
        row = self.row_of(uid)
        if row is None or not row.is_open or row.state is state:
            return None
        return row.with_state(state)

    def search(self, text: str) -> bool:
        """Keep the runs whose sample holds a text; False where that is the search already."""
        wanted = SampleFilter(text)
        if wanted.text == self.filter.text:
            return False
        self.filter = wanted
        return True

    def caption(self, shown: int, marked: int) -> str:
        """Return how many runs are listed, searched for, and marked."""
        marks = f" · {marked} marked" if marked else ""
        return self.filter.caption(shown, len(self.rows), self._is_partial) + marks

    def why_empty(self) -> str:
        """Return why no run is listed; empty where they are still being read."""
        if self._is_partial:
            return ""
        if self.filter:
            return f'No run matches "{self.filter.text}". esc clears the search.'
        return "No run was taken yet. r looks again."

    def called(self, text: str) -> RunRow | None:
        """Return the run whose uid begins with a text, or that has a place in the beamtime: -1 is the newest.

        None where there is none, or more than one.
        """
        digits = text.removeprefix("-")
        if digits.isascii() and digits.isdigit() and len(digits) < MIN_UID:
            place = int(text)
            if place >= 0 and self._is_partial:  # the first ones are listed last
                return None
            index = -place - 1 if place < 0 else len(self.rows) - 1 - place
            return self.rows[index] if 0 <= index < len(self.rows) else None
        found = [row for row in self.rows if row.uid.startswith(text.casefold())]
        return found[0] if len(found) == 1 else None

    def of_sample(self, row: RunRow, most: int) -> list[RunRow]:
        """Return the newest other runs of the same sample."""
        alike = (other for other in self.rows if other.sample == row.sample and other.uid != row.uid)
        return [other for other, _ in zip(alike, range(most), strict=False)]

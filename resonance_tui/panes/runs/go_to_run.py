"""Going to a run that was typed: the beginning of its uid, or its place in the beamtime."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..signals import RunsListed

if TYPE_CHECKING:
    from ..host import Host
    from ..type_ahead import TypeAhead
    from .listed_runs import Listing


class GoToRun:
    """Goes to a run, or says why not.

    Parameters
    ----------
    select : callable
        Puts the cursor on a run; False where it is not listed.
    """

    def __init__(
        self, host: Host, listing: Listing, type_ahead: TypeAhead, select: Callable[[str], bool]
    ) -> None:
        self._host, self._listing, self._type_ahead, self._select = host, listing, type_ahead, select
        self._said = ""

    def typed(self, text: str) -> None:
        """Go to the run whose uid begins so, or to that place: -1 is the newest, 0 the first of the beamtime."""
        if self._said:
            self._host.notify("", instead_of=self._said)
        row = self._listing.called(text)
        if row is None and self._listing.is_partial:
            self._say("the runs are still being read", error=False)
            self._type_ahead.clear()
            self._type_ahead.keep(RunsListed, lambda: self.typed(text))
        elif row is None:
            self._say(f"no run is called {text[:40]}")
        elif not self._select(row.uid):
            self._say(f"run {row.uid[:8]} is hidden by the search: esc clears it")

    def _say(self, text: str, *, error: bool = True) -> None:
        self._said = text
        self._host.notify(text, error=error)

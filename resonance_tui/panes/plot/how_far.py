"""How far a run in progress is, said where there is nothing to draw of it yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ...text import live_run as words
from .tasks import PlotTask

if TYPE_CHECKING:
    from ...session.monitor import LiveRun
    from ..host import Host
    from .pane import PlotPane


class HowFar:
    """Says it in the pane."""

    def __init__(self, host: Host, pane: PlotPane) -> None:
        self._host, self._pane = host, pane
        self._seen: Mapping[str, LiveRun] = {}

    def see(self, seen: Mapping[str, LiveRun]) -> None:
        """Know more of runs in progress, by uid."""
        self._seen = seen
        self.say()

    def say(self) -> None:
        """Say how far the selected run is, where no curve is drawn."""
        live = self._seen.get(self._host.selection.uid or "")
        # a read that waits for a locked catalog is no reason to be silent where there are no events to come
        if live is None or self._pane.plot is not None:
            return
        if live.state.events and self._host.busy(PlotTask.COLUMNS, PlotTask.CURVES):
            return
        self._pane.say(" ".join(part for part in (words.summary(live), words.outlook(live)) if part))

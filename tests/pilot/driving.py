"""Driving the app in tests: open a beamtime, press keys, and wait until everything asked for is shown."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual.content import Content
from textual.pilot import Pilot

from resonance_tui.app import ResonanceApp
from resonance_tui.options import Options
from resonance_tui.screens.browse import BrowseScreen

LARGE = (120, 40)
SMALL = (80, 24)


class Drive:
    """The app under test, and its main screen."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot = pilot

    @property
    def screen(self) -> BrowseScreen:
        screen = self.pilot.app.screen
        assert isinstance(screen, BrowseScreen), screen
        return screen

    async def press(self, *keys: str) -> None:
        """Press keys and wait until what they ask for is there."""
        await self.pilot.press(*keys)
        await self.settled()

    async def press_anywhere(self, key: str) -> None:
        """Press a key on whichever screen is on."""
        await self.pilot.press(key)
        await self.pilot.pause()

    async def until(self, condition: Callable[[], object], what: str = "", seconds: float = 20.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"never happened: {what or condition}"
            await asyncio.sleep(0.01)
        await self.pilot.pause()

    async def settled(self) -> None:
        """Wait until nothing is being read and all messages are handled."""
        for _ in range(2):  # what is shown may ask for more
            await self.until(lambda: not self.screen.busy, "nothing is being read any more")

    def title(self, pane: str) -> str:
        """The title of a pane, as plain text."""
        return Content.from_markup(self.screen.query_one(f"#{pane}").border_title or "").plain

    def note(self, pane: str) -> str:
        """The line that stands in for a pane's content; empty where the content shows."""
        part = self.screen.query_one(f"#{pane}")
        note = part.query_one(".note")
        return str(note.render()) if part.has_class("-noted") else ""

    def shown(self) -> list[str]:
        """The panes that are on the screen."""
        return [pane for pane in ("runs", "events", "plot", "frame", "detail") if self.is_shown(pane)]

    def is_shown(self, pane: str) -> bool:
        region = self.screen.query_one(f"#{pane}").region
        return region.width > 0 and region.height > 0

    def event_under_cursor(self) -> str:
        """The number of the event under the cursor of the table."""
        table = self.screen.events.table
        assert table.page is not None
        return table.page.cells[table.cursor_row][0].strip()

    def runs_in_view(self) -> list[str]:
        """The lines of the run list, heading left out."""
        run_list = self.screen.runs.run_list
        lines = [run_list.render_line(y).text for y in range(1, run_list.size.height)]
        return [line for line in lines if line.strip()]


@asynccontextmanager
async def driving(
    path: Path, size: tuple[int, int] = LARGE, *, wait: bool = True, options: Options | None = None
) -> AsyncIterator[Drive]:
    """Open a beamtime in the app, without a settle time, so that tests never race with it."""
    app = ResonanceApp(path, settle=0.0, options=options)
    async with app.run_test(size=size) as pilot:
        drive = Drive(pilot)
        if wait:
            await drive.until(lambda: isinstance(app.screen, BrowseScreen), "the main screen")
            await drive.settled()
        yield drive

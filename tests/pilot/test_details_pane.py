"""The details of a run are scrolled by the keys that move elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.containers import VerticalScroll

from tests.beamtime import BeamtimeBuilder
from tests.pilot.driving import LARGE, SMALL, Drive, driving


@pytest.fixture
def wordy_beamtime(tmp_path: Path) -> Path:
    """Two runs with more metadata than a pane has lines."""
    with BeamtimeBuilder(tmp_path / "b.db") as b:
        for _ in range(2):
            b.run(
                b.sample("ps"),
                events=[{"energy_position": 270.0, "i0": 0.5}],
                metadata={f"note_{i:02d}": f"value {i}" for i in range(40)},
            )
    return b.path


def scroll_of(drive: Drive) -> VerticalScroll:
    return drive.detail.query_one(VerticalScroll)


async def test_the_details_scroll_by_lines_pages_and_to_both_ends(wordy_beamtime: Path) -> None:
    async with driving(wordy_beamtime, SMALL) as drive:
        await drive.press("5")
        scroll = scroll_of(drive)
        page, end = scroll.size.height - 1, scroll.max_scroll_y
        assert end > 3 * page > 0
        reached = []
        for key in ("j", "j", "k", "pagedown", "pagedown", "pageup", "G", "j", "g", "k"):
            await drive.press(key)
            reached.append(scroll.scroll_y)
        assert reached == [1, 2, 1, 1 + page, 1 + 2 * page, 1 + page, end, end, 0, 0]
        assert drive.position == 0, "no cursor moved"


async def test_another_run_shows_its_details_from_the_top(wordy_beamtime: Path) -> None:
    async with driving(wordy_beamtime, LARGE) as drive:
        await drive.press("5", "G")
        assert scroll_of(drive).scroll_y > 0
        first = drive.uid
        await drive.press("1", "j")  # the details are in sight all the time
        assert drive.uid != first
        assert drive.is_shown("detail")
        assert scroll_of(drive).scroll_y == 0

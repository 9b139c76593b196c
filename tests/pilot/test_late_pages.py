"""A page or a drawing that was asked for earlier does not undo where a key has just gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.beamtime import angle_run
from tests.pilot.driving import driving


@pytest.mark.parametrize(
    ("keys", "last", "position"),
    [
        (["2", "slash", *"energy 370"], "enter", 19),
        (["2", "slash", *"energy 370", "enter"], "n", 39),
        (["3"], "p", 19),
        (["3", "colon", *"370"], "enter", 19),
    ],
    ids=["a value that is found", "the next one", "the maximum", "an x"],
)
async def test_what_is_gone_to_is_not_undone_by_what_arrives_late(
    tmp_path: Path, keys: list[str], last: str, position: int
) -> None:
    angle_run(tmp_path / "angles.db", 100)
    async with driving(tmp_path / "angles.db") as drive:
        await drive.press(*keys)
        drive.press_at_once(last)
        drive.deliver_page_again()  # before any message of the key is handled
        drive.deliver_drawing_again()
        await drive.settled()
        assert drive.position == position
        assert drive.event_under_cursor() == str(position + 1)
        assert drive.plot.position == position

"""Each event of a run is read once, whatever looks at it: list, table, plot, frames, a region's curve, an overlay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from resonance_tui.catalog.run import Run
from tests.beamtime import NEXAFS_UID, RSOXS_UID, long_run
from tests.pilot.driving import driving


@pytest.fixture
def events_read(monkeypatch: pytest.MonkeyPatch) -> Counter[tuple[str, int]]:
    """How often the data of each event was read, by run and rowid."""
    found: Counter[tuple[str, int]] = Counter()
    rows_of = Run._rows

    def counted(run: Run, *args: Any, **how: Any) -> Iterator[Sequence[Any]]:
        for rows in rows_of(run, *args, **how):
            found.update((run.uid, row["rowid"]) for row in rows)
            yield rows

    monkeypatch.setattr(Run, "_rows", counted)
    return found


async def test_a_run_with_frames_is_read_once_for_all_panes(
    small_beamtime: Path, events_read: Counter[tuple[str, int]]
) -> None:
    async with driving(small_beamtime) as drive:
        await drive.press("j", "j", "j")
        assert drive.uid == RSOXS_UID
        await drive.press("2", "G", "s", "4", "]", "]", "v")
        await drive.press("x", "a", "right", "down", "a", "A")
        await drive.press("3", "i", "5", "1", "k", "j")
    assert {uid for uid, _ in events_read} >= {RSOXS_UID, NEXAFS_UID}, "the list reads those in view"
    assert max(events_read.values()) == 1


async def test_a_run_of_many_pages_is_read_once_from_the_first_page_of_the_table_on(
    tmp_path: Path, events_read: Counter[tuple[str, int]]
) -> None:
    path = tmp_path / "long.db"
    uid, total = long_run(path, 3000), 3000
    async with driving(path) as drive:
        await drive.press("2", "pagedown", "pagedown", "3", "G", "2", "s", "G")
    own = [count for (of, _), count in events_read.items() if of == uid]
    assert len(own) == total
    assert Counter(own) == {1: total}


async def test_runs_drawn_over_one_another_are_not_read_again(
    small_beamtime: Path, events_read: Counter[tuple[str, int]]
) -> None:
    async with driving(small_beamtime) as drive:
        await drive.press("j", "space", "space", "equals_sign")
        assert drive.plot.plot is not None
        assert drive.plot.plot.wanted == 2
    assert max(events_read.values()) == 1

"""Each event of a run is read once, whatever looks at it: list, table, plot, frames, a region's curve, an overlay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from resonance_tui.catalog.run import Run
from resonance_tui.session.tasks import Task, TaskRunner
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


# -- tasks: what one key asks for ------------------------------------------------------------------------------


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kinds of the tasks that were submitted, in their order."""
    kinds: list[str] = []
    submit = TaskRunner.submit

    def counted(runner: TaskRunner, task: Task[Any], *, finish: bool = False) -> None:
        kinds.append(str(task.kind))
        submit(runner, task, finish=finish)

    monkeypatch.setattr(TaskRunner, "submit", counted)
    return kinds


async def test_one_move_in_the_run_list_reads_and_draws_nothing_twice(
    real_beamtime: Path, asked: list[str]
) -> None:
    with_frames = 0
    async with driving(real_beamtime) as drive:
        for _ in range(8):  # from runs with frames to runs without, and back: the layout changes
            asked.clear()
            await drive.press("j")
            assert {"details", "events", "columns", "frames", "curves"} <= set(asked)
            assert [kind for kind, n in Counter(asked).items() if n > 1] == [], asked
            with_frames += "frame" in asked
    assert 0 < with_frames < 8


async def test_one_step_through_the_frames_draws_one_picture_and_later_its_best(
    small_beamtime: Path, asked: list[str]
) -> None:
    async with driving(small_beamtime) as drive:
        await drive.press("j", "j", "j")
        assert drive.uid == RSOXS_UID
        asked.clear()
        await drive.press("right_square_bracket")
        assert asked.count("frame") == 1
        await drive.until(lambda: asked.count("frame") == 2, "the frame is drawn as it is by itself")
        assert {kind: n for kind, n in Counter(asked).items() if n > 1} == {"frame": 2}

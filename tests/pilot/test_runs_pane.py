"""The run list: states, what was scanned, search, refresh, and tens of thousands of runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.beamtime import NEXAFS_UID, OPEN_UID, RSOXS_UID, SMALL_UIDS, BeamtimeBuilder, nexafs_events
from tests.pilot.driving import LARGE, SMALL, driving


@pytest.mark.parametrize("size", [LARGE, SMALL], ids=["120x40", "80x24"])
async def test_each_run_says_what_was_scanned_of_which_sample_and_how_it_ended(
    small_beamtime: Path, size: tuple[int, int]
) -> None:
    async with driving(small_beamtime, size) as drive:
        await drive.until(lambda: all("…" not in line[:2] for line in drive.runs_in_view()))
        await drive.until(lambda: not drive.run_list.lacking(), "all runs in view are filled in")
        lines = drive.runs_in_view()
        assert len(lines) == 6
        words = ["interrupted", "failed", "aborted", "success", "success", "success"]
        for line, word in zip(lines, words, strict=True):
            assert line.rstrip().endswith(word)
        assert "energy 270→284.5" in lines[5]
        assert "ps_100kd" in lines[5]
        assert " 30 " in lines[5]
        assert "P3HT:PCBM" in lines[3]
        assert lines[3].split()[-4:] == ["6", "6", "10m", "success"]


async def test_a_search_filters_while_it_is_typed_and_enter_keeps_it(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        await drive.press("slash", "p", "3")
        assert drive.title("runs") == "Runs  3 of 6 runs: sample ~ p3"
        await drive.press("h", "t", "enter")
        assert drive.title("runs") == "Runs  3 of 6 runs: sample ~ p3ht"
        assert drive.focused is drive.runs
        await drive.press("G")
        assert drive.uid == RSOXS_UID


async def test_esc_clears_the_search_and_keeps_the_run(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        await drive.press("slash", *"ps_100", "enter", "j")
        assert drive.uid == NEXAFS_UID
        await drive.press("escape")
        assert drive.title("runs") == "Runs  6 runs"
        assert drive.uid == NEXAFS_UID
        await drive.press("slash", *"grid", "escape")
        assert drive.title("runs") == "Runs  6 runs"
        assert drive.focused is drive.runs


async def test_a_search_that_finds_nothing_says_so_and_clears_the_panes(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        await drive.press("slash", *"zzz")
        assert drive.note("runs") == 'No run matches "zzz". esc clears the search.'
        assert drive.uid is None
        await drive.press("escape")
        assert drive.uid is not None


async def test_letters_typed_into_the_search_are_no_commands(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        await drive.press("slash", *"qz1jr/?")
        assert drive.runs.search.value == "qz1jr/?"
        assert drive.pilot.app.is_running


async def test_the_search_is_reached_from_every_pane_but_the_events_where_a_value_is_found(
    small_beamtime: Path,
) -> None:
    async with driving(small_beamtime, SMALL) as drive:
        for pane in "345":
            await drive.press(pane, "slash", "p")
            assert drive.runs.search.value == "p"
            await drive.press("escape")


async def test_markup_and_controls_in_names_are_shown_literally(tmp_path: Path) -> None:
    name = "[/] [red]x[/red] \x1b[2J\n[@click=app.quit]y[/]"
    with BeamtimeBuilder(tmp_path / "b.db") as b:
        b.run(
            b.sample(name),
            "[bold]plan[/]",
            events=[{"[k]_position": 1.0, "[/v]": "[/]"}],
            metadata={"[/]": "[/m]"},
        )
    async with driving(tmp_path / "b.db", (200, 40)) as drive:
        assert drive.pilot.app.is_running
        (line,) = drive.runs_in_view()
        assert "[/] [red]x[/red] ␛[2J" in line
        for pane in "2345":
            await drive.press(pane, "z", "z")
        await drive.press("1", "slash", *"[/]")
        assert drive.title("runs") == "Runs  1 of 1 run: sample ~ [/]"


async def test_refresh_finds_new_runs_and_leaves_the_cursor_where_it_is(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        await drive.press("j", "j", "j", "2", "j", "j")
        assert drive.position == 2
        builder = BeamtimeBuilder.reopened(small_beamtime)
        builder.run(None, "scan", events=nexafs_events(5, 20.0), uid="99" * 16)
        builder.close()
        await drive.press("r")
        assert drive.title("runs") == "Runs  7 runs"
        assert drive.uid == RSOXS_UID
        assert drive.position == 2
        assert drive.event_under_cursor() == "3"
        assert drive.run_list.rows[0].uid == "99" * 16


async def test_refresh_reads_the_events_that_came_to_an_open_run(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        assert drive.uid == OPEN_UID
        before = drive.events.page
        assert before is not None
        builder = BeamtimeBuilder.reopened(small_beamtime)
        stream = builder.raw("SELECT uid FROM streams WHERE run_uid = ?", (OPEN_UID,))[0][0]
        builder.raw(
            "INSERT INTO events VALUES ('new', ?, ?, 1.77e9, '{\"i0\": 1.0}', '{}')",
            (stream, before.total + 1),
        )
        builder.close()
        await drive.press("r")
        after = drive.events.page
        assert after is not None
        assert after.total == before.total + 1


@pytest.mark.parametrize("size", [LARGE, SMALL], ids=["120x40", "80x24"])
async def test_twenty_thousand_runs_are_walked_from_end_to_end(
    many_beamtime: Path, size: tuple[int, int]
) -> None:
    async with driving(many_beamtime, size) as drive:
        await drive.until(lambda: drive.title("runs") == "Runs  20,000 runs", drive.title("runs"))
        newest = drive.uid
        await drive.press("G")
        assert drive.run_list.cursor == 19_999
        await drive.until(lambda: "3" in drive.runs_in_view()[-1], "what is in view is filled in")
        await drive.press("g")
        assert drive.uid == newest
        await drive.press("slash", *"SAMPLE 03", "enter")
        assert drive.title("runs") == "Runs  1,000 of 20,000 runs: sample ~ SAMPLE 03"


async def test_an_empty_beamtime_says_so(beamtime) -> None:
    b = beamtime()
    b.close()
    async with driving(b.path) as drive:
        assert drive.note("runs") == "No run was taken yet. r looks again."
        await drive.press("j", "enter", "4", "]", "G", "z", "z", "r")
        assert drive.pilot.app.is_running


async def test_the_uids_are_those_of_the_file(small_beamtime: Path) -> None:
    async with driving(small_beamtime) as drive:
        assert [row.uid for row in drive.run_list.rows] == SMALL_UIDS

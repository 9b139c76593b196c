"""A scientist walks through a beamtime by keyboard alone, in a real terminal of either size."""

from __future__ import annotations

import re
import shutil
import sqlite3
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("pty")
pytest.importorskip("pyte")

from tests.pty.terminal import NARROW, WIDE, Terminal, resonance_tui
from tests.waiting import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.beamtime import BeamtimeBuilder

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
_FILLED_IN = re.compile(r" [\d,]+ +(–|[\d,]+) +(\S+ )?(success|aborted|failed|running|interrupted|abandoned)")
_STARTED = re.compile(r"[A-Z][a-z]{2} \d\d \d\d:\d\d")


def go_to_run(terminal: Terminal, wanted: str, key: str = "j") -> str:
    """Step through the run list until the line under the cursor matches; that line."""
    terminal.press("1")
    before = ""
    for _ in range(40):
        terminal.until_true(
            partial(_on_another_run, terminal, before[:20]),
            f"the cursor stands still on the way to {wanted!r}, or its line is not filled in",
        )
        before = terminal.line_under_cursor("Runs")
        if re.search(wanted, before):
            return before
        terminal.press(key)
    raise AssertionError(f"no run like {wanted!r}\n{terminal.framed()}")


def _on_another_run(terminal: Terminal, than: str) -> bool:
    """Whether the cursor has left a run, and the line it is on has its counts."""
    line = terminal.line_under_cursor("Runs")
    return bool(_FILLED_IN.search(line)) and not (than and line.startswith(than))


def _on_another_event(terminal: Terminal, than: int) -> bool:
    return event_under_cursor(terminal) not in (None, than)


def go_to_event(terminal: Terminal, number: int) -> None:
    """Page down in the event table until the event is in sight, then step to it."""
    terminal.press("2")
    terminal.until_true(lambda: event_under_cursor(terminal) is not None, "no event is under the cursor")
    while number not in events_in_sight(terminal):
        at = event_under_cursor(terminal) or 0
        terminal.press("pagedown")
        terminal.until_true(partial(_on_another_event, terminal, at), "page down moves nothing")
    steps = number - (event_under_cursor(terminal) or 0)
    terminal.type("j" * steps if steps > 0 else "k" * -steps)
    terminal.until_true(lambda: event_under_cursor(terminal) == number, f"event {number} was not reached")


def events_in_sight(terminal: Terminal) -> list[int]:
    """The numbers of the events that the table shows."""
    table = re.split(r"[─━]Events  ", terminal.text())[-1]
    return [int(number) for number in re.findall(r"(?m)^ *(\d+) ", table)]


def event_under_cursor(terminal: Terminal) -> int | None:
    first = terminal.line_under_cursor("Events").split()[:1]
    return int(first[0]) if first and first[0].isdigit() else None


def started_times(path: Path) -> set[str]:
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        rows = connection.execute("SELECT time_start FROM runs").fetchall()
    finally:
        connection.close()
    return {f"{datetime.fromtimestamp(start, UTC):%b %d %H:%M}" for (start,) in rows}


# -- the beamtime that the acquisition wrote -------------------------------------------------------------


@SIZES
def test_all_runs_of_the_real_beamtime_are_shown(real_beamtime: Path, size: tuple[int, int]) -> None:
    expected = started_times(real_beamtime)
    assert len(expected) == 10
    with Terminal(resonance_tui(real_beamtime), size) as terminal:
        assert terminal.until("Runs  10 runs").lstrip("━─").startswith("Runs  10 runs")
        shown: set[str] = set()
        for key in ("g", "G"):
            terminal.press(key)
            terminal.until_under_cursor("Runs", min(expected) if key == "G" else max(expected))
            shown |= set(_STARTED.findall(terminal.text())) & expected
        assert shown == expected
        assert terminal.quit() == 0


@SIZES
def test_the_keyboard_reaches_event_500_of_a_nexafs_run(real_beamtime: Path, size: tuple[int, int]) -> None:
    with Terminal(resonance_tui(real_beamtime), size) as terminal:
        terminal.until("Runs  10 runs")
        go_to_run(terminal, r"energy 270→369 .*730 ")
        terminal.press("enter")
        terminal.until("━Events  1–200 of 730━")
        terminal.press("z")
        terminal.until_true(lambda: _titles(terminal) == ["Events"], "the events do not get the whole screen")
        go_to_event(terminal, 500)
        assert terminal.line_under_cursor("Events").split()[:2] == ["500", "328.9"]
        terminal.press("z")
        terminal.until("─Runs  10 runs")
        terminal.press("3")
        terminal.until("▸ energy 328.9 eV  tey_signal ÷ i0 ")
        assert terminal.quit() == 0


@SIZES
def test_the_keyboard_reaches_frame_17_of_the_rsoxs_run(real_beamtime: Path, size: tuple[int, int]) -> None:
    with Terminal(resonance_tui(real_beamtime), size) as terminal:
        terminal.until("Runs  10 runs")
        go_to_run(terminal, r"energy 270→360 .* 61 .* success")
        terminal.press("enter")
        terminal.until_matches(r"━Events  61━")
        terminal.press("4")
        terminal.until("━Frame  1 of 61 ")
        terminal.type("]" * 16)
        title = terminal.until("Frame  17 of 61 ")
        energy = re.search(r"energy (\d+\.\d)", title)
        assert energy, title
        terminal.until(" max ")
        assert "▀" in terminal.text(), "no picture is drawn"
        terminal.press("escape")
        terminal.until("━Events  61")
        terminal.until_true(lambda: event_under_cursor(terminal) == 17, "the event of the frame is another")
        assert terminal.line_under_cursor("Events").split()[1] == energy[1]
        assert terminal.quit() == 0


# -- the same on a small one, everywhere -----------------------------------------------------------------


@SIZES
def test_a_small_beamtime_is_walked_from_run_to_event_to_curve_to_frame(
    small_beamtime: Path, size: tuple[int, int]
) -> None:
    with Terminal(resonance_tui(small_beamtime), size) as terminal:
        terminal.until("Runs  6 runs")
        for state in ("interrupted", "failed", "aborted", "success"):
            terminal.until(state)
        go_to_run(terminal, r"270→284.5.* 30 ")
        terminal.press("enter")
        terminal.until("━Events  30━")
        go_to_event(terminal, 25)
        terminal.press("3")
        terminal.until("▸ energy 282 ")
        terminal.press("escape")
        terminal.until("━Events  30━")
        terminal.press("escape")
        terminal.until("━Runs  6 runs")
        go_to_run(terminal, r" 6 +6 +(\S+ )?success", "k")
        terminal.press("4")
        terminal.until_matches(r"━Frame  1 of 6 · energy 270")
        terminal.press("]", "]", "]", "]", "[")
        terminal.until_matches(r"━Frame  4 of 6 · energy 273")
        terminal.until(" max ")
        terminal.press("tab")
        terminal.until_matches(r"━Details━")
        terminal.until("P3HT:PCBM 1:1")
        assert terminal.quit() == 0


def test_one_packet_of_keys_walks_as_far_as_the_same_keys_one_by_one(small_beamtime: Path) -> None:
    with Terminal(resonance_tui(small_beamtime)) as terminal:
        terminal.until("Runs  6 runs")
        terminal.type("/ps_\rj\r" + "j" * 12)
        terminal.until("Runs  2 of 6 runs: sample ~ ps_")
        terminal.until_true(lambda: event_under_cursor(terminal) == 13, "event 13 was not reached")
        terminal.until("▸ energy 276 ")
        assert "a1" * 16 in terminal.text(), "it is not the run that was meant"


def test_enter_and_enter_again_leads_from_a_run_to_its_frame_however_fast(small_beamtime: Path) -> None:
    with Terminal(resonance_tui(small_beamtime), NARROW) as terminal:
        terminal.until("Runs  6 runs")
        terminal.until_matches(r" 6 +6 +(\S+ )?success")
        terminal.type("jjj\r\r")
        terminal.until_matches(r"━Frame  1 of 6 · energy 270")


# -- search, zoom, help ----------------------------------------------------------------------------------


def test_a_sample_search_typed_in_one_packet_is_kept_and_cleared(small_beamtime: Path) -> None:
    with Terminal(resonance_tui(small_beamtime), NARROW) as terminal:
        terminal.until("Runs  6 runs")
        terminal.type("/p3ht\r")
        terminal.until("Runs  3 of 6 runs: sample ~ p3ht")
        terminal.until_gone("ps_100kd")
        terminal.press("j")
        terminal.until_under_cursor("Runs", "aborted")
        terminal.press("escape")
        terminal.until("Runs  6 runs")
        terminal.until("ps_100kd")


def test_a_sample_search_narrows_with_each_letter_and_says_so_when_nothing_is_left(
    small_beamtime: Path,
) -> None:
    with Terminal(resonance_tui(small_beamtime)) as terminal:
        terminal.until("Runs  6 runs")
        terminal.press("/", "p")
        terminal.until("Runs  5 of 6 runs: sample ~ p")
        terminal.press("s")
        terminal.until("Runs  2 of 6 runs: sample ~ ps")
        terminal.press("q")
        terminal.until('No run matches "psq"')
        terminal.press("backspace", "enter")
        terminal.until("Runs  2 of 6 runs: sample ~ ps")
        terminal.press("/", "escape")
        terminal.until("Runs  6 runs")


@SIZES
def test_zoom_gives_a_pane_the_whole_screen_and_back(small_beamtime: Path, size: tuple[int, int]) -> None:
    with Terminal(resonance_tui(small_beamtime), size) as terminal:
        terminal.until("Runs  6 runs")
        terminal.press("G")  # in a run with frames, digits are the number of one
        for key, title in (("1", "Runs"), ("2", "Events"), ("3", "Plot"), ("4", "Frame"), ("5", "Details")):
            terminal.press(key)
            terminal.until_matches(f"━{title}[ ━]")
            until_titles(terminal, (5 if key == "4" else 4) if size == WIDE else 2)
            before = _titles(terminal)
            for back in ("z", "escape"):
                terminal.press("1", key, "z")
                terminal.until_true(partial(_shows, terminal, [title]), "the other panes stay")
                terminal.press(back)
                terminal.until_true(
                    partial(_shows, terminal, before), f"{back} does not bring the others back"
                )


def test_the_event_under_the_cursor_stays_in_sight_when_the_zoom_ends(small_beamtime: Path) -> None:
    with Terminal(resonance_tui(small_beamtime)) as terminal:
        terminal.until("Runs  6 runs")
        go_to_run(terminal, r"270→284.5.* 30 ")
        terminal.press("2", "z")
        terminal.until_true(partial(_shows, terminal, ["Events"]), "the other panes stay")
        go_to_event(terminal, 20)
        terminal.press("z")
        until_titles(terminal, 4)
        terminal.until_true(lambda: event_under_cursor(terminal) == 20, "the event is out of sight")


def until_titles(terminal: Terminal, count: int, seconds: float = 15.0) -> None:
    terminal.until_true(lambda: len(_titles(terminal)) == count, f"there are not {count} panes", seconds)


def _shows(terminal: Terminal, titles: list[str]) -> bool:
    return _titles(terminal) == titles


def _titles(terminal: Terminal) -> list[str]:
    return re.findall(r"[─━](Runs|Details|Events|Plot|Frame)(?=  |[─━])", terminal.text())


@SIZES
def test_help_lists_the_keys_and_goes_away(small_beamtime: Path, size: tuple[int, int]) -> None:
    with Terminal(resonance_tui(small_beamtime), size) as terminal:
        terminal.until("Runs  6 runs")
        terminal.press("?")
        terminal.until("Keys in Runs")
        terminal.until("To the pane before")
        terminal.type("zoom")
        terminal.until_gone("To the pane before")
        terminal.until("whole screen, and back")
        terminal.press("escape")
        terminal.until_gone("Keys in Runs")
        terminal.press("?")
        terminal.until("Keys in Runs")
        terminal.press("?")
        terminal.until_gone("Keys in Runs")
        terminal.press("j")
        terminal.until_under_cursor("Runs", "failed")
        assert terminal.quit() == 0


# -- demo, folders, sizes --------------------------------------------------------------------------------


def test_the_demo_shows_runs_and_a_frame_and_leaves_nothing_behind(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with Terminal(resonance_tui("demo", "--still"), env={"TMPDIR": str(temporary)}, cwd=tmp_path) as terminal:
        terminal.until_matches(r"Runs  \d+ runs")
        assert len(list(temporary.glob("resonance-tui-demo-*/demo.db"))) == 1
        terminal.until("rsoxs")
        go_to_run(terminal, r" [1-9]\d* +[1-9]\d* +(\S+ )?(success|aborted)")
        terminal.until_matches(r"Frame  1 of \d+ · energy .* 1024×1024 int32")
        terminal.until(" max ")
        assert terminal.quit() == 0
    assert not list(temporary.glob("resonance-tui-demo-*"))


def test_ctrl_c_stops_writing_the_demo_and_leaves_nothing_behind(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    # frames so large that it is still writing when the key arrives, on whatever machine
    command = resonance_tui("demo", "--still", "--frame-size", "2048")
    with Terminal(command, (300, 24), {"TMPDIR": str(temporary)}, tmp_path) as terminal:
        terminal.until("writing a simulated beamtime")
        terminal.press("ctrl+c")
        assert terminal.wait_exit() == 130
        assert "Traceback" not in terminal.text()
    assert not list(temporary.glob("resonance-tui-demo-*"))


def test_a_folder_of_two_beamtimes_asks_which_and_opens_that(
    beamtime: Callable[..., BeamtimeBuilder], small_beamtime: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "cycle"
    with beamtime("older.db", folder=folder) as older:
        older.run(older.sample("only one"), events=[{"energy_position": 270.0, "i0": 1.0}])
    shutil.copy(small_beamtime, folder / "newer.db")
    with Terminal(resonance_tui(folder), NARROW) as terminal:
        terminal.until("Which beamtime?")
        shown = terminal.text()
        assert shown.index("newer.db") < shown.index("older.db"), "the newest comes first"
        terminal.press("j", "enter")
        terminal.until("Runs  1 run")
        terminal.until("only one")
        assert terminal.lines()[0].lstrip().startswith("older.db")
        assert terminal.quit() == 0


def test_a_folder_of_one_beamtime_opens_it(small_beamtime: Path) -> None:
    with Terminal(resonance_tui(), cwd=small_beamtime.parent) as terminal:
        terminal.until("Runs  6 runs")
        assert terminal.lines()[0].lstrip().startswith("beamtime.db")


def test_the_window_changes_its_size_under_way(small_beamtime: Path) -> None:
    with Terminal(resonance_tui(small_beamtime), WIDE) as terminal:
        terminal.until("Runs  6 runs")
        go_to_run(terminal, r"270→284.5.* 30 ")
        go_to_event(terminal, 12)
        until_titles(terminal, 4)
        for columns, lines in (NARROW, WIDE, (20, 6), NARROW, (20, 6), (1, 1), (200, 60), WIDE):
            before = len(terminal.raw)
            terminal.resize(columns, lines)
            if columns > 20:
                until_titles(terminal, 2 if (columns, lines) == NARROW else 4)
                terminal.until_true(lambda: event_under_cursor(terminal) == 12, "the event is out of sight")
            elif columns > 1:
                terminal.until_true(lambda: "Open" in terminal.lines()[-1], "no footer is on the last line")
            else:
                terminal.until_true(partial(_wrote_more, terminal, before), "nothing was drawn")
        assert "Traceback" not in terminal.text()
        assert terminal.quit() == 0


def _wrote_more(terminal: Terminal, than: int) -> bool:
    return len(terminal.raw) > than


def test_of_many_sizes_in_a_row_the_last_counts(small_beamtime: Path) -> None:
    with Terminal(resonance_tui(small_beamtime), WIDE) as terminal:
        terminal.until("Runs  6 runs")
        for _ in range(3):
            for columns, lines in (NARROW, (20, 6), (1, 1), (100, 30), (20, 6), (200, 60)):
                terminal.resize(columns, lines)
            until_titles(terminal, 5)
            terminal.until_true(lambda: "Open" in terminal.lines()[-1], "the footer is elsewhere")
            terminal.resize(*NARROW)
            until_titles(terminal, 2)


def test_stale_columns_and_lines_in_the_environment_do_not_win_over_the_window(small_beamtime: Path) -> None:
    with Terminal(resonance_tui(small_beamtime), env={"COLUMNS": "5", "LINES": "2"}) as terminal:
        terminal.until("Runs  6 runs")
        terminal.until("q Quit")
        assert terminal.lines()[-1].endswith("q Quit")


def test_the_demo_that_is_killed_leaves_neither_its_writer_nor_its_folder(tmp_path: Path) -> None:
    command = resonance_tui("demo", "--frame-size", "256")
    with Terminal(command, env={"TMPDIR": str(tmp_path)}, cwd=tmp_path) as terminal:
        terminal.until("Runs  17 runs")
        terminal.process.kill()
        terminal.process.wait(PATIENCE_S)
        end = time.monotonic() + 40
        while list(tmp_path.glob("resonance-tui-demo-*")):
            assert time.monotonic() < end, "the folder is left"
            time.sleep(0.05)

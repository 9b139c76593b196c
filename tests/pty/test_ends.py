"""However the app ends, it ends at once, and the terminal is as it was."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("pty")
pytest.importorskip("pyte")

from tests.beamtime import FAILED_UID
from tests.pty.terminal import Terminal, resonance_tui

LEFT_THE_SCREEN, SHOWED_THE_CURSOR = b"\x1b[?1049l", b"\x1b[?25h"

# Reads that hang, as on a file server that went away; the rest of the app is as it is.
_HANGING = """\
import sys, time
from resonance_tui.{module} import {owner}
from resonance_tui.cli.main import main

def hang(*_, **__):
    time.sleep(600)

{owner}.{name} = hang
main(sys.argv[1:])
"""


def hanging(module: str, owner: str, name: str, path: Path) -> list[str]:
    """The command that runs the app with one of its reads never coming back."""
    return [sys.executable, "-c", _HANGING.format(module=module, owner=owner, name=name), str(path)]


def assert_restored(terminal: Terminal) -> None:
    assert LEFT_THE_SCREEN in terminal.raw
    assert terminal.raw.rindex(LEFT_THE_SCREEN) > terminal.raw.rindex(b"\x1b[?1049h")
    assert terminal.raw.rindex(SHOWED_THE_CURSOR) > terminal.raw.rindex(b"\x1b[?25l")
    assert terminal.attributes() == terminal.attributes_before
    assert b"Traceback" not in terminal.raw


def show_all(terminal: Terminal) -> None:
    terminal.until("Runs  6 runs")
    terminal.until_matches(r"rsoxs.*success")


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
def test_quitting_is_immediate_and_leaves_the_terminal_as_it_was(small_beamtime: Path, key: str) -> None:
    with Terminal(resonance_tui(small_beamtime)) as terminal:
        show_all(terminal)
        assert terminal.attributes() != terminal.attributes_before
        terminal.press(key)
        assert terminal.wait_exit() == 0
        assert_restored(terminal)


def test_quitting_before_anything_was_read_leaves_the_terminal_as_it_was(small_beamtime: Path) -> None:
    with Terminal(resonance_tui(small_beamtime)) as terminal:
        terminal.until("q Quit")
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert_restored(terminal)


# -- a read that does not come back ----------------------------------------------------------------------


def test_quitting_while_the_events_are_read_is_immediate_and_the_keys_work_till_then(
    small_beamtime: Path,
) -> None:
    with Terminal(hanging("catalog.run", "Run", "event_pages", small_beamtime)) as terminal:
        show_all(terminal)
        terminal.until("Reading the events…")
        terminal.press("j")
        terminal.until_under_cursor("Runs", "failed")
        terminal.until(FAILED_UID)  # other reads go on
        terminal.until("Reading the events…")
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert_restored(terminal)


def test_quitting_while_a_frame_is_read_is_immediate_and_the_keys_work_till_then(
    small_beamtime: Path,
) -> None:
    with Terminal(
        hanging("catalog.frames.images", "LazyImageSequence", "__getitem__", small_beamtime)
    ) as terminal:
        show_all(terminal)
        terminal.press("j", "j", "j")
        terminal.until("Frame  1 of 6 ")
        terminal.until("Reading the frame…")
        terminal.press("]", "]")
        terminal.until("Frame  3 of 6 · energy 272 ")
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert_restored(terminal)


def test_quitting_while_the_runs_are_read_is_immediate(small_beamtime: Path) -> None:
    with Terminal(hanging("catalog.catalog", "Catalog", "run_pages", small_beamtime)) as terminal:
        terminal.until("Reading the runs…")
        terminal.press("?")
        terminal.until("Keys in Runs")
        terminal.press("escape")
        terminal.until_gone("Keys in Runs")
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert_restored(terminal)


def test_being_ended_while_a_read_hangs_is_immediate(small_beamtime: Path) -> None:
    with Terminal(hanging("catalog.run", "Run", "event_pages", small_beamtime)) as terminal:
        show_all(terminal)
        terminal.until("Reading the events…")
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_exit() == 128 + signal.SIGTERM
        assert_restored(terminal)


# -- told to end -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=["SIGTERM", "SIGHUP"]
)
def test_a_signal_ends_the_app_and_the_terminal_is_restored(
    small_beamtime: Path, number: signal.Signals, status: int
) -> None:
    with Terminal(resonance_tui(small_beamtime)) as terminal:
        show_all(terminal)
        terminal.signal(number)
        assert terminal.wait_exit() == status
        assert_restored(terminal)


def test_a_signal_ends_the_app_when_nobody_takes_its_output(small_beamtime: Path) -> None:
    with Terminal(resonance_tui(small_beamtime)) as terminal:
        show_all(terminal)
        terminal.stop_output()
        terminal.type("jk" * 100 + "z")
        terminal.until_idle()
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_exit(reading=False) == 143


def test_a_closed_window_ends_the_app_that_waits_for_it(small_beamtime: Path) -> None:
    with Terminal(resonance_tui(small_beamtime), ignore=[signal.SIGHUP]) as terminal:
        show_all(terminal)
        terminal.stop_output()
        terminal.type("jk" * 100 + "z")
        terminal.until_idle()
        terminal.hang_up()
        assert terminal.wait_exit() == 129


def test_a_closed_window_ends_the_app(small_beamtime: Path) -> None:
    with Terminal(resonance_tui(small_beamtime)) as terminal:
        show_all(terminal)
        terminal.hang_up()
        assert terminal.wait_exit() == 129


def test_a_closed_window_ends_the_app_that_ignores_hangups(small_beamtime: Path) -> None:
    with Terminal(resonance_tui(small_beamtime), ignore=[signal.SIGHUP]) as terminal:
        show_all(terminal)
        terminal.signal(signal.SIGHUP)
        terminal.press("j")  # what is ignored stays ignored while there is a window
        terminal.until_under_cursor("Runs", "failed")
        terminal.hang_up()
        assert terminal.wait_exit() == 129


def test_ctrl_c_neither_ends_the_app_nor_breaks_it(small_beamtime: Path) -> None:
    with Terminal(resonance_tui(small_beamtime)) as terminal:
        show_all(terminal)
        terminal.press("ctrl+c")
        terminal.press("j")
        terminal.until_under_cursor("Runs", "failed")
        assert terminal.process.poll() is None
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert_restored(terminal)


@pytest.mark.parametrize("name", ["dumb", "unknown"])
def test_a_terminal_that_cannot_show_it_is_told_so_in_one_line(small_beamtime: Path, name: str) -> None:
    with Terminal(resonance_tui(small_beamtime), (300, 24), {"TERM": name}) as terminal:
        assert terminal.wait_exit() == 2
        (line,) = filter(None, terminal.lines())
        assert line == f"resonance-tui: this terminal cannot show full-screen programs (TERM={name})"
        assert b"\x1b" not in terminal.raw


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs job control")
def test_stopped_by_force_and_continued_it_takes_keys_and_quits(small_beamtime: Path) -> None:
    with Terminal(resonance_tui(small_beamtime)) as terminal:
        show_all(terminal)
        terminal.until_matches(r" 6 +6 .*success")
        while terminal.read(0.5):
            pass
        before = terminal.text()
        for _ in range(3):
            terminal.signal(signal.SIGSTOP)
            time.sleep(0.2)
            begun = len(terminal.raw)
            terminal.signal(signal.SIGCONT)
            terminal.until_true(lambda: b"\x1b[?1049h" in terminal.raw[begun:], "it does not take the screen")  # noqa: B023
            while terminal.read(0.3):  # a key typed before it has is thrown away
                pass
            terminal.until_true(lambda: terminal.text() == before, "the picture did not come back")
        names = [
            path.joinpath("comm").read_text() for path in Path(f"/proc/{terminal.process.pid}/task").glob("*")
        ]
        assert len([name for name in names if name == "textual-input\n"]) <= 1, names
        terminal.press("j")
        terminal.until_true(
            lambda: FAILED_UID[:4] in terminal.text() or terminal.text() != before, "no key works"
        )
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert_restored(terminal)

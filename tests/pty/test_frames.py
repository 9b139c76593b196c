"""Frames in a real terminal: what it shows is the picture, however little is sent."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.beamtime import BeamtimeBuilder
from tests.pty.terminal import NARROW, WIDE, Terminal, resonance_tui

SIDE = 256
KEYS = "]]]]]][[[bsemM++-0HJKLxxhjklwuioCc{}gGtdD"


@pytest.fixture
def noisy_beamtime(beamtime: Callable[..., BeamtimeBuilder]) -> Path:
    """One run of 14 noisy frames with a ring that grows."""
    rng = np.random.default_rng(7)
    rows, columns = np.indices((SIDE, SIDE))
    radius = np.hypot(rows - 0.45 * SIDE, columns - 0.55 * SIDE)
    frames = [
        rng.poisson(70 + 900 * np.exp(-(((radius - 30 - 5 * n) / 12) ** 2))).astype(np.int32)
        for n in range(14)
    ]
    with beamtime("noisy.db") as builder:
        builder.run(builder.sample("PS"), "rsoxs", frames={"detector_image": np.stack(frames)})
    return builder.path


def to_the_frame(terminal: Terminal) -> None:
    terminal.until("Runs  1 run")
    terminal.press("4")
    terminal.until("━Frame  1 of 14")
    terminal.until("1–99.5%")


def until_still(terminal: Terminal, seconds: float = 0.35) -> None:
    """Wait until nothing more is sent."""
    size, since = len(terminal.raw), time.monotonic()
    end = since + 10
    while time.monotonic() - since < seconds:
        terminal.read(0.02)
        if len(terminal.raw) != size:
            size, since = len(terminal.raw), time.monotonic()
        assert time.monotonic() < end, "the program never rests"


def halves(terminal: Terminal) -> list[list[tuple[str, str, str]]]:
    """Each cell as it looks: its character where it is one, the colours of its upper and its lower half."""
    looks = []
    for y in range(terminal.screen.lines):
        row = []
        for x in range(terminal.screen.columns):
            cell = terminal.screen.buffer[y][x]
            front, back = (cell.bg, cell.fg) if cell.reverse else (cell.fg, cell.bg)
            seen = {"▀": (front, back), "▄": (back, front), "█": (front, front), " ": (back, back)}
            row.append(("", *seen[cell.data]) if cell.data in seen else (cell.data, cell.fg, cell.bg))
        looks.append(row)
    return looks


def help_over_it_and_away(terminal: Terminal) -> None:
    """After this, all is drawn anew."""
    terminal.press("?")
    terminal.until("esc closes")
    terminal.press("escape")
    terminal.until_gone("esc closes")
    until_still(terminal)


@pytest.mark.parametrize(
    ("size", "colours", "seed"), [(WIDE, "truecolor", 1), (NARROW, "256", 2), (WIDE, "mono", 3)]
)
def test_what_is_sent_in_parts_is_the_same_picture_cell_for_cell(
    noisy_beamtime: Path, size: tuple[int, int], colours: str, seed: int
) -> None:
    keys = random.Random(seed)
    with Terminal(resonance_tui(noisy_beamtime, "--colors", colours), size) as terminal:
        to_the_frame(terminal)
        for _ in range(4):
            for key in keys.choices(KEYS, k=9):
                terminal.press(key)
                terminal.read(keys.choice((0.0, 0.01, 0.05)))
            until_still(terminal)
            sent_in_parts = halves(terminal)
            help_over_it_and_away(terminal)
            assert halves(terminal) == sent_in_parts
        assert terminal.quit() == 0


def test_a_frame_like_the_last_one_costs_less_than_a_whole_one(noisy_beamtime: Path) -> None:
    with Terminal(resonance_tui(noisy_beamtime), WIDE) as terminal:
        to_the_frame(terminal)
        terminal.press("z")
        until_still(terminal)
        before = len(terminal.raw)
        terminal.press("b")
        until_still(terminal)
        whole = len(terminal.raw) - before
        terminal.press("b")
        until_still(terminal)
        before = len(terminal.raw)
        terminal.press("]")
        terminal.until("Frame  2 of 14")
        until_still(terminal)
        assert len(terminal.raw) - before < min(whole, 24_000)


def test_nothing_is_sent_while_nothing_changes(noisy_beamtime: Path) -> None:
    with Terminal(resonance_tui(noisy_beamtime), WIDE) as terminal:
        to_the_frame(terminal)
        until_still(terminal, 1.0)
        before = len(terminal.raw)
        until_still(terminal, 1.5)
        assert len(terminal.raw) == before


def test_a_terminal_that_does_not_answer_shows_the_frame_that_is_rested_on(noisy_beamtime: Path) -> None:
    with Terminal(resonance_tui(noisy_beamtime), NARROW, answers=False) as terminal:
        to_the_frame(terminal)
        for number in (2, 3, 4):
            terminal.press("]")
            terminal.until(f"Frame  {number} of 14")
        terminal.type("]" * 30)
        terminal.until("Frame  14 of 14")
        until_still(terminal)
        shown = halves(terminal)
        help_over_it_and_away(terminal)
        assert halves(terminal) == shown
        assert terminal.quit() == 0


def test_what_goes_over_the_line_is_shown_on_demand(noisy_beamtime: Path) -> None:
    with Terminal(resonance_tui(noisy_beamtime, "--stats"), WIDE) as terminal:
        to_the_frame(terminal)
        terminal.press("]")
        terminal.until_matches(r"\d kB in \d+ ms · \d+ kB/s")
        terminal.press("S")
        terminal.until_gone("kB/s")


def test_no_answer_of_the_terminal_is_left_for_the_shell(noisy_beamtime: Path) -> None:
    with Terminal(resonance_tui(noisy_beamtime), WIDE) as terminal:
        to_the_frame(terminal)
        terminal.type("]]]q")
        assert terminal.wait_exit() == 0
        assert terminal.unread() == b""

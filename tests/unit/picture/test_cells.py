"""Cells of a picture: what the terminal shows is what the cells say, in few bytes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyte
import pyte.graphics
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonance_tui.picture.cells import blank_cells, mono_cells, pieces, pixel_cells, text_cells, under, write
from resonance_tui.picture.palettes import (
    ALARM,
    CROSS,
    DARK,
    FAINT,
    GOOD,
    INK,
    MISSING,
    NAN,
    NEGATIVE,
    OUTSIDE,
    SATURATED,
    Depth,
    Palette,
    mono_text,
    palette,
)
from resonance_tui.terminal.ansi import RESET, Pen
from tests.unit.picture.lightness import rgb_of_256

Array = np.ndarray[Any, np.dtype[Any]]
Look = tuple[str, str, str]
"""What is seen of a cell: ("", upper, lower) of a coloured one, else a character, its colour and its ground."""

COLOURED: tuple[Depth, ...] = ("truecolor", "256", "16")
SPECIAL = (SATURATED, NEGATIVE, NAN, MISSING, OUTSIDE, CROSS, DARK, INK, FAINT, ALARM, GOOD)

depths = st.sampled_from(COLOURED)
maps = st.sampled_from(("viridis", "inferno", "gray", "berlin"))
seeds = st.integers(0, 2**32 - 1)
sides = st.integers(1, 24)


def shown_colour(drawn: Palette, code: int) -> str:
    """A code's colour in the words of pyte."""
    colour = drawn.colours[code]
    assert colour is not None
    if isinstance(colour, tuple):
        return "{:02x}{:02x}{:02x}".format(*colour)
    if drawn.depth == "256":
        return "{:02x}{:02x}{:02x}".format(*rgb_of_256(colour))
    return pyte.graphics.FG_ANSI[30 + colour] if colour < 8 else pyte.graphics.FG_AIXTERM[82 + colour]


def seen(character: str, front: str, back: str) -> Look:
    if character == "▀":
        return ("", front, back)
    if character == "▄":
        return ("", back, front)
    if character == "█":
        return ("", front, front)
    if character == " ":
        return ("", back, back)
    return (character, front, back)


def wanted(line: Array, drawn: Palette) -> list[Look]:
    """What the cells say, read from their numbers."""
    looks = []
    for cell in line.tolist():
        upper, lower = shown_colour(drawn, cell & 63), shown_colour(drawn, cell >> 6 & 63)
        looks.append(seen(chr(cell >> 13) if cell & 1 << 12 else "▀", upper, lower))
    return looks


def in_pieces(line: Array, drawn: Palette) -> list[Look]:
    return [
        seen(character, shown_colour(drawn, front), shown_colour(drawn, back))
        for text, front, back in pieces(line.tolist())
        for character in text
    ]


class Terminal:
    """A terminal that shows what it is sent."""

    def __init__(self, lines: int, columns: int) -> None:
        self.screen = pyte.Screen(columns, lines)
        self.stream = pyte.Stream(self.screen)
        self.columns = columns

    def feed(self, line: int, text: str) -> None:
        self.stream.feed(f"\x1b[{line + 1};1H{text}")

    def line(self, line: int) -> list[Look]:
        row = self.screen.buffer[line]
        return [
            seen(row[at].data, row[at].fg.replace("bfight", "bright"), row[at].bg.replace("bfight", "bright"))
            for at in range(self.columns)
        ]

    @property
    def is_reset(self) -> bool:
        return self.screen.cursor.attrs == self.screen.default_char


def random_cells(lines: int, columns: int, levels: int, seed: int) -> Array:
    """Noisy and even parts, special colours and texts, as in a real picture."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, max(1, rng.integers(1, levels + 1)), (2 * lines, columns)).astype(np.int16)
    pixels[rng.random(pixels.shape) < 0.3] = rng.integers(0, levels)
    odd = rng.random(pixels.shape) < rng.choice([0, 0.2])
    pixels[odd] = rng.choice(SPECIAL, int(odd.sum()))
    cells = pixel_cells(pixels)
    for line in range(lines):
        if rng.random() < 0.5:
            text = "".join(rng.choice(list("ab 1│─·▲█"), rng.integers(1, 8)))
            ink, ground = (int(code) for code in rng.choice((*SPECIAL, 0, levels - 1), 2))
            write(cells, line, int(rng.integers(-3, columns)), text, ink, ground)
    return cells


# -- what is drawn ---------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(depths, maps, st.integers(1, 4), sides, seeds)
def test_a_terminal_shows_what_the_cells_say(
    depth: Depth, name: str, lines: int, columns: int, seed: int
) -> None:
    drawn = palette(name, depth)
    cells = random_cells(lines, columns, drawn.levels, seed)
    pen, terminal = Pen(drawn), Terminal(lines, columns)
    for line in range(lines):
        terminal.feed(line, pen.draw(cells[line].tolist()))
        assert terminal.is_reset
    for line in range(lines):
        assert terminal.line(line) == wanted(cells[line], drawn)
        assert terminal.line(line) == in_pieces(cells[line], drawn)


@settings(max_examples=80, deadline=None)
@given(depths, maps, st.integers(1, 3), sides, seeds, st.sampled_from((0.05, 0.5, 0.95)))
def test_drawing_only_what_changed_gives_the_new_picture(
    depth: Depth, name: str, lines: int, columns: int, seed: int, share: float
) -> None:
    drawn = palette(name, depth)
    old = random_cells(lines, columns, drawn.levels, seed)
    changed = np.random.default_rng(seed + 1).random(old.shape) < share
    new = np.where(changed, random_cells(lines, columns, drawn.levels, seed + 2), old)
    pen, terminal = Pen(drawn), Terminal(lines, columns)
    for line in range(lines):
        terminal.feed(line, pen.draw(old[line].tolist()))
    for line in range(lines):
        terminal.feed(line, pen.redraw(new[line].tolist(), changed[line].tolist()))
        assert terminal.is_reset
    for line in range(lines):
        assert terminal.line(line) == wanted(new[line], drawn)


@settings(max_examples=80, deadline=None)
@given(depths, sides, seeds)
def test_a_pen_that_has_drawn_before_draws_the_same(depth: Depth, columns: int, seed: int) -> None:
    drawn = palette("inferno", depth)
    used = Pen(drawn)
    lines = random_cells(4, columns, drawn.levels, seed).tolist()
    for line in lines:
        used.draw(line)
    assert [used.draw(line) for line in lines] == [Pen(drawn).draw(line) for line in lines]


@settings(max_examples=80, deadline=None)
@given(st.sampled_from((*COLOURED, "mono")), sides, seeds)
def test_nothing_is_sent_for_a_line_that_did_not_change(depth: Depth, columns: int, seed: int) -> None:
    drawn = palette("viridis", depth)
    line = random_cells(1, columns, drawn.levels, seed)[0].tolist()
    assert Pen(drawn).redraw(line, [False] * columns) == ""


@settings(max_examples=80, deadline=None)
@given(depths, sides, seeds)
def test_redrawing_everything_is_drawing(depth: Depth, columns: int, seed: int) -> None:
    drawn = palette("viridis", depth)
    line = random_cells(1, columns, drawn.levels, seed)[0].tolist()
    assert Pen(drawn).redraw(line, [True] * columns) == Pen(drawn).draw(line)


@pytest.mark.parametrize("depth", COLOURED)
def test_a_jump_over_cells_is_short(depth: Depth) -> None:
    line = pixel_cells(np.zeros((2, 9), np.int16))[0].tolist()
    pen = Pen(palette("gray", depth))
    assert pen.redraw(line, [False] * 8 + [True]).startswith("\x1b[8C")
    assert pen.redraw(line, [False] + [True] * 8).startswith("\x1b[C")


def plainly(line: list[int], drawn: Palette) -> str:
    """Each cell with both of its colours."""
    parts = []
    for cell in line:
        upper, lower = drawn.foreground[cell & 63], drawn.background[cell >> 6 & 63]
        parts.append(f"\x1b[{upper};{lower}m{chr(cell >> 13) if cell & 1 << 12 else '▀'}")
    return "".join(parts) + RESET


@settings(max_examples=80, deadline=None)
@given(depths, maps, sides, seeds)
def test_no_line_takes_more_bytes_than_setting_both_colours_of_each_cell(
    depth: Depth, name: str, columns: int, seed: int
) -> None:
    drawn = palette(name, depth)
    line = random_cells(1, columns, drawn.levels, seed)[0].tolist()
    assert len(Pen(drawn).draw(line).encode()) <= len(plainly(line, drawn).encode())


@pytest.mark.parametrize("depth", COLOURED)
def test_a_picture_with_even_parts_takes_a_fraction_of_the_bytes(depth: Depth) -> None:
    drawn = palette("viridis", depth)
    pixels = (np.indices((2, 80)).sum(0) // 10 % drawn.levels).astype(np.int16)
    line = pixel_cells(pixels)[0].tolist()
    assert len(Pen(drawn).draw(line).encode()) < len(plainly(line, drawn).encode()) / 3


@pytest.mark.parametrize("depth", COLOURED)
def test_a_line_of_one_colour_sets_it_once(depth: Depth) -> None:
    drawn = palette("viridis", depth)
    line = pixel_cells(np.full((2, 50), 3, np.int16))[0].tolist()
    assert Pen(drawn).draw(line) == f"\x1b[{drawn.background[3]}m{' ' * 50}{RESET}"


@pytest.mark.parametrize("depth", COLOURED)
def test_two_colours_in_turns_are_set_once(depth: Depth) -> None:
    drawn = palette("viridis", depth)
    pixels = np.indices((2, 10)).sum(0) % 2
    text = Pen(drawn).draw(pixel_cells(pixels)[0].tolist())
    assert text.count("\x1b") == 2
    assert text.endswith("▀▄▀▄▀▄▀▄▀▄" + RESET)


def test_a_monochrome_picture_is_plain_text() -> None:
    drawn = palette("viridis", "mono")
    cells = mono_cells(np.array([[0, 9, 4, SATURATED, NAN]], np.int16))
    assert Pen(drawn).draw(cells[0].tolist()) == " @=S?"
    assert Pen(drawn).redraw(cells[0].tolist(), [True, False, False, True, True]) == " \x1b[2CS?"


def test_an_empty_line_is_nothing() -> None:
    pen = Pen(palette("viridis"))
    assert pen.draw([]) == ""
    assert pen.redraw([], []) == ""
    assert list(pieces([])) == []


# -- cells -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 2, 3, 8, 9])
def test_a_cell_is_two_pixels(rows: int) -> None:
    pixels = np.random.default_rng(rows).integers(0, 18, (rows, 5)).astype(np.int16)
    cells = pixel_cells(pixels)
    assert cells.shape == ((rows + 1) // 2, 5)
    halves = np.stack([cells & 63, cells >> 6], axis=1).reshape(-1, 5)
    assert (halves[:rows] == pixels).all()
    assert (halves[rows:] == OUTSIDE).all()


def test_a_text_can_be_read_back() -> None:
    line = text_cells("Σ 1.5 · ≥", ALARM, CROSS)
    assert list(pieces(line.tolist())) == [("Σ 1.5 · ≥", ALARM, CROSS)]


def test_pieces_of_one_look_are_one() -> None:
    line = np.concatenate([pixel_cells(np.array([[1, 1, 2], [1, 1, 3]])), text_cells("ab")[None]], axis=1)[0]
    assert list(pieces(line.tolist())) == [("  ", 1, 1), ("▀", 2, 3), ("ab", INK, OUTSIDE)]


@pytest.mark.parametrize(
    ("line", "column", "text", "shown"),
    [
        (0, 0, "abc", "abc··"),
        (0, 3, "abc", "···ab"),
        (0, -1, "abc", "bc···"),
        (0, -2, "abcdefghij", "cdefg"),
        (0, -3, "abc", "·····"),
        (0, 5, "abc", "·····"),
        (1, 0, "abc", "·····"),
        (-1, 0, "abc", "·····"),
        (0, 2, "", "·····"),
    ],
)
def test_a_text_is_written_as_far_as_there_is_room(line: int, column: int, text: str, shown: str) -> None:
    cells = text_cells("·····")[None].copy()
    write(cells, line, column, text)
    assert "".join(text for text, _, _ in pieces(cells[0].tolist())) == shown


def test_blank_cells_show_the_ground_of_the_pane() -> None:
    cells = blank_cells(2, 3)
    assert cells.shape == (2, 3)
    assert list(pieces(cells[1].tolist())) == [("   ", OUTSIDE, OUTSIDE)]


def test_a_line_can_be_added_below() -> None:
    cells = under(blank_cells(2, 3), text_cells("abc"))
    assert cells.shape == (3, 3)
    assert list(pieces(cells[2].tolist())) == [("abc", INK, OUTSIDE)]


def test_every_code_of_a_monochrome_picture_is_its_character() -> None:
    codes = np.array([[*range(10), *SPECIAL]], np.int16)
    shown = "".join(text for text, _, _ in pieces(mono_cells(codes)[0].tolist()))
    assert shown == "".join(mono_text(int(code)) for code in codes[0])

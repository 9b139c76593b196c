"""Colour maps: short lists of colours that a terminal has, whose lightness rises."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonance_tui.picture.palettes import (
    ALARM,
    CROSS,
    CURSOR,
    DARK,
    DENSITY,
    DEPTHS,
    DIVERGING,
    FAINT,
    GOOD,
    INK,
    LEVELS,
    MAPS,
    MISSING,
    NAN,
    NEGATIVE,
    OUTSIDE,
    SATURATED,
    UNSET,
    Depth,
    Palette,
    Rgb,
    ThemeColours,
    colour_map,
    mono_text,
    nearest_of_256,
    palette,
)
from tests.unit.picture.lightness import lightness, rgb_of_256

COLOURED: tuple[Depth, ...] = ("truecolor", "256", "16")
RISING = [name for name in MAPS if name != DIVERGING]
PIXELS = (SATURATED, NEGATIVE, NAN, MISSING)
CODES = (*PIXELS, OUTSIDE, CROSS, DARK, CURSOR, INK, FAINT, ALARM, GOOD)

parts = st.integers(0, 255)


def rgb(drawn: Palette, code: int) -> Rgb:
    colour = drawn.colours[code]
    assert colour is not None
    return colour if isinstance(colour, tuple) else rgb_of_256(colour)


def rises(colours: list[Rgb]) -> bool:
    return all(lightness(dark) < lightness(bright) for dark, bright in pairwise(colours))


# -- maps ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RISING)
@pytest.mark.parametrize("levels", [2, 5, 11, LEVELS, 24, 40])
def test_the_lightness_rises_with_every_level(name: str, levels: int) -> None:
    colours = list(colour_map(name, levels))
    assert len(colours) == levels
    assert rises(colours)


@pytest.mark.parametrize("depth", ["truecolor", "256"])
@pytest.mark.parametrize("levels", [2, 3, 5, 8, LEVELS, 24])
@pytest.mark.parametrize("name", RISING)
def test_the_lightness_of_a_palette_rises(name: str, levels: int, depth: Depth) -> None:
    drawn = palette(name, depth, levels)
    assert 2 <= drawn.levels <= levels
    assert rises([rgb(drawn, code) for code in range(drawn.levels)])


@pytest.mark.parametrize("depth", ["truecolor", "256"])
def test_the_diverging_map_falls_to_the_middle_and_rises_again(depth: Depth) -> None:
    drawn = palette(DIVERGING, depth)
    values = [lightness(rgb(drawn, code)) for code in range(drawn.levels)]
    darkest = values.index(min(values))
    assert abs(darkest - (drawn.levels - 1) / 2) <= 1
    assert all(a > b for a, b in pairwise(values[: darkest + 1]))
    assert all(a < b for a, b in pairwise(values[darkest:]))
    assert min(values) < 15
    assert min(values[0], values[-1]) > 60


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("levels", [1, 2, LEVELS, 256])
def test_every_colour_is_one_a_terminal_can_show(name: str, levels: int) -> None:
    colours = colour_map(name, levels)
    assert len(colours) == levels
    assert all(0 <= part <= 255 and isinstance(part, int) for colour in colours for part in colour)


@pytest.mark.parametrize("name", MAPS)
def test_the_ends_of_a_map_are_the_same_whatever_the_number_of_levels(name: str) -> None:
    assert len({(colour_map(name, n)[0], colour_map(name, n)[-1]) for n in (2, 7, 32, 256)}) == 1


def test_viridis_is_viridis() -> None:
    assert colour_map("viridis")[0] == (0x44, 0x01, 0x54)
    assert colour_map("viridis", 11)[5] == (0x21, 0x91, 0x8C)
    assert colour_map("viridis")[-1] == (0xFD, 0xE7, 0x25)


def test_gray_is_gray() -> None:
    assert all(red == green == blue for red, green, blue in colour_map("gray", 256))


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("name", ["jet", "", "Viridis"])
def test_a_map_that_is_not_there_is_a_key_error(name: str, depth: Depth) -> None:
    with pytest.raises(KeyError):
        palette(name, depth)
    with pytest.raises(KeyError):
        colour_map(name)


# -- palettes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", COLOURED)
@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("levels", [2, 3, 5, 8, LEVELS, 24])
def test_the_steps_of_a_palette_are_distinct_and_no_more_than_asked_for(
    name: str, depth: Depth, levels: int
) -> None:
    drawn = palette(name, depth, levels)
    steps = drawn.colours[: drawn.levels]
    assert 2 <= drawn.levels <= levels
    assert None not in steps
    assert len(set(steps)) == drawn.levels
    assert set(drawn.colours[drawn.levels : SATURATED]) == {None}


@pytest.mark.parametrize("name", MAPS)
def test_true_colour_has_as_many_levels_as_asked_for(name: str) -> None:
    for levels in (2, 11, LEVELS, 30):
        assert palette(name, "truecolor", levels).colours[:levels] == colour_map(name, levels)


@pytest.mark.parametrize("depth", COLOURED)
@pytest.mark.parametrize("name", MAPS)
def test_fewer_levels_keep_both_ends(name: str, depth: Depth) -> None:
    full, few = palette(name, depth), palette(name, depth, 3)
    assert few.colours[0] == full.colours[0]
    assert few.colours[few.levels - 1] == full.colours[full.levels - 1]


def test_maps_in_256_colours_leave_the_first_sixteen_to_the_user() -> None:
    for name in MAPS:
        drawn = palette(name, "256")
        assert all(16 <= colour <= 255 for colour in drawn.colours if isinstance(colour, int))


def test_maps_in_16_colours_use_no_other() -> None:
    for name in MAPS:
        assert all(
            isinstance(colour, int) and 0 <= colour < 16
            for colour in palette(name, "16").colours
            if colour is not None
        )


@pytest.mark.parametrize("code", PIXELS)
@pytest.mark.parametrize("name", MAPS)
def test_no_map_has_a_colour_like_a_special_one(name: str, code: int) -> None:
    drawn = palette(name, "truecolor")
    special = rgb(drawn, code)
    assert min(math.dist(special, colour) for colour in colour_map(name)) >= 30


@pytest.mark.parametrize("depth", ["256", "16"])
@pytest.mark.parametrize("name", MAPS)
def test_the_numbers_of_special_colours_are_in_no_map(name: str, depth: Depth) -> None:
    drawn = palette(name, depth, 64)
    special = {drawn.colours[code] for code in PIXELS}
    assert len(special) == len(PIXELS)
    assert not special & set(drawn.colours[: drawn.levels])


@pytest.mark.parametrize("depth", COLOURED)
def test_every_code_that_is_drawn_has_a_colour(depth: Depth) -> None:
    drawn = palette("viridis", depth)
    assert all(drawn.colours[code] is not None for code in CODES)
    assert len(set(CODES)) == len(CODES)
    assert drawn.colours[UNSET] is None
    assert drawn.foreground[UNSET] == drawn.background[UNSET] == ""


def test_texts_are_in_the_colours_of_the_theme() -> None:
    theme_colours = ThemeColours((1, 2, 3), (4, 5, 6), (7, 8, 9), (250, 0, 0), (0, 250, 0))
    drawn = palette("gray", "truecolor", theme=theme_colours)
    assert [drawn.colours[code] for code in (OUTSIDE, INK, FAINT, ALARM, GOOD)] == [
        theme_colours.back, theme_colours.ink, theme_colours.faint, theme_colours.alarm, theme_colours.good,
    ]  # fmt: skip
    assert palette("gray", "256", theme=theme_colours).colours[ALARM] == nearest_of_256((250, 0, 0))


# -- what the terminal is told ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", MAPS)
def test_true_colours_are_told_by_their_parts(name: str) -> None:
    drawn = palette(name, "truecolor")
    for code, colour in enumerate(drawn.colours):
        if colour is not None:
            red, green, blue = rgb(drawn, code)
            assert drawn.foreground[code] == f"38;2;{red};{green};{blue}"
            assert drawn.background[code] == f"48;2;{red};{green};{blue}"


@pytest.mark.parametrize("name", MAPS)
def test_one_of_256_colours_is_told_by_its_number(name: str) -> None:
    drawn = palette(name, "256")
    for code, colour in enumerate(drawn.colours):
        if colour is not None:
            assert (drawn.foreground[code], drawn.background[code]) == (f"38;5;{colour}", f"48;5;{colour}")


@pytest.mark.parametrize("name", MAPS)
def test_one_of_16_colours_is_told_in_the_way_all_terminals_know(name: str) -> None:
    drawn = palette(name, "16")
    fronts, backs = [*range(30, 38), *range(90, 98)], [*range(40, 48), *range(100, 108)]
    for code, colour in enumerate(drawn.colours):
        if isinstance(colour, int):
            assert (drawn.foreground[code], drawn.background[code]) == (
                str(fronts[colour]), str(backs[colour]),
            )  # fmt: skip


@pytest.mark.parametrize("depth", COLOURED)
def test_what_has_no_colour_tells_the_terminal_nothing(depth: Depth) -> None:
    drawn = palette("inferno", depth)
    assert len(drawn.colours) == len(drawn.foreground) == len(drawn.background) == 64
    for colour, front, back in zip(drawn.colours, drawn.foreground, drawn.background, strict=True):
        assert (colour is None) == (front == "") == (back == "")


def test_only_sixteen_colours_are_dithered() -> None:
    assert [palette("viridis", depth).dithered for depth in DEPTHS] == [False, False, True, False]


# -- without colours -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MAPS)
def test_a_monochrome_palette_has_a_ramp_and_no_colours(name: str) -> None:
    drawn = palette(name, "mono")
    assert drawn.levels == len(DENSITY)
    assert set(drawn.colours) == {None}
    assert set(drawn.foreground) == set(drawn.background) == {""}
    assert "".join(mono_text(code) for code in range(drawn.levels)) == DENSITY


def test_special_pixels_have_characters_of_their_own() -> None:
    texts = [mono_text(code) for code in PIXELS]
    assert len(set(texts)) == len(PIXELS)
    assert not set(texts) & set(DENSITY)
    assert all(len(mono_text(code)) == 1 for code in range(64))


# -- colour arithmetic -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "colour"),
    [
        (16, (0, 0, 0)),
        (21, (0, 0, 255)),
        (22, (0, 95, 0)),
        (110, (135, 175, 215)),
        (196, (255, 0, 0)),
        (231, (255, 255, 255)),
        (232, (8, 8, 8)),
        (255, (238, 238, 238)),
    ],
)
def test_the_256_colours_are_those_of_xterm(number: int, colour: Rgb) -> None:
    assert rgb_of_256(number) == colour


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        ((0, 0, 0), 0.0),
        ((255, 255, 255), 100.0),
        ((119, 119, 119), 50.0),
        ((255, 0, 0), 53.24),
        ((0, 0, 255), 32.3),
    ],
)
def test_the_lightness_is_that_of_cielab(colour: Rgb, expected: float) -> None:
    assert lightness(colour) == pytest.approx(expected, abs=0.3)


@settings(max_examples=100)
@given(parts, parts, parts, st.integers(0, 2))
def test_more_light_is_lighter(red: int, green: int, blue: int, which: int) -> None:
    dark = [red, green, blue]
    bright = list(dark)
    bright[which] = min(255, bright[which] + 20)
    if bright != dark:
        assert lightness((bright[0], bright[1], bright[2])) > lightness((red, green, blue))


def test_the_nearest_of_256_colours_is_the_one_that_rich_takes_for_what_lies_around_a_picture() -> None:
    from rich.color import Color, ColorSystem

    steps = range(0, 256, 17)
    for colour in [(red, green, blue) for red in steps for green in steps for blue in steps]:
        rich_number = Color.from_rgb(*colour).downgrade(ColorSystem.EIGHT_BIT).number
        assert nearest_of_256(colour) == rich_number

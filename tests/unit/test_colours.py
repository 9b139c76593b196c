"""Colour maps: short lists of colours whose luminance rises."""

from __future__ import annotations

from itertools import pairwise

import pytest

from resonance_tui.present.colours import LEVELS, NAMES, NO_DATA, Rgb, colour_map


def luminance(colour: Rgb) -> float:
    """Relative luminance (WCAG 2)."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("levels", [2, 5, 16, LEVELS, 64])
def test_the_luminance_rises_with_every_level(name: str, levels: int) -> None:
    values = [luminance(colour) for colour in colour_map(name, levels)]
    assert len(values) == levels
    assert all(dark < bright for dark, bright in pairwise(values))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("levels", [1, 2, LEVELS, 256])
def test_every_colour_is_one_a_terminal_can_show(name: str, levels: int) -> None:
    colours = colour_map(name, levels)
    assert len(colours) == levels
    assert all(0 <= part <= 255 and isinstance(part, int) for colour in colours for part in colour)


@pytest.mark.parametrize("name", NAMES)
def test_the_colour_for_no_data_is_in_no_map(name: str) -> None:
    assert NO_DATA not in colour_map(name)


@pytest.mark.parametrize("name", NAMES)
def test_the_ends_of_a_map_are_dark_and_bright_whatever_the_number_of_levels(name: str) -> None:
    assert {(colour_map(name, n)[0], colour_map(name, n)[-1]) for n in (2, 7, 32, 256)} == {
        (colour_map(name)[0], colour_map(name)[-1])
    }
    assert luminance(colour_map(name)[0]) < 0.05
    assert luminance(colour_map(name)[-1]) > 0.7


def test_viridis_is_viridis() -> None:
    assert colour_map("viridis")[0] == (0x44, 0x01, 0x54)
    assert colour_map("viridis", 11)[5] == (0x21, 0x91, 0x8C)
    assert colour_map("viridis")[-1] == (0xFD, 0xE7, 0x25)


def test_gray_is_gray() -> None:
    assert all(red == green == blue for red, green, blue in colour_map("gray", 256))


def test_a_map_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        colour_map("jet")

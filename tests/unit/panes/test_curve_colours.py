"""Colours of curves and runs: told apart, kept, and mixed into what is behind."""

from __future__ import annotations

import pytest

from resonance_tui.panes.curve_colours import (
    COLOURS,
    MAX_COLOURS,
    blended,
    curve_colour,
    free_colour,
    rgb_of,
)


@pytest.mark.parametrize("dark", [True, False])
def test_there_are_as_many_colours_as_runs_are_told_apart(dark: bool) -> None:
    assert len(set(COLOURS[dark])) == MAX_COLOURS


def test_a_colour_is_red_green_and_blue() -> None:
    assert rgb_of("#6cb6ff") == (108, 182, 255)


def test_beyond_the_last_colour_they_begin_anew() -> None:
    assert curve_colour(MAX_COLOURS + 2, dark=True) == curve_colour(2, dark=True)
    assert curve_colour(0, dark=True) != curve_colour(0, dark=False)


def test_the_first_colour_that_no_run_has_is_given() -> None:
    assert free_colour([], 0) == 0
    assert free_colour([0, 1, 3, None], 0) == 2


def test_with_all_colours_in_use_the_usual_one_is_given() -> None:
    assert free_colour(range(MAX_COLOURS), 5) == 5


def test_a_faint_colour_lies_between_what_is_behind_and_itself() -> None:
    assert blended((0, 0, 0), (200, 100, 50), 0.5) == (100, 50, 25)
    assert blended((10, 20, 30), (200, 100, 50), 0.0) == (10, 20, 30)
    assert blended((10, 20, 30), (200, 100, 50), 1.0) == (200, 100, 50)

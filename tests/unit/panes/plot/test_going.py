"""Going along curves by keys, and to what was typed."""

from __future__ import annotations

import numpy as np
import pytest

from resonance_tui.panes.actions import Move
from resonance_tui.panes.plot.going import PAGE_POINTS, Target, moved, numbers_in, understood
from resonance_tui.panes.plot.model import Plot
from resonance_tui.panes.plot.series import make_plot
from tests.columns import run_columns, spec_of

N = 50


def plot(n_curves: int = 1) -> Plot:
    """Energies from 0 on, once for each curve."""
    n = N // n_curves
    numbers = np.arange(float(N))
    x, th = np.tile(np.arange(float(n)), n_curves), np.repeat(np.arange(float(n_curves)) * 30, n)
    run = run_columns("u", {"seq_num": numbers + 1, "time": numbers, "e": x, "th": th, "y": numbers})
    return make_plot(run, spec_of("e", ("y",), ("th",) if n_curves > 1 else ()))


@pytest.mark.parametrize(
    ("where", "position"),
    [
        (Move.RIGHT, 26), (Move.LEFT, 24), (Move.DOWN, 26), (Move.UP, 24), (Move.FIRST, 0), (Move.LAST, 49),
        (Move.PAGE_DOWN, 25 + PAGE_POINTS), (Move.PAGE_UP, 25 - PAGE_POINTS),
    ],
)  # fmt: skip
def test_keys_go_along_a_single_curve(where: Move, position: int) -> None:
    assert moved(plot(), 25, where) == position


@pytest.mark.parametrize(("position", "where"), [(0, Move.LEFT), (10, Move.PAGE_UP), (0, Move.FIRST)])
def test_nothing_comes_before_the_first_event(position: int, where: Move) -> None:
    assert moved(plot(), position, where) == 0


@pytest.mark.parametrize(("position", "where"), [(49, Move.RIGHT), (40, Move.PAGE_DOWN), (49, Move.LAST)])
def test_nothing_comes_after_the_last_event(position: int, where: Move) -> None:
    assert moved(plot(), position, where) == N - 1


def test_up_and_down_lead_to_the_same_x_of_another_curve_as_far_as_there_is_one() -> None:
    several = plot(5)
    assert moved(several, 13, Move.DOWN) == 23
    assert moved(several, 13, Move.UP) == 3
    assert moved(several, 3, Move.UP) == 3
    assert moved(several, 13, Move.RIGHT) == 14


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("283", [283]), ("283 292", [283, 292]), ("283,292", [283, 292]), ("283…292", [283, 292]),
        ("283..292", [283, 292]), ("283-292", [283, 292]), ("-5", [-5]), ("-5-3", [-5, 3]), ("1e-3", [1e-3]),
        ("-5 -3", [-5, -3]), ("1e-3 2e-3", [1e-3, 2e-3]),
    ],
)  # fmt: skip
def test_one_number_or_two_are_read_however_they_are_set_apart(text: str, found: list[float]) -> None:
    assert numbers_in(text) == found


@pytest.mark.parametrize("text", ["", "edge", "1 2 3", "nan", "inf", "1 inf", "283 283", "283 eV"])
def test_anything_else_is_no_number(text: str) -> None:
    assert numbers_in(text) == []


def test_an_x_leads_to_the_nearest_event_on_the_curve_under_the_cursor() -> None:
    assert understood("4.4", plot(5), 12) == Target(14)


def test_two_numbers_are_a_range_in_whatever_order() -> None:
    assert understood("8 2", plot(), 0) == Target(window=(2.0, 8.0))


def test_outside_of_the_curve_the_nearest_event_is_said_to_be_no_more_than_that() -> None:
    target = understood("100", plot(), 0)
    assert target.position == N - 1
    assert target.said == "100 lies outside of 0…49: the nearest"


def test_what_cannot_be_read_is_repeated_as_far_as_there_is_room() -> None:
    assert understood("x" * 90, plot(), 0).said == f"{'x' * 30} is neither an x nor a range such as 283 292"


def test_where_the_curve_has_no_point_an_x_leads_nowhere() -> None:
    nothing = np.full(4, np.nan)
    run = run_columns("u", {"seq_num": np.arange(4.0), "time": np.arange(4.0), "e": nothing, "y": nothing})
    assert understood("3", make_plot(run, spec_of("e", ("y",))), 0) == Target()

"""How curves are looked at: what keys change, what is kept for which runs, and which part of x is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonance_tui.analysis.axes import Axes
from resonance_tui.analysis.curves import RunColumns
from resonance_tui.panes.actions import PlotAction
from resonance_tui.panes.plot.overlay import Overlay
from resonance_tui.panes.plot.state import (
    Kind,
    PlotState,
    as_chosen,
    first_of,
    kind_of,
    step,
    with_x,
)
from resonance_tui.panes.signals import OverlaidRun
from tests.columns import run_columns, spec_of

SPEC = spec_of("energy", ("tey",), ("th",))
ENERGY: Kind = ("energy", "energy")
MAP: Kind = ("map", "x")
TWO = Overlay((OverlaidRun("a", ("", "")), OverlaidRun("b", ("", ""))))
ALONE = PlotState(own_spec=SPEC, kind=ENERGY)
OVER = PlotState(own_spec=SPEC, kind=ENERGY, overlay_spec=SPEC, overlay_kind=ENERGY, overlay=TWO)


def stepped(state: PlotState, *actions: PlotAction) -> PlotState:
    for action in actions:
        state = step(state, action)
    return state


# -- keys ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "field", "values"),
    [
        (PlotAction.SCALE, "scale", ["log", "symlog", "linear"]),
        (PlotAction.DERIVATIVE, "derivative", [True, False]),
        (PlotAction.OFFSET, "offset", [True, False]),
        (PlotAction.NORMALISATION, "normalisation", ["ratio", "absorbance", "edge", "none"]),
    ],
)
def test_a_key_goes_round_all_there_is(action: PlotAction, field: str, values: list[Any]) -> None:
    state, seen = ALONE, []
    for _ in values:
        state = step(state, action)
        seen.append(getattr(state.spec, field))
    assert seen == values


def test_without_a_monitor_no_ratio_comes_up() -> None:
    state = replace(ALONE, own_spec=replace(SPEC, monitor=None))
    ways = set()
    for _ in range(4):
        state = step(state, PlotAction.NORMALISATION)
        assert state.spec is not None
        ways.add(state.spec.normalisation)
    assert ways == {"none", "absorbance", "edge"}


def test_what_counts_as_no_beam_is_changed_only_where_signals_are_divided() -> None:
    assert step(ALONE, PlotAction.CUT_OFF) == ALONE
    divided = stepped(ALONE, PlotAction.NORMALISATION, PlotAction.CUT_OFF)
    assert divided.spec is not None
    assert divided.spec.no_beam == 1e-3


def test_a_value_that_is_none_of_those_known_is_followed_by_the_second() -> None:
    state = replace(ALONE, own_spec=replace(SPEC, normalisation="ratio", no_beam=0.5))
    after = step(state, PlotAction.CUT_OFF)
    assert after.spec is not None
    assert after.spec.no_beam == 1e-3


def test_dots_are_finer_and_coarser_again() -> None:
    assert [stepped(ALONE, *[PlotAction.DOTS] * n).braille for n in (1, 2)] == [True, False]


def test_the_comparison_goes_round() -> None:
    ways = [stepped(OVER, *[PlotAction.COMPARE] * n).overlay.compare for n in (1, 2, 3)]
    assert ways == ["difference", "ratio", "none"]


@pytest.mark.parametrize("action", [PlotAction.SCALE, PlotAction.NORMALISATION, PlotAction.OFFSET])
def test_before_anything_is_drawn_there_is_nothing_to_change(action: PlotAction) -> None:
    assert step(PlotState(), action) == PlotState()


def test_a_key_that_is_none_of_these_changes_nothing() -> None:
    assert step(ALONE, PlotAction.COPY) is ALONE


# -- what is kept ----------------------------------------------------------------------------------------


def test_only_what_was_changed_is_kept_for_runs_of_the_kind() -> None:
    state = stepped(ALONE, PlotAction.SCALE, PlotAction.DERIVATIVE)
    assert state.chosen == {ENERGY: {"scale": "log", "derivative": True}}
    assert state.for_next_run().chosen == state.chosen


def test_what_is_chosen_for_overlaid_runs_holds_for_the_selected_one_where_it_is_of_their_kind() -> None:
    assert stepped(OVER, PlotAction.SCALE).own_spec == replace(SPEC, scale="log")
    other = stepped(replace(OVER, overlay_kind=MAP), PlotAction.SCALE)
    assert other.own_spec == SPEC
    assert other.overlay_spec == replace(SPEC, scale="log")
    assert other.chosen == {MAP: {"scale": "log"}}


def test_of_a_kind_that_is_not_known_nothing_is_kept() -> None:
    state = step(PlotState(own_spec=SPEC), PlotAction.SCALE)
    assert state.chosen == {}
    assert state.spec == replace(SPEC, scale="log")


def test_reset_forgets_what_was_chosen_for_this_kind_alone() -> None:
    state = replace(ALONE, chosen={ENERGY: {"scale": "log"}, MAP: {"offset": True}}, window=(1, 2))
    after = step(state, PlotAction.RESET)
    assert after.chosen == {MAP: {"offset": True}}
    assert (after.spec, after.window) == (None, None)


def test_for_the_next_run_marked_runs_stay_overlaid_and_those_alike_do_not() -> None:
    assert OVER.for_next_run().overlay == TWO
    assert replace(OVER, overlay=replace(TWO, alike=True)).for_next_run().overlay == Overlay()
    assert OVER.for_next_run().own_spec is None


def test_what_was_drawn_is_how_the_runs_in_sight_are_drawn() -> None:
    other = replace(SPEC, scale="log")
    assert ALONE.drawn(other, MAP).own_spec == other
    over = OVER.drawn(other, MAP)
    assert (over.overlay_spec, over.overlay_kind) == (other, MAP)
    assert (over.own_spec, over.kind) == (SPEC, ENERGY)


def test_other_overlaid_runs_are_drawn_as_at_first_and_as_a_whole() -> None:
    state = replace(OVER, window=(1.0, 2.0)).overlaying(Overlay())
    assert (state.overlay_spec, state.window, state.spec) == (None, None, SPEC)


# -- the part of x that is shown -------------------------------------------------------------------------


def test_nearer_shows_half_around_the_cursor() -> None:
    assert ALONE.zoomed(0.5, 4.0, (0, 10), (0, 10)).window == (1.5, 6.5)


def test_nearer_to_the_border_what_lies_outside_is_not_shown() -> None:
    assert ALONE.zoomed(0.5, 0.0, (0, 10), (0, 10)).window == (0, 2.5)


@pytest.mark.parametrize("x", [float("nan"), 99.0])
def test_a_cursor_out_of_sight_is_no_middle(x: float) -> None:
    assert ALONE.zoomed(0.5, x, (0, 8), (0, 10)).window == (2.0, 6.0)


def test_further_ends_at_all_of_it() -> None:
    assert replace(ALONE, window=(2, 8)).zoomed(2.0, 5.0, (2, 8), (0, 10)).window is None


def test_where_nothing_is_drawn_there_is_nothing_nearer() -> None:
    assert ALONE.zoomed(0.5, 1.0, (0, 1), None) is ALONE


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.lists(st.sampled_from([0.5, 2.0]), max_size=40))
def test_however_often_one_zooms_the_cursor_stays_in_sight(
    low: float, span: float, factors: list[float]
) -> None:
    whole = (low, low + span)
    x = low + 0.3 * span
    state = ALONE
    for factor in factors:
        state = state.zoomed(factor, x, state.window or whole, whole)
        shown = state.window or whole
        assert whole[0] <= shown[0] <= x <= shown[1] <= whole[1]


def test_the_window_moves_only_for_an_x_that_has_left_it() -> None:
    state = replace(ALONE, window=(2.0, 4.0))
    assert state.keeping_in_sight(4.0) is state
    assert state.keeping_in_sight(float("nan")) is state
    assert state.keeping_in_sight(9.0).window == (8.0, 10.0)
    assert ALONE.keeping_in_sight(9.0) is ALONE


# -- specs -----------------------------------------------------------------------------------------------


def energy_run(**more: Any) -> RunColumns:
    n = 12
    columns = {"seq_num": np.arange(1.0, n + 1), "time": np.arange(float(n)), "tey": np.cos(np.arange(n))}
    return run_columns("u", {**columns, "energy_position": np.linspace(270, 290, n), **more})


def test_the_x_of_a_scan_tells_no_curves_apart() -> None:
    axes = Axes("energy", slow=("th",))
    assert with_x(SPEC, "th", axes) == replace(SPEC, x="th", group_by=())
    assert with_x(replace(SPEC, x="time", group_by=()), "energy", axes).group_by == ("th",)
    assert with_x(SPEC, "time", axes).group_by == ("th",)


def test_a_run_is_drawn_as_was_chosen_for_its_kind() -> None:
    run = energy_run()
    axes = run.find_axes()
    assert kind_of(axes) == ("energy", "energy_position")
    first = first_of(run, axes, {})
    assert first is not None
    assert first_of(run, axes, {"x": "seq_num", "scale": "log"}) == replace(first, x="seq_num", scale="log")


def test_of_a_run_without_a_signal_nothing_is_drawn() -> None:
    run = run_columns("u", {"seq_num": np.zeros(0), "time": np.zeros(0)})
    assert first_of(run, run.find_axes(), {"scale": "log"}) is None


def test_an_x_that_a_run_lacks_is_not_used_nor_what_told_its_curves_apart() -> None:
    first = spec_of("energy_position", ("tey",))
    assert as_chosen(first, energy_run(), {"x": "gone", "group_by": ("tey",), "scale": "log"}) == replace(
        first, scale="log"
    )


def test_of_chosen_fields_those_are_drawn_that_a_run_has() -> None:
    first, run = spec_of("energy_position", ("tey",)), energy_run(pd=np.ones(12))
    assert as_chosen(first, run, {"ys": ("pd", "gone")}).ys == ("pd",)
    assert as_chosen(first, run, {"ys": ("gone",)}).ys == ("tey",)


def test_that_curves_are_to_be_one_is_kept_and_a_motor_that_is_x_tells_none_apart() -> None:
    run = energy_run(th=np.ones(12))
    first = spec_of("energy_position", ("tey",), ("th",))
    assert as_chosen(first, run, {"group_by": ()}).group_by == ()
    assert as_chosen(first, run, {"x": "th"}).group_by == ()

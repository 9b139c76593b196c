"""What is said of keys that do nothing here, or whose effect cannot be seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from resonance_tui.panes.actions import PlotAction
from resonance_tui.panes.plot.messages import said_of
from resonance_tui.panes.plot.model import Plot
from resonance_tui.panes.plot.series import make_plot
from resonance_tui.panes.plot.state import PlotState, step
from tests.columns import run_columns, spec_of

SPEC = spec_of("e", ("y",))
DIVIDED = replace(SPEC, normalisation="ratio")
STATE = PlotState(own_spec=SPEC)


def plot(*by: str) -> Plot:
    n = np.arange(6.0)
    run = run_columns("u", {"seq_num": n, "time": n, "e": n % 3, "th": n // 3 * 40, "y": n})
    return make_plot(run, spec_of("e", ("y",), by))


def test_a_run_without_a_monitor_says_so() -> None:
    assert said_of(PlotAction.NORMALISATION, replace(SPEC, monitor=None), STATE, None) == (
        "this run has no i0 to divide by"
    )
    assert said_of(PlotAction.NORMALISATION, SPEC, STATE, None) == ""


def test_without_division_no_point_can_be_hidden_for_its_beam() -> None:
    assert said_of(PlotAction.CUT_OFF, SPEC, STATE, None) == "nothing is divided by i0: i does that"


def test_it_is_said_from_which_beam_on_points_are_hidden() -> None:
    state, said = PlotState(own_spec=DIVIDED), []
    for _ in range(3):
        state = step(state, PlotAction.CUT_OFF)
        said.append(said_of(PlotAction.CUT_OFF, DIVIDED, state, None))
    assert said == [
        "points with less than 0.1% of the strong i0 are hidden",
        "no point is hidden for its i0",
        "points with less than 7.0% of the strong i0 are hidden",
    ]


def test_a_single_curve_cannot_be_set_apart_but_several_can() -> None:
    assert said_of(PlotAction.OFFSET, SPEC, STATE, plot()) == "there is one curve: nothing to set apart"
    assert said_of(PlotAction.OFFSET, SPEC, STATE, plot("th")) == ""
    assert said_of(PlotAction.OFFSET, replace(SPEC, offset=True), STATE, plot()) == ""


def test_it_is_said_what_curves_are_drawn_with() -> None:
    said = [said_of(PlotAction.DOTS, SPEC, replace(STATE, braille=finer), None) for finer in (True, False)]
    assert said == ["finer dots, where the font has braille", "quarter cells"]


@pytest.mark.parametrize("action", [PlotAction.SCALE, PlotAction.DERIVATIVE, PlotAction.WHOLE])
def test_of_what_is_seen_nothing_is_said(action: PlotAction) -> None:
    assert said_of(action, SPEC, STATE, plot()) == ""

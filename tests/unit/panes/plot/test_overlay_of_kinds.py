"""Runs of different kinds in one overlay: those with the axis are drawn, the others named; nothing fails."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from resonance_tui.analysis.curves import RunColumns
from resonance_tui.panes.plot.messages import overlay_prompt
from resonance_tui.panes.plot.model import Other
from resonance_tui.panes.plot.series import make_plot
from resonance_tui.panes.plot.state import first_of
from tests.columns import run_columns

N = 24


def run(uid: str, motors: dict[str, np.ndarray], **signals: np.ndarray) -> RunColumns:
    """A run whose motors read these values."""
    columns = {f"{name}_position": np.asarray(values, dtype=float) for name, values in motors.items()}
    n = len(next(iter(columns.values()))) if columns else N
    numbers = np.arange(1, n + 1, dtype=float)
    known = {"photodiode": np.cos(numbers), "i0": np.full(n, 0.5)} | signals
    keys = {name: {"source": "motor"} for name in columns}
    return run_columns(uid, {"seq_num": numbers, "time": numbers + 1e9, **columns, **known}, {}, keys)


LINE = np.linspace(-1, 1, N)
ENERGY = np.linspace(280, 290, N)
KINDS = {
    "line-up": run("a", {"sam_z": LINE, "energy": np.full(N, 285.0)}),
    "energy": run("b", {"energy": ENERGY, "sam_z": np.full(N, 0.25)}),
    "energy at angles": run(
        "c",
        {
            "energy": np.tile(np.linspace(280, 290, N // 4), 4),
            "sam_th": np.repeat([20.0, 40, 55, 90], N // 4),
        },
    ),
    "map": run(
        "d", {"sam_x": np.tile(np.linspace(0, 1, N // 4), 4), "sam_z": np.repeat([0.0, 1, 2, 3], N // 4)}
    ),
    "count": run("e", {"sam_z": np.full(N, 0.25)}),
    "no motor": run("f", {}),
    "one event": run("g", {"energy": np.array([285.0])}),
    "other signals": run_columns(
        "h", {"seq_num": np.arange(3.0), "time": np.arange(3.0), "tey": np.arange(3.0)}
    ),
}


@pytest.mark.parametrize(("first", "second"), list(itertools.product(KINDS, KINDS)))
@pytest.mark.parametrize("compare", ["none", "difference", "ratio"])
def test_any_two_kinds_are_overlaid_without_an_error(first: str, second: str, compare: str) -> None:
    one, other = KINDS[first], KINDS[second]
    spec = first_of(one, one.find_axes(), {})
    if spec is None:
        pytest.skip("nothing is drawn of such a run")
    others = [Other(one, "one", 0), Other(other, "other", 1)]
    for under_cursor in (one, other):
        plot = make_plot(under_cursor, spec, others, compare)  # type: ignore[arg-type]
        named = [note for note in plot.notes if note.startswith("not drawn")]
        assert plot.over + sum(note.count("other") for note in named) == plot.wanted == 2
        assert (plot.over == 2) == (not named)
        assert {curve.label for curve in plot.curves} == ({"one", "other"} if plot.over == 2 else {"one"})


def test_runs_without_the_axis_of_the_first_are_named_with_the_reason() -> None:
    one = KINDS["line-up"]
    spec = first_of(one, one.find_axes(), {})
    assert spec is not None
    others = [
        Other(KINDS[kind], kind, colour_index)
        for colour_index, kind in enumerate(("line-up", "energy", "count", "map"))
    ]
    plot = make_plot(one, spec, others)
    assert plot.notes == ("not drawn, as sam_z was not scanned: energy, count",)
    assert {curve.label for curve in plot.curves} == {"line-up", "map"}
    assert overlay_prompt(plot) == "2 of 4 runs overlaid: no axis in common · = end overlay"
    assert overlay_prompt(make_plot(one, spec, others[:1])).startswith("1 run overlaid · D difference/ratio")


def test_runs_without_the_signal_of_the_first_are_named_with_the_reason() -> None:
    one = KINDS["count"]
    spec = first_of(one, one.find_axes(), {})
    assert spec is not None
    plot = make_plot(one, spec, [Other(KINDS["other signals"], "other", 1)])
    assert plot.over == 0
    assert plot.is_empty
    assert plot.why_empty().endswith("not drawn, as no photodiode: other")


def test_a_run_under_the_cursor_without_the_motors_that_tell_curves_apart_has_curves_without_a_label() -> (
    None
):
    several = KINDS["energy at angles"]
    spec = first_of(several, several.find_axes(), {})
    assert spec is not None
    assert spec.group_by == ("sam_th_position",)
    plot = make_plot(KINDS["energy"], spec)
    assert [curve.label for curve in plot.curves] == [""]


def test_a_field_that_the_run_under_the_cursor_lacks_has_its_short_name_and_unit_all_the_same() -> None:
    x = run("x", {"sam_x": LINE})
    theta = run("t", {"sam_th": LINE})
    spec = first_of(x, x.find_axes(), {})
    assert spec is not None
    plot = make_plot(theta, spec, [Other(x, "one", 0), Other(theta, "other", 1)])
    assert (plot.x_name, plot.x_unit) == ("sam_x", x.unit("sam_x_position"))
    assert plot.notes == ("not drawn, as no sam_x: other",)


def test_a_run_with_angles_over_one_without_has_a_curve_for_each_angle() -> None:
    one, several = KINDS["energy"], KINDS["energy at angles"]
    spec = first_of(one, one.find_axes(), {})
    assert spec is not None
    assert spec.group_by == ()
    plot = make_plot(one, spec, [Other(one, "one", 0), Other(several, "several", 1)])
    assert [len(curve.x) for curve in plot.curves] == [N, *[N // 4] * 4]
    assert all((np.diff(curve.x) > 0).all() for curve in plot.curves), "none goes back and forth"
    under_cursor = make_plot(several, spec, [Other(one, "one", 0), Other(several, "several", 1)])
    assert under_cursor.n_traces == 4
    assert under_cursor.curve_at(N - 1) is not None

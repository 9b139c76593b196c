"""Runs as plots: their curves, the words around them, and the curve under the cursor."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonance_tui.analysis.curves import NORMALISATIONS, SCALES, RunColumns, drawable, first_spec
from resonance_tui.panes.curve_shapes import strokes, thin_out
from resonance_tui.panes.plot.model import Other
from resonance_tui.panes.plot.series import make_plot
from resonance_tui.text.printable import printable
from tests.columns import run_columns, spec_of

SWEEP = np.arange(10.0)
NAN = float("nan")


# -- plots -----------------------------------------------------------------------------------------------


def test_what_cannot_be_drawn_is_missing() -> None:
    shown = drawable(np.array([1.0, NAN, np.inf, -np.inf, 1e300, -1e301, 9e299]))
    np.testing.assert_array_equal(shown, [1.0, NAN, NAN, NAN, NAN, NAN, 9e299])


def run_of(columns: dict[str, Any], **more: Any) -> RunColumns:
    arrays = {name: np.asarray(values, dtype=np.float64) for name, values in columns.items()}
    n = next(iter(arrays.values())).size
    own = {"seq_num": np.arange(1.0, n + 1), "time": 1e9 + np.arange(n)}
    return run_columns(more.pop("uid", "u"), {**arrays, **own}, **more)


def angle_series(**more: Any) -> RunColumns:
    columns = {
        "energy_position": np.tile(SWEEP, 5),
        "tey_signal": np.arange(50.0),
        "sam_th_position": np.repeat([20.0, 40.0, 55.0, 70.0, 90.0], 10),
    }
    return run_of(columns, **more)


ENERGY, TEY, THETA = "energy_position", "tey_signal", "sam_th_position"
PER_ANGLE = spec_of(ENERGY, (TEY,), (THETA,))


def test_there_is_one_curve_per_value_of_the_slow_motor() -> None:
    plot = make_plot(angle_series(), PER_ANGLE)
    assert [c.label for c in plot.curves] == ["20", "40", "55", "70", "90"]
    assert [c.positions.tolist() for c in plot.curves] == [list(range(i, i + 10)) for i in range(0, 50, 10)]
    assert plot.curves[2].y.tolist() == list(range(20, 30))
    assert plot.caption == "tey_signal over energy (eV) × 5 sam_th"
    assert plot.describe(25) == "energy 5 eV  tey_signal 25"
    assert (plot.describe(-1), plot.describe(50)) == ("", "")
    assert [(entry.label, entry.here) for entry in plot.legend(25)][1:3] == [("40", False), ("55", True)]


def test_without_a_slow_motor_there_is_one_curve_without_a_label() -> None:
    plot = make_plot(angle_series(), spec_of(ENERGY, (TEY,)))
    assert [(c.label, c.x.size) for c in plot.curves] == [("", 50)]
    assert plot.caption == "tey_signal over energy (eV)"


def test_two_slow_motors_make_a_curve_of_each_pair() -> None:
    run = run_of(
        {
            ENERGY: np.tile(SWEEP, 6),
            "i0": np.ones(60),
            THETA: np.repeat([20.0, 55.0, 90.0], 20),
            "polarization_position": np.tile(np.repeat([0.0, 90.0], 10), 3),
        }
    )
    plot = make_plot(run, spec_of(ENERGY, ("i0",), (THETA, "polarization_position")))
    assert [c.label for c in plot.curves][:2] == ["sam_th 20 polarization 0", "sam_th 20 polarization 90"]
    assert [c.x.tolist() for c in plot.curves] == [SWEEP.tolist()] * 6
    assert plot.title == "i0 over energy (eV) × 6 sam_th, polarization"


def test_several_fields_are_curves_of_their_own() -> None:
    plot = make_plot(angle_series(), spec_of(ENERGY, (TEY, THETA)))
    assert [(c.label, c.y_index) for c in plot.curves] == [("tey_signal", 0), ("sam_th", 1)]
    assert plot.title == "tey_signal, sam_th over energy (eV)"
    assert plot.describe(12) == "energy 2 eV  tey_signal 12  sam_th 40"
    assert len({c.colour_index for c in plot.curves}) == 2


def test_points_that_are_not_drawn_are_counted_with_the_reason() -> None:
    run = run_of({"e": [1.0, 2.0, NAN, 4.0], "y": [NAN, np.inf, 1.0, 1.0]})
    plot = make_plot(run, spec_of("e", ("y",)))
    assert plot.caption == "y over e · 2 points hidden (no value) · 1 point hidden (infinite or too large)"
    assert plot.describe(2) == "e NaN  y no value"


def test_the_ratio_says_how_many_points_had_no_beam() -> None:
    run = run_of({"e": SWEEP, "y": np.ones(10), "i0": [0.5] * 7 + [1e-5, -1e-5, 0.0]})
    plot = make_plot(run, spec_of("e", ("y",), normalisation="ratio"))
    assert plot.caption == "y ÷ i0 over e · 3 points hidden (|i0| < 0.035)"
    np.testing.assert_array_equal(plot.ys[0], [2.0] * 7 + [NAN] * 3)
    assert plot.describe(9) == "e 9  y ÷ i0 no value: i0 too low"


def test_a_logarithm_of_what_is_negative_is_left_out_and_said_so() -> None:
    run = run_of({"e": SWEEP, "y": np.linspace(-4.0, 5.0, 10)})
    plot = make_plot(run, spec_of("e", ("y",), scale="log"))
    assert plot.caption == "y over e · log · 5 points hidden (≤ 0, no logarithm)"
    assert np.isnan(plot.curves[0].y[:5]).all()
    np.testing.assert_allclose(plot.curves[0].y[5:], np.log10([1, 2, 3, 4, 5]))


def test_where_nothing_can_be_drawn_the_reason_is_said() -> None:
    run = run_of({"e": SWEEP, "photodiode": -np.ones(10), "i0": np.ones(10)})
    plot = make_plot(run, spec_of("e", ("photodiode",), normalisation="absorbance"))
    assert plot.is_empty
    assert plot.why_empty() == (
        "Nothing to draw of −ln(photodiode ÷ i0): 10 points hidden (≤ 0, no logarithm)"
    )


def test_curves_that_are_set_apart_keep_their_values() -> None:
    plot = make_plot(angle_series(), replace(PER_ANGLE, offset=True))
    assert [float(c.y[0]) for c in plot.curves] == [0.0, 10 + 4.5, 20 + 9.0, 30 + 13.5, 40 + 18.0]
    assert plot.notes == ("each 4.5 above the last",)
    assert plot.describe(10) == "energy 0 eV  tey_signal 10"
    assert plot.shown[0][10] == 14.5  # where the cursor stands


def test_a_symmetric_logarithm_shows_both_signs() -> None:
    run = run_of({"e": SWEEP, "y": [-1000.0, -10, -1, 0, 1, 10, 100, 1000, 1e4, 1e5]})
    plot = make_plot(run, spec_of("e", ("y",), scale="symlog"))
    assert plot.notes == ("symmetric log, linear below 1",)
    assert (np.diff(plot.curves[0].y) > 0).all()


def test_names_say_what_is_drawn() -> None:
    run = angle_series()
    run.columns["i0"] = np.ones(50)

    def name(**how: Any) -> str:
        return make_plot(run, replace(PER_ANGLE, **how)).y_name

    assert name(normalisation="ratio") == "tey_signal ÷ i0"
    assert name(normalisation="absorbance") == "−ln(tey_signal ÷ i0)"
    assert name(normalisation="edge") == "tey_signal ÷ i0, edge step normalised"
    assert name(derivative=True) == "d(tey_signal)/d energy"
    assert name(normalisation="ratio", derivative=True) == "d(tey_signal ÷ i0)/d energy"


def test_the_names_of_a_plot_are_printable() -> None:
    plot = make_plot(
        run_of({"\x1b_position": np.ones(2), "[/]\n": np.ones(2)}), spec_of("\x1b_position", ("[/]\n",))
    )
    assert (plot.x_name, plot.y_name) == ("␛", "[/]␊")


def test_the_time_counts_from_the_first_event() -> None:
    plot = make_plot(angle_series(), spec_of("time", (TEY,)))
    assert plot.x[:3].tolist() == [0.0, 1.0, 2.0]
    assert plot.title == "tey_signal over time (s)"


# -- the curve under the cursor --------------------------------------------------------------------------


def test_of_many_curves_the_one_under_the_cursor_is_drawn_and_its_neighbours_faintly() -> None:
    run = run_of({"x": np.tile(SWEEP, 20), "y": np.arange(200.0), "row": np.repeat(np.arange(20.0), 10)})
    plot = make_plot(run, spec_of("x", ("y",), ("row",)))
    bright, faint = plot.in_sight(55)
    assert [c.trace for c in bright] == [5]
    assert sorted(c.trace for c in faint) == [4, 6]
    assert [c.trace for c in plot.in_sight(0)[1]] == [1]


def test_the_cursor_goes_across_to_the_same_x_of_the_next_curve() -> None:
    plot = make_plot(angle_series(), PER_ANGLE)
    assert plot.across(3, 1) == 13
    assert plot.across(13, -1) == 3
    assert (plot.across(3, -1), plot.across(43, 1)) == (3, 43)


def test_the_nearest_x_is_looked_for_on_the_curve_under_the_cursor() -> None:
    plot = make_plot(angle_series(), PER_ANGLE)
    assert plot.nearest(4.2, 27) == 24
    twice = make_plot(angle_series(), spec_of(ENERGY, (TEY,)))
    assert twice.nearest(4.0, 27) == 24  # of several sweeps the nearest
    assert make_plot(run_of({"e": [NAN], "y": [1.0]}), spec_of("e", ("y",))).nearest(1.0, 0) is None


def test_the_maximum_is_that_of_the_curve_under_the_cursor() -> None:
    plot = make_plot(angle_series(), PER_ANGLE)
    assert [plot.highest(at) for at in (0, 25, 49)] == [9, 29, 49]


# -- runs over one another -------------------------------------------------------------------------------


def two_runs(**how: Any) -> Any:
    first = run_of({"e": SWEEP, "y": 2 * SWEEP + 1}, uid="a")
    second = run_of({"e": SWEEP + 0.5, "y": 4 * (SWEEP + 0.5) + 2}, uid="b")
    others = [Other(first, "sample 01:00", 3), Other(second, "sample 02:00", 7)]
    return make_plot(second, spec_of("e", ("y",)), others, **how)


def test_runs_over_one_another_keep_their_colour_and_only_the_selected_one_has_events() -> None:
    plot = two_runs()
    assert [(c.label, c.colour_index, c.positions.size) for c in plot.curves] == [
        ("sample 01:00", 3, 0),
        ("sample 02:00", 7, 10),
    ]
    assert plot.title == "y over e · 2 runs"


def test_runs_are_compared_with_the_first_at_their_own_x() -> None:
    difference = two_runs(compare="difference")
    np.testing.assert_allclose(difference.curves[0].y, 0.0)
    np.testing.assert_allclose(difference.curves[1].y[:-1], 2 * (SWEEP[:-1] + 0.5) + 1)
    assert np.isnan(difference.curves[1].y[-1])  # beyond the first one's range
    ratio = two_runs(compare="ratio")
    np.testing.assert_allclose(ratio.curves[1].y[:-1], 2.0)
    assert ratio.y_name == "y ÷ first run"


def angles(places: list[float], uid: str) -> RunColumns:
    """Where each curve's value is the angle itself."""
    th = np.repeat(places, 10)
    return run_of({"e": np.tile(SWEEP, len(places)), "th": th, "y": th.copy()}, uid=uid)


def test_a_curve_is_compared_with_the_one_at_the_same_angle_and_one_without_is_left_out() -> None:
    first, second = angles([20.0, 55, 90], "a"), angles([20.0, 40, 55, 90], "b")
    others = [Other(first, "a", 0), Other(second, "b", 1)]
    plot = make_plot(second, spec_of("e", ("y",), ("th",)), others, "difference")
    made = [curve.y for curve in plot.curves if curve.label == "b"]
    assert [float(y[0]) for y in (made[0], made[2], made[3])] == [0.0, 0.0, 0.0]
    assert np.isnan(made[1]).all()
    assert "10 points hidden (no such curve in the first run)" in plot.notes


def test_one_curve_is_no_partner_of_several() -> None:
    first, second = angles([55.0], "a"), angles([20.0, 55, 90], "b")
    others = [Other(first, "a", 0), Other(second, "b", 1)]
    plot = make_plot(second, spec_of("e", ("y",), ("th",)), others, "difference")
    made = [curve.y for curve in plot.curves if curve.label == "b"]
    assert [bool(np.isfinite(y).any()) for y in made] == [False, True, False]


def test_what_is_compared_is_what_is_said_of_the_event_under_the_cursor() -> None:
    plot = two_runs(compare="difference")
    np.testing.assert_array_equal(plot.ys[0], plot.curves[1].y)
    assert plot.describe(0) == "e 0.5  y − first run 2"
    assert plot.highest(0) == int(np.nanargmax(plot.ys[0]))


def test_runs_without_a_monitor_are_named_where_others_are_divided() -> None:
    with_beam = run_of({"e": SWEEP, "y": np.ones(10), "i0": np.full(10, 0.01)}, uid="a")
    without = run_of({"e": SWEEP, "y": np.ones(10)}, uid="b")
    others = [Other(with_beam, "a", 0), Other(without, "b", 1)]
    plot = make_plot(with_beam, spec_of("e", ("y",), normalisation="ratio"), others)
    assert "no i0 in 1 run" in plot.notes


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@settings(max_examples=100)
@given(st.data(), st.integers(0, 25))
def test_every_event_is_in_one_curve_whatever_was_measured(data: st.DataObject, n: int) -> None:
    values = st.floats() | st.sampled_from([0.0, 1.0, 2.0])
    run = run_of(
        {
            name: data.draw(st.lists(values, min_size=n, max_size=n))
            for name in ("a_position", "b_position", "c_position", "y", "i0")
        }
    )
    spec = first_spec(run, run.find_axes())
    if spec is None:
        return
    spec = replace(
        spec,
        normalisation=data.draw(st.sampled_from(NORMALISATIONS)),
        scale=data.draw(st.sampled_from(SCALES)),
        derivative=data.draw(st.booleans()),
        offset=data.draw(st.booleans()),
    )
    plot = make_plot(run, spec)
    assert sorted(int(p) for c in plot.curves for p in c.positions) == list(range(n))
    assert plot.caption == printable(plot.caption)
    for shown in plot.curves:
        for x, y in strokes(thin_out(shown, 10)):
            assert np.isfinite(x).all()
            assert np.isfinite(y).all()
    for at in range(n):
        assert plot.describe(at)
        assert 0 <= plot.across(at, 1) < n

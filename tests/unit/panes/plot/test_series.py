"""Curves made ready to be drawn: gaps, spikes and ticks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonance_tui.analysis.curves import NORMALISATIONS, SCALES, RunColumns, drawable, first_spec
from resonance_tui.panes.plot.series import (
    Curve,
    Other,
    log_ticks,
    make_plot,
    strokes,
    thin_out,
    tick_labels,
    ticks,
)
from resonance_tui.text.printable import printable
from tests.columns import run_columns, spec_of

Values = np.ndarray[Any, np.dtype[np.float64]]

SWEEP = np.arange(10.0)
NAN = float("nan")


def curve(x: Any, y: Any = None) -> Curve:
    xs = np.asarray(x, dtype=np.float64)
    ys = np.zeros(xs.size) if y is None else np.asarray(y, dtype=np.float64)
    return Curve("", xs, ys, np.arange(xs.size))


def lengths(shown: Curve) -> list[int]:
    return [len(x) for x, _ in strokes(shown)]


# -- strokes ---------------------------------------------------------------------------------------------


def test_a_missing_signal_is_a_gap() -> None:
    assert strokes(curve([0, 1, 2, 3, 4], [5, 6, NAN, 8, 9])) == [([0, 1], [5, 6]), ([3, 4], [8, 9])]


def test_a_missing_motor_is_a_gap() -> None:
    assert strokes(curve([0, 1, NAN, 3], [5, 6, 7, 8])) == [([0, 1], [5, 6]), ([3], [8])]


def test_missing_ends_leave_the_middle() -> None:
    assert strokes(curve([0, 1, 2, 3], [NAN, 6, 7, NAN])) == [([1, 2], [6, 7])]


@pytest.mark.parametrize("x", [[], [NAN], [NAN] * 5])
def test_nothing_to_draw_is_no_stroke(x: list[float]) -> None:
    assert strokes(curve(x)) == []


def test_one_point_is_a_stroke_of_its_own() -> None:
    assert strokes(curve([270.0], [1.0])) == [([270.0], [1.0])]


@pytest.mark.parametrize("times", [2, 3, 7])
@pytest.mark.parametrize("sweep", [SWEEP, SWEEP[::-1], 270 + SWEEP**2, SWEEP[:3]])
def test_a_sweep_that_starts_over_is_broken(sweep: Values, times: int) -> None:
    assert lengths(curve(np.tile(sweep, times))) == [sweep.size] * times


def test_a_sweep_that_starts_over_is_broken_where_each_point_is_taken_twice() -> None:
    assert lengths(curve(np.tile(np.repeat(SWEEP, 2), 2))) == [20, 20]


def test_a_sweep_that_starts_over_after_a_gap_is_broken_once() -> None:
    assert lengths(curve([0, 1, 2, 3, NAN, 0, 1, 2, 3])) == [4, 4]


@pytest.mark.parametrize("times", [2, 3, 4, 7])
def test_a_sweep_back_and_forth_is_not_broken(times: int) -> None:
    back_and_forth = np.concatenate([SWEEP if i % 2 == 0 else SWEEP[::-1] for i in range(times)])
    assert lengths(curve(back_and_forth)) == [10 * times]


def test_varying_steps_and_a_jittering_readback_are_not_broken() -> None:
    energy = np.concatenate(
        [np.arange(270.0, 280.0), np.arange(280.0, 290.0, 0.1), np.arange(290.0, 370.0, 5.0)]
    )
    jitter = np.random.default_rng(1).standard_normal(energy.size) * 0.05
    assert lengths(curve(energy + jitter)) == [energy.size]


any_floats = st.lists(
    st.floats() | st.sampled_from([0.0, 1.0, 1e300, -1e300, 5e-324, NAN]) | st.integers(-5, 5).map(float),
    max_size=25,
)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@settings(max_examples=150)
@given(any_floats, st.randoms(use_true_random=False))
def test_strokes_hold_every_finite_point_once_and_in_order(x: list[float], random: Any) -> None:
    y = random.sample(x, len(x))
    shown = curve(x, y)
    drawn = [point for xs, ys in strokes(shown) for point in zip(xs, ys, strict=True)]
    finite = np.isfinite(shown.x) & np.isfinite(shown.y)
    assert drawn == list(zip(shown.x[finite].tolist(), shown.y[finite].tolist(), strict=True))


# -- thinning out ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [0, 1, 500, 49_999, 77_777, 99_998, 99_999])
@pytest.mark.parametrize("height", [9.0, -9.0])
def test_a_single_spike_among_a_hundred_thousand_points_survives(place: int, height: float) -> None:
    y = np.random.default_rng(2).random(100_000)
    y[place] = height
    thin = thin_out(curve(np.arange(100_000), y), 80)
    assert height in thin.y
    assert place in thin.positions
    assert thin.x.size <= 4 * 80


def test_a_spike_survives_beside_a_higher_one_whose_motor_was_not_read() -> None:
    x, y = np.arange(100_000.0), np.zeros(100_000)
    y[5], y[6] = 10.0, 9.0
    x[5] = NAN
    thin = thin_out(curve(x, y), 80)
    assert 9.0 in [value for _, ys in strokes(thin) for value in ys]


def test_the_sweeps_of_a_long_curve_stay_apart() -> None:
    x = np.tile(np.arange(30_000.0), 3)
    assert len(strokes(thin_out(curve(x, np.sin(x)), 100))) == 3


def test_of_many_sweeps_over_one_another_the_outline_is_left_with_every_spike() -> None:
    x = np.tile(np.linspace(0, 1, 1000), 100)
    y = np.random.default_rng(3).normal(0, 1, x.size)
    y[54_321] = 50.0
    thin = thin_out(curve(x, y), 60)
    assert thin.x.size <= 4 * 60
    assert thin.y.max() == 50.0
    assert thin.y.min() == y.min()
    assert (np.diff(thin.x) > -0.02).all()


def test_many_sweeps_of_nothing_are_nothing() -> None:
    x = np.tile(np.linspace(0, 1, 200), 8)
    assert thin_out(curve(x, np.full(x.size, NAN)), 60).x.size == 0


def test_a_gap_as_wide_as_a_column_stays() -> None:
    y = np.zeros(100_000)
    y[30_000:33_000] = NAN
    assert len(strokes(thin_out(curve(np.arange(100_000), y), 100))) == 2


def test_a_short_curve_is_left_as_it_is() -> None:
    short = curve(np.arange(40.0))
    assert thin_out(short, 10) is short
    assert thin_out(short, 0) is short
    assert thin_out(short, -5) is short


@settings(max_examples=100)
@given(st.integers(0, 3000), st.integers(-1, 120), st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_what_is_left_is_a_part_of_the_curve_with_its_ends_and_extremes(
    n: int, columns: int, missing: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    y = rng.standard_normal(n)
    y[rng.random(n) < missing] = NAN
    full = curve(np.cumsum(rng.random(n)), y)
    thin = thin_out(full, columns)
    assert thin.x.size <= max(4 * max(columns, 10), 0)
    assert (np.diff(thin.positions) > 0).all()
    np.testing.assert_array_equal(thin.x, full.x[thin.positions])
    np.testing.assert_array_equal(thin.y, full.y[thin.positions])
    finite = np.flatnonzero(np.isfinite(y))
    if finite.size:
        kept = set(thin.positions.tolist())
        assert {int(finite[0]), int(finite[-1])} <= kept
        assert np.nanmax(thin.y) == np.nanmax(y)
        assert np.nanmin(thin.y) == np.nanmin(y)


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
    assert name(normalisation="edge") == "tey_signal ÷ i0, edge 0→1"
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


# -- ticks -----------------------------------------------------------------------------------------------


def test_ticks_are_round() -> None:
    assert ticks(0, 1, 5) == [0.0, 0.5, 1.0]
    assert ticks(270, 369.9, 6) == [280, 300, 320, 340, 360]
    assert ticks(-0.00034, 0.00052, 5) == [0.0, 0.0005]
    assert ticks(12, 19, 9) == [12, 13, 14, 15, 16, 17, 18, 19]


@pytest.mark.parametrize(
    ("low", "high", "most", "found"),
    [(5, 5, 4, [5]), (5, 1, 4, [5]), (0, 1, 1, [0]), (0, 1, 0, [0]), (NAN, 1, 4, []), (-np.inf, 1, 4, [])],
)
def test_where_no_ticks_can_be_found_there_is_at_most_one(
    low: float, high: float, most: int, found: list[float]
) -> None:
    assert ticks(low, high, most) == found


@settings(max_examples=250)
@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.integers(2, 30))
def test_ticks_are_round_few_rising_and_within_the_range(low: float, span: float, most: int) -> None:
    span = max(span, abs(low) * 1e-6)
    high = low + span
    found = ticks(low, high, most)
    assert len(found) <= most
    assert all(low - 1e-6 * span <= value <= high + 1e-6 * span for value in found)
    if len(found) > 1:
        steps = np.diff(found)
        assert (steps > 0).all()
        step = float(np.median(steps))
        assert np.allclose(steps, step, rtol=1e-4)
        mantissa = step / 10 ** np.floor(np.log10(step) + 1e-6)
        assert min(abs(mantissa - round_step) for round_step in (1, 2, 5, 10)) < 1e-3
        multiples = np.array(found) / step
        assert np.allclose(multiples, np.round(multiples), atol=1e-3)


@settings(max_examples=100)
@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e6), st.integers(4, 30))
def test_there_are_enough_ticks_to_read_a_value_by(low: float, span: float, most: int) -> None:
    assert len(ticks(low, low + span, most)) >= max(1, most // 4)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@settings(max_examples=100)
@given(st.floats(), st.floats(), st.integers(-2, 30))
def test_any_range_has_ticks_with_labels(low: float, high: float, most: int) -> None:
    found = ticks(low, high, most)
    assert len(found) <= max(most, 1)
    assert np.isfinite(found).all()
    assert len(tick_labels(found)) == len(found)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    ("low", "high"),
    [(0.0, 5e-324), (1e-323, 2e-323), (-1.7e308, 1.7e308), (1e16, 1e16 + 2), (5.0, 5.000000000000001)],
)
def test_a_range_at_the_ends_of_floating_point_has_few_ticks_within_it(low: float, high: float) -> None:
    found = ticks(low, high, 5)
    assert len(found) <= 5
    assert all(low <= value <= high for value in found)


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (270, 369.9, ["280", "300", "320", "340", "360"]),
        (0, 1, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (-2, 2, ["-2", "-1", "0", "1", "2"]),
        (284.9, 285.4, ["284.9", "285.0", "285.1", "285.2", "285.3", "285.4"]),
    ],
)
def test_tick_labels_have_as_many_decimals_as_the_step_needs(
    low: float, high: float, labels: list[str]
) -> None:
    assert tick_labels(ticks(low, high, 6)) == labels


@pytest.mark.parametrize(("low", "high"), [(0.0, 5e-4), (0.0, 2e7), (1e-9, 5e-9), (0.0, 3e12), (-4e-6, 4e-6)])
def test_labels_of_small_and_large_ticks_are_short_and_tell_them_apart(low: float, high: float) -> None:
    found = ticks(low, high, 6)
    labels = tick_labels(found)
    assert len(set(labels)) == len(found) > 2
    assert [float(label) for label in labels] == pytest.approx(found)
    assert max(map(len, labels)) <= 9


def test_one_tick_and_no_tick_have_labels() -> None:
    assert tick_labels([285.0]) == ["285"]
    assert tick_labels([]) == []


# -- ticks of logarithms ---------------------------------------------------------------------------------


@settings(max_examples=100)
@given(st.floats(-12, 12), st.floats(0, 20), st.integers(1, 12))
def test_ticks_of_logarithms_lie_inside_and_are_not_too_many(low: float, span: float, most: int) -> None:
    places = log_ticks(low, low + span, most)
    assert 1 <= len(places) <= most
    assert all(low - 1e-6 <= place <= low + span + 1e-6 for place in places)
    assert (np.diff(places) > 0).all()


@settings(max_examples=100)
@given(st.floats(-12, 12), st.floats(1, 20), st.integers(1, 12))
def test_ticks_of_logarithms_are_round_numbers(low: float, span: float, most: int) -> None:
    for place in log_ticks(low, low + span, most):
        mantissa = 10 ** (place - np.floor(place + 1e-9))
        assert min(abs(mantissa - round_one) for round_one in (1, 2, 3, 5)) < 1e-6


@pytest.mark.parametrize(
    ("low", "high", "most", "values"),
    [
        (0.0, 1.0, 6, [1, 2, 5, 10]),
        (0.0, 2.0, 5, [1, 3, 10, 30, 100]),
        (0.0, 4.0, 5, [1, 10, 100, 1e3, 1e4]),
        (0.0, 8.0, 5, [1, 100, 1e4, 1e6, 1e8]),
        (-2.0, 0.0, 4, [0.01, 0.1, 1]),
    ],
)
def test_ticks_of_logarithms_are_decades_and_more_where_there_is_room(
    low: float, high: float, most: int, values: list[float]
) -> None:
    assert 10 ** np.array(log_ticks(low, high, most)) == pytest.approx(values)


def test_where_no_round_number_lies_the_lower_end_is_the_tick() -> None:
    assert log_ticks(0.75, 0.8, 5) == [0.75]

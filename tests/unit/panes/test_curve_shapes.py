"""The points of a curve as they are drawn: gaps, spikes and ticks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonance_tui.panes.curve_shapes import Curve, log_ticks, strokes, thin_out, tick_labels, ticks

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

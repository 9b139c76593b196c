"""Curves from columns: divided by the beam, as absorbance, between the edges, derivatives, scales."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonance_tui.analysis.curves import (
    NO_BEAM,
    Hidden,
    compared,
    derivative,
    edge_normalised,
    linear_below,
    make_curve,
    scaled,
    traces_of,
)
from tests.columns import run_columns, spec_of

NAN = float("nan")
X = np.linspace(0.0, 10.0, 101)


def made(normalisation: str = "none", **columns: Any) -> Any:
    arrays = {name: np.asarray(values, dtype=np.float64) for name, values in columns.items()}
    n = arrays["x"].size
    run = run_columns("u", {**arrays, "seq_num": np.arange(n * 1.0), "time": np.arange(n * 1.0)})
    spec = spec_of("x", ("y",), normalisation=normalisation)  # type: ignore[arg-type]
    return make_curve(run, "y", spec, traces_of(run, ()))


def test_a_signal_as_measured_is_what_was_measured() -> None:
    curve = made(x=[1, 2, 3], y=[4, NAN, -6], i0=[1, 1, 1])
    np.testing.assert_array_equal(curve.values, [4, NAN, -6])
    assert [(one.count, one.code) for one in curve.hidden] == [(1, "no_value")]


def test_the_ratio_keeps_the_sign_and_leaves_out_where_there_was_no_beam() -> None:
    curve = made("ratio", x=np.arange(6), y=[-2, 4, 6, 8, 1, 1], i0=[1, 2, -2, 2, 1e-3, 0])
    np.testing.assert_array_equal(curve.values, [-2, 2, -3, 4, NAN, NAN])
    assert curve.hidden == (Hidden(2, "monitor_weak", 0.14, "i0"),)


def test_the_limit_that_is_said_is_the_limit_that_is_used() -> None:
    i0 = np.linspace(0.0, 0.3217, 500)
    curve = made("ratio", x=np.arange(500), y=np.ones(500), i0=i0)
    (left_out,) = curve.hidden
    limit = left_out.limit
    assert limit is not None
    assert left_out.count == np.count_nonzero(i0 < limit)
    assert limit == pytest.approx(NO_BEAM[0] * 0.95 * 0.3217, rel=0.5)


def test_without_a_monitor_nothing_is_divided() -> None:
    np.testing.assert_array_equal(made("ratio", x=[1, 2], y=[4, 5]).values, [4, 5])


def test_absorbance_is_minus_the_logarithm_of_the_ratio() -> None:
    curve = made("absorbance", x=np.arange(4), y=np.exp([-1.0, -2, 0, 1]), i0=np.ones(4))
    np.testing.assert_allclose(curve.values, [1, 2, 0, -1])


def test_a_logarithm_of_what_is_not_positive_is_left_out_not_made_positive() -> None:
    curve = made("absorbance", x=np.arange(3), y=[-0.5, 0.0, 0.5], i0=np.ones(3))
    np.testing.assert_allclose(curve.values, [NAN, NAN, -np.log(0.5)])
    assert [(one.count, one.code) for one in curve.hidden] == [(2, "no_logarithm")]


def test_a_spectrum_between_its_edges_goes_from_0_to_1() -> None:
    y = 0.3 + 1.7 / (1 + np.exp(-8 * (X - 5)))
    made_of_it = edge_normalised(X, y)
    assert made_of_it[X <= 1] == pytest.approx(0.0, abs=1e-6)
    assert made_of_it[X >= 9] == pytest.approx(1.0, abs=1e-6)
    np.testing.assert_allclose(
        edge_normalised(X, 7 * y - 3), made_of_it, atol=1e-12
    )  # whatever its size and background


def test_a_spectrum_whose_pre_edge_was_left_out_is_not_normalised_to_what_comes_next() -> None:
    y = np.where(X < 2.0, NAN, 1.0 + X)
    assert not np.isfinite(edge_normalised(X, y)).any()
    curve = made("edge", x=X, y=1.0 + X, i0=np.where(X < 2.0, 1e-3, 1.0))
    assert [one.code for one in curve.hidden] == ["monitor_weak", "no_edge"]
    assert sum(one.count for one in curve.hidden) == X.size


@pytest.mark.parametrize("y", [np.ones(101), np.full(101, NAN), np.where(X > 0, NAN, 1.0)])
def test_a_spectrum_without_an_edge_has_none(y: Any) -> None:
    assert not np.isfinite(edge_normalised(X, y)).any()


def test_the_derivative_is_exact_for_a_parabola_over_uneven_steps() -> None:
    x = np.cumsum(np.random.default_rng(1).uniform(0.1, 2.0, 200))
    found = derivative(x, 3 * x**2 - 5 * x)
    np.testing.assert_allclose(found[1:-1], (6 * x - 5)[1:-1])


def test_the_derivative_does_not_reach_from_one_sweep_into_the_next() -> None:
    x = np.tile(np.arange(10.0), 3)
    y = np.concatenate([np.arange(10.0), 100 + np.arange(10.0), np.arange(10.0)])
    np.testing.assert_allclose(derivative(x, y), 1.0)


def test_the_derivative_has_gaps_where_a_value_is_missing_and_none_where_x_stands() -> None:
    np.testing.assert_array_equal(
        derivative(np.array([0.0, 1, 2, 3]), np.array([0.0, 1, NAN, 3])), [1, 1, NAN, 1]
    )
    np.testing.assert_array_equal(
        derivative(np.array([0.0, 1, 1, 2]), np.array([0.0, 1, 9, 2])), [1, 1, NAN, 1]
    )
    assert np.isnan(derivative(np.array([1.0]), np.array([1.0]))).all()


def test_a_symmetric_logarithm_is_odd_and_rises_and_is_linear_near_zero() -> None:
    values = np.linspace(-100, 100, 2001)
    shown, left_out = scaled(values, "symlog", 1.0)
    assert left_out == 0
    np.testing.assert_allclose(shown, -shown[::-1], atol=1e-12)
    assert (np.diff(shown) > 0).all()
    assert scaled(np.array([1e-4]), "symlog", 1.0)[0][0] == pytest.approx(1e-4 / np.log(10), rel=1e-3)


@pytest.mark.parametrize(
    ("values", "below"), [([1.0, 10, 100, 1000], 1.0), ([0.0, 0.0], 1.0), ([-5e-7, 5e-7], 1e-7), ([], 1.0)]
)
def test_the_linear_part_is_a_power_of_ten_near_the_small_values(values: list[float], below: float) -> None:
    assert linear_below([np.array(values)]) == pytest.approx(below)


def test_a_curve_is_compared_only_where_the_first_has_values() -> None:
    found = compared(
        np.array([-1.0, 0.5, 5]), np.array([1.0, 1, 1]), np.array([1.0, 0]), np.array([2.0, 0]), "ratio"
    )
    np.testing.assert_array_equal(found, [NAN, 1.0, NAN])
    nothing = compared(X, X, np.array([NAN]), np.array([NAN]), "difference")
    assert np.isnan(nothing).all()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@settings(max_examples=100)
@given(st.data(), st.integers(0, 20), st.sampled_from(["none", "ratio", "absorbance", "edge"]))
def test_whatever_was_measured_a_curve_is_finite_or_missing(
    data: st.DataObject, n: int, normalisation: str
) -> None:
    columns = {name: data.draw(st.lists(st.floats(), min_size=n, max_size=n)) for name in ("x", "y", "i0")}
    curve = made(normalisation, **columns)
    assert not np.isinf(curve.values).any()
    assert curve.values.size == n
    assert all(0 < one.count <= n for one in curve.hidden)
    assert sum(one.count for one in curve.hidden) == np.count_nonzero(~np.isfinite(curve.values))

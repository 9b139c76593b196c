"""Contrast: limits near the true percentiles, stretches and levels in range and rising."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from resonance_tui.analysis.contrast import (
    STRETCHES,
    Stretch,
    full_limits,
    in_order,
    percentile_limits,
    sample,
    stretched,
    stretched_signed,
    to_levels,
)

Array = np.ndarray[Any, np.dtype[Any]]


@pytest.mark.parametrize(
    "shape", [(10, 10), (255, 257), (1000, 700), (1024, 1024), (4096, 4096), (1, 5000), (5000, 1)]
)
def test_the_limits_are_near_the_true_percentiles(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(7)
    frame = rng.integers(0, 65536, shape, dtype=np.uint16)
    dark, bright = percentile_limits(frame)
    error = 0.01 if frame.size < 10_000 else 0.003
    assert abs(float(np.mean(frame < dark)) - 0.01) <= error
    assert abs(float(np.mean(frame < bright)) - 0.995) <= error


def test_a_small_frame_has_exactly_its_percentiles() -> None:
    frame = np.random.default_rng(3).gamma(2.0, 100.0, (120, 130))
    low, high = np.percentile(frame, (1, 99.5))
    assert percentile_limits(frame) == pytest.approx((low, high))


def test_other_percentiles_can_be_asked_for() -> None:
    frame = np.arange(101.0).reshape(1, 101)
    assert percentile_limits(frame, 10, 90) == pytest.approx((10, 90))


def test_a_few_saturated_pixels_do_not_set_the_limit() -> None:
    frame = np.random.default_rng(5).integers(60, 80, (256, 256), dtype=np.int32)
    frame[::40, ::40] = 2**31 - 1
    dark, bright = percentile_limits(frame)
    assert 60 <= dark < bright <= 80


@pytest.mark.parametrize("side", [1024, 2048])
def test_lines_of_hot_pixels_at_the_seams_of_a_sensor_do_not_set_the_limit(side: int) -> None:
    frame = np.random.default_rng(6).integers(60, 80, (side, side), dtype=np.int32)
    frame[:: side // 2] = 2**31 - 1  # two lines: 0.2 % of the pixels of 1024 lines
    _, bright = percentile_limits(frame)
    assert bright <= 80


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_ignored(odd: float) -> None:
    frame = np.random.default_rng(11).normal(50, 5, (100, 100))
    expected = percentile_limits(frame[:, 50:])
    frame[:, :50] = odd
    assert percentile_limits(frame) == expected


@pytest.mark.parametrize(
    "frame",
    [
        np.zeros((0, 0)),
        np.zeros((0, 7)),
        np.zeros((7, 0), np.int32),
        np.full((3, 3), np.nan),
        np.full((3, 3), np.inf),
    ],
)
def test_without_a_finite_pixel_the_limits_are_zero_and_one(frame: Array) -> None:
    assert percentile_limits(frame) == (0.0, 1.0)


@pytest.mark.parametrize(
    "frame",
    [
        np.full((5, 5), 70, np.int32),
        np.zeros((5, 5)),
        np.full((5, 5), -3.5),
        np.full((5, 5), True),
        np.array([[4]], np.uint8),
        np.full((5, 5), 2**31 - 1, np.int32),
        np.full((5, 5), 2.0**53),
        np.full((5, 5), 2**64 - 1, np.uint64),
        np.full((5, 5), 1e20, np.float32),
        np.full((5, 5), -1e300),
    ],
    ids=lambda frame: f"{frame.dtype} {frame[0, 0]}",
)
def test_a_constant_frame_has_limits_in_order_and_one_level(frame: Array) -> None:
    low, high = percentile_limits(frame)
    assert low < high
    levels = to_levels(stretched(frame.astype(np.float64), (low, high)), 32)
    assert np.unique(levels).size == 1
    assert 0 <= levels[0, 0] < 32


@settings(max_examples=120)
@given(
    hnp.arrays(
        np.float64,
        hnp.array_shapes(min_dims=2, max_dims=2, max_side=12),
        elements=st.floats(-1e12, 1e12) | st.just(np.nan) | st.just(np.inf) | st.just(-np.inf),
    )
)
def test_the_limits_are_finite_and_in_order_for_any_frame(frame: Array) -> None:
    low, high = percentile_limits(frame)
    assert np.isfinite([low, high]).all()
    assert low < high


# -- stretches -------------------------------------------------------------------------------------------

stretches = st.sampled_from(STRETCHES)


@settings(max_examples=100)
@given(
    st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=30),
    st.floats(-1e9, 1e9),
    st.floats(1e-3, 1e9),
    st.integers(1, 256),
    stretches,
)
@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_levels_are_in_range_and_rise_with_the_value(
    values: list[float], low: float, span: float, levels: int, stretch: Stretch
) -> None:
    array = np.array([sorted(values, key=lambda v: (np.isnan(v), v))])
    share = stretched(array, (low, low + span), stretch)
    missing = np.isnan(array)
    assert (np.isnan(share) == missing).all()
    assert ((share[~missing] >= 0) & (share[~missing] <= 1 + 1e-12)).all()
    found = to_levels(share, levels)
    assert found.dtype == np.int16
    assert found.shape == array.shape
    assert (found[missing] == -1).all()
    rising = found[~missing]
    assert (rising >= 0).all()
    assert (rising < levels).all()
    assert (np.diff(rising) >= 0).all()


@settings(max_examples=100)
@given(st.floats(-1e12, 1e12), st.floats(1e-2, 1e12), stretches)
def test_the_limits_are_zero_and_one_and_so_is_what_lies_beyond(
    low: float, span: float, stretch: Stretch
) -> None:
    high = low + span
    share = stretched(np.array([low, high, low - span, high + span, -np.inf, np.inf]), (low, high), stretch)
    assert share.tolist() == pytest.approx([0, 1, 0, 1, 0, 1])


@settings(max_examples=100)
@given(st.integers(-1000, 1000), st.integers(16, 10**9), stretches)
def test_a_stretch_tells_apart_what_differs(low: int, span: int, stretch: Stretch) -> None:
    values = np.linspace(low, low + span, 17)
    assert (np.diff(stretched(values, (low, low + span), stretch)) > 0).all()


@settings(max_examples=100)
@given(st.integers(-(2**31), 2**31 - 1), st.integers(1, 2**31), st.floats(0.01, 0.99))
def test_the_logarithm_is_brighter_than_the_root_of_a_large_range_and_both_than_linear(
    low: int, span: int, share: float
) -> None:
    value = np.array([low + share * span])
    linear, sqrt, log = (float(stretched(value, (low, low + span), s)[0]) for s in STRETCHES)
    assert linear < sqrt
    assert linear < log


@pytest.mark.parametrize("low", [0.0, 70.0, -500.0, 1e6])
def test_a_dark_level_does_no_harm_in_the_logarithm(low: float) -> None:
    values = np.array([0.0, 1, 9, 99, 999, 9999, 99_999])
    shares = stretched(low + values, (low, low + 99_999), "log")
    np.testing.assert_allclose(shares, np.log1p(values) / np.log(100_000), rtol=1e-6)


def test_a_small_range_is_counted_like_one_of_a_hundred_in_the_logarithm() -> None:
    share = np.linspace(0, 1, 5)
    small, hundred = stretched(share, (0.0, 1.0), "log"), stretched(100 * share, (0.0, 100.0), "log")
    np.testing.assert_allclose(small, hundred)


def test_the_square_root_makes_the_noise_of_counting_even() -> None:
    limits = (0.0, 10_000.0)
    steps = [
        float(np.diff(stretched(np.array([n, n + np.sqrt(n)]), limits, "sqrt"))[0]) for n in (100, 1000, 9000)
    ]
    assert max(steps) / min(steps) < 1.05


@pytest.mark.parametrize("stretch", STRETCHES)
@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_the_whole_range_of_floats_can_be_shown(stretch: Stretch) -> None:
    most = float(np.finfo(np.float64).max)
    share = stretched(np.array([-most, 0.0, most, np.nan]), (-most, most), stretch)
    assert share[[0, 2]].tolist() == pytest.approx([0, 1])
    assert 0 < share[1] < 1
    assert np.isnan(share[3])


@pytest.mark.parametrize("stretch", STRETCHES)
def test_the_values_are_not_changed(stretch: Stretch) -> None:
    values = np.array([[-5.0, np.nan], [70.0, 1e9]])
    before = values.copy()
    shares = stretched(values, (0.0, 100.0), stretch)
    np.testing.assert_array_equal(values, before)
    assert shares.shape == values.shape


# -- differences -----------------------------------------------------------------------------------------


@settings(max_examples=100)
@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=30), st.floats(1e-3, 1e9), stretches)
def test_the_two_sides_of_a_difference_are_stretched_alike(
    values: list[float], most: float, stretch: Stretch
) -> None:
    array = np.sort(np.array(values))
    share = stretched_signed(array, most, stretch)
    assert ((share >= 0) & (share <= 1 + 1e-12)).all()
    assert (np.diff(share) >= 0).all()
    assert (1 - stretched_signed(-array, most, stretch)).tolist() == pytest.approx(share.tolist())
    assert 2 * share[array >= 0] - 1 == pytest.approx(stretched(array[array >= 0], (0.0, most), stretch))


@pytest.mark.parametrize("stretch", STRETCHES)
def test_zero_is_the_middle_of_a_difference_and_its_limits_are_the_ends(stretch: Stretch) -> None:
    share = stretched_signed(np.array([-50.0, 0.0, -0.0, 50.0, -999.0, 999.0, np.nan]), 50.0, stretch)
    assert share[:6].tolist() == pytest.approx([0, 0.5, 0.5, 1, 0, 1])
    assert np.isnan(share[6])


# -- levels ----------------------------------------------------------------------------------------------


def test_the_limits_themselves_are_the_first_and_last_level() -> None:
    share = stretched(np.array([[10.0, 20.0, 5.0, 99.0]]), (10.0, 20.0))
    assert to_levels(share, 32).tolist() == [[0, 31, 0, 31]]


def test_levels_are_equally_wide() -> None:
    counts = np.bincount(to_levels(np.linspace(0, 1, 32_000, endpoint=False)[None, :], 32).ravel())
    assert counts.size == 32
    assert np.ptp(counts) <= 2


def test_infinities_are_the_ends_and_missing_is_no_level() -> None:
    share = stretched(np.array([[-np.inf, np.nan, np.inf]]), (0.0, 1.0))
    assert to_levels(share, 32).tolist() == [[0, -1, 31]]


# -- the smallest and the largest ------------------------------------------------------------------------


@settings(max_examples=100)
@given(
    hnp.arrays(
        st.sampled_from((np.int32, np.uint8, np.int8)),
        hnp.array_shapes(min_dims=2, max_dims=2, max_side=8),
    )
)
def test_the_full_limits_are_the_smallest_and_the_largest_pixel(frame: Array) -> None:
    low, high = full_limits(frame)
    assert low == frame.min()
    assert high == frame.max() or (frame.min() == frame.max() and high > low)


def test_the_full_limits_leave_out_what_is_not_finite() -> None:
    frame = np.array([[np.nan, -np.inf], [3.0, 8.0], [np.inf, 5.0]])
    assert full_limits(frame) == (3.0, 8.0)


@pytest.mark.parametrize("frame", [np.zeros((0, 4)), np.zeros((4, 0), np.int32), np.full((2, 2), np.nan)])
def test_without_a_finite_pixel_the_full_limits_are_zero_and_one(frame: Array) -> None:
    assert full_limits(frame) == (0.0, 1.0)


def test_a_single_hot_pixel_is_the_full_limit() -> None:
    frame = np.full((2000, 300), 70, np.int32)
    frame[1234, 56] = 2**31 - 1
    assert full_limits(frame) == (70, 2**31 - 1)


@settings(max_examples=100)
@given(st.floats(-1e300, 1e300))
def test_equal_limits_are_set_apart(value: float) -> None:
    low, high = in_order(value, value)
    assert low == value
    assert high > low


def test_of_a_part_of_a_large_frame_only_its_own_pixels_are_drawn() -> None:
    frame = np.zeros((400, 600))
    frame[:, 300:] = 7.0
    part = frame[:, 300:]
    assert not part.flags.c_contiguous
    drawn = sample(part, 1_000)
    assert drawn.shape == (1_000,)
    assert set(drawn) == {7.0}


def test_pixels_that_are_no_numbers_are_not_drawn() -> None:
    frame = np.array([[1.0, np.nan], [np.inf, 2.0]])
    assert sorted(sample(frame, 100)) == [1.0, 2.0]

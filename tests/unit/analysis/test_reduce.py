"""Reducing a frame: every cell is the mean of exactly its share, or the largest pixel that it touches."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonance_tui.analysis.reduce import area_max, area_mean, fit

Array = np.ndarray[Any, np.dtype[Any]]

DTYPES = ("u1", "i1", "u2", ">u2", "i4", ">i4", "u8", "i8", "f2", "f4", "f8", ">f4", "?")


def overlaps(n: int, parts: int) -> Array:
    """How much of each of n pixels lies in each part; in pixels, from whole numbers."""
    low = np.arange(parts)[:, None] * n
    pixel = np.arange(n)[None, :] * parts
    shared = np.minimum(low + n, pixel + parts) - np.maximum(low, pixel)
    exact: Array = np.maximum(shared, 0) / parts
    return exact


def reference(frame: Array, rows: int, columns: int) -> Array:
    """The means, the slow and plain way."""
    values = frame.astype(np.float64)
    down, right = overlaps(frame.shape[0], rows), overlaps(frame.shape[1], columns)
    weight = down @ (~np.isnan(values)).astype(np.float64) @ right.T
    total = down @ np.nan_to_num(values, nan=0.0, posinf=np.inf, neginf=-np.inf) @ right.T
    return np.where(weight > 0, total / np.where(weight > 0, weight, 1.0), np.nan)


def random_frame(dtype: str, shape: tuple[int, int], seed: int) -> Array:
    kind = np.dtype(dtype)
    rng = np.random.default_rng(seed)
    if kind.kind == "b":
        return rng.random(shape) < 0.5
    if kind.kind == "f":
        return (rng.standard_normal(shape) * 1000).astype(kind)
    info = np.iinfo(kind)
    native = kind.newbyteorder("=")
    return rng.integers(info.min, info.max, shape, dtype=native.type, endpoint=True).astype(kind)


def assert_same(got: Array, frame: Array, rows: int, columns: int) -> None:
    expected = reference(frame, rows, columns)
    assert got.shape == (rows, columns)
    assert got.dtype == np.float64
    values = frame.astype(np.float64)
    largest = float(np.max(np.abs(values[np.isfinite(values)]), initial=0.0))
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-9 * largest)


sides = st.integers(1, 40)
sizes = st.integers(1, 55)
seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=150)
@given(st.sampled_from(DTYPES), sides, sides, sizes, sizes, seeds)
def test_every_cell_is_the_mean_of_its_share(
    dtype: str, n: int, m: int, rows: int, columns: int, seed: int
) -> None:
    frame = random_frame(dtype, (n, m), seed)
    assert_same(area_mean(frame, rows, columns), frame, rows, columns)


@settings(max_examples=150)
@given(
    st.sampled_from(("f2", "f4", "f8")),
    sides,
    sides,
    sizes,
    sizes,
    seeds,
    st.sampled_from((0.02, 0.5, 0.95, 1.0)),
)
def test_missing_pixels_are_left_out_of_the_mean(
    dtype: str, n: int, m: int, rows: int, columns: int, seed: int, missing: float
) -> None:
    frame = random_frame(dtype, (n, m), seed)
    frame[np.random.default_rng(seed + 1).random((n, m)) < missing] = np.nan
    assert_same(area_mean(frame, rows, columns), frame, rows, columns)


@settings(max_examples=100)
@given(sides, sides, sizes, sizes, seeds)
def test_a_missing_block_leaves_no_trace_beside_it(
    n: int, m: int, rows: int, columns: int, seed: int
) -> None:
    frame = random_frame("f8", (n, m), seed)
    frame[n // 3 : n // 3 + n // 2, : m // 2] = np.nan
    assert_same(area_mean(frame, rows, columns), frame, rows, columns)


def test_a_cell_of_nothing_but_missing_pixels_is_missing_at_any_ratio() -> None:
    # 25 of 50 cells end exactly where the missing half ends, at pixel 14 of 28
    frame = np.full((28, 1000), 5.0)
    frame[:14] = np.nan
    means = area_mean(frame, 50, 1)[:, 0]
    assert np.isnan(means).tolist() == [True] * 25 + [False] * 25


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("row", "column"), [(0, 0), (2, 2), (3, 3), (5, 5)])
@pytest.mark.parametrize("missing", [False, True])
def test_an_infinite_pixel_stays_within_its_own_cell(sign: int, row: int, column: int, missing: bool) -> None:
    frame = np.ones((6, 6))
    frame[row, column] = sign * np.inf
    if missing:
        frame[0, 5] = np.nan
    means = area_mean(frame, 3, 3)
    others = np.ones((3, 3), dtype=bool)
    others[row // 2, column // 2] = False
    assert means[others].tolist() == [1.0] * 8


@pytest.mark.parametrize(
    ("dtype", "value"),
    [
        ("u1", 255),
        ("i1", -128),
        ("u2", 65535),
        ("i2", 32767),
        ("i4", 2**31 - 1),
        ("u4", 2**32 - 1),
        ("i8", 2**62),
        ("u8", 2**64 - 1),
        ("f2", 60000.0),
        ("?", True),
    ],
)
def test_a_saturated_frame_does_not_overflow(dtype: str, value: float) -> None:
    means = area_mean(np.full((300, 200), value, dtype), 7, 11)
    np.testing.assert_allclose(means, float(value), rtol=1e-9)


@settings(max_examples=150)
@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 120), st.integers(1, 120))
def test_a_constant_frame_shows_no_grid(n: int, m: int, rows: int, columns: int) -> None:
    means = area_mean(np.full((n, m), 70, np.int32), rows, columns)
    assert float(np.ptp(means)) < 1e-9
    assert abs(float(means[0, 0]) - 70) < 1e-9


def test_a_frame_of_its_own_size_is_itself() -> None:
    frame = random_frame("i4", (31, 17), 1)
    np.testing.assert_allclose(area_mean(frame, 31, 17), frame, rtol=1e-9)


def test_an_enlarged_frame_repeats_its_pixels() -> None:
    frame = np.array([[1, 2], [3, 4]])
    np.testing.assert_allclose(area_mean(frame, 4, 6), np.repeat(np.repeat(frame, 2, 0), 3, 1), rtol=1e-12)


def test_the_mean_of_the_whole_is_kept() -> None:
    frame = random_frame("u2", (1021, 509), 2)
    assert float(area_mean(frame, 37, 53).mean()) == pytest.approx(float(frame.mean()), rel=1e-9)


def test_a_hot_pixel_brightens_only_its_cell() -> None:
    frame = np.zeros((64, 64), np.int32)
    frame[33, 1] = 2**31 - 1
    means = area_mean(frame, 16, 16)
    assert means[8, 0] == pytest.approx((2**31 - 1) / 16)
    means[8, 0] = 0
    assert not means.any()


def test_the_frame_is_not_changed() -> None:
    frame = random_frame("f8", (9, 9), 3)
    frame[4, 4] = np.nan
    before = frame.copy()
    area_mean(frame, 4, 5)
    np.testing.assert_array_equal(frame, before)


def test_a_view_into_a_stack_is_reduced_like_a_copy() -> None:
    stack = random_frame("i4", (40, 30), 4)
    view = stack[::-2, ::3]
    np.testing.assert_array_equal(area_mean(view, 6, 4), area_mean(view.copy(), 6, 4))


@settings(max_examples=200)
@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(1, 400), st.integers(1, 400))
def test_the_fitted_size_is_inside_the_pane_and_keeps_the_aspect(
    n: int, m: int, width: int, height: int
) -> None:
    rows, columns = fit((n, m), width, height)
    assert 1 <= rows <= height
    assert 1 <= columns <= width
    assert rows == height or columns == width
    scale = min(width / m, height / n)
    assert abs(rows - max(1.0, n * scale)) <= 0.5 + 1e-9
    assert abs(columns - max(1.0, m * scale)) <= 0.5 + 1e-9


@pytest.mark.parametrize(
    ("shape", "width", "height"),
    [
        ((0, 0), 10, 10),
        ((0, 5), 10, 10),
        ((5, 5), 0, 10),
        ((5, 5), 10, -3),
        ((1, 100_000), 1, 1),
        ((1, 1), 1, 1),
    ],
)
def test_the_fitted_size_is_at_least_one_by_one(shape: tuple[int, int], width: int, height: int) -> None:
    assert fit(shape, width, height) == (1, 1)


def test_a_square_frame_is_square_in_any_pane() -> None:
    assert fit((1024, 1024), 100, 60) == (60, 60)
    assert fit((4096, 4096), 33, 60) == (33, 33)


# -- the largest -----------------------------------------------------------------------------------------


def largest(frame: Array, rows: int, columns: int) -> Array:
    """The largest pixels, the slow and plain way."""
    n, m = frame.shape
    values = frame.astype(np.float64)
    found = np.full((rows, columns), np.nan)
    for row in range(rows):
        for column in range(columns):
            part = values[
                row * n // rows : -(-(row + 1) * n // rows),
                column * m // columns : -(-(column + 1) * m // columns),
            ]
            finite = part[np.isfinite(part)]
            if finite.size:
                found[row, column] = finite.max()
    return found


few = st.integers(1, 16)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(DTYPES), sides, sides, few, few, seeds, st.sampled_from((0.0, 0.1, 0.9, 1.0)))
def test_every_cell_is_the_largest_pixel_that_it_touches(
    dtype: str, n: int, m: int, rows: int, columns: int, seed: int, missing: float
) -> None:
    frame = random_frame(dtype, (n, m), seed)
    if frame.dtype.kind == "f":
        rng = np.random.default_rng(seed + 1)
        hit = rng.random((n, m)) < missing
        frame[hit] = rng.choice([np.nan, np.inf, -np.inf], int(hit.sum()))
    got = area_max(frame, rows, columns)
    assert got.dtype == np.float64
    np.testing.assert_array_equal(got, largest(frame, rows, columns))


@settings(max_examples=100)
@given(st.integers(1, 400), st.integers(1, 400), sizes, sizes, seeds)
def test_no_hot_pixel_is_lost_at_any_ratio(n: int, m: int, rows: int, columns: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    frame = np.full((n, m), 70, np.int32)
    row, column = int(rng.integers(0, n)), int(rng.integers(0, m))
    frame[row, column] = 2**31 - 1
    most = area_max(frame, rows, columns)
    assert most[row * rows // n, column * columns // m] == 2**31 - 1
    assert set(np.unique(most).tolist()) <= {70.0, 2.0**31 - 1}


@pytest.mark.parametrize("value", [-(2**31), -1, 2**31 - 1])
@pytest.mark.parametrize("size", [(7, 11), (300, 200), (411, 5)])
def test_the_largest_of_a_constant_frame_is_that_constant(value: int, size: tuple[int, int]) -> None:
    assert np.unique(area_max(np.full((300, 200), value, np.int32), *size)).tolist() == [value]


def test_negative_values_have_a_largest_one_too() -> None:
    frame = np.array([[-5, -3, -9, -8], [-4, -7, -6, -2]], np.int16)
    assert area_max(frame, 1, 2).tolist() == [[-3, -2]]
    assert area_max(frame.astype(np.float32), 2, 1).tolist() == [[-3], [-2]]


@pytest.mark.parametrize("function", [area_mean, area_max])
@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (5, 0)])
def test_a_frame_without_pixels_has_nothing_to_reduce(function: Any, shape: tuple[int, int]) -> None:
    assert np.isnan(function(np.zeros(shape, np.int32), 3, 2)).tolist() == [[True, True]] * 3


def test_the_frame_is_not_changed_by_looking_for_the_largest() -> None:
    frame = random_frame("f8", (9, 9), 3)
    frame[4, 4] = np.nan
    before = frame.copy()
    area_max(frame, 4, 5)
    np.testing.assert_array_equal(frame, before)


# -- near the limits of integers -------------------------------------------------------------------------


@settings(max_examples=80)
@given(sides, sides, sizes, sizes, seeds, st.sampled_from((1, -1)))
def test_integers_near_their_limits_do_not_overflow(
    n: int, m: int, rows: int, columns: int, seed: int, sign: int
) -> None:
    near = np.random.default_rng(seed).integers(2**31 - 50, 2**31 - 1, (n, m))
    frame = (sign * near).astype(np.int32)
    assert_same(area_mean(frame, rows, columns), frame, rows, columns)


@pytest.mark.parametrize("terms", [32766, 32767, 32768, 65536, 70000])
@pytest.mark.parametrize(
    ("kind", "value"), [("i2", -32768), ("i2", 32767), ("u2", 65535), ("i4", -65536), ("i4", 65535)]
)
def test_many_rows_in_one_cell_do_not_overflow(terms: int, kind: str, value: int) -> None:
    assert area_mean(np.full((terms, 2), value, kind), 1, 1)[0, 0] == pytest.approx(value, rel=1e-9)


def test_negative_counts_are_averaged_with_their_sign() -> None:
    frame = np.array([[-100, 100], [-300, 700]], np.int32)
    assert area_mean(frame, 1, 1).tolist() == [[100.0]]
    assert area_mean(frame, 1, 2).tolist() == [[-200.0, 400.0]]

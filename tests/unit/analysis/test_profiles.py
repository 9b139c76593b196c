"""Curves and numbers of a frame, against the slow and plain way."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonance_tui.analysis.contrast import STRETCHES, Stretch
from resonance_tui.analysis.profiles import (
    Region,
    centroid,
    histogram,
    neighbourhood_mean,
    radial_profile,
    region_numbers,
)

Array = np.ndarray[Any, np.dtype[Any]]

sides = st.integers(1, 25)
seeds = st.integers(0, 2**32 - 1)
kinds = st.sampled_from(("i4", "u2", "f4", "f8"))
missing = st.sampled_from((0.0, 0.2, 0.95, 1.0))


def random_frame(kind: str, shape: tuple[int, int], seed: int, bad: float = 0.0) -> Array:
    rng = np.random.default_rng(seed)
    frame = rng.integers(0 if kind == "u2" else -500, 5000, shape).astype(kind)
    if frame.dtype.kind == "f":
        hit = rng.random(shape) < bad
        frame[hit] = rng.choice([np.nan, np.inf, -np.inf], int(hit.sum()))
    return frame


def finite(values: Array) -> Array:
    floats = values.astype(np.float64).ravel()
    return floats[np.isfinite(floats)]


class StoppedError(Exception):
    """Nobody wants to know any more."""


def stop() -> None:
    raise StoppedError


# -- radial profile --------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(kinds, sides, sides, st.floats(-30, 50), st.floats(-30, 50), seeds, missing)
def test_the_radial_profile_is_the_mean_of_each_ring(
    kind: str, n: int, m: int, row: float, column: float, seed: int, bad: float
) -> None:
    frame = random_frame(kind, (n, m), seed, bad)
    radius, mean = radial_profile(frame, (row, column))
    rings: dict[int, list[float]] = {}
    for (r, c), value in np.ndenumerate(frame.astype(np.float64)):
        if math.isfinite(value):
            ring = round(math.sqrt((r - row) ** 2 + (c - column) ** 2))
            rings.setdefault(ring, []).append(float(value))
    assert radius.tolist() == list(range(max(rings, default=0) + 1))
    expected = [float(np.mean(rings[ring])) if ring in rings else math.nan for ring in range(len(radius))]
    np.testing.assert_allclose(mean, expected, rtol=1e-9, atol=1e-9)


def test_a_ring_is_found_at_its_radius() -> None:
    down, right = np.indices((400, 300))
    frame = np.where(np.abs(np.hypot(down - 180.0, right - 120.5) - 70) < 1, 1000, 10)
    radius, mean = radial_profile(frame, (180.0, 120.5))
    assert radius[np.argmax(mean)] == 70
    assert mean[30] == pytest.approx(10)


def test_a_frame_of_many_blocks_has_one_profile() -> None:
    frame = np.full((1200, 700), 42, np.int32)
    radius, mean = radial_profile(frame, (600.0, 350.0))
    assert np.unique(mean).tolist() == [42.0]
    assert radius[-1] == round(math.hypot(600, 350))


# -- histogram -------------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(
    kinds, sides, sides, st.sampled_from(STRETCHES), st.integers(1, 40), seeds, missing, st.integers(1, 2000)
)
def test_each_bin_of_the_histogram_holds_its_pixels(
    kind: str, n: int, m: int, stretch: Stretch, bins: int, seed: int, bad: float, step: int
) -> None:
    frame = random_frame(kind, (n, m), seed, bad)
    frame = frame // step if frame.dtype.kind != "f" else np.asarray(frame / step, dtype=frame.dtype)
    values = finite(frame)
    border, count = histogram(frame, stretch, bins)
    assert border.shape == count.shape
    assert count.size <= bins
    assert count.sum() == values.size
    assert (count > 0).all()
    assert (np.diff(border) > 0).all()
    before = np.cumsum(count) - count
    room = 1e-9 * max(1.0, float(np.ptp(values)) if values.size else 0.0)
    for at, pixels in zip(border, before, strict=True):
        assert np.count_nonzero(values < at - room) <= pixels <= np.count_nonzero(values < at + room)
    if values.size:
        assert border[0] == pytest.approx(values.min())


def test_a_constant_frame_is_one_bin() -> None:
    assert [curve.tolist() for curve in histogram(np.full((30, 20), 7, np.int32))] == [[7], [600]]


def test_a_frame_of_missing_pixels_has_no_histogram() -> None:
    value, count = histogram(np.full((30, 20), np.nan))
    assert value.size == count.size == 0


def test_a_few_saturated_pixels_do_not_push_all_others_into_one_bin_of_the_logarithm() -> None:
    frame = np.random.default_rng(1).integers(60, 100, (200, 200))
    frame[0, 0] = 2**31 - 1
    assert histogram(frame, "linear")[1].size == 2
    assert histogram(frame, "log")[1].size > 10


def test_bins_of_the_linear_histogram_are_equally_wide() -> None:
    value, count = histogram(np.arange(1024.0).reshape(32, 32), bins=16)
    assert np.diff(value) == pytest.approx(np.full(15, 1023 / 16))
    assert count.tolist() == [64] * 16


# -- centroid --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shape", [(101, 57), (64, 64), (513, 511), (1000, 300), (257, 2049), (2048, 1031), (60, 900)]
)
@pytest.mark.parametrize(("down", "across"), [(0.5, 0.5), (0.35, 0.6), (0.62, 0.41)])
def test_the_centroid_of_a_blob_is_its_middle(shape: tuple[int, int], down: float, across: float) -> None:
    row, column = down * shape[0], across * shape[1]
    rows, columns = np.indices(shape)
    width = min(shape) / 14
    blob = np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / (2 * width**2))
    found = centroid((70 + 1e6 * blob).astype(np.int32))
    assert found == pytest.approx((row, column), abs=1)


def test_the_centroid_leaves_out_what_is_missing() -> None:
    frame = np.full((40, 60), 5.0)
    frame[10:13, 50:53] = 100
    frame[30, 5] = np.inf
    frame[0] = np.nan
    assert centroid(frame) == pytest.approx((11, 51))


@pytest.mark.parametrize("frame", [np.full((11, 21), 7), np.full((11, 21), np.nan), np.zeros((11, 21))])
def test_where_nothing_rises_the_centroid_is_the_middle(frame: Array) -> None:
    assert centroid(frame) == (5.0, 10.0)


def test_a_single_pixel_is_its_own_centroid() -> None:
    assert centroid(np.array([[5]])) == (0.0, 0.0)
    frame = np.zeros((31, 17), np.uint16)
    frame[29, 2] = 9
    assert centroid(frame) == pytest.approx((29, 2))


# -- regions and neighbours ------------------------------------------------------------------------------


@settings(max_examples=100)
@given(kinds, sides, sides, st.tuples(*[st.integers(-5, 30)] * 4), seeds, missing)
def test_the_numbers_of_a_region_are_those_of_its_finite_pixels(
    kind: str, n: int, m: int, borders: tuple[int, int, int, int], seed: int, bad: float
) -> None:
    frame = random_frame(kind, (n, m), seed, bad)
    top, left, bottom, right = borders
    rows = [row for row in range(n) if top <= row < bottom]
    columns = [column for column in range(m) if left <= column < right]
    values = finite(frame[np.ix_(rows, columns)])
    numbers = region_numbers(frame, Region(*borders), 3000)
    assert numbers.pixels == values.size
    assert numbers.total == pytest.approx(values.sum())
    assert numbers.saturated == np.count_nonzero(values >= 3000)
    if values.size:
        assert (numbers.lowest, numbers.highest) == (values.min(), values.max())
        assert (numbers.mean, numbers.std) == pytest.approx((values.mean(), values.std()))
    else:
        assert all(map(math.isnan, (numbers.mean, numbers.std, numbers.lowest, numbers.highest)))


def test_the_sum_of_a_region_does_not_overflow() -> None:
    numbers = region_numbers(np.full((100, 100), 2**31 - 1, np.int32), Region(0, 0, 100, 100), 2e5)
    assert numbers.total == 10_000 * (2**31 - 1)
    assert numbers.saturated == 10_000


@settings(max_examples=100)
@given(kinds, sides, sides, seeds, missing, st.integers(0, 4))
def test_the_neighbourhood_ends_at_the_border_of_the_frame(
    kind: str, n: int, m: int, seed: int, bad: float, reach: int
) -> None:
    frame = random_frame(kind, (n, m), seed, bad)
    rng = np.random.default_rng(seed)
    row, column = int(rng.integers(0, n)), int(rng.integers(0, m))
    near = finite(frame[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1])
    expected = near.mean() if near.size else math.nan
    assert neighbourhood_mean(frame, row, column, reach) == pytest.approx(expected, nan_ok=True)


def test_the_neighbourhood_is_five_by_five() -> None:
    frame = np.zeros((9, 9))
    frame[2:7, 2:7] = 1
    assert neighbourhood_mean(frame, 4, 4) == 1
    assert neighbourhood_mean(frame, 4, 5) == pytest.approx(20 / 25)
    assert neighbourhood_mean(frame, 0, 0) == pytest.approx(1 / 9)


# -- giving up -------------------------------------------------------------------------------------------


def test_curves_can_be_given_up() -> None:
    frame = np.zeros((10, 10))
    with pytest.raises(StoppedError):
        radial_profile(frame, (5.0, 5.0), stop)
    with pytest.raises(StoppedError):
        histogram(frame, check=stop)

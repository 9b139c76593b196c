"""Numbers read from curves, against curves whose numbers are known."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonance_tui.analysis.peaks import Readout, centroid, half_cut, half_width, read_out, read_outs
from resonance_tui.text import read_outs as words
from resonance_tui.text.read_outs import Reading

X = np.linspace(-5.0, 5.0, 401)
FWHM = 2 * math.sqrt(2 * math.log(2))


def readings(readout: Readout | None, kind: str = "scan") -> tuple[Reading, ...]:
    """The numbers of a curve, in words."""
    return words.readings(read_outs(readout, kind), readout.step if readout is not None else 0.0)


def gauss(centre: float, sigma: float) -> Any:
    return np.exp(-((X - centre) ** 2) / (2 * sigma**2))


def error_function(centre: float, sigma: float) -> Any:
    return np.array([0.5 * (1 + math.erf((x - centre) / (sigma * math.sqrt(2)))) for x in X])


@pytest.mark.parametrize(("centre", "sigma"), [(0.0, 0.5), (1.3, 0.3), (-1.5, 0.7)])
def test_a_gaussian_has_its_own_maximum_centroid_and_width(centre: float, sigma: float) -> None:
    found = read_out(X, 3 * gauss(centre, sigma))
    assert found is not None
    assert found.shape == "peak"
    assert found.extreme == pytest.approx(3.0, rel=1e-3)
    assert found.at == pytest.approx(centre, abs=0.0126)
    assert found.centroid == pytest.approx(centre, abs=1e-3)
    assert found.width is not None
    assert found.width.fwhm == pytest.approx(FWHM * sigma, rel=2e-3)
    assert found.width.middle == pytest.approx(centre, abs=1e-3)


def test_a_baseline_does_not_change_a_peak_and_both_values_are_said() -> None:
    found = read_out(X, gauss(0.5, 0.4) + 0.8 + 0.03 * X)
    assert found is not None
    assert found.centroid == pytest.approx(0.5, abs=0.01)
    assert found.width is not None
    assert found.width.fwhm == pytest.approx(FWHM * 0.4, rel=0.01)
    assert found.centroid_raw is not None
    assert abs(found.centroid_raw - 0.5) > 0.1
    texts = [reading.text for reading in readings(found)]
    assert texts[:2] == ["max 1.815", "at 0.5"]
    assert texts[2].startswith("centroid 0.5")
    assert "(raw " in texts[2]


@pytest.mark.parametrize(("sign", "word"), [(1, "rising"), (-1, "falling")])
def test_a_knife_edge_is_cut_in_half_at_the_beams_centre(sign: int, word: str) -> None:
    found = read_out(X, sign * error_function(0.37, 0.4))
    assert found is not None
    assert (found.shape, found.rises) == ("edge", sign > 0)
    assert found.half_cut == pytest.approx(0.37, abs=1e-3)
    first, levels = readings(found, "line-up")[:2]
    assert (first.text, first.value, first.main) == ("half height at 0.37", "0.37", True)
    assert levels.text.startswith(word)


def test_noise_moves_the_numbers_by_no_more_than_noise() -> None:
    noise = np.random.default_rng(5).normal(0, 0.02, X.size)
    edge = read_out(X, error_function(0.37, 0.4) + noise)
    peak = read_out(X, gauss(0.5, 0.6) + noise)
    assert edge is not None
    assert peak is not None
    assert edge.half_cut == pytest.approx(0.37, abs=0.05)
    assert peak.width is not None
    assert peak.width.middle == pytest.approx(0.5, abs=0.1)


def test_the_order_in_which_points_were_taken_does_not_matter() -> None:
    order = np.random.default_rng(2).permutation(X.size)
    y = gauss(1.0, 0.5)
    assert read_out(X[order], y[order]) == read_out(X, y)


def test_a_dip_is_read_upside_down() -> None:
    found = read_out(X, 2.0 - gauss(1.0, 0.5))
    assert found is not None
    assert (found.shape, found.at) == ("dip", pytest.approx(1.0))
    assert found.centroid == pytest.approx(1.0, abs=1e-3)
    assert found.width is not None
    assert found.width.fwhm == pytest.approx(FWHM * 0.5, rel=2e-3)
    assert [one.text for one in readings(found)[:2]] == ["min 1", "at 1"]


def test_a_peak_that_ends_within_its_height_has_one_side() -> None:
    width = half_width(X[X >= 0], gauss(0.2, 1.0)[X >= 0])
    assert width.left is None
    assert width.right == pytest.approx(0.2 + FWHM / 2, abs=1e-3)
    assert width.fwhm is None
    assert width.middle is None


def test_half_the_height_is_interpolated_between_the_points() -> None:
    width = half_width(np.array([0.0, 1, 2, 3, 4]), np.array([0.0, 0, 1, 0, 0]))
    assert (width.left, width.right, width.fwhm) == (1.5, 2.5, 1.0)
    assert half_cut(np.array([0.0, 1, 2, 3]), np.array([0.0, 0, 4, 4]), (0.0, 4.0)) == 1.5


def test_the_centroid_is_the_centre_of_mass_whatever_the_steps() -> None:
    uneven = np.unique(np.concatenate([np.linspace(0, 1, 201), np.linspace(1, 4, 31)]))
    assert centroid(uneven, uneven) == pytest.approx(8 / 3, rel=2e-3)  # of a triangle
    assert centroid(X, -np.ones(X.size)) is None


@pytest.mark.parametrize(
    ("x", "y"), [([1.0], [2.0]), ([1, 2, 3], [2, 2, 2]), ([1, 1, 1], [1, 2, 3]), ([1, 2], [1, 5])]
)
def test_a_point_and_a_flat_line_have_no_width(x: list[float], y: list[float]) -> None:
    found = read_out(np.array(x, dtype=float), np.array(y, dtype=float))
    assert found is not None
    assert (found.shape, found.width, found.centroid) == ("flat", None, None)
    assert len(readings(found)) == 1


def test_nothing_has_no_numbers() -> None:
    nothing = np.full(3, np.nan)
    assert read_out(nothing, np.ones(3)) is None
    assert read_out(np.zeros(0), np.zeros(0)) is None
    assert readings(None) == ()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@given(st.lists(st.tuples(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9)), max_size=30))
def test_any_points_can_be_read(points: list[tuple[float, float]]) -> None:
    x, y = (np.array([point[i] for point in points], dtype=np.float64) for i in (0, 1))
    found = read_out(x, y)
    assert (found is None) == (not points)
    if found is not None:
        assert all(reading.text and reading.value for reading in readings(found))
        assert x.min() <= found.at <= x.max()
        if found.half_cut is not None:
            assert x.min() <= found.half_cut <= x.max()


def test_over_the_energy_the_maximum_comes_first_whatever_the_shape() -> None:
    for y in (gauss(1.0, 0.5), 2.0 - gauss(1.0, 0.5), error_function(0.0, 0.5)):
        first, place = readings(read_out(X, y), "energy")[:2]
        assert first.text.startswith("max ")
        assert place.text.startswith("at ")
        assert place.main


@pytest.mark.parametrize("kind", ["count", "scan"])
def test_few_points_and_counts_have_no_shape(kind: Any) -> None:
    x, y = (X, gauss(0.0, 1.0)) if kind == "count" else (X[:4], X[:4] ** 2)
    assert [one.text.split()[0] for one in readings(read_out(x, y), kind)] == ["max", "at"]


def test_each_reading_is_copied_as_the_number_it_says() -> None:
    for reading in readings(read_out(X, gauss(1.0, 0.5) + 0.2)):
        assert reading.value.split("…")[0] in reading.text


def test_a_peak_that_is_nowhere_above_zero_has_no_width() -> None:
    x = np.arange(5.0)
    width = half_width(x, -np.ones(5))
    assert (width.left, width.right) == (None, None)


def test_a_signal_that_never_crosses_the_middle_has_no_edge() -> None:
    assert half_cut(np.arange(5.0), np.ones(5), (2.0, 4.0)) is None


def test_a_step_is_cut_midway_between_its_levels() -> None:
    x = np.arange(6.0)
    assert half_cut(x, np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0]), (0.0, 1.0)) == pytest.approx(2.5)

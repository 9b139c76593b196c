"""Readings that stand out, what a column holds, and where it comes near a value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resonance_tui.analysis.ordering import nearest_places, sort_order
from resonance_tui.analysis.outliers import outliers
from resonance_tui.analysis.statistics import statistics

NAN = float("nan")


def noisy(n: int, seed: int = 1) -> Any:
    return np.sin(np.linspace(0, 6, n)) + np.random.default_rng(seed).normal(0, 0.01, n)


def test_a_spike_stands_out_and_nothing_else() -> None:
    values = noisy(500)
    values[[100, 377]] += [0.3, -0.3]
    assert np.flatnonzero(outliers(values)).tolist() == [100, 377]


def test_a_step_and_a_resolved_peak_do_not_stand_out() -> None:
    step = np.concatenate([np.zeros(50), np.ones(50)]) + np.random.default_rng(1).normal(0, 0.01, 100)
    peak = np.exp(-((np.arange(200.0) - 100) ** 2) / 50) + np.random.default_rng(2).normal(0, 0.01, 200)
    assert not outliers(step).any()
    assert not outliers(peak).any()


def test_missing_values_are_passed_over_and_few_have_no_outlier() -> None:
    values = noisy(200)
    values[::10] = NAN
    values[55] = 9.0
    assert np.flatnonzero(outliers(values)).tolist() == [55]
    assert not outliers(np.array([1.0, 1, 50, 1, 1])).any()
    assert not outliers(np.full(20, NAN)).any()


def test_a_column_that_stands_still_has_no_outlier() -> None:
    assert not outliers(np.full(100, 0.5)).any()


def test_statistics_count_what_is_missing() -> None:
    found = statistics(np.array([1.0, NAN, 3.0, np.inf]))
    assert (found.least, found.most, found.mean, found.deviation) == (1.0, 3.0, 2.0, 1.0)
    assert (found.missing, found.infinite, found.count) == (1, 1, 4)
    assert np.isnan(statistics(np.full(3, NAN)).mean)


def test_a_value_is_found_in_each_sweep_by_it() -> None:
    sweep = np.concatenate([np.arange(270, 280, 1.0), np.arange(280, 290, 0.1)])
    x = np.tile(sweep, 3)
    assert nearest_places(x, 285.1).tolist() == [61, 171, 281]
    assert nearest_places(x, 1000.0).tolist() == [109, 219, 329]
    assert nearest_places(np.full(4, NAN), 1.0).size == 0


def test_a_jittering_readback_is_found_in_each_sweep_too() -> None:
    x = np.tile(np.arange(0, 10, 0.5), 4) + np.random.default_rng(3).normal(0, 0.01, 80)
    assert nearest_places(x, 5.0).tolist() == [10, 30, 50, 70]


def test_of_equal_readings_in_a_row_the_first_is_found() -> None:
    assert nearest_places(np.array([1.0, 5, 5, 5, 1]), 5.0).tolist() == [1]


def test_sorting_keeps_equal_events_in_order_and_missing_ones_last() -> None:
    values = np.array([2.0, NAN, 1.0, 2.0, -1.0])
    assert sort_order(values, descending=False).tolist() == [4, 2, 0, 3, 1]
    endless = np.array([1.0, np.inf, -np.inf])
    assert sort_order(endless, descending=False).tolist() == [2, 0, 1]
    assert sort_order(values, descending=True).tolist() == [0, 3, 2, 4, 1]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@given(st.lists(st.floats(), max_size=40), st.booleans(), st.floats(allow_nan=False, allow_infinity=False))
def test_any_column_can_be_sorted_searched_and_summed_up(
    values: list[float], down: bool, wanted: float
) -> None:
    array = np.array(values, dtype=np.float64)
    assert sorted(sort_order(array, descending=down).tolist()) == list(range(len(values)))
    assert outliers(array).size == len(values)
    found = nearest_places(array, wanted)
    finite = array[np.isfinite(array)]
    assert (found.size > 0) == (finite.size > 0)
    assert statistics(array).count == len(values)

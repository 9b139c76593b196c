"""What a column holds, in a line, and what stands out."""

from __future__ import annotations

import numpy as np
import pytest

from resonance_tui.analysis.curves import RunColumns
from resonance_tui.panes.events.totals import outstanding, totals_text


def test_the_line_says_range_mean_spread_and_what_is_missing() -> None:
    values = np.array([1.0, 2.0, 3.0, np.nan])
    assert totals_text("i0", values, 5, 0) == "i0  min 1  max 3  mean 2  σ 0.816  NaN 1"


def test_infinite_values_and_outliers_are_counted_where_there_are_any() -> None:
    text = totals_text("i0", np.array([1.0, np.inf, 1.0]), 5, 1234)
    assert text.endswith("NaN 0  ∞ 1  outliers (!) 1,234")


def test_a_mean_of_nothing_but_rounding_is_zero() -> None:
    values = np.array([1.0, -1.0, 0.1, 0.2, -0.3])
    assert values.mean() != 0.0
    assert "mean 0 " in totals_text("i0", values, 5, 0)


def test_digits_are_those_of_the_column() -> None:
    assert "mean 1.2346 " in totals_text("i0", np.array([1.23456]), 5, 0)
    assert "mean 1.2 " in totals_text("i0", np.array([1.23456]), 2, 0)


def columns(**values: np.ndarray) -> RunColumns:
    n = len(next(iter(values.values())))
    own = {"seq_num": np.arange(1.0, n + 1), "time": np.arange(float(n))}
    return RunColumns("u", {**values, **own})


def test_spikes_of_signals_and_a_lost_beam_are_found() -> None:
    beam = np.full(50, 400.0)
    beam[20:23] = 1.0
    tey = np.sin(np.arange(50.0))
    tey[30] = 1000.0
    checks: list[str] = []
    found = outstanding(columns(tey=tey, beam_current=beam), lambda: checks.append("asked"))
    assert np.flatnonzero(found["seq_num"]).tolist() == [20, 21, 22]
    assert np.flatnonzero(found["tey"]).tolist() == [30]
    assert len(checks) == len(found) - 1  # it can be given up between two columns


@pytest.mark.parametrize("more", [{}, {"beam_current": np.full(50, 400.0)}])
def test_with_beam_all_the_time_no_event_was_taken_without(more: dict[str, np.ndarray]) -> None:
    found = outstanding(columns(tey=np.sin(np.arange(50.0)), **more), lambda: None)
    assert "seq_num" not in found
    assert not found["tey"].any()

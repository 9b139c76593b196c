"""Plots as lines of cells: the cursor stands on its curve, and nothing that a file holds breaks them."""

from __future__ import annotations

import gc
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.segment import Segment

from resonance_tui.analysis.curves import RunColumns, first_spec
from resonance_tui.panes.curve_renderer import Drawing
from resonance_tui.panes.plot.drawing import draw_plot
from resonance_tui.panes.plot.model import Plot
from resonance_tui.panes.plot.series import make_plot
from tests.columns import run_columns, spec_of


def run_of(**columns: Any) -> RunColumns:
    arrays = {name: np.asarray(values, dtype=np.float64) for name, values in columns.items()}
    n = next(iter(arrays.values())).size
    return run_columns("u", {**arrays, "seq_num": np.arange(1.0, n + 1), "time": np.arange(n * 1.0)})


def drawn(plot: Plot, width: int = 80, height: int = 20, position: int = 0, **how: Any) -> Drawing:
    return draw_plot(plot, position, width, height, dark=True, background=(16, 20, 24), **how)


def text_of(picture: Drawing, line: int) -> str:
    return "".join(part.text for part in picture.lines[line])


def simple(x: Any, y: Any, **how: Any) -> Plot:
    return make_plot(run_of(x=x, y=y), spec_of("x", ("y",), **how))


@pytest.mark.parametrize("dots", ["hd", "braille"])
@pytest.mark.parametrize(("width", "height"), [(40, 10), (66, 13), (119, 37)])
def test_the_cursor_of_a_single_point_stands_on_the_cell_that_is_drawn(
    width: int, height: int, dots: str
) -> None:
    rng = np.random.default_rng(width)
    x, y = rng.uniform(0, 1, 40), rng.uniform(-5, 5, 40)
    whole = simple(x, y)
    limits = drawn(whole, width, height, dots=dots)
    for at in range(40):
        only = np.where(np.arange(40) == at, y, np.nan)
        ends = [int(y.argmin()), int(y.argmax()), int(x.argmin()), int(x.argmax())]
        if at in ends:
            continue
        only[ends] = y[ends]  # so that the limits stay
        plot = simple(np.where(np.isfinite(only), x, np.nan), only)
        picture = drawn(plot, width, height, dots=dots)
        assert (picture.x, picture.y) == (limits.x, limits.y)
        cell = picture.cell_of(float(x[at]), float(y[at]))
        assert cell is not None
        character = text_of(picture, cell[1])[cell[0]]
        assert character not in " │─", (at, cell, character)


def test_the_lines_are_as_wide_and_as_many_as_was_asked_for() -> None:
    plot = simple(np.arange(100.0), np.sin(np.arange(100.0)))
    for width, height in [(20, 5), (66, 13), (200, 60)]:
        picture = drawn(plot, width, height)
        assert [Segment.get_line_length(line) for line in picture.lines] == [width] * height
        assert picture.left + picture.columns == width


def test_only_the_part_in_the_window_is_drawn_and_its_own_range_of_y() -> None:
    plot = simple(np.arange(100.0), np.where(np.arange(100) == 50, 1000.0, np.arange(100) / 100))
    picture = drawn(plot, window=(10.0, 20.0))
    assert picture.x == (10.0, 20.0)
    assert picture.y == (0.1, 0.2)
    assert picture.cell_of(50.0, 1000.0) is None
    assert picture.cell_of(15.0, 0.15) is not None


def test_a_gap_in_the_values_is_a_gap_in_the_curve() -> None:
    y = np.ones(100)
    y[40:60] = np.nan
    y[0] = 0.0
    picture = drawn(simple(np.arange(100.0), y), 100, 10)
    cells = [picture.cell_of(float(x), 1.0) for x in (30, 50, 70)]
    assert all(cells)
    shown = [text_of(picture, cell[1])[cell[0]] != " " for cell in cells if cell]
    assert shown == [True, False, True]


def test_a_spike_in_100_000_points_is_drawn() -> None:
    y = np.zeros(100_000)
    y[54_321] = 1.0
    picture = drawn(simple(np.arange(100_000.0), y))
    cell = picture.cell_of(54_321.0, 1.0)
    assert cell is not None
    assert text_of(picture, cell[1])[cell[0]] != " "


@pytest.mark.parametrize("scale", ["linear", "log", "symlog"])
@pytest.mark.parametrize(
    "y",
    [
        [1.0], [5.0, 5.0, 5.0], [0.0, 0.0], [1e300, -1e300, np.inf, 1.0], [1e299, -1e299], [5e-324, 1e-320],
        [1e-12, 1e12], [-1.0, -2.0, -3.0], [np.nan, 1.0, np.nan],
    ],
    ids=str,
)  # fmt: skip
def test_odd_values_are_drawn_or_left_out(y: list[float], scale: str) -> None:
    plot = simple(np.arange(float(len(y))), y, scale=scale)
    assert len(drawn(plot).lines) == 20


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@settings(max_examples=60)
@given(st.data(), st.integers(1, 20), st.integers(8, 60), st.integers(4, 20))
def test_whatever_was_measured_is_drawn(data: st.DataObject, n: int, width: int, height: int) -> None:
    values = st.lists(st.floats(), min_size=n, max_size=n)
    run = run_of(**{name: data.draw(values) for name in ("a_position", "b_position", "tey_signal", "i0")})
    spec = first_spec(run, run.find_axes())
    if spec is None:
        return
    scale = data.draw(st.sampled_from(["linear", "log", "symlog"]))
    plot = make_plot(run, replace(spec, scale=scale, offset=data.draw(st.booleans())))
    picture = drawn(plot, width, height, data.draw(st.integers(0, n - 1)))
    assert all(Segment.get_line_length(line) == width for line in picture.lines)


def test_nothing_grows_with_redraws() -> None:
    """A thousand; ``benchmarks/plots.py`` does ten thousand."""
    plot = simple(np.arange(6.0), np.arange(6.0) ** 2)
    for _ in range(50):
        drawn(plot, 12, 5)
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(1000):
        drawn(plot, 12, 5)
    gc.collect()
    assert len(gc.get_objects()) - before < 500

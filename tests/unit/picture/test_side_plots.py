"""Curves beside a picture, made ready to be drawn."""

from __future__ import annotations

import math

import numpy as np
import pytest

from resonance_tui.analysis.contrast import STRETCHES, Stretch
from resonance_tui.analysis.profiles import histogram
from resonance_tui.picture.side_plots import KINDS, cuts_panel, histogram_panel, radial_panel, region_panel


def test_cuts_go_through_the_crosshair() -> None:
    panel = cuts_panel(2, 1, np.arange(5.0), np.arange(3.0) * 10)
    row, column = panel.lines
    assert panel.kind in KINDS
    assert (row.label, row.x.tolist(), row.y.tolist()) == ("row 2", [0, 1, 2, 3, 4], [0, 1, 2, 3, 4])
    assert (column.label, column.x.tolist(), column.y.tolist()) == ("column 1", [0, 1, 2], [0, 10, 20])
    assert panel.marks == (1.0, 2.0)  # the row is crossed at column 1, the column at row 2


def test_the_radial_mean_is_shown_in_logarithms() -> None:
    panel = radial_panel((10.04, 20.0), np.arange(4.0), np.array([1000, 0, -5, math.nan]), found=True)
    (line,) = panel.lines
    assert panel.kind in KINDS
    assert panel.log
    assert line.y[0] == pytest.approx(3)
    assert np.isnan(line.y[1:]).all()
    assert panel.title == "radial mean · centre 10, 20 (centroid)"
    assert "centroid" not in radial_panel((1.0, 2.0), line.x, line.y, found=False).title


@pytest.mark.parametrize("stretch", STRETCHES)
def test_the_axis_of_the_histogram_is_stretched_like_the_picture(stretch: Stretch) -> None:
    value, count = histogram(np.random.default_rng(1).gamma(2, 500, (100, 100)), stretch)
    panel = histogram_panel(value, count, (float(value[0]), float(value[-1])), stretch)
    (line,) = panel.lines
    assert panel.kind in KINDS
    assert panel.log
    assert 10**line.y == pytest.approx(count)
    assert (line.x[0], line.x[-1]) == pytest.approx((0, 1))
    assert (np.diff(line.x) > 0).all()
    assert panel.marks == pytest.approx((0, 1))
    assert stretch in panel.title


def test_the_ticks_of_the_histogram_tell_the_counts() -> None:
    panel = histogram_panel(np.linspace(0, 100, 11), np.ones(11), (20.0, 80.0), "linear")
    assert [at for at, _ in panel.ticks] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert [text for _, text in panel.ticks] == ["0", "20", "40", "60", "80", "100"]
    assert panel.marks == pytest.approx((0.2, 0.8))


def test_limits_beyond_the_histogram_are_marked_at_its_ends() -> None:
    panel = histogram_panel(np.linspace(0, 100, 11), np.ones(11), (-500.0, 1e6), "sqrt")
    assert panel.marks == pytest.approx((0, 1))


def test_a_histogram_of_one_bin_can_be_shown() -> None:
    panel = histogram_panel(np.array([7.0]), np.array([600.0]), (7.0, 8.0), "log")
    assert panel.lines[0].x.tolist() == [0.0]
    assert 10 ** panel.lines[0].y == pytest.approx([600])


def test_a_histogram_of_nothing_says_so() -> None:
    panel = histogram_panel(np.zeros(0), np.zeros(0), (0.0, 1.0), "sqrt")
    assert panel.lines == ()
    assert panel.title == "no pixel is a number"


def test_a_region_over_the_frames_tells_how_far_it_is() -> None:
    x, total = np.arange(5.0), np.array([1.0, 2, 3, math.nan, math.nan])
    panel = region_panel("energy (eV)", x, total, 271.5, 3, 5)
    assert panel.kind in KINDS
    assert panel.title == "sum of the region over the frames  3 of 5 frames, esc stops"
    assert (panel.x_name, panel.marks) == ("energy (eV)", (271.5,))
    np.testing.assert_array_equal(panel.lines[0].y, total)


def test_a_region_over_all_frames_tells_no_progress() -> None:
    panel = region_panel("frame", np.arange(2.0), np.ones(2), None, 2, 2)
    assert panel.title == "sum of the region over the frames"
    assert panel.marks == ()

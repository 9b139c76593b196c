"""A frame as the picture of a pane."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonance_tui.analysis.contrast import full_limits, percentile_limits
from resonance_tui.analysis.profiles import Region, region_numbers
from resonance_tui.picture.cells import blank_cells
from resonance_tui.picture.frame_picture import Reduced, make_picture, reduce_frame, what_is_seen
from resonance_tui.picture.legend import legend_lines
from resonance_tui.picture.levels import quantised
from resonance_tui.picture.order import FramePicture, Order
from resonance_tui.picture.palettes import DEPTHS, MISSING, NAN, NEGATIVE, SATURATED, Depth, palette
from resonance_tui.picture.view import LIMITS, View

Array = np.ndarray[Any, np.dtype[Any]]

FULL = LIMITS.index(None)
PLAIN = View(stretch="linear", limits=FULL)

seeds = st.integers(0, 2**32 - 1)


def order(view: View = PLAIN, width: int = 80, height: int = 12, **more: Any) -> Order:
    more.setdefault("palette", palette("viridis"))
    return Order(view, width, height, **more)


def text_of(cells: Array) -> str:
    """The characters of cells; what is no text is a space."""
    return "\n".join(
        "".join(chr(cell >> 13) if cell & 1 << 12 else " " for cell in line) for line in cells.tolist()
    )


def said(picture: FramePicture) -> str:
    """What stands below a picture."""
    return text_of(picture.cells[len(picture.cells) - legend_lines(picture.view) :])


def noise(shape: tuple[int, int], seed: int = 0) -> Array:
    return np.random.default_rng(seed).integers(70, 1000, shape, dtype=np.int32)


# -- size and shape --------------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(
    st.tuples(st.integers(1, 30), st.integers(1, 30)),
    st.integers(1, 30),
    st.integers(1, 14),
    st.sampled_from(DEPTHS),
    st.sampled_from(("i4", "u2", "f4", "u1")),
    seeds,
)
def test_a_picture_fills_its_pane_whatever_the_frame_and_the_view(
    shape: tuple[int, int], width: int, height: int, depth: Depth, kind: str, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    frame = rng.integers(0, 200, shape).astype(kind)
    corners = [(int(rng.integers(0, shape[0])), int(rng.integers(0, shape[1]))) for _ in range(3)]
    view = View(
        reduction=rng.choice(["mean", "max"]),
        stretch=rng.choice(["linear", "sqrt", "log"]),
        limits=int(rng.integers(0, 4)),
        zoom=int(rng.integers(0, 6)),
        crosshair=corners[0] if rng.random() < 0.5 else None,
        region=Region.between(*corners[1:]) if rng.random() < 0.5 else None,
    )
    given_order = order(view, width, height, palette=palette("inferno", depth), saturated=190)
    picture = make_picture(frame, given_order, stored=bool(rng.random() < 0.9))
    assert picture.cells.shape == (height, width)
    again = make_picture(frame, given_order, picture)
    assert again.cells.shape == (height, width)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("pane", [(1, 1), (3, 2), (2, 3), (1, 9), (9, 1), (200, 1)])
@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (101, 67)])
def test_the_smallest_panes_have_a_picture(
    depth: Depth, pane: tuple[int, int], shape: tuple[int, int]
) -> None:
    frame = noise(shape)
    view = View(crosshair=(0, 0), region=Region(0, 0, *shape))
    picture = make_picture(frame, order(view, *pane, palette=palette("viridis", depth)))
    assert picture.cells.shape == pane[::-1]
    assert picture.shape == shape


@pytest.mark.parametrize(
    ("side", "width", "height"), [(200, 80, 26), (513, 41, 50), (64, 100, 20), (1024, 33, 11)]
)
def test_a_circle_is_round(side: int, width: int, height: int) -> None:
    down, right = np.indices((side, side)) - (side - 1) / 2
    frame = np.where(np.hypot(down, right) < side / 3, 1000, 0)
    codes = make_picture(frame, order(PLAIN, width, height, tolerance=0)).codes
    bright = codes > codes.max() // 2
    down_extent, right_extent = int(bright.any(axis=1).sum()), int(bright.any(axis=0).sum())
    assert down_extent > 5
    assert abs(down_extent - right_extent) <= 1


def test_the_picture_stands_in_the_middle_above_its_foot() -> None:
    frame = np.full((20, 20), 100, np.int32)
    picture = make_picture(frame, order(PLAIN, 60, 14))
    rows, columns = np.nonzero((picture.cells != blank_cells(14, 60))[:12])
    assert (rows.min(), rows.max()) == (0, 11)
    assert columns.min() == 60 - 1 - columns.max()
    assert columns.max() - columns.min() + 1 == picture.codes.shape[1] == 24


def test_in_a_mono_palette_everything_is_text() -> None:
    picture = make_picture(noise((50, 90)), order(width=60, height=20, palette=palette("viridis", "mono")))
    assert ((picture.cells & 1 << 12 != 0) | (picture.cells == blank_cells(20, 60))).all()
    inside = picture.cells[:18, 10:50]
    assert np.unique(inside).size > 3


def test_the_brighter_the_denser_in_mono() -> None:
    frame = np.repeat(np.arange(40.0)[None], 20, axis=0)
    picture = make_picture(frame, order(width=40, height=12, palette=palette("gray", "mono")))
    line = text_of(picture.cells).splitlines()[4]
    assert line == "".join(c * 4 for c in " .:-=+*#%@")


# -- levels ----------------------------------------------------------------------------------------------


def allowed(scaled: Array, levels: int, tolerance: float) -> tuple[Array, Array]:
    """Lowest and highest level each pixel may have."""
    low = np.floor(np.maximum(scaled - tolerance, 0)).astype(int)
    return low, np.floor(np.minimum(scaled + tolerance, levels - 1)).astype(int)


def levels_of(rows: int, columns: int, levels: int, seed: int) -> Array:
    """Smooth, with noise, as pictures are."""
    rng = np.random.default_rng(seed)
    slope = np.linspace(0, rng.random() * levels, rows)[:, None] + np.linspace(
        0, rng.random() * levels, columns
    )
    scaled = slope + rng.normal(0, rng.choice([0.0, 0.3, 3.0]), (rows, columns))
    return np.clip(scaled, 0, levels - 1e-9)


sizes = st.integers(1, 20)
tolerances = st.sampled_from((0.0, 0.2, 0.5, 1.0, 2.5))


@settings(max_examples=100)
@given(sizes, sizes, st.integers(2, 24), tolerances, seeds, st.booleans())
def test_no_pixel_gets_a_level_further_than_the_tolerance(
    rows: int, columns: int, levels: int, tolerance: float, seed: int, moving: bool
) -> None:
    scaled = levels_of(rows, columns, levels, seed)
    previous = None
    if moving:
        previous = levels_of(rows, columns, levels, seed + 1).astype(np.int16)
        previous[np.random.default_rng(seed).random(previous.shape) < 0.2] = SATURATED
    out = quantised(scaled, levels, tolerance, previous)
    low, high = allowed(scaled, levels, tolerance)
    assert out.shape == scaled.shape
    assert out.dtype == np.int16
    assert (out >= low).all()
    assert (out <= high).all()


@settings(max_examples=100)
@given(sizes, sizes, st.integers(2, 24), tolerances, seeds)
def test_where_both_halves_of_a_cell_may_keep_their_levels_they_do(
    rows: int, columns: int, levels: int, tolerance: float, seed: int
) -> None:
    scaled = levels_of(2 * rows, columns, levels, seed)
    drift = np.random.default_rng(seed).normal(0, 0.4, scaled.shape)
    previous = np.clip(scaled + drift, 0, levels - 1).astype(np.int16)
    low, high = allowed(scaled, levels, tolerance)
    keeps = ((low <= previous) & (previous <= high)).reshape(rows, 2, columns).all(axis=1).repeat(2, axis=0)
    out = quantised(scaled, levels, tolerance, previous)
    assert (out[keeps] == previous[keeps]).all()


@settings(max_examples=100)
@given(sizes, sizes, st.integers(2, 24), seeds, st.booleans())
def test_without_tolerance_every_pixel_has_its_own_level(
    rows: int, columns: int, levels: int, seed: int, moving: bool
) -> None:
    scaled = levels_of(rows, columns, levels, seed)
    previous = levels_of(rows, columns, levels, seed + 1).astype(np.int16) if moving else None
    assert (quantised(scaled, levels, 0.0, previous) == scaled.astype(int)).all()


def changes(codes: Array) -> int:
    return int(np.count_nonzero(np.diff(codes, axis=1)))


def test_noise_between_two_levels_goes_and_borders_stay() -> None:
    rng = np.random.default_rng(1)
    scaled = 5 + rng.normal(0, 0.1, (60, 60))
    scaled[:, 30:] += 4
    own = scaled.astype(int)
    out = quantised(scaled, 18, 0.5)
    assert changes(out) < changes(own) / 3
    assert (out[:, :30] <= 5).all()
    assert (out[:, 30:] >= 8).all()


def test_a_picture_that_hardly_changes_keeps_its_codes() -> None:
    rng = np.random.default_rng(2)
    mean = 1000 + 500 * np.sin(np.arange(80) / 9)[None] * np.cos(np.arange(60) / 7)[:, None]
    view = View(stretch="linear", fixed=(0.0, 2000.0))
    first = make_picture(mean + rng.normal(0, 10, mean.shape), order(view, 80, 32))
    second = mean + rng.normal(0, 10, mean.shape)
    kept = make_picture(second, order(view, 80, 32), first).codes
    anew = make_picture(second, order(view, 80, 32)).codes
    assert np.count_nonzero(kept != first.codes) < np.count_nonzero(anew != first.codes) / 4


@pytest.mark.parametrize(
    "other",
    [
        order(View(stretch="linear", limits=FULL, zoom=1), 80, 32),
        order(PLAIN, 40, 20),
        order(PLAIN, 80, 32, palette=palette("gray")),
    ],
    ids=["zoom", "size", "palette"],
)
def test_a_picture_of_something_else_is_not_kept(other: Order) -> None:
    frame = noise((60, 80))
    before = make_picture(frame, order(PLAIN, 80, 32))
    after = make_picture(noise((60, 80), 1), other, before)
    np.testing.assert_array_equal(after.cells, make_picture(noise((60, 80), 1), other).cells)


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_constant_frame_is_one_level_in_the_middle_of_nothing(depth: Depth) -> None:
    picture = make_picture(np.full((40, 40), 70, np.int32), order(palette=palette("viridis", depth)))
    assert picture.codes.max() - picture.codes.min() <= (1 if depth == "16" else 0)
    assert picture.codes.max() < picture.palette.levels
    assert (picture.lowest, picture.highest) == (70, 70)


@pytest.mark.parametrize("stretch", ["linear", "sqrt", "log"])
def test_levels_rise_with_the_counts(stretch: Any) -> None:
    frame = np.repeat(np.linspace(0, 1000, 80)[None], 20, axis=0)
    picture = make_picture(frame, order(View(stretch=stretch, limits=FULL), tolerance=0))
    assert (np.diff(picture.codes, axis=1) >= 0).all()
    assert set(picture.codes.ravel().tolist()) >= {picture.palette.levels - 1, 0}


# -- special pixels --------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", DEPTHS)
def test_special_pixels_have_their_codes_and_are_named(depth: Depth) -> None:
    frame = np.full((20, 20), 500.0)
    frame[4:6, 4], frame[8:10, 5], frame[12:14, 6] = 2e5, -3, np.nan
    picture = make_picture(frame, order(palette=palette("viridis", depth), height=12))
    codes = picture.codes if depth != "mono" else np.repeat(picture.codes, 2, axis=0)
    assert codes.shape == (20, 20)
    assert codes[4, 4] == SATURATED
    assert codes[8, 5] == NEGATIVE
    assert codes[12, 6] == NAN
    assert np.count_nonzero(codes >= SATURATED) <= 12
    for name in ("≥ 200000", "negative", "not a number"):
        assert name in said(picture)


def test_ordinary_pixels_are_not_named() -> None:
    assert not {"≥", "negative", "missing"} & set(said(make_picture(noise((20, 20)), order())).split())


def test_what_counts_as_saturated_can_be_chosen() -> None:
    frame = np.full((20, 20), 500)
    frame[2, 2] = 1000
    assert make_picture(frame, order(saturated=1000)).codes[2, 2] == SATURATED
    assert make_picture(frame, order(saturated=math.inf)).codes[2, 2] < SATURATED


def test_in_a_difference_negative_values_are_ordinary() -> None:
    frame = np.full((20, 20), -5.0)
    frame[:, 10:] = 5.0
    codes = make_picture(frame, order(signed=True, palette=palette("berlin"))).codes
    assert codes.max() < SATURATED
    assert codes[0, 0] == 0
    assert codes[0, -1] == codes.max() == palette("berlin").levels - 1


@pytest.mark.parametrize("depth", DEPTHS)
def test_what_is_not_stored_is_told_and_shown_as_missing(depth: Depth) -> None:
    frame = np.zeros((20, 20), np.int32)
    picture = make_picture(frame, order(palette=palette("viridis", depth)), stored=False)
    assert not picture.stored
    assert (picture.codes == MISSING).all()
    assert "no chunk on disk" in said(picture)
    assert "no chunk on disk" not in said(make_picture(frame, order()))


def test_a_frame_of_nothing_but_missing_pixels_has_no_level() -> None:
    picture = make_picture(np.full((20, 20), np.nan), order())
    assert (picture.codes == NAN).all()
    assert math.isnan(picture.lowest)
    assert math.isnan(picture.highest)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_bad_pixel_leaves_the_rest_of_the_picture_as_it_was(bad: float) -> None:
    frame = np.random.default_rng(4).normal(100, 10, (64, 64))
    view = View(fixed=(50.0, 150.0))
    before = make_picture(frame, order(view, 32, 18, tolerance=0)).codes
    frame[33, 33] = bad
    after = make_picture(frame, order(view, 32, 18, tolerance=0)).codes
    other = np.ones(after.shape, dtype=bool)
    other[16, 16] = False
    assert (after[other] == before[other]).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(40, 300), st.integers(40, 300), seeds)
def test_the_largest_value_keeps_a_single_hot_pixel(n: int, m: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    frame = np.zeros((n, m), np.int32)
    frame[rng.integers(0, n), rng.integers(0, m)] = 5000
    view = View(reduction="max", stretch="linear", limits=FULL)
    picture = make_picture(frame, order(view, 30, 12, tolerance=0))
    assert picture.highest == 5000
    assert picture.codes.max() == picture.palette.levels - 1
    assert 1 <= np.count_nonzero(picture.codes) <= 4


# -- limits ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limits", range(len(LIMITS)))
def test_the_limits_are_those_of_the_whole_frame(limits: int) -> None:
    frame = np.random.default_rng(8).gamma(2, 100, (60, 80))
    percentiles = LIMITS[limits]
    expected = full_limits(frame) if percentiles is None else percentile_limits(frame, *percentiles)
    for zoom in (0, 2):
        picture = make_picture(frame, order(View(limits=limits, zoom=zoom, view_centre=(10.0, 10.0))))
        assert picture.limits == pytest.approx(expected)


def test_fixed_limits_come_first() -> None:
    picture = make_picture(noise((20, 20)), order(View(limits=FULL, fixed=(12.5, 3456.0))))
    assert picture.limits == (12.5, 3456.0)
    assert "12.5" in said(picture)
    assert "3456" in said(picture)


@pytest.mark.parametrize("limits", range(len(LIMITS)))
@pytest.mark.parametrize("shift", [-300.0, 0.0, 300.0])
def test_the_limits_of_a_difference_lie_evenly_around_zero(limits: int, shift: float) -> None:
    frame = np.random.default_rng(9).normal(shift, 100, (60, 80))
    low, high = make_picture(frame, order(View(limits=limits), signed=True)).limits
    assert low == -high
    assert high > 0


def test_a_difference_of_nothing_is_the_middle_whatever_was_locked() -> None:
    frame = np.zeros((20, 20))
    frame[0, 0], frame[19, 19] = 10, -40
    view = View(limits=FULL, fixed=(100.0, 300.0))
    picture = make_picture(frame, order(view, signed=True, palette=palette("berlin"), tolerance=0))
    assert picture.limits == (-40, 40)
    assert picture.codes[10, 10] == picture.palette.levels // 2
    assert picture.codes[19, 19] == 0


# -- crosshair and region --------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), seeds)
def test_the_crosshair_reads_exactly_its_pixel(n: int, m: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    frame = rng.integers(-(2**31), 2**31 - 1, (n, m)).astype(np.int32)
    row, column = int(rng.integers(0, n)), int(rng.integers(0, m))
    reading = make_picture(frame, order(View(crosshair=(row, column)), 40, 12)).reading
    assert reading is not None
    assert (reading.row, reading.column, reading.value) == (row, column, frame[row, column])
    around = frame[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3]
    assert reading.around == pytest.approx(around.mean(dtype=np.float64))
    np.testing.assert_array_equal(reading.along_row, frame[row])
    np.testing.assert_array_equal(reading.along_column, frame[:, column])


def test_the_reading_is_told() -> None:
    frame = np.full((50, 50), 70, np.int32)
    frame[31, 17] = 12345
    text = said(make_picture(frame, order(View(crosshair=(31, 17)))))
    assert "row 31 col 17" in text
    assert "12345" in text
    assert "5×5 561" in text


def test_the_crosshair_of_a_larger_frame_is_on_the_last_pixel() -> None:
    reading = make_picture(noise((10, 8)), order(View(crosshair=(500, 600)))).reading
    assert reading is not None
    assert (reading.row, reading.column) == (9, 7)


@pytest.mark.parametrize("depth", DEPTHS)
def test_lines_lead_to_the_crosshair_and_leave_it_free(depth: Depth) -> None:
    frame = noise((20, 20))
    plain = make_picture(frame, order(width=80, palette=palette("gray", depth)))
    view = View(stretch="linear", limits=FULL, crosshair=(9, 13))
    crossed = make_picture(frame, order(view, palette=palette("gray", depth)))
    lines = text_of(crossed.cells).splitlines()
    assert lines[0][30 + 13] == lines[9][30 + 13] == "│"
    assert lines[4][30] == lines[4][49] == "─"
    assert crossed.cells[4, 43] == plain.cells[4, 43]
    np.testing.assert_array_equal(crossed.codes, plain.codes)


def test_a_region_has_its_numbers() -> None:
    frame = noise((50, 50))
    frame[12, 12] = 200_000
    region = Region.between((10, 10), (29, 19))
    picture = make_picture(frame, order(View(region=region), 120, 20))
    assert picture.region == region_numbers(frame, region, 2e5)
    text = said(picture)
    assert f"Σ {int(frame[10:30, 10:20].sum())}" in text
    assert "200 px" in text
    assert "1 saturated" in text


def test_the_border_of_a_region_is_drawn_around_its_pixels() -> None:
    frame = np.full((18, 18), 100, np.int32)
    plain = make_picture(frame, order(View(), 18, 12))
    drawn = make_picture(frame, order(View(region=Region(4, 4, 12, 14)), 18, 12))
    changed = np.argwhere(plain.cells[:9] != drawn.cells[:9])
    assert (changed.min(axis=0) == (2, 4)).all()
    assert (changed.max(axis=0) == (5, 13)).all()


# -- zoom ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zoom", [2, 3, 4, 5])
@pytest.mark.parametrize("depth", ["truecolor", "256"])
def test_nearer_than_one_to_one_every_detector_pixel_is_a_flat_block(zoom: int, depth: Depth) -> None:
    frame = noise((64, 64))
    view = View(stretch="linear", fixed=(70.0, 1000.0), zoom=zoom)
    given_order = order(view, 80, 42, palette=palette("gray", depth), tolerance=0)
    picture = make_picture(frame, given_order)
    seen = picture.window
    times = seen.magnified
    assert times >= 2
    part = frame[seen.top : seen.bottom, seen.left : seen.right]
    values = reduce_frame(frame, given_order).values
    np.testing.assert_array_equal(values, part.repeat(times, axis=0).repeat(times, axis=1))
    np.testing.assert_array_equal(
        picture.codes, picture.codes[::times, ::times].repeat(times, 0).repeat(times, 1)
    )
    assert np.unique(picture.codes).size > 5


def test_the_part_that_is_seen_is_told() -> None:
    picture = make_picture(noise((1000, 1000)), order(View(zoom=3), 80, 42))
    seen = picture.window
    assert f"{seen.top}–{seen.bottom - 1} × {seen.left}–{seen.right - 1}" in said(picture)
    assert "×" not in said(make_picture(noise((1000, 1000)), order(View(), 80, 42)))


def test_the_lowest_and_highest_are_those_of_the_part_that_is_seen() -> None:
    frame = np.zeros((64, 64), np.int32)
    frame[0, 0], frame[32, 32] = 5000, 77
    picture = make_picture(frame, order(View(zoom=4), 40, 22))
    assert (picture.lowest, picture.highest) == (0, 77)


# -- the reduced frame -----------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.integers(1, 90), st.integers(1, 90)),
    st.integers(1, 40),
    st.integers(1, 20),
    st.sampled_from(DEPTHS),
    st.integers(0, 4),
    seeds,
)
def test_a_frame_reduced_before_gives_the_same_picture(
    shape: tuple[int, int], width: int, height: int, depth: Depth, zoom: int, seed: int
) -> None:
    frame = noise(shape, seed)
    first = order(View(zoom=zoom), width, height)
    reduced = reduce_frame(frame, first)
    other = order(View(zoom=zoom, stretch="log"), width, height, palette=palette("inferno", depth))
    plain, given = make_picture(frame, other), make_picture(frame, other, reduced=reduced)
    np.testing.assert_array_equal(plain.cells, given.cells)
    np.testing.assert_array_equal(plain.codes, given.codes)
    assert plain.limits == given.limits


def test_what_is_reduced_is_what_is_seen() -> None:
    frame = noise((300, 200))
    given_order = order(View(zoom=1), 50, 20)
    reduced = reduce_frame(frame, given_order)
    seen = what_is_seen((300, 200), given_order)
    assert reduced.window == seen
    assert reduced.values.shape == (seen.rows, seen.columns)
    assert isinstance(reduced, Reduced)
    assert reduced.nbytes == 8 * seen.rows * seen.columns


def test_the_frame_is_not_changed() -> None:
    frame = np.random.default_rng(3).normal(0, 100, (40, 40))
    frame[3, 3] = np.nan
    before = frame.copy()
    for zoom in (0, 5):
        make_picture(frame, order(View(zoom=zoom, crosshair=(1, 1), region=Region(0, 0, 9, 9))))
    np.testing.assert_array_equal(frame, before)


@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (0, 0)])
def test_a_frame_without_pixels_is_an_empty_picture(shape: tuple[int, int]) -> None:
    picture = make_picture(np.zeros(shape, dtype=np.int32), Order(View(), 10, 6))
    assert picture.cells.shape == (6, 10)


def test_one_saturated_pixel_is_seen_in_the_mean_of_its_cell() -> None:
    frame = np.full((512, 512), 500, dtype=np.int32)
    frame[100, 400] = 250_000
    picture = make_picture(frame, Order(View(), 40, 22))
    places = np.argwhere(picture.codes == SATURATED)
    rows, columns = picture.codes.shape
    assert [(100 * rows // 512, 400 * columns // 512)] == [tuple(place) for place in places.tolist()]
    assert "≥ 200000" in "".join(chr(int(cell) >> 13) for cell in picture.cells[-1] if int(cell) & 1 << 12)

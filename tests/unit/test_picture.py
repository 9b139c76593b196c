"""A frame as the picture of a pane."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonance_tui.present.colours import LEVELS
from resonance_tui.present.picture import NOTHING, FramePicture, make_picture

Array = np.ndarray[Any, np.dtype[Any]]


def unrolled(picture: FramePicture) -> list[list[tuple[int, int]]]:
    """Every cell of a picture, its runs written out."""
    return [
        [cell for cell, times in picture.runs(row) for _ in range(times)] for row in range(picture.cell_rows)
    ]


def plain(levels: Array) -> FramePicture:
    return FramePicture(levels.astype(np.int16), (0.0, 1.0), (1, 1), "int32", 0.0, 1.0)


@settings(max_examples=200)
@given(st.integers(1, 9), st.integers(1, 12), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_the_runs_give_the_levels_back_cell_for_cell(rows: int, columns: int, few: int, seed: int) -> None:
    levels = np.random.default_rng(seed).integers(-1, few, (rows, columns))
    picture = plain(levels)
    assert (picture.cell_rows, picture.cell_columns) == ((rows + 1) // 2, columns)
    padded = np.vstack([levels, np.full((rows % 2, columns), NOTHING)])
    expected = [
        list(zip(padded[2 * r].tolist(), padded[2 * r + 1].tolist(), strict=True))
        for r in range(picture.cell_rows)
    ]
    assert unrolled(picture) == expected


def test_equal_neighbours_are_one_run() -> None:
    picture = plain(np.array([[1, 1, 1, 2], [1, 1, 3, 3]]))
    assert picture.runs(0) == [((1, 1), 2), ((1, 3), 1), ((2, 3), 1)]


def test_below_an_odd_last_row_there_is_nothing() -> None:
    picture = plain(np.zeros((3, 4)))
    assert picture.runs(1) == [((0, NOTHING), 4)]
    assert NOTHING not in (-1, *range(LEVELS))


KINDS: dict[str, tuple[Array, float, float]] = {
    "uint16": (np.arange(12_000, dtype=np.uint16).reshape(100, 120), 0, 11_999),
    "bool": (np.indices((40, 40)).sum(0) % 3 == 0, 0, 1),
    "int8": (np.arange(-128, 128, dtype=np.int8).reshape(16, 16), -128, 127),
    "float32": (np.linspace(-1, 1, 400, dtype=np.float32).reshape(20, 20), -1, 1),
    "int32": (np.where(np.eye(64) > 0, 2**31 - 1, 70).astype(np.int32), 70, 2**31 - 1),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_of_any_kind_becomes_a_picture(kind: str) -> None:
    frame, lowest, highest = KINDS[kind]
    picture = make_picture(frame, 30, 10)
    assert picture.levels.dtype == np.int16
    assert picture.levels.min() >= 0
    assert picture.levels.max() < LEVELS
    assert np.unique(picture.levels).size > 1
    assert (picture.shape, picture.dtype) == (frame.shape, kind)
    assert (picture.lowest, picture.highest) == (lowest, highest)
    assert picture.cell_columns <= 30
    assert picture.cell_rows <= 10


def test_a_square_frame_is_as_many_pixels_high_as_wide() -> None:
    picture = make_picture(np.arange(1024 * 1024, dtype=np.int32).reshape(1024, 1024), 100, 30)
    assert picture.levels.shape == (60, 60)
    assert (picture.cell_rows, picture.cell_columns) == (30, 60)


def test_a_wide_frame_of_a_narrow_pane_can_have_an_odd_number_of_rows() -> None:
    picture = make_picture(np.arange(1500.0).reshape(30, 50), 5, 40)
    assert picture.levels.shape == (3, 5)
    assert unrolled(picture)[1] == [(int(level), NOTHING) for level in picture.levels[2]]


def test_missing_pixels_are_no_level_and_the_rest_is_there() -> None:
    frame = np.arange(400.0).reshape(20, 20)
    frame[:, :10] = np.nan
    picture = make_picture(frame, 20, 10)
    assert (picture.levels[:, :10] == -1).all()
    assert (picture.levels[:, 10:] >= 0).all()
    assert (picture.lowest, picture.highest) == (10, 399)


def test_a_frame_of_nothing_but_missing_pixels_has_no_level() -> None:
    picture = make_picture(np.full((20, 20), np.nan), 10, 5)
    assert (picture.levels == -1).all()
    assert math.isnan(picture.lowest)
    assert math.isnan(picture.highest)
    assert "NaN" in picture.scale_text


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_an_infinite_pixel_leaves_the_rest_of_the_picture_as_it_was() -> None:
    frame = np.random.default_rng(4).normal(100, 10, (64, 64))
    before = make_picture(frame, 32, 16).levels
    frame[32, 32] = np.inf
    after = make_picture(frame, 32, 16).levels
    other = np.ones(after.shape, dtype=bool)
    other[16, 16] = False
    assert (after[other] >= 0).all()
    assert np.abs(after[other] - before[other]).max() <= 1


def test_a_hot_pixel_does_not_darken_the_picture() -> None:
    frame = np.random.default_rng(5).integers(70, 170, (256, 256), dtype=np.int32)
    before = make_picture(frame, 128, 64).levels
    frame[100, 100] = 2**31 - 1
    picture = make_picture(frame, 128, 64)
    assert picture.highest == 2**31 - 1
    assert picture.levels[50, 50] == LEVELS - 1
    other = np.ones(picture.levels.shape, dtype=bool)
    other[50, 50] = False
    assert np.abs(picture.levels[other] - before[other]).max() <= 1


@pytest.mark.parametrize(
    "frame",
    [
        np.full((100, 70), 70, np.int32),
        np.zeros((1, 1)),
        np.full((7, 5), 2**64 - 1, np.uint64),
        np.full((7, 5), 1e20, np.float32),
    ],
    ids=lambda frame: f"{frame.dtype} {frame[0, 0]}",
)
def test_a_constant_frame_is_one_colour(frame: Array) -> None:
    picture = make_picture(frame, 31, 17)
    assert np.unique(picture.levels).size == 1
    assert picture.levels[0, 0] >= 0


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (5, 0)])
def test_a_frame_without_pixels_is_a_picture_without_a_level(shape: tuple[int, int]) -> None:
    picture = make_picture(np.zeros(shape, np.int32), 10, 5)
    assert (picture.levels == -1).all()
    assert picture.levels.size
    assert picture.shape == shape
    assert math.isnan(picture.highest)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (0, 0), (-3, 5), (500, 200)])
def test_a_pane_of_any_size_has_a_picture(width: int, height: int) -> None:
    picture = make_picture(np.arange(12, dtype=np.int32).reshape(3, 4), width, height)
    assert 1 <= picture.cell_columns <= max(1, width)
    assert 1 <= picture.cell_rows <= max(1, height)


def test_what_was_not_stored_is_told() -> None:
    assert make_picture(np.zeros((4, 4)), 4, 4).stored
    assert not make_picture(np.zeros((4, 4)), 4, 4, stored=False).stored


def test_the_scale_is_told_in_counts() -> None:
    picture = FramePicture(np.zeros((1, 1), np.int16), (70.0, 1234.56), (1, 1), "int32", 0.0, 200_000.0)
    assert picture.scale_text == "70 – 1235   max 200000"

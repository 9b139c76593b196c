"""The contact sheet: every frame in one place, the chosen one in view."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resonance_tui.analysis.exposure import Exposure
from resonance_tui.picture.cells import blank_cells
from resonance_tui.picture.contact_sheet import SIDE, Sheet, draw_sheet, lay_out, thumbnail
from resonance_tui.picture.palettes import CURSOR, DEPTHS, MISSING, NAN, Depth, palette
from resonance_tui.picture.view import View

Array = np.ndarray[Any, np.dtype[Any]]

sides = st.integers(1, 200)
depths = st.sampled_from(DEPTHS)


def text_of(cells: Array) -> str:
    return "\n".join(
        "".join(chr(cell >> 13) if cell & 1 << 12 else " " for cell in line) for line in cells.tolist()
    )


def drawn(
    width: int, height: int, frames: int, index: int, thumbs: dict[int, Any] | None = None,
    depth: Depth = "truecolor", verdicts: dict[int, Exposure] | None = None,
) -> Array:  # fmt: skip
    sheet = lay_out(width, height, frames)
    return draw_sheet(
        sheet, width, height, thumbs or {}, frames, index, View(), palette("viridis", depth), verdicts or {}
    )


def a_thumb(seed: int = 0, shape: tuple[int, int] = (32, 32)) -> Array:
    return np.random.default_rng(seed).gamma(2, 100, shape).astype(np.float32)


# -- places ----------------------------------------------------------------------------------------------


@settings(max_examples=100)
@given(sides, sides, st.integers(1, 2000), st.data())
def test_the_chosen_frame_is_in_view_and_sheets_move_by_rows(
    width: int, height: int, frames: int, data: st.DataObject
) -> None:
    sheet = lay_out(width, height, frames)
    index = data.draw(st.integers(0, frames - 1))
    first = sheet.first(index, frames)
    assert first % sheet.columns == 0
    assert 0 <= first <= index < first + sheet.size
    # no row is left empty while there are frames before
    assert first == 0 or first + sheet.size - frames < sheet.columns


@settings(max_examples=100)
@given(sides, sides, st.integers(0, 500))
def test_the_places_of_a_sheet_fit_into_the_pane(width: int, height: int, frames: int) -> None:
    sheet = lay_out(width, height, frames)
    assert sheet.columns >= 1
    assert sheet.rows >= 1
    assert sheet.columns == 1 or sheet.columns * (sheet.width + 1) - 1 <= width
    assert sheet.rows == 1 or sheet.rows * sheet.height <= height


@settings(max_examples=100)
@given(st.integers(4, 200), st.integers(2, 100), st.integers(1, 300))
def test_fewer_frames_are_larger_and_all_in_sight_where_that_is_possible(
    width: int, height: int, frames: int
) -> None:
    sheet, smallest = lay_out(width, height, frames), lay_out(width, height, 10**9)
    assert sheet.width >= smallest.width
    assert sheet.size >= min(frames, smallest.size)
    assert lay_out(width, height, 1).width >= sheet.width


@settings(max_examples=60, deadline=None)
@given(st.integers(13, 150), st.integers(8, 60), st.integers(1, 300), st.data())
def test_every_frame_of_a_sheet_is_in_exactly_one_place(
    width: int, height: int, frames: int, data: st.DataObject
) -> None:
    sheet = lay_out(width, height, frames)
    index = data.draw(st.integers(0, frames - 1))
    text = text_of(drawn(width, height, frames, index))
    first = sheet.first(index, frames)
    shown = [int(name) for name in re.findall(r"\d+", text)]
    assert shown == list(range(first + 1, min(frames, first + sheet.size) + 1))
    assert re.findall(r"▸(\d+)", text) == [str(index + 1)]
    assert text.count("reading…") == len(shown)


def test_going_through_a_run_shows_all_of_its_frames() -> None:
    seen: set[int] = set()
    for index in range(137):
        seen |= {int(name) for name in re.findall(r"\d+", text_of(drawn(80, 30, 137, index)))}
    assert seen == set(range(1, 138))


# -- what is drawn ---------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(
    st.integers(1, 70), st.integers(1, 40), st.integers(0, 60), depths, st.integers(0, 2**32 - 1), st.data()
)
def test_a_sheet_fills_its_pane_whatever_is_known(
    width: int, height: int, frames: int, depth: Depth, seed: int, data: st.DataObject
) -> None:
    rng = np.random.default_rng(seed)
    index = data.draw(st.integers(0, max(0, frames - 1)))
    thumbs: dict[int, Any] = {}
    for frame in range(frames):
        what = rng.integers(0, 4)
        if what == 1:
            thumbs[frame] = None
        elif what > 1:
            thumbs[frame] = a_thumb(seed, (int(rng.integers(1, 33)), int(rng.integers(1, 33))))
            thumbs[frame][rng.random(thumbs[frame].shape) < 0.1] = np.nan
    assert drawn(width, height, frames, index, thumbs, depth).shape == (height, width)


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_known_frame_is_drawn_in_its_place_alone(depth: Depth) -> None:
    sheet = lay_out(80, 21, 12)
    at = sheet.columns + 1  # the second one in the second row
    without, cells = drawn(80, 21, 12, 0, depth=depth), drawn(80, 21, 12, 0, {at: a_thumb()}, depth)
    lines, columns = np.nonzero(without != cells)
    assert set(lines.tolist()) <= set(range(sheet.height + 1, 2 * sheet.height))
    assert np.ptp(columns) < sheet.width
    left = text_of(cells).splitlines()[sheet.height].index(f" {at + 1}")
    assert columns.min() >= left
    assert columns.max() < left + sheet.width
    assert len(lines) > 30


def test_a_frame_that_cannot_be_read_is_told() -> None:
    text = text_of(drawn(80, 21, 12, 0, {3: None}))
    assert text.count("unreadable") == 1
    assert text.count("reading…") == 11


@pytest.mark.parametrize("depth", ["truecolor", "256", "16"])
def test_the_chosen_frame_has_a_border(depth: Depth) -> None:
    sheet = lay_out(80, 21, 12)
    thumbs = {n: a_thumb(n) for n in range(12)}
    for chosen in range(12):
        cells = drawn(80, 21, 12, chosen, thumbs, depth)
        halves = np.stack([cells & 63, cells >> 6 & 63], axis=1).reshape(-1, 80)
        rows, columns = np.nonzero(halves == CURSOR)
        place = (rows.min() // 2 // sheet.height) * sheet.columns + columns.min() // (sheet.width + 1)
        assert place == chosen
        down, across = int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1
        assert len(rows) == 2 * (down + across) - 4


def test_what_is_missing_or_all_zero_has_its_own_colours() -> None:
    blank = np.full((32, 32), np.nan, np.float32)
    cells = drawn(80, 21, 12, 0, {3: blank, 4: np.zeros((32, 32), np.float32)})
    uppers = (cells & 63)[cells & 1 << 12 == 0]
    assert {NAN, MISSING} <= set(uppers.tolist())


@pytest.mark.parametrize(("verdict", "mark"), [("over", "▲"), ("under", "▼"), ("zero", "○"), ("good", "")])
def test_a_bad_exposure_is_marked(verdict: Any, mark: str) -> None:
    judged = Exposure(verdict, 1, 0, 0, 0, 0, 0.0, 1.0, 0.0, 1.0)
    text = text_of(drawn(80, 21, 12, 0, verdicts={4: judged}))
    assert f" 5 {mark}" in text
    assert sum(text.count(other) for other in "▲▼○") == len(mark)


def test_of_a_run_without_frames_there_is_an_empty_sheet() -> None:
    np.testing.assert_array_equal(drawn(50, 20, 0, 0), blank_cells(20, 50))


# -- thumbnails ------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(st.integers(1, 300), st.integers(1, 300))
def test_a_thumbnail_is_small_and_keeps_the_aspect(n: int, m: int) -> None:
    thumb = thumbnail(np.full((n, m), 70, np.int32))
    assert max(thumb.shape) == SIDE
    assert min(thumb.shape) == max(1, round(SIDE * min(n, m) / max(n, m)))
    assert thumb.dtype == np.float32
    assert np.unique(thumb).tolist() == [70.0]


def test_a_sheet_has_as_many_frames_as_places() -> None:
    assert Sheet(4, 3, 12, 7).size == 12
